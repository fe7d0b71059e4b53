"""Every fault of support.strikes, in the stream and in a load (issue 5, the fault suite).

A new fault is an entry there; here stands which of them are quick enough for every run.
"""

import random
import time
from collections.abc import Iterator

import pymysql
import pytest
from support.loading import Load
from support.products import insert_product, remove_products
from support.proof import Sampler, prove
from support.registers import Clerk
from support.stack import Stack
from support.strikes import STRIKES, kill
from support.waiting import until, until_equal
from support.witness import Witness

QUICK = {"burst of 30 kills", "SIGTERM of a slow sink", "kill registry", "kill so_tu_phap"}
"""In the stream, in every run; `make chaos` runs the others. test_kills has more."""
QUICK_IN_A_LOAD = {"kill at streams.after_output", "kill at province.before_commit"}
ROWS = 20_000


def cases(quick: set[str]) -> list[object]:
    """Every strike that needs no wires; the slow ones marked."""
    return [
        name if name in quick else pytest.param(name, marks=pytest.mark.chaos)
        for name, strike in STRIKES.items()
        if not strike.wired
    ]


@pytest.fixture(scope="module")
def load(stack: Stack) -> Iterator[Load]:
    """A table of many rows."""
    made = Load(stack, ROWS)
    yield made
    made.close()


@pytest.mark.parametrize("name", cases(QUICK))
def test_a_strike_in_the_stream_loses_nothing(
    stack: Stack, witness: Witness, clerk: Clerk, sampler: Sampler, name: str
) -> None:
    chance = random.Random(name)
    until(lambda: clerk.changes > 20)
    began = time.monotonic()
    with STRIKES[name].begin(stack, chance):
        pass
    busy = clerk.changes
    until(lambda: clerk.changes > busy + 20)
    clerk.stop()
    prove(stack, witness, seconds=120)  # Invariants 1, 2, 3, 8
    sampler.stop()  # Invariant 4
    print(f"{name}: proved {time.monotonic() - began:.1f} s after it struck")  # noqa: T201


@pytest.mark.parametrize("name", cases(QUICK_IN_A_LOAD))
def test_a_strike_in_a_load_loses_nothing(
    stack: Stack, witness: Witness, sampler: Sampler, load: Load, name: str
) -> None:
    load.begin()
    with STRIKES[name].begin(stack, random.Random(name)):
        pass
    load.finish()
    prove(stack, witness, seconds=120)
    sampler.stop()


def test_a_mariadb_killed_in_the_stream_loses_nothing(stack: Stack) -> None:
    wanted = {f"OCOP-14-8{number:03}" for number in range(40)}
    entered = iter(sorted(wanted))
    for _ in range(20):
        assert _entered(stack, next(entered))
    with kill(stack, "so_nnmt"):
        pass
    for code in entered:
        until(lambda code=code: _entered(stack, code), 60)  # type: ignore[misc]
    query = (
        "select ma_san_pham from clean.nnmt_ocop "
        "where _deleted_at is null and ma_san_pham like 'OCOP-14-8%%'"
    )
    until_equal(lambda: {code for (code,) in stack.all(query)}, wanted, 90)
    with stack.agriculture() as source:
        remove_products(source, "OCOP-14-8")
    until_equal(lambda: {code for (code,) in stack.all(query)}, set(), 90)


def _entered(stack: Stack, code: str) -> bool:
    try:
        with stack.agriculture() as source:
            insert_product(source, ma_sp=code)
    except pymysql.OperationalError:
        return False
    return True
