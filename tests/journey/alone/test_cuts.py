"""Wires cut, deaf, mute or silent between our parts: the stream heals, nothing is lost.

A stack of its own: there is a proxy in front of Kafka, the province and the department.
"""

import random
import time
from collections.abc import Iterator

import pytest
from support.loading import Load
from support.proof import Sampler, prove
from support.registers import Clerk
from support.strikes import STRIKES
from support.waiting import until
from support.wired import WiredStack, wired_stack
from support.witness import Witness

QUICK = {"silent province_sink - province", "cut connect - so_tu_phap", "cut connect - kafka"}
"""A network that is away, a connection closed, a worker thrown out; the rest in `make chaos`."""
PAST_SESSION_S = 8.0
"""Longer than the test stack's session timeout of 6 s: the group has given the partitions away."""


@pytest.fixture(scope="module")
def stack() -> Iterator[WiredStack]:
    with wired_stack() as running:
        yield running


@pytest.fixture(scope="module")
def witness(stack: WiredStack) -> Witness:
    return stack.witness


def cases(quick: set[str]) -> list[object]:
    """Every broken wire; the slow ones marked."""
    return [
        name if name in quick else pytest.param(name, marks=pytest.mark.chaos)
        for name, strike in STRIKES.items()
        if strike.wired
    ]


@pytest.mark.parametrize("name", cases(QUICK))
def test_a_broken_wire_in_the_stream_loses_nothing(
    stack: WiredStack, witness: Witness, clerk: Clerk, sampler: Sampler, name: str
) -> None:
    began = time.monotonic()
    with STRIKES[name].begin(stack, random.Random(name)):
        until(lambda: time.monotonic() > began + PAST_SESSION_S)
        busy = clerk.changes
        until(lambda: clerk.changes > busy + 50)  # the department works on meanwhile
    healed = time.monotonic()
    clerk.stop()
    prove(stack, witness, seconds=120)  # Invariants 1, 2, 3, 8
    sampler.stop()  # Invariant 4
    print(f"{name}: proved {time.monotonic() - healed:.1f} s after it was mended")  # noqa: T201


@pytest.mark.chaos
@pytest.mark.parametrize("name", [name for name, strike in STRIKES.items() if strike.wired])
def test_a_broken_wire_in_a_load_loses_nothing(
    stack: WiredStack, witness: Witness, sampler: Sampler, load: Load, name: str
) -> None:
    load.begin()
    began = time.monotonic()
    with STRIKES[name].begin(stack, random.Random(name)):
        until(lambda: time.monotonic() > began + PAST_SESSION_S)
    load.finish()
    prove(stack, witness, seconds=120)
    sampler.stop()
