"""The loop of the stream worker: chunks are judged, sent, settled once the broker has the output.

The order of a batch (invariant 1): judge, send, wait for every acknowledgement of the broker, then
settle the chunks, so that their offsets may be committed. One batch is under way while the next one
is judged; nothing is sent before it has landed, so that "the broker has all" speaks of one batch.
Killed anywhere, what was sent and not committed is sent again, in order.

A dataset that cannot be judged any more is settled up to the record that shows it, and stops there
(streams.gate). A worker that cannot go on dies as by kill -9: it commits nothing more.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import structlog

from infra.control import Sender
from infra.errors import Fatal
from infra.faults import point
from infra.readiness import say_ready
from streams.ending import die, or_die
from streams.events import is_void, missed, settle
from streams.gate import Gate
from streams.marks import Marks
from streams.structure import Stop
from streams.transport import PassThrough
from streams.workshop import Refined, Workshop

_BATCH_CHUNKS = 4
_BATCH_WAIT_S = 0.002
_SAY_EVERY_S = 1.0
_log = structlog.get_logger()

Sent = tuple[Any, Refined]
"""A chunk as Faust delivers it, and what was made of it."""


class Carrier:
    """The agent: takes batches of chunks, and settles each once its output is durable."""

    def __init__(self, workshop: Workshop, outbox: Sender, gate: Gate | None = None) -> None:
        """Carry what *workshop* makes of the chunks to *outbox*; *gate* stops what must stop."""
        self._workshop = workshop
        self._outbox = outbox
        self._gate = gate
        self._app: Any = None
        self._marks: Marks | None = None
        self._said = _Said()
        self._under_way: asyncio.Task[None] | None = None
        """The batch that was sent last, until the broker has it."""

    def attend(self, app: Any) -> None:  # noqa: ANN401
        """Subscribe to the workshop's topics in *app*; by name, never by pattern."""
        self._app, self._marks = app, app.transport.marks
        topic = app.topic(*self._workshop.topics, schema=PassThrough())
        app.agent(topic, name="streams.carrier")(self._carry)
        app.on_partitions_assigned.connect(_joined)

    async def _carry(self, stream: Any) -> None:  # noqa: ANN401
        async for batch in stream.noack_take(_BATCH_CHUNKS, within=_BATCH_WAIT_S):
            async with or_die():
                await self._remember(batch)
                sent = await self._send(batch)
            self._under_way = asyncio.create_task(self._land(stream, batch, sent))
            if any(part.stop for _, part in sent):
                await self._landed()  # what follows a stop is not even judged
                async with or_die():
                    await self._stop([part.stop for _, part in sent if part.stop])
        await self._landed()
        if not stream.app.should_stop:
            die("The stream ended while its application runs.")

    async def _landed(self) -> None:
        """Wait until nothing is under way."""
        if self._under_way is not None and not self._under_way.done():
            await asyncio.wait([self._under_way])

    async def _land(self, stream: Any, batch: list[Any], sent: list[Sent]) -> None:  # noqa: ANN401
        async with or_die():
            await self._settle(sent)
            for event in batch:
                await stream.ack(event)  # for Faust; what is committed is what was settled

    async def _remember(self, events: list[Any]) -> None:
        """Know what was judged before of the partitions of *events*."""
        if self._marks is not None:
            await self._marks.load([event.message.tp for event in events], self._app.consumer)

    def _refined(self, event: Any) -> Refined:  # noqa: ANN401
        gap = missed(event)
        if gap and (stop := self._workshop.missed(*gap)):
            return Refined([], Counter(), stop)  # Invariant 10: held, and said
        past = () if self._marks is None else (self._marks.past(event.message.tp),)
        return self._workshop.refine(event.value, *past)

    async def _send(self, events: list[Any]) -> list[Sent]:
        """Judge while the batch before is under way, and send when it has landed.

        Ends where a dataset stops. A chunk whose topic was held meanwhile is passed over.
        """
        sent: list[Sent] = []
        stopped: set[str] = set()
        for event in events:
            if event.message.topic in stopped or is_void(event):
                continue
            begun = time.perf_counter()
            part = self._refined(event)
            self._said.add(part.counts, time.perf_counter() - begun)
            if not sent:
                await self._landed()
                point("streams.before_output")
                if is_void(event):
                    continue
            for one in part.messages:
                self._outbox.send(one.topic, one.key, one.value, one.headers)
            sent.append((event, part))
            if part.stop:
                stopped.add(part.stop.topic)
        await self._landed()
        return sent

    async def _settle(self, sent: list[Sent]) -> None:
        """Wait for the broker; then the chunks may be acknowledged."""
        await self._outbox.settle()
        point("streams.after_output")
        for event, part in sent:
            settle(event, part.stop.offset if part.stop else None)  # Invariant 1

    async def _stop(self, stops: list[Stop]) -> None:
        for stop in stops:
            if self._gate is None:
                message = f"{stop.dataset.id} must stop at {stop.at}; there is no gate to stop it."
                raise Fatal(message)
            await self._gate.stop(stop)  # Invariant 10


def _joined(_app: Any, assigned: Iterable[Any], **_signal: Any) -> None:  # noqa: ANN401
    """Say that the group has us: from here on, what the departments send is judged."""
    _log.info("partitions.assigned", partitions=len(list(assigned)))
    say_ready()


class _Said:
    """One line a second at most, however many chunks went by."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._chunks = 0
        self._seconds = 0.0
        self._last = 0.0

    def add(self, counts: Mapping[str, int], seconds: float) -> None:
        self._counts.update(counts)
        self._chunks += 1
        self._seconds += seconds
        now = time.monotonic()
        if now - self._last >= _SAY_EVERY_S:
            seconds = round(self._seconds, 3)
            _log.info("chunk.judged", chunks=self._chunks, seconds=seconds, **self._counts)
            self._counts.clear()
            self._chunks, self._seconds, self._last = 0, 0.0, now
