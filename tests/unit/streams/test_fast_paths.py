"""The fast path of every kind against its refiner: whatever is sent, they say the same."""

from datetime import datetime
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support.contracts import a_dataset, a_field
from support.judging import CODES, NOW, tcvn3

from schemas.contract import Dataset, Field, Options
from schemas.records import Row
from streams import fast
from streams.beside import Beside
from streams.compiler import compile_dataset
from streams.days import DAY_US, days
from streams.fast import taker
from streams.fast.known import FEW, MOST
from streams.fast.task import Task
from streams.judgement import Judgement
from streams.notes import Notes
from streams.plan import plan_field
from streams.refine import refiner

MARKS = "[/. ;,:()-]{0,2}"
_PIECES = (
    *(
        "",
        " ",
        "  ",
        "0",
        "00",
        "+84",
        "0084",
        "3",
        "12",
        "31",
        "29",
        "02",
        "/",
        "-",
        ".",
        ",",
        "-0",
    ),
    *(
        "2026",
        "1998",
        "2024",
        "1799",
        "0000",
        "Mận",
        "BÀ",
        "d'Or",
        "ß",
        "a\u0323",
        "\u200b",
        "\u00a0",
    ),
    *(
        "\u0111",
        "S¬n",
        "Đ",
        "CC",
        "099098000124",
        "B1234567",
        "không",
        "null",
        "1.234",
        "5,50",
        "NaN",
    ),
)


def checked(number: int) -> int:
    """The check digit of a tax code's first nine digits; 10 is none."""
    weights = (31, 29, 23, 19, 17, 13, 7, 5, 3)
    return 10 - sum(int(d) * w for d, w in zip(f"{number:09}", weights, strict=True)) % 11


TEXTS = (
    st.lists(st.sampled_from(_PIECES), max_size=6).map("".join)
    | st.from_regex(rf"\A[0-9]{{1,4}}{MARKS}[0-9]{{1,4}}{MARKS}[0-9]{{0,4}}\Z")
    | st.from_regex(r"\A0{0,3}[0-9]{1,6} ?[/-] ?[0-9]{4}\Z")
    | st.from_regex(r"\A(?:0|\+84|0084)[ .-]?[0-9]{2,3}[ .-]?[0-9]{3}[ .-]?[0-9]{2,4}\Z")
    | st.from_regex(r"\A-?[0-9]{1,3}(?:[.][0-9]{3}){0,4}(?:[.,][0-9]{1,5})?\Z")
    | st.from_regex(r"\A099[ .]?[0-9]{3}[ .]?[0-9]{6}\Z")
    | st.integers(0, 999_999_999).map(lambda number: f"{number:09}{checked(number)}")
    | st.from_regex(r"\A0100233488-?[0-9]{3}\Z")
    | st.datetimes(max_value=datetime(2027, 1, 1)).map(lambda at: f"{at.isoformat()}Z")  # noqa: DTZ001
    | st.from_regex(r"\A[A-Za-z]{0,3}[0-9]{4,20}\Z")
    | st.dates().map(str)
    | st.text(max_size=12)
    | st.text(max_size=8).map(
        lambda text: text.encode("utf-8", "replace").decode("cp1252", "replace")
    )
)
SENT = (
    st.none()
    | TEXTS
    | st.booleans()
    | st.integers(-5, 130)
    | st.integers()
    | st.floats()
    | st.decimals(0, 200, places=3).map(float)
)
LOW = {"minimum": "1900-01-01", "maximum": "today", "type": "date"}
AMOUNT = {"type": "decimal", "precision": 9, "scale": 3, "minimum": "0", "maximum": "99999"}
KINDS: dict[str, Field] = {
    "text": a_field("text", max_length=12),
    "tcvn3": a_field("text", max_length=40, options=Options(encoding="tcvn3")),
    "viscii": a_field("text", options=Options(encoding="viscii")),
    "name": a_field("name", max_length=12),
    "ident": a_field("ident", max_length=12, requirement="M"),
    "no placeholder": a_field("text", options=Options(placeholders=("none",))),
    "zero for nothing": a_field("integer", type="integer", options=Options(placeholders=("0",))),
    "dmy": a_field("date", options=Options(date_formats=("dmy",)), **LOW),
    "iso alone": a_field("date", **LOW),
    "any date": a_field("partial_date", options=Options(date_formats=("dmy", "my", "y")), **LOW),
    "serial": a_field("partial_date", options=Options(date_formats=("excel_serial", "y")), **LOW),
    "register": a_field("register_number", options=Options(separators=("/", "-")), max_length=20),
    "phone": a_field("phone", max_length=20),
    "cccd": a_field("cccd", options=Options(strict=True, gender="1")),
    "paper": a_field("id_paper", max_length=20),
    "time": a_field("time", requirement="M"),
    "vi": a_field("decimal", options=Options(locale="vi"), **AMOUNT),
    "plain": a_field("decimal", **AMOUNT),
    "numeric": a_field("decimal", source_type="numeric(9,3)", **AMOUNT),
    "double": a_field("decimal", source_type="double", **AMOUNT),
    "percent": a_field("decimal", source_type="double", **(AMOUNT | {"maximum": "100"})),
    "no range": a_field("decimal", type="decimal", precision=5, scale=2),
    "from one": a_field("decimal", **(AMOUNT | {"minimum": "1"})),
    "degrees": a_field(
        "decimal",
        source_type="numeric(10,7)",
        **(AMOUNT | {"precision": 10, "scale": 7, "maximum": "90"}),
    ),
    "instant": a_field(
        "timestamp",
        source_type="timestamptz",
        type="timestamp",
        minimum="2000-01-01T00:00:00Z",
        maximum="now",
    ),
    "mst": a_field("mst", max_length=14),
    "mst or person": a_field("mst_or_person", max_length=14),
    "geohash": a_field("geohash", max_length=12),
    "no geohash": a_field(
        "geohash", max_length=12, options=Options(placeholders=("default", "xxxxxxxxxxxx"))
    ),
    "vsic": a_field("vsic", code_list="vsic_division"),
    "whole text": a_field("integer", type="integer", minimum="0", maximum="120"),
    "whole": a_field("integer", type="integer", source_type="integer", minimum="0", maximum="120"),
    "whole vi": a_field(
        "integer", type="integer", minimum="0", maximum="9999999", options=Options(locale="vi")
    ),
    "marked": a_field(
        "decimal", source_type="double", **AMOUNT, options=Options(placeholders=("-9999",))
    ),
    "zero for none": a_field(
        "decimal", source_type="double", **AMOUNT, options=Options(placeholders=("0",))
    ),
    "dated": a_field("code", code_list="vsic_division", options=Options(code_system="canonical")),
    "gender": a_field("gender", code_list="gender", options=Options(code_system="free_text")),
    "yes": a_field("boolean", options=Options(code_system="co_khong")),
    "ethnic": a_field("ethnic", code_list="ethnic_group", options=Options(code_system="DM-1979")),
    "ethnic number": a_field(
        "ethnic",
        code_list="ethnic_group",
        source_type="smallint",
        options=Options(code_system="DM-1979", pad=2),
        requirement="M",
    ),
    "composed": a_field(
        "register_number",
        columns=("f", "g"),
        source_type="integer+varchar(9)",
        options=Options(compose="{f}/{g}"),
    ),
    "commune": a_field(
        "commune",
        code_list="commune_dvhc2025",
        options=Options(code_system="column:g", system_map={"moi": "DVHC-2025"}, name_column="h"),
    ),
}
EVERY_KIND = pytest.mark.parametrize("kind", KINDS)
JUDGES: dict[str, tuple[Any, Any]] = {}


