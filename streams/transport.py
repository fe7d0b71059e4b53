"""The `cdc://` driver: Faust's aiokafka transport, made to lose nothing and to move chunks.

Stock Faust commits past records that were never processed (FACTS.md 5: an ack sits in a `finally`,
the commit skips a missing head) and costs 65 µs a record. Here

1. an offset is committed only when the agent has called `settle` on every delivery up to it
   (invariant 1); no ack that Faust makes by itself counts, so a skipped, cancelled or crashed event
   is read again;
2. one event is one chunk: a list of raw records of one partition, in order;
3. a paused consumer looks again after 20 ms, not a second; a fetch waits 250 ms at most;
4. nothing is decoded inside Faust (`PassThrough`).

It uses private names of Faust, which is therefore pinned exactly; tests/local/test_driver.py is the
contract with them. Every topic of an app with this transport is chunked.
"""

from collections import defaultdict, deque
from collections.abc import AsyncIterator, Iterator
from typing import Any, cast

import aiokafka  # type: ignore[import-untyped]
import faust
from faust.transport.drivers import aiokafka as stock
from faust.types import TP, ConsumerMessage
from mode.utils.futures import notify

CHUNK_RECORDS = 1000
CHUNK_BYTES = 4 * 1024 * 1024
FETCH_WAIT_MS = 250
PAUSE_S = 0.02


class Delivery(ConsumerMessage):
    """One chunk as delivered once; delivered again after a seek, it is another Delivery."""

    settled = False


def settle(event: Any) -> None:  # noqa: ANN401  Faust's EventT is untyped
    """Mark the chunk of *event* as durable downstream: its offsets may be committed."""
    event.message.settled = True


class PassThrough(faust.Schema):  # type: ignore[type-arg]  # not subscriptable at run time
    """A schema that decodes nothing: bytes in, bytes out."""

    def loads_key(self, app: Any, message: Any, **_: Any) -> Any:  # noqa: ANN401, ARG002
        """Return the key as it is."""
        return message.key

    def loads_value(self, app: Any, message: Any, **_: Any) -> Any:  # noqa: ANN401, ARG002
        """Return the value as it is."""
        return message.value


class ConsumerThread(stock.AIOKafkaConsumerThread):
    """The thread that fetches; stock Faust hard-codes a wait of 1500 ms."""

    def _create_worker_consumer(self, transport: Any) -> aiokafka.AIOKafkaConsumer:  # noqa: ANN401
        consumer = super()._create_worker_consumer(transport)
        consumer._fetch_min_bytes = 1  # noqa: SLF001  read by its start()
        consumer._fetch_max_wait_ms = FETCH_WAIT_MS  # noqa: SLF001
        return consumer


class Consumer(stock.Consumer):
    """Yields chunks, and commits the exact prefix of those settled."""

    def __init__(self, *args: Any, **options: Any) -> None:  # noqa: ANN401
        """As Faust's."""
        self._delivered: defaultdict[TP, deque[Delivery]] = defaultdict(deque)
        super().__init__(*args, **options)

    def _new_consumer_thread(self) -> ConsumerThread:
        return ConsumerThread(self, loop=self.loop, beacon=self.beacon)

    # -- chunks --

    async def getmany(self, timeout: float) -> AsyncIterator[tuple[TP, Delivery]]:  # noqa: ASYNC109
        """Fetch, and yield one Delivery a slice of a partition."""
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
        last, value = chunk[-1], cast("bytes", chunk)
        delivery = Delivery(
            last.topic, last.partition, last.offset, last.timestamp / 1000.0, last.timestamp_type,
            [], None, value, None, 0, 0, tp, generation_id=self.app.consumer_generation_id,
        )  # fmt: skip
        if self.app.topics.acks_enabled_for(last.topic):
            self._delivered[tp].append(delivery)
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

    # -- the exact prefix --

    def _new_offset(self, tp: TP) -> int | None:
        """Return the offset after the last delivery that is settled with all before it."""
        queue, offset = self._delivered[tp], None
        while queue and queue[0].settled:  # Invariant 1
            offset = queue.popleft().offset + 1
        return offset

    def _filter_tps_with_pending_acks(self, topics: Any = None) -> Iterator[TP]:  # noqa: ANN401
        for tp in tuple(self._delivered):
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

    async def perform_seek(self) -> None:
        """Go back to what is committed; what was delivered since will be delivered again."""
        self._delivered.clear()
        await super().perform_seek()

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        """Forget the deliveries of partitions that are no longer ours."""
        await super().on_partitions_revoked(revoked)
        for tp in revoked:
            self._delivered.pop(tp, None)


class Transport(stock.Transport):
    """Faust's entry point: `broker="cdc://host:port"`."""

    Consumer = Consumer


def sliced(records: list[Any]) -> Iterator[list[Any]]:
    """Cut *records* into chunks of at most CHUNK_RECORDS, and about CHUNK_BYTES."""
    chunk: list[Any] = []
    size = 0
    for record in records:
        if chunk and (len(chunk) >= CHUNK_RECORDS or size >= CHUNK_BYTES):
            yield chunk
            chunk, size = [], 0
        chunk.append(record)
        size += len(record.value or b"")
    if chunk:
        yield chunk
