"""Dates, numbers, identifiers and codes as single values: the edge cases the ministry decided."""

from typing import Any

import pytest
from support.contracts import a_field
from support.judging import codes_of, judge_one, judged

from schemas.contract import Options
from streams.dates import parse_date
from streams.days import day_text, days, earliest, instant, instant_text, latest
from streams.identifiers import TOLD, phone, plate, school_year, tax_code

DMY = Options(date_formats=("dmy",))
PARTIAL = Options(date_formats=("dmy", "my", "y"))


def _one(kind: str, raw: object, **facts: Any) -> tuple[object, list[str], tuple[str, ...]]:  # noqa: ANN401
    found = judge_one(a_field(kind, **facts), raw)
    return found.values[0], codes_of(found), found.flags


@pytest.mark.parametrize(
    ("text", "formats", "kind", "code"),
    [
        ("1985", ("dmy",), "date", "date.invalid"),
        ("5/1985", ("dmy",), "date", "date.invalid"),
        ("198505", ("dmy",), "date", "date.invalid"),
        ("198505", ("dmy",), "partial_date", "date.ambiguous"),
        ("12032026", ("dmy",), "date", "date.ambiguous"),
        ("31/04/2024", ("dmy",), "date", "date.invalid"),
        ("12/31/2024", ("dmy",), "date", "date.invalid"),
        ("1-2/2024", ("dmy",), "date", "date.invalid"),
        ("1.2.24", ("dmy",), "date", "date.two_digit_year"),
        ("60", ("excel_serial",), "date", "date.invalid"),
        ("00/00/2024", ("dmy",), "date", "date.invalid"),
        ("01/01/0000", ("dmy",), "date", "date.invalid"),
        ("2026-03-11", ("ymdhm12",), "timestamp", "date.invalid"),
        ("202603112400", ("ymdhm12",), "timestamp", "date.invalid"),
        ("2026031107:15", ("ymdhm12",), "timestamp", "date.invalid"),
        ("2026-03-11T07:15:00.1234567Z", ("iso_offset",), "timestamp", "date.invalid"),
    ],
)
def test_a_date_that_is_none_has_one_reason(
    text: str, formats: tuple[str, ...], kind: str, code: str
) -> None:
    assert parse_date(text, formats, kind).code == code


@pytest.mark.parametrize(
    ("text", "formats", "kind", "meant"),
    [
        ("2024-02-29", (), "date", "2024-02-29"),
        ("1.2.2024", ("dmy",), "date", "2024-02-01"),
        ("1", ("excel_serial",), "date", "1900-01-01"),
        ("61", ("excel_serial",), "date", "1900-03-01"),
        ("19980500", ("ymd8z",), "partial_date", "1998-05"),
        ("1985-05", ("iso",), "partial_date", "1985-05"),
        ("2026-03-11T07:15:00.500+07:00", ("iso_offset",), "timestamp", "2026-03-11T00:15:00.5Z"),
    ],
)
def test_a_declared_form_is_read(
    text: str, formats: tuple[str, ...], kind: str, meant: str
) -> None:
    found = parse_date(text, formats, kind)
    assert (instant_text(instant(found.text)) if kind == "timestamp" else found.text) == meant


def test_the_shorter_a_date_the_wider_it_is() -> None:
    assert (day_text(earliest("1985")), day_text(latest("1985"))) == ("1985-01-01", "1985-12-31")
    assert (day_text(earliest("2024-02")), day_text(latest("2024-02"))) == (
        "2024-02-01",
        "2024-02-29",
    )


@pytest.mark.parametrize("text", ["29/02/2024", "01/01/1900", "11/03/2026"])
def test_both_ways_of_reading_a_day_agree(text: str) -> None:
    bounded = {"type": "date", "minimum": "1900-01-01", "maximum": "today", "options": DMY}
    value, codes, _ = _one("date", text, **bounded)
    assert codes == []
    assert value == days("-".join(reversed(text.split("/"))))