def judges(kind: str) -> tuple[Any, Any]:
    """The usual judge of a record of one field, and one without any fast path."""
    if kind not in JUDGES:
        dataset: Dataset = a_dataset(KINDS[kind])
        usual, kept = compile_dataset(dataset, CODES), fast.FAST
        fast.FAST = {}
        try:
            JUDGES[kind] = usual.judge, compile_dataset(dataset, CODES).judge
        finally:
            fast.FAST = kept
    return JUDGES[kind]


def told(found: Judgement) -> tuple[Any, ...]:
    return found.values, found.problems, sorted(found.flags), found.originals


@EVERY_KIND
@settings(max_examples=60, deadline=None)
@given(raw=SENT, beside=st.none() | TEXTS)
@example(raw="05/3/2026", beside=None)
@example(raw="KHÔNG có", beside=None)
@example(raw="3/3/2024", beside=None)
@example(raw="29/02/2024", beside=None)
@example(raw="3-2026", beside="2026")
@example(raw="0386 / 2026", beside=None)
@example(raw="0212.345.6789", beside=None)
@example(raw="99999,999", beside=None)
@example(raw="1234.5", beside=None)
@example(raw=12.3456789, beside=None)
@example(raw="90.0000001", beside=None)
@example(raw="2026-02-30T00:00:00Z", beside=None)
@example(raw="2026-02-28T00:00:00.10Z", beside=None)
@example(raw="2026-03-11T02:59:59.999999Z", beside=None)
@example(raw="5500123457-000", beside=None)
@example(raw="5500000110", beside=None)
@example(raw="w7cckf8bxg4j", beside=None)
@example(raw="W7cCKF8BXG4J", beside=None)
@example(raw="w7cc\u212af8bxg4j", beside=None)
@example(raw="XXXXXXXXXXXX", beside=None)
@example(raw="21.50", beside=None)
@example(raw="100", beside=None)
@example(raw=True, beside=None)
@example(raw=1.0, beside=None)
@example(raw=0.0, beside=None)
@example(raw=-9999.0, beside=None)
@example(raw="03646", beside="moi")
def test_what_is_quick_is_what_is_right(kind: str, raw: object, beside: str | None) -> None:
    usual, careful = judges(kind)
    sent = {"f": raw, "g": beside, "h": "Phường Tô Hiệu"}
    known = a_dataset(KINDS[kind]).source_columns
    row: Row = {name: value for name, value in sent.items() if name in known}
    right = told(careful(row, NOW))
    # Twice: what was remembered must say what was said. NaN is equal to nothing, so texts compare.
    assert repr(told(usual(row, NOW))) == repr(told(usual(row, NOW))) == repr(right)


