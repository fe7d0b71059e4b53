"""The sample registers are what they claim: good entries clean, each defect with its reason."""

from collections import Counter
from datetime import date, datetime
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
    taken = CATALOGUE[register.dataset].source_columns
    return {name: wire(value) for name, value in whole.items() if name in taken}


def wire(value: Any) -> Any:  # noqa: ANN401  a column's value
    match value:
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
    register = next(item for item in REGISTERS if item.dataset == defect.dataset)
    for seed in range(5):
        row = write_row(register, desk(seed), defect)
        assert found(register, row) == [(defect.code, defect.field)], row


IMPOSSIBLE = {
    "text.too_long": "each column is as narrow as its field",
    "text.nul": "PostgreSQL stores no zero character",
    "code.ambiguous": "the marriages book always names the commune",
    "code.expired": "in the marriages book the code is the key: a correction would be another row",
    "id.register_number": "in the marriages book the number is made of two number columns",
}
"""Reasons a contract lists and its sample table cannot give; rule.* between fields come later."""


def test_every_reason_that_a_contract_can_give_is_among_the_defects() -> None:
    for register in REGISTERS:
        listed = {code for item in CATALOGUE[register.dataset].fields for code in item.rules}
        refusing = {code for code in listed if REASONS[code].severity == Severity.REJECT}
        single = {code for code in refusing if not code.startswith("rule.")}
        declared = {defect.code for defect in register.defects}
        assert single - declared <= IMPOSSIBLE.keys(), register.dataset


def test_every_declared_reason_refuses_the_row() -> None:
    assert {REASONS[defect.code].severity for defect in DEFECTS} == {Severity.REJECT}


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


def test_keys_of_marriages_never_repeat() -> None:
    register = next(item for item in REGISTERS if item.table == "ket_hon")
    keys = [tuple(row[c] for c in register.key) for row, _ in write_rows(register, desk(), 3000)]
    assert len(set(keys)) == len(keys)


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