def test_a_partial_date_is_in_range_while_it_may_be() -> None:
    bounded = {
        "type": "partial_date",
        "minimum": "1900-01-01",
        "maximum": "today",
        "options": PARTIAL,
    }
    assert _one("partial_date", "2026", **bounded) == ("2026", [], ("PARTIAL_DATE:f",))
    assert _one("partial_date", "4/2026", **bounded)[1] == ["date.range"]
    assert _one("partial_date", "1899", **bounded)[1] == ["date.range"]


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("20523", "type.invalid"),
        (20523.0, "type.invalid"),
        (True, "type.invalid"),
        (10**12, "date.range"),
    ],
)
def test_a_typed_day_is_a_whole_number_of_days(raw: object, code: str) -> None:
    assert _one("date", raw, type="date", source_type="date")[1] == [code]


def test_a_zero_date_is_an_empty_one() -> None:
    value, codes, flags = _one("date", "0000-00-00", type="date", source_type="DATE")
    assert (value, codes, flags) == (None, [], ("ZERO_DATE:f",))


def test_a_moment_without_zone_is_seven_hours_earlier() -> None:
    value, _, flags = _one("timestamp", 25_200_000_000, type="timestamp", source_type="timestamp")
    assert (value, flags) == (0, ("ZONE_ASSUMED:f",))


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ("2026-03-11T00:15:00.123456Z", "2026-03-11T00:15:00.123456Z"),
        ("2026-03-11T00:15:00.000000Z", "2026-03-11T00:15:00Z"),  # as Debezium writes it
        ("2026-03-11T00:15:00.120Z", "2026-03-11T00:15:00.12Z"),
        ("2026-03-11T00:15:00.120000000Z", "2026-03-11T00:15:00.12Z"),
        ("2026-03-11T07:15:00+07:00", "2026-03-11T00:15:00Z"),
    ],
)
def test_a_moment_with_zone_is_a_typed_value_whatever_its_text(sent: str, meant: str) -> None:
    found = judge_one(a_field("timestamp", type="timestamp", source_type="timestamptz"), sent)
    assert instant_text(found.values[0]) == meant
    assert (found.originals, found.flags) == ({}, ())


@pytest.mark.parametrize("tail", ["", ".Z", ".1234567Z", ".12 456Z", ".١٢٣Z", ".123456z0Z", "ZZ"])  # noqa: RUF001
def test_a_moment_with_an_odd_tail_is_none(tail: str) -> None:
    field = a_field("timestamp", type="timestamp", source_type="timestamptz")
    found = judge_one(field, f"2026-03-11T00:15:00{tail}")
    assert [one.code for one in found.problems] == ["date.invalid"]


@pytest.mark.parametrize(
    ("raw", "facts", "value", "codes"),
    [
        ("1.500.000.000", {"locale": "vi"}, "1500000000", []),
        ("1,50", {"locale": "vi"}, "1.5", []),
        ("1 500", {"locale": "vi"}, None, ["number.format"]),
        ("-0", {}, "0", []),
        ("007.10", {}, "7.1", []),
        ("1e5", {}, None, ["number.format"]),
        ("1.23456", {}, None, ["number.range"]),
        ("1.23400", {}, "1.234", []),
        ("9" * 2000, {}, None, ["number.range"]),
        ("Infinity", {}, None, ["number.not_finite"]),
        (1.5, {}, None, ["type.invalid"]),
        ("N/A", {}, None, []),
    ],
)
def test_a_written_decimal(
    raw: object, facts: dict[str, str], value: object, codes: list[str]
) -> None:
    item = {"type": "decimal", "precision": 14, "scale": 3, "options": Options(**facts)}
    assert _one("decimal", raw, **item)[:2] == (value, codes)


