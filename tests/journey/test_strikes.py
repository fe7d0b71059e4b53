"""Every fault of support.strikes, in the stream and in a load (issue 5, the fault suite).

A new fault is an entry there; here stands which of them are quick enough for every run.
"""

import random
import time

import pytest
from support.loading import Load
from support.market import Market, clear_market, prove_market
from support.proof import Sampler, conserved, prove
from support.registers import Clerk
from support.stack import Stack
from support.strikes import STRIKES
from support.waiting import until
from support.witness import Witness

QUICK = {"burst of 30 kills", "SIGTERM of a slow sink", "kill so_tu_phap"}
"""In the stream, in every run; `make chaos` runs the others. test_kills has more."""
QUICK_IN_A_LOAD = {"kill at streams.after_output", "kill at province.before_commit"}
QUICK_FOR_PRODUCTS = {"kill so_nnmt", "kill at portal.after_write"}
SHOWN = {
    *("kill so_nnmt", "kill redis", "kill portal_cache", "kill portal", "freeze portal_cache"),
    *("kill at portal.before_write", "kill at portal.after_write", "kill kafka", "kill connect"),
}
"""What stands between a product and the portal."""
CIVIL = {name for name, strike in STRIKES.items() if not strike.wired} - {
    name for name in STRIKES if "portal." in name
}


def cases(quick: set[str], among: set[str]) -> list[object]:
    """The strikes *among*, the slow ones marked."""
    return [
        name if name in quick else pytest.param(name, marks=pytest.mark.chaos)
        for name in sorted(among)
    ]


@pytest.mark.parametrize("name", cases(QUICK, CIVIL))
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


@pytest.mark.parametrize("name", cases(QUICK_IN_A_LOAD, CIVIL))
def test_a_strike_in_a_load_loses_nothing(
    stack: Stack, witness: Witness, clerk: Clerk, sampler: Sampler, load: Load, name: str
) -> None:
    until(lambda: clerk.changes > 20)
    load.begin()
    with STRIKES[name].begin(stack, random.Random(name)):
        pass
    load.finish()
    clerk.stop()
    prove(stack, witness, seconds=120)
    sampler.stop()


@pytest.mark.parametrize("name", cases(QUICK_FOR_PRODUCTS, SHOWN))
def test_a_strike_between_a_product_and_the_portal_loses_nothing(stack: Stack, name: str) -> None:
    market = Market(stack, 1)
    market.start()
    until(lambda: market.changes > 20)
    with STRIKES[name].begin(stack, random.Random(name)):
        pass
    busy = market.changes
    until(lambda: market.changes > busy + 20)
    market.stop()
    prove_market(stack)
    clear_market(stack)
    until(lambda: conserved(stack), 60)  # Invariant 2
