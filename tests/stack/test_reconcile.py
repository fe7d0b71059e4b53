"""A running stack compared while its clerks work: all is equal, and one altered row is found."""

import json
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from random import Random
from typing import Any, NamedTuple

import pytest
from psycopg import sql
from support.stack import Stack

from consumers.ledger.reconcile.buckets import key_hash
from infra.local.home import Home
from suoi.demo.departments import Department, Key, key_text, local_now, open_departments
from suoi.demo.desk import Desk
from suoi.demo.registers import REGISTERS, Register
from suoi.demo.stage import as_clerk

EQUAL = {"tp_khai_tu", "nnmt_thua_dat", "stc_doanh_nghiep", "nnmt_ocop", "nnmt_quan_trac"}
"""One dataset of each department, and one whose key has three columns."""
ALTERED = {"tp_khai_tu": "ho_ten", "nnmt_ocop": "ten"}
"""One dataset of each engine, and a text column of it."""
ROWS = 3


class Answer(NamedTuple):
    """What one `suoi reconcile` said."""

    code: int
    body: dict[str, Any]
    said: str


@pytest.fixture(scope="module")
def departments(stack: Stack) -> Iterator[Mapping[str, Department]]:
    opened = open_departments(as_clerk(Home(stack.home), stack.env["sources"]))
    yield opened
    for one in opened.values():
        one.close()


@pytest.fixture(scope="module")
def keys(
    stack: Stack,  # noqa: ARG001  it must stand
    departments: Mapping[str, Department],
) -> Iterator[dict[str, list[Key]]]:
    """Some rows of each register, written a moment before they are compared."""
    chosen = [one for one in REGISTERS if one.dataset in EQUAL]
    written = {one.dataset: _write(departments[one.source], one) for one in chosen}
    yield written
    for one in chosen:
        for key in written[one.dataset]:
            departments[one.source].delete(one, key)


def _write(department: Department, register: Register) -> list[Key]:
    first = department.last_number(register) + 1
    desk = Desk(rng=Random(register.dataset), now=local_now(), first=first, live=True)
    return [department.insert(register, register.write(desk, ordinary=True)) for _ in range(ROWS)]


def compared(stack: Stack, dataset: str) -> Answer:
    done = stack.suoi("reconcile", dataset, "--json", "--processes", "1", check=False)
    assert done.stdout, done.stderr
    return Answer(done.returncode, json.loads(done.stdout), done.stdout + done.stderr)


def all_compared(stack: Stack, datasets: list[str]) -> dict[str, Answer]:
    """Several at once: each waits for a heartbeat most of its time."""
    with ThreadPoolExecutor(3) as several:
        return dict(zip(datasets, several.map(partial(compared, stack), datasets), strict=True))


def test_what_a_running_stack_holds_is_equal_through_a_moment_ago(
    stack: Stack, keys: dict[str, list[Key]]
) -> None:
    for dataset, answer in all_compared(stack, list(keys)).items():
        body = answer.body
        assert (answer.code, body["reason"], body["differs"]) == (0, None, 0), (dataset, answer)
        assert body["rows"] >= ROWS  # what was compared was there
        assert body["verified_through"] is not None
        kept = "select max(verified_through) from ledger.reconciliation where dataset = %s"
        ((through,),) = stack.all(kept, dataset)
        assert through.isoformat() == body["verified_through"]


def test_one_altered_row_is_found_by_its_hashed_key_alone(
    stack: Stack, keys: dict[str, list[Key]]
) -> None:
    chosen = {dataset: key_text(keys[dataset][0]) for dataset in ALTERED}
    held = {dataset: _put(stack, dataset, key, "Cà Thị Đổi Tay") for dataset, key in chosen.items()}
    try:
        answers = all_compared(stack, list(ALTERED))
    finally:
        for dataset, key in chosen.items():
            _put(stack, dataset, key, held[dataset])
    for dataset, answer in answers.items():
        wanted = {"key": key_hash(chosen[dataset]), "class": "differs", "what": "altered"}
        failed = [one for one in answer.body["differences"] if one["class"] == "differs"]
        assert (answer.code, failed) == (1, [wanted]), (dataset, answer.body)
        assert answer.body["verified_through"] is None
        assert held[dataset] not in answer.said  # Invariant 6
        assert "Đổi Tay" not in answer.said


def _put(stack: Stack, dataset: str, key: str, text: str) -> str:
    """Write *text* behind the sink's back; return what stood there."""
    names = {"table": sql.Identifier("clean", dataset), "name": sql.Identifier(ALTERED[dataset])}
    with stack.province() as connection:
        asked = sql.SQL("select {name} from {table} where _key = %s").format(**names)
        row = connection.execute(asked, [key]).fetchone()
        assert row is not None, "the row has not arrived"
        change = sql.SQL("update {table} set {name} = %s where _key = %s").format(**names)
        connection.execute(change, [text, key])
    return str(row[0])