def test_only_a_double_is_rounded() -> None:
    item = {"type": "decimal", "scale": 2, "source_type": "double precision"}
    assert _one("decimal", 0.125, **item) == ("0.12", [], ("ROUNDED:f",))
    assert _one("decimal", float("inf"), **item)[1] == ["number.not_finite"]


@pytest.mark.parametrize(
    ("raw", "codes"),
    [
        (10, ["number.range"]),
        (5.0, ["type.invalid"]),
        ("5", ["type.invalid"]),
        (True, ["type.invalid"]),
        (5, []),
    ],
)
def test_a_whole_number_column_holds_whole_numbers(raw: object, codes: list[str]) -> None:
    item = {
        "type": "integer",
        "source_type": "smallint",
        "minimum": "1",
        "maximum": "9",
        "rules": (),
    }
    assert _one("integer", raw, **item)[1] == codes


def test_a_written_whole_number_may_have_a_fraction_of_zero_only() -> None:
    item = {"type": "integer", "options": Options(locale="vi")}
    assert _one("integer", "1.500,00", **item)[:2] == (1500, [])
    assert _one("integer", "1,5", **item)[1] == ["number.range"]


def test_the_fourth_digit_tells_century_and_gender() -> None:
    assert TOLD["093"] == (1993, "1")
    assert TOLD["193"] == (1993, "2")
    assert TOLD["226"] == (2026, "1")
    assert TOLD["493"][0] == 2193


def test_a_number_born_after_the_event_is_out_of_range_and_nothing_more() -> None:
    assert _one("cccd", "003493000003")[1] == ["date.range"]


@pytest.mark.parametrize(
    ("raw", "value", "codes"),
    [
        ("099 095 000 125", "099095000125", []),
        ("c0000123", "C0000123", []),
        ("12345", None, ["id.cccd_shape"]),
        ("123.456.789", "123456789", ["id.cmnd_legacy"]),
        ("014193\u0660\u0661\u0662\u0663\u0664\u0665", None, ["id.cccd_shape"]),
    ],
)
def test_a_paper_without_kind_is_known_by_its_shape(
    raw: str, value: object, codes: list[str]
) -> None:
    assert _one("id_paper", raw)[:2] == (value, codes)


@pytest.mark.parametrize(
    ("kind", "number", "codes"),
    [
        ("CCCD", "123456789", ["id.cccd_shape"]),
        ("CMND", "099095000125", ["id.cccd_shape"]),
        ("Hộ chiếu", "b-1", []),
        ("Giấy khác", "12/UBND", []),
        (None, "12/UBND", ["id.cccd_shape"]),
        ("thẻ lạ", "12/UBND", ["code.unknown"]),
    ],
)
def test_a_declared_kind_decides_and_a_refused_one_judges_nothing(
    kind: str | None, number: str, codes: list[str]
) -> None:
    listed = Options(code_system="free_text")
    paper = a_field(
        "code", name="k", type="code", columns=("k",), code_list="identity_paper", options=listed
    )
    number_field = a_field("id_paper", options=Options(paper_kind="k"))
    assert codes_of(judged(number_field, paper, row={"k": kind, "f": number})) == codes


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("12/1944", None),
        ("12/2027", None),
        ("0/2026", None),
        ("1000000/2026", None),
        ("999999/1945", "999999/1945"),
    ],
)
def test_a_register_number_has_a_year_of_its_time(raw: str, value: object) -> None:
    assert _one("register_number", raw)[0] == value


@pytest.mark.parametrize(
    ("raw", "value", "codes"),
    [
        ("0212 3.852.123; 0912000001", "+842123852123", []),
        ("0084912000001", "+84912000001", []),
        ("1800 1234", "18001234", []),
        ("113", "113", ["phone.shape"]),
    ],
)
def test_a_phone_number_warns_at_most(raw: str, value: str, codes: list[str]) -> None:
    assert _one("phone", raw)[:2] == (value, codes)


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("7:05", "07:05"),
        ("7h", "07:00"),
        ("23H59", "23:59"),
        ("24:00", None),
        ("7h60", None),
        ("7:5", None),
    ],
)
def test_a_time_of_day(raw: str, value: object) -> None:
    found, codes, _ = _one("time", raw)
    assert found == value
    assert codes == ([] if value else ["type.invalid"])


