"""The `cdc://` driver: Faust's aiokafka transport, made to lose nothing and to move chunks.

Stock Faust commits past records that were never processed (FACTS.md 5: an ack sits in a `finally`,
the commit skips a missing head) and costs 65 µs a record. Here

1. an offset is committed only when the agent has called `settle` on every delivery up to it
   (invariant 1); no ack that Faust makes by itself counts, so a skipped, cancelled or crashed event
   is read again;
2. one event is one chunk: a list of raw records of one partition, in order;
3. a paused consumer looks again after 20 ms, not a second; a fetch waits 250 ms at most;
4. nothing is decoded inside Faust (`PassThrough`);
5. a topic can be held: it is neither fetched nor delivered, its offsets stay, across rebalances
   (`Deliveries`, invariant 10);
6. each commit carries a note (`Marks`), and a partition can be set back in one commit (`rewind`).

It uses private names of Faust, which is therefore pinned exactly; tests/local/test_driver.py is the
contract with them. Every topic of an app with this transport is chunked.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, cast

import aiokafka  # type: ignore[import-untyped]
import faust
from aiokafka.errors import KafkaError  # type: ignore[import-untyped]
from aiokafka.structs import OffsetAndMetadata  # type: ignore[import-untyped]
from faust.transport.drivers import aiokafka as stock
from faust.types import TP, ConsumerMessage
from mode.utils.futures import notify

from infra.errors import Transient
from streams.deliveries import Deliveries
from streams.ending import or_die
from streams.marks import Marks
from streams.slices import sliced

FETCH_WAIT_MS = 250
PAUSE_S = 0.02


class Delivery(ConsumerMessage):
    """One chunk as delivered once; delivered again after a seek, it is another Delivery."""

    first: int
    durable: int | None = None
    void = False
    due: int | None = None
    """Where the group stood, which is `first`, if the records there are gone."""


class PassThrough(faust.Schema):  # type: ignore[type-arg]  # not subscriptable at run time
    """A schema that decodes nothing: bytes in, bytes out."""

    def loads_key(self, app: Any, message: Any, **_: Any) -> Any:  # noqa: ANN401, ARG002
        """Return the key as it is."""
        return message.key

    def loads_value(self, app: Any, message: Any, **_: Any) -> Any:  # noqa: ANN401, ARG002
        """Return the value as it is."""
        return message.value


class ConsumerThread(stock.AIOKafkaConsumerThread):
    """The thread that speaks to Kafka; stock Faust waits 1500 ms and leaves notes empty."""

    def _create_worker_consumer(self, transport: Any) -> aiokafka.AIOKafkaConsumer:  # noqa: ANN401
        consumer = super()._create_worker_consumer(transport)
        consumer._fetch_min_bytes = 1  # noqa: SLF001  read by its start()
        consumer._fetch_max_wait_ms = FETCH_WAIT_MS  # noqa: SLF001
        commit = consumer.commit

        async def noted(offsets: Mapping[Any, Any]) -> None:
            await commit(
                {
                    tp: OffsetAndMetadata(one.offset, transport.note(tp, one.offset))
                    for tp, one in offsets.items()
                }
            )

        consumer.commit = noted
        return consumer


class Consumer(stock.Consumer):
    """Yields chunks, and commits the exact prefix of those settled."""

    def __init__(self, transport: Any, *args: Any, **options: Any) -> None:  # noqa: ANN401
        """As Faust's; *transport* keeps the deliveries."""
        self._deliveries: Deliveries = transport.deliveries
        self._driver: Transport = transport
        super().__init__(transport, *args, **options)

    def _new_consumer_thread(self) -> ConsumerThread:
        return ConsumerThread(self, loop=self.loop, beacon=self.beacon)

    async def _drain_messages(self, fetcher: Any) -> None:  # noqa: ANN401
        """Read on; what cannot be read ends this process.

        Faust ends it too, but not in its first second: there a crash of the fetcher left a worker
        that said it was well and read nothing (invariant 9).
        """
        async with or_die():
            try:
                await super()._drain_messages(fetcher)
            except KafkaError as error:
                message = f"Kafka does not let this worker read on ({type(error).__name__})."
                raise Transient(message) from error

    # -- chunks --

    async def getmany(self, timeout: float) -> AsyncIterator[tuple[TP, Delivery]]:  # noqa: ASYNC109
        """Fetch, and yield one Delivery a slice of a partition."""
        await self._go_on()
        records, active = await self._wait_next_records(timeout)
        generation = self.app.consumer_generation_id
        if records is None or self.should_stop:
            return
        if not self.flow_active:
            await self._seek_back()
            return
        for tp, chunk in self._slices(records, active):
            if not self.flow_active or self.app.consumer_generation_id != generation:
                return
            delivery = self._delivery(tp, chunk)
            if delivery is not None:
                yield tp, delivery

    def _slices(self, records: Any, active: Any) -> Iterator[tuple[TP, list[Any]]]:  # noqa: ANN401
        for tp, found in records.items():
            if active is None or tp in active or tp in self._buffered_partitions:
                self.app.monitor.track_tp_end_offset(tp, self.highwater(tp))
                for chunk in sliced(found):
                    yield tp, chunk

    def _delivery(self, tp: TP, chunk: list[Any]) -> Delivery | None:
        """Make a Delivery of *chunk* less what was read before, and enter it in the queue."""
        start = self._read_offset[tp]
        if start is not None and chunk[0].offset < start:
            chunk = [record for record in chunk if record.offset >= start]
        if not chunk:
            return None
        if self._deliveries.drops(tp):
            self._deliveries.skip(tp, self._deliveries.due(tp, chunk[0].offset))
            return None
        last, value = chunk[-1], cast("bytes", chunk)
        delivery = Delivery(
            last.topic, last.partition, last.offset, last.timestamp / 1000.0, last.timestamp_type,
            [], None, value, None, 0, 0, tp, generation_id=self.app.consumer_generation_id,
        )  # fmt: skip
        delivery.first = self._deliveries.due(tp, chunk[0].offset)
        if delivery.first < chunk[0].offset:  # retention was faster than we: raw has no other gap
            delivery.due = delivery.first
        if self.app.topics.acks_enabled_for(last.topic):
            self._deliveries.enter(tp, delivery)
        return delivery

    async def _seek_back(self) -> None:
        try:
            await self.perform_seek()
        except Exception as error:  # noqa: BLE001  as stock: the next assignment seeks anyway
            self.log.warning("seek failed while flow was stopped: %r", error)

    async def _wait_next_records(self, timeout: float) -> Any:  # noqa: ANN401, ASYNC109  Faust's
        idle = self.flow_active and not self.app.client_only
        if idle and not self._get_active_partitions():
            await self.sleep(PAUSE_S)
            return {}, set()
        return await super()._wait_next_records(timeout)

    # -- topics that are held --

    async def _getmany(self, active_partitions: set[TP] | None, timeout: float) -> Any:  # noqa: ANN401, ASYNC109
        """Fetch from partitions that are not held; Faust takes an empty set for all."""
        free = active_partitions and {
            tp for tp in active_partitions if not self._deliveries.holds(tp.topic)
        }
        if active_partitions and not free:
            await self.sleep(PAUSE_S)
            return {}
        return await super()._getmany(free, timeout)

    async def _go_on(self) -> None:
        """Go back to where topics that are free again stopped; only here is no fetch under way."""
        topics = self._deliveries.freed()
        if not (topics or self._deliveries.turned) or not self.flow_active:
            return
        back = self._deliveries.back(topics, self.assignment())
        try:
            if back:
                await self.seek_wait(cast("dict[TP, int]", back))
                self._deliveries.expect(back)
        except Exception as error:  # noqa: BLE001  a rebalance came between: the next round tries
            self.log.warning("going back failed, it is tried again: %r", error)
        else:
            self._deliveries.arrived(back)
            self._deliveries.go_on(topics)

    def verify_event_path(self, now: float, tp: TP) -> None:
        """Complain of a partition that does not move, unless it is held."""
        if not self._deliveries.holds(tp.topic):
            super().verify_event_path(now, tp)

    # -- the exact prefix --

    def _new_offset(self, tp: TP) -> int | None:
        """Return the offset after the last record that is settled with all before it."""
        marks = self._driver.marks
        if marks is not None and not marks.knows(tp):
            return None  # its note was not read: committing would lose it
        return self._deliveries.reached(tp)  # Invariant 1

    def _filter_tps_with_pending_acks(self, topics: Any = None) -> Iterator[TP]:  # noqa: ANN401
        for tp in cast("tuple[TP, ...]", self._deliveries.places()):
            if topics is None or tp in topics or tp.topic in topics:
                yield tp

    def ack(self, message: Any) -> bool:  # noqa: ANN401
        """Take note that Faust is done with *message*; this says nothing about its offset."""
        self._unacked_messages.discard(message)
        first, message.acked = not message.acked, True
        notify(self._waiting_for_ack)
        return first

    async def _add_gap(self, tp: TP, offset_from: int, offset_to: int) -> None:
        """Do nothing: an offset that was never delivered has no entry to wait for."""

    async def keep(self, offsets: dict[Any, int]) -> None:
        """Commit *offsets*, where they stand already, with the notes that Marks wants."""
        async with self._no_other_commit():
            await self._commit(offsets)

    async def rewind(self, starts: Mapping[Any, int], name: str) -> None:
        """Judge the partitions of *starts* again, each from its offset on.

        One commit sets them back and notes how far they had come: killed before it, nothing has
        happened; after it, the next owner starts there and knows (invariants 2, 8).
        """
        marks, back = self._driver.marks, {}
        if marks is None:
            return
        async with self._no_other_commit():
            for tp, start in starts.items():
                reached = max(self._deliveries.reached(tp) or 0, self._committed_offset[tp] or 0)
                back[tp] = min(start, marks.rewind(tp, name, reached))
                self._deliveries.rewind(tp, back[tp])
            if await self._commit(back):
                self._committed_offset.update(back)
            for tp, start in back.items():
                self._deliveries.rewind(tp, start)  # a rebalance may have come between

    @asynccontextmanager
    async def _no_other_commit(self) -> AsyncIterator[None]:
        """Be the one commit that Faust allows at a time."""
        while self._commit_fut is not None:
            await asyncio.wait([self._commit_fut])
        self._commit_fut = asyncio.get_running_loop().create_future()
        try:
            yield
        finally:
            mine, self._commit_fut = self._commit_fut, None
            notify(mine)

    async def perform_seek(self) -> None:
        """Go back to what is committed; what was delivered since will be delivered again."""
        self._deliveries.forget()
        await super().perform_seek()
        places = self._read_offset.items()
        self._deliveries.expect({tp: offset for tp, offset in places if offset is not None})

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        """Forget the deliveries of partitions that are no longer ours."""
        await super().on_partitions_revoked(revoked)
        self._deliveries.forget(revoked)
        if self._driver.marks is not None:
            self._driver.marks.forget(revoked)


class Transport(stock.Transport):
    """Faust's entry point: `broker="cdc://host:port"`."""

    Consumer = Consumer

    def __init__(self, *args: Any, **options: Any) -> None:  # noqa: ANN401
        """As Faust's; `app.transport.deliveries` holds and releases topics."""
        self.deliveries = Deliveries()
        self.marks: Marks | None = None
        super().__init__(*args, **options)

    def note(self, tp: Any, offset: int) -> str:  # noqa: ANN401
        """Give the note that goes with a commit of *offset*."""
        return "" if self.marks is None else self.marks.note(tp, offset)
