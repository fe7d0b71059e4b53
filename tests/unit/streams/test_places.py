"""Communes through the reform: every step of DOMAIN.md 6.2, as one field of a record."""

from typing import Any

import pytest
from support.contracts import a_field
from support.judging import CODES, codes_of, judged

from schemas.contract import Options
from streams.communes import NEW, OLD
from streams.days import days

_DATE = a_field("date", name="ngay", type="date", columns=("ngay",), source_type="date")
BEFORE, AFTER = days("2024-05-01"), days("2026-01-05")


def _place(
    raw: object,
    day: int | None = AFTER,
    **options: Any,  # noqa: ANN401
) -> tuple[tuple[Any, ...], list[str]]:
    beside = {name: options.pop(name) for name in ("he", "ten") if name in options}
    said = {"code_system": "unknown", "event_date": "ngay", "scope": "14", "name_column": "ten"}
    number = isinstance(raw, int) and not isinstance(raw, bool)
    facts = {
        "type": "code",
        "code_list": "commune_dvhc2025",
        "source_type": "int" if number else "char(5)",
    }
    item = a_field("commune", options=Options(**(said | options)), **facts)
    found = judged(_DATE, item, row={"f": raw, "ngay": day} | beside)
    return found.values[1:], [problem.code for problem in found.problems]


def _mapped(**options: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"code_system": "column:he", "system_map": {"2004": OLD, "2025": NEW}} | options


@pytest.mark.parametrize(
    ("he", "raw", "day", "values", "codes"),
    [
        ("2025", "03646", AFTER, ("03646", "03646", NEW), []),
        ("2004", "03649", BEFORE, ("03646", "03649", OLD), []),
        ("2004", "03649", AFTER, (None, None, None), ["code.expired"]),
        ("2025", "03646", BEFORE, ("03646", "03646", NEW), ["code.not_yet_valid"]),
        ("2025", "03649", AFTER, (None, None, None), ["code.unknown"]),
        ("1999", "03646", AFTER, (None, None, None), ["code.unknown"]),
        (None, "03646", AFTER, (None, None, None), ["code.ambiguous"]),
        ("", "03649", BEFORE, ("03646", "03649", OLD), []),
        (2025, "03646", AFTER, (None, None, None), ["type.invalid"]),
    ],
)
def test_a_column_that_names_the_list_decides(
    he: object, raw: str, day: int, values: tuple[Any, ...], codes: list[str]
) -> None:
    assert _place(raw, day, **_mapped(he=he)) == (values, codes)


@pytest.mark.parametrize(
    ("raw", "name", "day", "system", "codes"),
    [
        ("03646", "P. Chiềng Lề", BEFORE, OLD, []),
        ("03646", "phường Tô Hiệu", AFTER, NEW, []),
        ("03646", "Tô Hiệu", AFTER, NEW, []),
        ("03646", "Phường Tô Hiệu", BEFORE, NEW, ["code.not_yet_valid"]),
        ("03646", "Phường Chiềng An", AFTER, None, ["code.name_mismatch"]),
        ("03646", None, AFTER, None, ["code.ambiguous"]),
        ("03646", "-", AFTER, None, ["code.ambiguous"]),
        ("03646", 5, AFTER, None, ["type.invalid"]),
    ],
)
def test_a_name_tells_the_list_of_a_shared_code(
    raw: str, name: object, day: int, system: str | None, codes: list[str]
) -> None:
    values, found = _place(raw, day, ten=name)
    assert (values[2], found) == (system, codes)


def test_a_name_is_also_checked_where_the_list_is_known() -> None:
    known = _mapped(he="2025")
    assert _place("03646", ten="Phường Tô Hiệu", **known)[1] == []
    assert _place("03646", ten="Phường Chiềng Lề", **known)[1] == ["code.name_mismatch"]


def test_one_name_in_both_lists_is_settled_by_the_date_alone() -> None:
    new = {row["code"]: row["label"] for row in CODES.rows("codes/commune_dvhc2025")}
    old = {row["code"]: row["label"] for row in CODES.rows("codes/commune_dvhc2004")}
    shared = next(code for code in sorted(new) if old.get(code) == new[code])
    assert _place(shared, BEFORE)[0] == (shared, shared, OLD)
    assert _place(shared, AFTER)[0] == (shared, shared, NEW)
    assert _place(shared, None)[1] == ["code.ambiguous"]


def test_a_certified_owner_is_judged_by_the_list_in_force() -> None:
    certified = {"code_system": "by_event_date"}
    assert _place("03646", AFTER, **certified)[0] == ("03646", "03646", NEW)
    assert _place("03649", BEFORE, **certified)[0] == ("03646", "03649", OLD)
    assert _place("03649", AFTER, **certified)[1] == ["code.unknown"]
    assert _place("03649", None, **certified) == ((None, "03649", None), [])


def test_a_number_gets_its_zeros_back_only_where_declared() -> None:
    assert _place(3649, BEFORE, pad=5)[0] == ("03646", "03649", OLD)
    assert _place("3649", BEFORE)[1] == ["code.unknown"]
    assert _place("036499", BEFORE)[1] == ["code.unknown"]


def test_an_old_commune_outside_the_province_keeps_its_code_alone() -> None:
    assert _place("00001", BEFORE, scope="VN") == ((None, "00001", OLD), [])
    assert _place("00001", BEFORE, scope="14")[1] == ["code.unknown"]


def test_a_present_address_is_not_judged_by_date() -> None:
    assert _place("03649", AFTER, system_only=True) == (("03646", "03649", OLD), [])


def test_a_padded_char_column_is_trimmed() -> None:
    assert _place("03670 ", AFTER, ten="Chiềng Cơi")[0][0] == "03670"


def test_a_refused_event_date_judges_no_validity() -> None:
    item = a_field("commune", options=Options(code_system=OLD, event_date="ngay", scope="14"))
    found = judged(_DATE, item, row={"f": "03649", "ngay": "hôm qua"})
    assert codes_of(found) == ["type.invalid"]
    assert found.values[1:] == ("03646", "03649", OLD)


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("X. Mường La", []),
        ("mường la", []),
        ("Chiềng Lề", ["code.unknown"]),
        (17, ["type.invalid"]),
    ],
)
def test_a_new_name_alone_names_its_unit(name: object, codes: list[str]) -> None:
    options = Options(code_system=NEW, resolve="name", event_date="event_day", scope="14")
    found = judged(a_field("commune_name", options=options), row={"f": name})
    assert codes_of(found) == codes
    assert found.values[0] == (None if codes else "03808")


def test_an_old_name_that_two_units_share_is_ambiguous() -> None:
    options = Options(code_system=OLD, resolve="name", event_date="event_day", scope="14")
    assert codes_of(judged(a_field("commune_name", options=options), row={"f": "Hát Lót"})) == [
        "code.ambiguous"
    ]


@pytest.mark.parametrize("raw", [True, 3.5, ["03646"], {"a": 1}, "x" * 10_000, "03646\x00"])
def test_what_is_no_code_is_refused_and_never_remembered(raw: object) -> None:
    assert _place(raw)[1] != []
