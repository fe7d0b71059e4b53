"""What a change's place is, and when a chunk may be acknowledged (invariants 1 and 4)."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from infra.errors import Transient
from schemas.records import OrderKey
from streams.carrier import Carrier
from streams.output import Message
from streams.position import position
from streams.workshop import Refined


@dataclass
class Bench:
    """A workshop that sends one record a chunk, and an outbox that may fail to deliver it."""

    fails: bool
    sent: list[str] = field(default_factory=list)

    def refine(self, _chunk: object, *_past: object) -> Refined:
        """One record for each chunk."""
        return Refined([Message("clean.thu.v1", b"k", b"v", [])], Counter())

    def send(self, topic: str, *_rest: object) -> None:
        """Take it; it is on its way."""
        self.sent.append(topic)

    async def settle(self) -> None:
        """Say whether the broker has it."""
        if self.fails:
            message = "the broker did not take a record"
            raise Transient(message)


def event() -> Any:  # noqa: ANN401
    return SimpleNamespace(
        message=SimpleNamespace(
            topic="raw.thu", offset=9, durable=None, void=False, tp=("raw.thu", 0)
        ),
        value=[],
    )


async def moved(bench: Bench, chunk: Any) -> None:  # noqa: ANN401
    carrier = Carrier(bench, bench)  # type: ignore[arg-type]
    await carrier._settle(await carrier._send([chunk]))  # noqa: SLF001


def test_a_chunk_whose_output_was_not_taken_is_never_acknowledged() -> None:  # Invariant 1
    bench, chunk = Bench(fails=True), event()
    with pytest.raises(Transient):
        asyncio.run(moved(bench, chunk))
    assert bench.sent == ["clean.thu.v1"]
    assert chunk.message.durable is None


def test_a_chunk_is_acknowledged_once_its_output_is_durable() -> None:
    bench, chunk = Bench(fails=False), event()
    asyncio.run(moved(bench, chunk))
    assert chunk.message.durable == 10


def test_a_change_open_across_a_load_wins_though_its_own_lsn_is_lower() -> None:  # Invariant 4
    # measured on this stack (FACTS.md 4, trap 15): the snapshot row, then the late commit
    loaded = SimpleNamespace(connector="postgresql", sequence='["5505459032","5505459032"]')
    changed = SimpleNamespace(connector="postgresql", sequence='["5505465120","5505457488"]')
    before = OrderKey(1, *position(loaded), 1)  # type: ignore[arg-type]
    after = OrderKey(1, *position(changed), 1)  # type: ignore[arg-type]
    assert before < after


def test_a_new_generation_is_newer_than_any_position_of_the_old_one() -> None:
    assert OrderKey(1, 2**60, 9, 9) < OrderKey(2, 1, 0, 1)
