"""One batch is under way while the next is judged; what is sent, and when (invariants 1, 8, 10)."""

import asyncio
from collections import Counter
from types import SimpleNamespace
from typing import Any

import pytest

from infra.errors import Transient
from streams.carrier import Carrier
from streams.output import Message
from streams.workshop import Refined

TURNS = 50
"""Of the event loop: nothing here takes more than a few."""


class Bench:
    """A workshop that sends one record a chunk, and an outbox that has it when told to."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.has_it = asyncio.Event()
        self.fails = False

    def refine(self, chunk: str) -> Refined:
        """One record for each chunk."""
        self.done.append(f"judged {chunk}")
        stop: Any = SimpleNamespace(topic="raw.thu", offset=0) if chunk == "stop" else None
        return Refined([Message("clean.thu.v1", chunk.encode(), b"v", [])], Counter(), stop)

    def send(self, _topic: str, key: bytes, *_rest: object) -> None:
        """Take it; it is on its way."""
        self.done.append(f"sent {key.decode()}")

    async def settle(self) -> None:
        """Wait until told that the broker has it."""
        await self.has_it.wait()
        self.has_it.clear()
        if self.fails:
            message = "the broker did not take a record"
            raise Transient(message)


class Stream:
    """Batches of one chunk, as many as are put in."""

    app = SimpleNamespace(should_stop=True)

    def __init__(self, *names: str) -> None:
        self.events = [_event(number, name) for number, name in enumerate(names)]
        self.acked: list[Any] = []

    async def noack_take(self, *_: Any, **__: Any) -> Any:  # noqa: ANN401
        """Give them, one batch each."""
        for event in self.events:
            yield [event]

    async def ack(self, event: Any) -> None:  # noqa: ANN401
        """Take note."""
        self.acked.append(event)

    def durable(self) -> list[int | None]:
        """Say how far each chunk is settled."""
        return [event.message.durable for event in self.events]


def _event(offset: int, name: str) -> Any:  # noqa: ANN401
    message = SimpleNamespace(topic="raw.thu", offset=offset, durable=None, void=False)
    return SimpleNamespace(message=message, value=name)


class Gate:
    """Writes down when a dataset was stopped, and whether its chunk was settled by then."""

    def __init__(self, bench: Bench, stream: Stream) -> None:
        self._bench, self._stream = bench, stream

    async def stop(self, _stop: object) -> None:
        """Stop it."""
        self._bench.done.append(f"stopped at {self._stream.durable()[0]}")


async def turns() -> None:
    for _ in range(TURNS):
        await asyncio.sleep(0)


async def begun(bench: Bench, stream: Stream) -> asyncio.Task[None]:
    """Carry *stream* as far as it goes while the broker has said nothing."""
    carrier = Carrier(bench, bench, Gate(bench, stream))  # type: ignore[arg-type]
    task = asyncio.ensure_future(carrier._carry(stream))  # noqa: SLF001
    await turns()
    return task


def test_the_next_batch_is_judged_but_not_sent_before_the_first_has_landed() -> None:  # Invariant 1
    async def play() -> None:
        bench, stream = Bench(), Stream("a", "b", "c")
        task = await begun(bench, stream)
        assert bench.done == ["judged a", "sent a", "judged b"]
        assert (stream.durable(), stream.acked) == ([None] * 3, [])
        bench.has_it.set()
        await turns()
        assert bench.done[3:] == ["sent b", "judged c"]
        assert stream.durable() == [1, None, None]
        assert stream.acked == stream.events[:1]
        for _ in "bc":
            bench.has_it.set()
            await turns()
        await task
        assert stream.durable() == [1, 2, 3]
        assert stream.acked == stream.events

    asyncio.run(play())


def test_the_end_of_the_stream_waits_for_what_is_under_way() -> None:
    async def play() -> None:
        bench, stream = Bench(), Stream("a")
        task = await begun(bench, stream)
        assert not task.done()
        bench.has_it.set()
        await task
        assert stream.durable() == [1]

    asyncio.run(play())


def test_a_chunk_held_while_the_batch_before_is_under_way_is_not_sent() -> None:  # Invariant 10
    async def play() -> None:
        bench, stream = Bench(), Stream("a", "b", "c")
        task = await begun(bench, stream)
        stream.events[1].message.void = True  # it will come again, in order
        for _ in "abc":
            bench.has_it.set()
            await turns()
        await task
        assert [one for one in bench.done if one.startswith("sent")] == ["sent a", "sent c"]
        assert stream.durable() == [1, None, 3]
        assert stream.acked == stream.events

    asyncio.run(play())


def test_what_follows_a_stop_is_not_judged_before_it_is_carried_out() -> None:  # Invariant 10
    async def play() -> None:
        bench, stream = Bench(), Stream("stop", "b")
        task = await begun(bench, stream)
        assert bench.done == ["judged stop", "sent stop"]
        for _ in "ab":
            bench.has_it.set()
            await turns()
        await task
        assert bench.done[2:] == ["stopped at 0", "judged b", "sent b"]

    asyncio.run(play())


def test_a_batch_that_does_not_land_ends_the_worker_with_the_next_one_unsent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # Invariants 1, 8
    def left(code: int) -> None:
        raise SystemExit(code)

    monkeypatch.setattr("os._exit", left)
    seen: dict[str, Any] = {}

    async def play() -> None:
        bench, stream = Bench(), Stream("a", "b")
        seen.update(bench=bench, stream=stream)
        await begun(bench, stream)
        bench.fails = True
        bench.has_it.set()
        await turns()

    with pytest.raises(SystemExit):
        asyncio.run(play())
    assert seen["bench"].done == ["judged a", "sent a", "judged b"]
    assert seen["stream"].durable() == [None, None]
    assert seen["stream"].acked == []