def test_other_identifiers_of_the_next_datasets() -> None:
    assert all(tax_code(f"550000011{digit}").codes for digit in range(10))
    assert tax_code("5500123457").codes == ()
    assert plate("26B\u00a000001").codes == ("id.plate_shape",)
    assert school_year("2026 – 2027").text == "2026-2027"
    assert school_year("2026-2028").codes
    assert phone("").codes == ("phone.shape",)


@pytest.mark.parametrize(
    ("raw", "value", "codes"),
    [
        ("nam", "1", []),
        ("NỮ", "2", []),
        ("Không rõ", "0", []),
        ("không có", None, []),
        ("", None, []),
        ("gì đó", None, ["code.unknown"]),
        (1, None, ["type.invalid"]),
        ("N\u0430m", None, ["text.homoglyph"]),
    ],
)
def test_a_mapped_word_is_never_missing(raw: object, value: object, codes: list[str]) -> None:
    options = Options(code_system="free_text")
    assert _one("gender", raw, type="code", code_list="gender", options=options)[:2] == (
        value,
        codes,
    )


def test_a_unit_with_a_greek_letter_is_known_by_its_crosswalk() -> None:
    options = Options(code_system="free_text")
    item = {"type": "code", "code_list": "unit", "options": options}
    assert _one("code", "µg/m³", **item)[:2] == ("ug_m3", [])
    assert _one("code", "μg/m3", **item)[:2] == ("ug_m3", [])


@pytest.mark.parametrize(
    ("raw", "value", "codes"),
    [
        ("01", "kinh", []),
        ("3", "thai", []),
        ("04", None, ["code.ambiguous"]),
        ("28", None, ["code.ambiguous"]),
        ("77", None, ["code.unknown"]),
    ],
)
def test_an_ethnic_number_of_an_unknown_list_counts_only_where_both_agree(
    raw: str, value: object, codes: list[str]
) -> None:
    options = Options(code_system="unknown", pad=2)
    facts = {"type": "code", "code_list": "ethnic_group", "options": options}
    assert _one("ethnic", raw, **facts)[:2] == (value, codes)


def test_a_not_determined_ethnic_group_is_missing_only_where_one_is_needed() -> None:
    facts = {"type": "code", "code_list": "ethnic_group", "options": Options(code_system="DM-1979")}
    assert _one("ethnic", "56", **facts)[0] == "khong_xac_dinh"
    assert _one("ethnic", "56", requirement="M", **facts)[1] == ["field.missing"]


@pytest.mark.parametrize(
    ("raw", "value", "codes"),
    [
        ("Có", True, []),
        ("x", True, []),
        (None, False, []),
        ("  ", False, []),
        ("-", None, ["type.invalid"]),
        (1, None, ["type.invalid"]),
    ],
)
def test_a_written_yes_or_no(raw: object, value: object, codes: list[str]) -> None:
    options = Options(code_system="co_khong", empty="false")
    assert _one("boolean", raw, type="boolean", options=options)[:2] == (value, codes)


def test_placeholders_can_be_added_and_switched_off() -> None:
    assert _one("text", "*")[0] == "*"
    assert _one("text", "*", options=Options(placeholders=("default", "*")))[0] is None
    assert _one("text", "N/A", options=Options(placeholders=("none",)))[0] == "N/A"
    assert _one("text", "0")[0] == "0"


def test_a_number_in_a_textual_column_needs_leave() -> None:
    assert _one("ident", 17)[1] == ["type.invalid"]
    assert _one("ident", 17, options=Options(numeric_ok=True))[:2] == ("17", [])
