"""Provinces, districts, industries, numbers of persons or firms, cells of a spreadsheet."""

from typing import Any

import pytest
from support.contracts import EVERY_TEXT_RULE, a_field
from support.judging import CODES, NOW, codes_of, judge_row, judged, values_of

from schemas.contract import Field, Options
from streams.communes import NEW, OLD
from streams.days import days, instant

BEFORE, AFTER = days("2024-05-01"), days("2026-01-05")
_DAY = a_field("date", name="ngay", type="date", columns=("ngay",), source_type="date")
BIRTH = "yt_giay_chung_sinh"


def coded(kind: str, code_list: str, source_type: str = "json string", **options: Any) -> Field:  # noqa: ANN401
    said = Options(**options)
    facts = {"type": "code", "code_list": code_list, "source_type": source_type}
    return a_field(kind, options=said, **facts)


def told(item: Field, raw: object, day: int | None = AFTER, now: int = NOW) -> tuple[Any, ...]:
    """(values of the field, reason codes)."""
    found = judged(_DAY, item, row={"f": raw, "ngay": day}, source_ts=now)
    return (*found.values[1:], codes_of(found))


@pytest.mark.parametrize(
    ("raw", "day", "values"),
    [
        ("14", AFTER, ("14", "14", NEW, [])),
        ("14", BEFORE, ("14", "14", OLD, [])),
        ("02", BEFORE, ("08", "02", OLD, [])),
        ("02", AFTER, (None, None, None, ["code.unknown"])),
        ("2", BEFORE, ("08", "02", OLD, [])),
        ("014", AFTER, (None, None, None, ["code.unknown"])),
        ("99", AFTER, (None, None, None, ["code.unknown"])),
        ("02", None, (None, "02", None, [])),
        (None, AFTER, (None, None, None, [])),
    ],
)
def test_a_province_is_of_the_list_in_force_and_keeps_both_codes(
    raw: object, day: int | None, values: tuple[Any, ...]
) -> None:
    options = {"code_system": "by_event_date", "event_date": "ngay", "pad": 2}
    assert told(coded("province", "province_dvhc2025", **options), raw, day) == values


def test_a_province_of_a_known_list_has_its_validity() -> None:
    old = coded("province", "province_dvhc2025", code_system=OLD, event_date="ngay")
    assert told(old, "02", AFTER) == (None, None, None, ["code.expired"])
    new = coded("province", "province_dvhc2025", code_system=NEW, event_date="ngay")
    assert told(new, "08", BEFORE) == ("08", "08", NEW, ["code.not_yet_valid"])
    unsure = coded("province", "province_dvhc2025", code_system="unknown", event_date="ngay")
    assert told(unsure, "02", BEFORE) == ("08", "02", OLD, [])


def test_a_province_that_became_another_is_flagged_as_mapped() -> None:
    item = coded("province", "province_dvhc2025", code_system=OLD, event_date="ngay")
    found = judged(_DAY, item, row={"f": "02", "ngay": BEFORE})
    assert found.flags == ("CODE_MAPPED:f",)
    assert found.originals == {"f": "02"}


@pytest.mark.parametrize(
    ("raw", "day", "values"),
    [
        (116, BEFORE, ("116", [])),
        (116, AFTER, ("116", ["code.level_abolished"])),
        (1, BEFORE, ("001", [])),
        (999, AFTER, (None, ["code.unknown"])),
        ("116", AFTER, (None, ["type.invalid"])),
        (116, None, ("116", [])),
        (None, AFTER, (None, [])),
    ],
)
def test_a_district_is_history_and_after_the_reform_a_warning(
    raw: object, day: int | None, values: tuple[Any, ...]
) -> None:
    options = {"code_system": OLD, "event_date": "ngay", "pad": 3}
    assert (
        told(coded("district", "district_dvhc2004", "json number", **options), raw, day) == values
    )


@pytest.mark.parametrize(
    ("raw", "values"),
    [
        ("47110", ("47110", [])),
        ("4711", ("4711", [])),
        (" 47.11 ", ("4711", [])),
        ("471", (None, ["code.unknown"])),
        ("471100", (None, ["code.unknown"])),
        ("04110", (None, ["code.unknown"])),
        ("4711A", (None, ["code.unknown"])),
        (4711, (None, ["type.invalid"])),
        ("-", (None, [])),
    ],
)
def test_an_industry_keeps_its_digits_and_its_division_is_in_the_list(
    raw: object, values: tuple[Any, ...]
) -> None:
    assert told(coded("vsic", "vsic_division", code_system="prefix2"), raw) == values


def test_an_industry_has_the_validity_of_its_division() -> None:
    item = coded("vsic", "vsic_division", code_system="prefix2")
    early = instant("2018-08-19T05:00:00Z")
    assert told(item, "47110", now=early)[-1] == ["code.not_yet_valid"]
    assert told(item, "47110", now=instant("2018-08-20T05:00:00Z"))[-1] == []