@EVERY_KIND
@pytest.mark.parametrize("row", [{}, {"g": "moi"}, {"f": 1}, {"f": None}], ids=str)
def test_an_absent_column_is_the_same_on_every_path(kind: str, row: Row) -> None:
    usual, careful = judges(kind)
    assert told(usual(row, NOW)) == told(careful(row, NOW))


def test_a_number_is_never_taken_for_the_yes_that_equals_it() -> None:
    item = a_field("gender", code_list="gender", source_type="smallint", type="code",
                   options=Options(code_system="canonical"))  # fmt: skip
    judge = compile_dataset(a_dataset(item), CODES).judge
    assert judge({"f": 1}, NOW).values == ("1",)
    assert [problem.code for problem in judge({"f": True}, NOW).problems] == ["type.invalid"]
    assert [problem.code for problem in judge({"f": 1.0}, NOW).problems] == ["type.invalid"]


def test_a_memory_that_is_full_begins_anew_and_still_says_what_is_right() -> None:
    usual, careful = judges("gender")
    for number in range(MOST + 20):
        row = {"f": f"{number}"}
        assert told(usual(row, NOW)) == told(careful(row, NOW))
    assert usual({"f": "Nam"}, NOW).values == ("1",)


@pytest.mark.parametrize("kind", ["text", "name", "ident"])
def test_odd_texts_are_remembered_a_few_at_a_time(kind: str) -> None:
    usual, careful = judges(kind)
    odd = [f"L\u0430n {number}\x07" for number in range(FEW + 3)]
    for text in (*odd, *reversed(odd), "...", "BÀ  MẬN", "...", "BÀ  MẬN"):
        row = {"f": text}
        assert told(usual(row, NOW)) == told(careful(row, NOW))


@pytest.mark.parametrize(("kind", "most"), [("gender", MOST), ("name", FEW), ("any date", MOST)])
def test_no_more_is_remembered_than_its_limit_and_no_long_text(kind: str, most: int) -> None:
    plan = plan_field(KINDS[kind], 0, CODES)
    take = taker(Task(plan, CODES, refiner(plan, CODES), Beside()))
    memory = take.__self__.memory
    for number in range(most + 5):
        take(f"\u0430{number}", Notes(NOW))
        assert len(memory) <= most
    held = len(memory)
    assert 0 < held < most
    take("\u0430" * 65, Notes(NOW))
    take(1, Notes(NOW))
    assert len(memory) == held


def test_one_answer_of_a_commune_does_not_change_the_next() -> None:
    usual, _ = judges("commune")
    row = {"f": "03646", "g": "cũ", "h": None}
    first = told(usual(row, NOW))
    usual(row, NOW).originals["f"] = "another"
    assert told(usual(row, NOW)) == first


def test_a_commune_is_remembered_by_its_side_of_the_reform() -> None:
    usual, careful = judges("commune")
    found = set()
    for day in ("2025-06-30", "2025-07-01", "2025-06-30"):
        for code in ("03646", "03649", "03670"):
            row, noon = {"f": code, "g": "moi", "h": None}, days(day) * DAY_US
            assert told(usual(row, noon)) == told(careful(row, noon))
            found.add(repr(told(usual(row, noon))))
    assert len(found) > 3


def test_tcvn3_is_decoded_by_the_same_table_on_every_path() -> None:
    usual, careful = judges("tcvn3")
    for text in ("Hợp tác xã Mận hậu", "bản Nà Ngần", "Đức Ơn", "plain", "café"):
        row = {"f": tcvn3(text)}
        assert told(usual(row, NOW)) == told(careful(row, NOW))
    assert usual({"f": tcvn3("Mận hậu")}, NOW).values == ("Mận hậu",)


PAIR = a_dataset(a_field("text", name="f"), a_field("name", name="g", columns=("g",)))


@pytest.mark.parametrize("row", [{}, {"f": "Mận"}, {"f": "Mận", "g": "Mận", "id": 1, "x": 1},
                                 {"f": "Mận", "g": "Mận", "x": 1}], ids=str)  # fmt: skip
def test_columns_that_no_contract_names_are_told_whatever_is_absent(row: Row) -> None:
    usual = compile_dataset(PAIR, CODES).judge
    for _ in range(2):
        found = usual(row, NOW)
        told_of = [one.field for one in found.problems if one.code == "schema.unknown_field"]
        assert told_of == (["x"] if "x" in row else [])


@pytest.mark.parametrize(("kind", "sent"), [("dated", "01"), ("any date", "11/3/2026 ")])
def test_what_a_day_decides_is_remembered_with_the_day(kind: str, sent: str) -> None:
    usual, careful = judges(kind)
    found = set()
    for day in ("2006-12-31", "2026-03-10", "2026-03-11", "2026-03-10"):
        noon = days(day) * DAY_US
        for _ in range(2):
            assert told(usual({"f": sent}, noon)) == told(careful({"f": sent}, noon))
        found.add(repr(told(usual({"f": sent}, noon))))
    assert len(found) > 1
