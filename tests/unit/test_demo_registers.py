"""The sample registers are what they claim: good entries clean, each defect with its reason."""

from collections import Counter
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest

from schemas.catalogue import read_catalogue
from schemas.codes import read_codes
from schemas.reasons import REASONS
from schemas.records import Problem, Row, Severity
from streams.compiler import compile_dataset
from streams.legacy import decode_legacy
from suoi.demo.defects import DEFECTS, Defect
from suoi.demo.desk import Desk
from suoi.demo.legacy import tcvn3
from suoi.demo.people import PEOPLES, draw_person
from suoi.demo.registers import REGISTERS, Register, shares, write_row, write_rows

NOW = datetime(2026, 3, 11, 9, 30, 15)  # noqa: DTZ001  departments keep local time without zone
COMMIT = 1_773_200_000_000_000
"""2026-03-11 03:33:20 UTC in µs: a little after NOW, on the same day in Vietnam."""
CATALOGUE = read_catalogue()
CODES = read_codes(("099",))
VALIDATORS = {item.dataset: compile_dataset(CATALOGUE[item.dataset], CODES) for item in REGISTERS}
EPOCH = date(1970, 1, 1)


def desk(seed: object = 1, *, live: bool = False) -> Desk:
    return Desk(rng=Random(str(seed)), now=NOW, live=live)


def image(register: Register, row: Row, number: int = 1) -> Row:
    """Show *row* as Debezium would."""
    whole = {"id": number} | row if register.key == ("id",) else row
    dataset = CATALOGUE[register.dataset]
    zoned = {
        c for item in dataset.fields if "timestamptz" in item.source_type for c in item.columns
    }
    return {
        name: wire(value, zoned=name in zoned)
        for name, value in whole.items()
        if name in dataset.source_columns
    }


def wire(value: Any, *, zoned: bool) -> Any:  # noqa: ANN401  a column's value
    match value:
        case datetime() if zoned:
            return f"{value - timedelta(hours=7):%Y-%m-%dT%H:%M:%SZ}"
        case datetime():
            return int((value - datetime(1970, 1, 1)).total_seconds()) * 1_000_000  # noqa: DTZ001
        case date():
            return (value - EPOCH).days
        case UUID():
            return str(value)
        case _:
            return value


def typed(register: Register, row: Row) -> Row:
    """Do what MariaDB does with a date given as text: keep it, or hold the zero date (null)."""
    day = row.get("ngay_cn")
    if register.table != "ocop" or not isinstance(day, str):
        return row
    return row | {"ngay_cn": None if day.startswith("0000") else date.fromisoformat(day)}


def judge(register: Register, row: Row) -> tuple[Problem, ...]:
    return tuple(
        VALIDATORS[register.dataset].judge(image(register, typed(register, row)), COMMIT).problems
    )


def found(register: Register, row: Row) -> list[tuple[str, str]]:
    return [(problem.code, problem.field) for problem in judge(register, row)]


@pytest.mark.parametrize("register", REGISTERS, ids=lambda register: register.dataset)
@pytest.mark.parametrize("live", [False, True], ids=["loaded", "live"])
def test_good_entries_have_no_problem_at_all(register: Register, live: bool) -> None:  # noqa: FBT001
    table = desk(register.dataset, live=live)
    for _ in range(150):
        row = write_row(register, table)
        assert not found(register, row), row


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: f"{defect.dataset}: {defect.name}")
def test_a_defect_gives_exactly_its_reason(defect: Defect) -> None:
    register = register_of(defect)
    for seed in range(5):
        row = write_row(register, desk(seed), defect)
        assert sorted(found(register, row)) == sorted(defect.problems), row


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: f"{defect.dataset}: {defect.name}")
def test_a_defect_refuses_the_row_unless_it_is_a_warning(defect: Defect) -> None:
    register = register_of(defect)
    row = image(register, typed(register, write_row(register, desk(), defect)))
    refused = any(REASONS[code].severity == Severity.REJECT for code, _ in defect.problems)
    assert VALIDATORS[defect.dataset].judge(row, COMMIT).accepted != refused


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: f"{defect.dataset}: {defect.name}")
def test_only_a_defect_of_the_key_is_not_put_right_in_the_same_row(defect: Defect) -> None:
    register = register_of(defect)
    good = register.write(desk(), ordinary=True)
    spoiled = dict(good)
    defect.spoil(spoiled, desk())
    assert spoiled != good
    changed = {name for name in register.key if spoiled.get(name) != good.get(name)}
    assert bool(changed) == defect.in_key
    assert (defect in register.correctable) != defect.in_key


def register_of(defect: Defect) -> Register:
    return next(item for item in REGISTERS if item.dataset == defect.dataset)