@pytest.mark.parametrize(
    ("raw", "values"),
    [
        ("5500000014", ("5500000014", [])),
        ("0314409058002", ("0314409058-002", [])),
        ("099193 000.101", ("099193000101", [])),
        ("012345678", (None, ["id.mst_shape"])),
        ("550000011", (None, ["id.mst_shape"])),
        ("5500000110", (None, ["id.mst_checksum"])),
        ("099493000101", (None, ["date.range"])),
        ("003193000101", ("003193000101", ["id.cccd_place_unknown"])),
        ("222222222222", (None, ["id.mst_shape"])),
        ("99193000101", (None, ["id.mst_shape"])),
    ],
)
def test_a_tax_code_may_be_a_persons_number(raw: str, values: tuple[Any, ...]) -> None:
    assert told(a_field("mst_or_person"), raw) == values


@pytest.mark.parametrize(
    ("raw", "values"),
    [
        ("1499000102", ("1499000102", [])),
        ("099193000101", ("099193000101", [])),
        ("099493000101", (None, ["date.range"])),
        ("003193000101", ("003193000101", ["id.cccd_place_unknown"])),
        ("333333333333", (None, ["id.bhxh_shape"])),
        ("149900010", (None, ["id.bhxh_shape"])),
    ],
)
def test_an_insurance_number_may_be_a_persons_number(raw: str, values: tuple[Any, ...]) -> None:
    assert told(a_field("bhxh"), raw) == values


def test_a_persons_number_is_compared_with_birth_and_gender() -> None:
    found = judge_row("stc_ho_kinh_doanh", mst="099185000031", giay_to="C0000123")
    assert codes_of(found) == ["id.cccd_conflict_legacy"]
    assert found.accepted


@pytest.mark.parametrize(
    ("raw", "values"),
    [("000", ("VN", [])), ("0", (None, ["code.unknown"])), ("040", (None, ["code.unknown"]))],
)
def test_only_viet_nam_is_known_of_the_old_country_numbers(
    raw: str, values: tuple[Any, ...]
) -> None:
    assert told(coded("country", "country", code_system="TT07-2016"), raw) == values


@pytest.mark.parametrize(
    ("raw", "value", "codes"),
    [
        (46092, days("2026-03-11"), []),
        (46092.0, days("2026-03-11"), []),
        ("46092", days("2026-03-11"), []),
        ("11/03/2026", days("2026-03-11"), []),
        (46092.5, None, ["date.invalid"]),
        (60, None, ["date.invalid"]),
        (0, None, ["date.invalid"]),
        (True, None, ["type.invalid"]),
        (10**30, None, ["date.invalid"]),
    ],
)
def test_a_date_cell_is_a_serial_number_or_a_text(
    raw: object, value: int | None, codes: list[str]
) -> None:
    said = Options(date_formats=("dmy", "excel_serial"))
    item = a_field(
        "date", type="date", source_type="xlsx date or text", rules=EVERY_TEXT_RULE, options=said
    )
    assert told(item, raw) == (value, codes)


def test_a_date_cell_keeps_its_number_as_it_was_sent() -> None:
    assert judge_row("xd_van_tai_giay_phep").originals["ngay_cap"] == "46092"


@pytest.mark.parametrize("raw", [3646, 3646.0, "3646", "03646"])
def test_a_commune_in_a_cell_may_be_a_number_or_its_digits(raw: object) -> None:
    judged_row = judge_row("gddt_truong", **{"Mã xã": raw})
    assert judged_row.accepted
    assert values_of("gddt_truong", judged_row)["ma_xa_goc"] == "03646"


@pytest.mark.parametrize(
    ("raw", "day", "values"),
    [
        ("00007", BEFORE, (None, "00007", OLD, [])),
        ("03649", BEFORE, ("03646", "03649", OLD, [])),
        ("00007", AFTER, (None, None, None, ["code.expired"])),
        ("00004", BEFORE, (None, None, None, ["code.ambiguous"])),
        ("00009", BEFORE, (None, None, None, ["code.unknown"])),
    ],
)
def test_a_commune_outside_the_province_has_no_new_code(
    raw: str, day: int, values: tuple[Any, ...]
) -> None:
    options = {"code_system": "unknown", "event_date": "ngay", "scope": "VN"}
    assert told(coded("commune", "commune_vn_dvhc2025", **options), raw, day) == values


def test_the_same_code_is_of_the_list_in_force_where_the_owner_certified_it() -> None:
    options = {"code_system": "by_event_date", "event_date": "ngay", "scope": "VN"}
    item = coded("commune", "commune_vn_dvhc2025", **options)
    assert told(item, "03646", BEFORE) == ("03646", "03646", OLD, [])
    assert told(item, "03646", AFTER) == ("03646", "03646", NEW, [])
    assert told(item, "03649", AFTER) == (None, None, None, ["code.unknown"])
    assert told(item, "03649", None) == (None, "03649", None, [])


def test_an_extra_place_is_known_to_a_test_profile_alone() -> None:
    assert CODES.extra_cccd_places == ("099",)