IMPOSSIBLE = {
    "text.too_long": "each column is as narrow as its field",
    "text.nul": "PostgreSQL stores no zero character",
    "tp_ket_hon code.ambiguous": "the marriages book always names the commune",
    "tp_ket_hon code.expired": "the code is the key: a correction would be another row",
    "tp_ket_hon id.register_number": "the number is made of two number columns",
    "tp_khai_tu code.name_mismatch": "the deaths book never names the commune",
    "tp_xac_nhan type.invalid": "the column is a boolean, and is never empty",
    "tp_xac_nhan code.not_yet_valid": "no day before the reform is taken",
    "stc_ho_kinh_doanh code.ambiguous": "each name of the new list is of one commune",
    "nnmt_quan_trac number.not_finite": "MariaDB stores neither NaN nor infinity",
    "rule.duplicate_number": "a finding beside the province's database, never an outcome",
    "rule.duplicate_person": "as above",
    "id.cccd_place_unknown": "099 is the invented people's own place",
}
"""What a contract lists and its sample table cannot give."""
OLD = ("tp_khai_sinh", "tp_ket_hon", "tp_khai_tu", "nnmt_ocop")
"""Registers whose defects name no rule between fields and no warning."""


def test_every_reason_that_a_contract_can_give_is_among_the_defects() -> None:
    for register in REGISTERS:
        fields = CATALOGUE[register.dataset].fields
        listed = {code for item in fields for code in item.rules}
        if register.dataset in OLD:
            listed = {code for code in listed if REASONS[code].severity == Severity.REJECT}
            listed = {code for code in listed if not code.startswith("rule.")}
        declared = {code for defect in register.defects for code, _ in defect.problems}
        missing = {code for code in listed - declared if code not in IMPOSSIBLE}
        assert {f"{register.dataset} {code}" for code in missing} <= IMPOSSIBLE.keys()


def test_the_share_of_defects_is_the_declared_one() -> None:
    for register in REGISTERS:
        count = 4000
        drawn = Counter(defect for _, defect in write_rows(register, desk(), count))
        spoiled = count - drawn[None]
        declared = count * sum(defect.share for defect in register.defects) / 1000
        assert abs(spoiled - declared) < 0.25 * declared
        assert all(drawn[defect] for defect in register.defects)


def test_the_same_seed_writes_the_same_register() -> None:
    for register in REGISTERS:
        first = list(write_rows(register, desk("a"), 20))
        assert first == list(write_rows(register, desk("a"), 20))
        assert first != list(write_rows(register, desk("b"), 20))


WRITTEN_KEYS = [
    one for one in REGISTERS if one.table in {"ket_hon", "thua_dat"} or "id" not in one.key
]


@pytest.mark.parametrize("register", WRITTEN_KEYS, ids=lambda register: register.dataset)
@pytest.mark.parametrize("live", [False, True], ids=["loaded", "live"])
def test_keys_never_repeat(register: Register, live: bool) -> None:  # noqa: FBT001
    table = desk(live=live)
    keys = set()
    count = 200 if live else 5000  # within one second, or in one load
    for row, _ in write_rows(register, table, count):
        keys.add(tuple(str(row[column]).casefold() for column in register.key))
    assert len(keys) == count


def test_a_reading_carries_what_a_double_makes_of_it() -> None:
    register = next(item for item in REGISTERS if item.table == "quan_trac")
    rows = [row for row, _ in write_rows(register, desk(), 400)]
    assert any(len(repr(row["gia_tri"])) > 10 for row in rows)
    assert {"\u00b5", "\u03bc"} <= {letter for row in rows for letter in row["don_vi"] or ""}
    assert any(row["gia_tri"] == -9999 and row["co"] == "02" for row in rows)


def test_the_parcels_write_peoples_in_the_land_systems_own_numbers() -> None:
    register = next(item for item in REGISTERS if item.table == "thua_dat")
    rows = [row for row, _ in write_rows(register, desk(), 2000)]
    assert {28, 32, 33} <= {row["dan_toc_chu"] for row in rows}  # Khơ Mú, Kháng, Xinh Mun
    assert 29 not in {row["dan_toc_chu"] for row in rows}
    assert any(row["ma_thua"] and row["ma_thua"].isupper() for row in rows)


def test_an_invented_tax_code_is_of_numbers_that_are_not_issued() -> None:
    register = next(item for item in REGISTERS if item.table == "doanh_nghiep")
    codes = [row["ma_so"] for row, _ in write_rows(register, desk(), 500)]
    assert all(code.startswith("559") for code in codes)
    assert {len(code) for code in codes} >= {10, 13, 14}  # with the dash and without


def test_nobody_holds_a_number_that_could_be_real() -> None:
    rng = Random("people")
    for people in PEOPLES:
        born = date(1950 + rng.randrange(75), 5, 17)
        person = draw_person(rng, male=False, born=born, people=people)
        assert person.number.startswith("099")
        assert int(person.number[3]) % 2 == 1
        assert person.number[4:6] == f"{born.year % 100:02d}"


def test_all_sample_rows_are_shared_out() -> None:
    assert sum(shares(5003).values()) == 5003
    assert sum(register.share for register in REGISTERS) == 100


def test_tcvn3_typed_by_the_clerk_is_read_back_as_it_was() -> None:
    text = "Hợp tác xã Nông nghiệp Đức Ơn, bản Ăn Ở, 2026"
    assert decode_legacy(tcvn3(text.replace("Ở", "ở")), "tcvn3") == text.replace("Ở", "ở")
    with pytest.raises(ValueError, match="TCVN3 cannot write"):
        tcvn3("ẤN")
