"""The loop every sink runs in: consume, write, and only then tell Kafka how far we are.

The sink keeps the offsets that count. Kafka's own are committed afterwards, for lag displays
alone (invariant 1). One batch may be under way while the next is read and made ready; any trouble
of the first throws away the second, which is read again. A transient fault is waited out with the
partitions paused, polling on, so that the group either keeps us or takes them away cleanly; when
patience ends we leave, uncommitted.
"""

import math
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import NamedTuple

import structlog
from confluent_kafka import Consumer, KafkaException, Message, TopicPartition

from consumers.batch import Batch, Bounds, Lost, Record, Sink, moves, read_record
from consumers.flight import Flight, Lane
from consumers.refusals import refuse
from consumers.waits import waits
from infra.errors import NotOwner, Transient
from infra.kafka_reader import Place, bounds
from infra.readiness import say_ready
from infra.settings import Timing

_LARGEST_BATCH = 5_000
_LARGEST_BATCH_BYTES = 8 * 1024 * 1024
_DRAIN = 1_000
_LONGEST_DRAIN_S = 0.05
_POLL_S = 0.2

log = structlog.get_logger()


class Beat(NamedTuple):
    """Work a sink does beside its batches, every so many seconds."""

    seconds: float
    work: Callable[[], None]


def stop_on_signals() -> threading.Event:
    """Give an event that SIGTERM and SIGINT set: the batch in hand is finished first."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


class Loop:
    """Consumes for one sink until told to stop."""

    def __init__(
        self,
        consumer: Consumer,
        sink: Sink,
        timing: Timing,
        stop: threading.Event,
        beat: Beat | None = None,
    ) -> None:
        """Take an unsubscribed *consumer*; setting *stop* ends `run` after the batch in hand."""
        self._consumer = consumer
        self._sink = sink
        self._timing = timing
        self._stop = stop
        self._beat = beat
        self._next_beat = 0.0
        self._last_read = math.inf
        self._next_commit = 0.0
        self._places: dict[Place, int] = {}
        """Where each partition of ours stands: everything before is durable."""
        self._epoch = 0
        """Counts assignments: what was read in an earlier one is not ours to write."""
        self._lane = Lane(sink)
        self._trouble: BaseException | None = None
        self._totals: Counter[str] = Counter()

    def run(self, topics: list[str]) -> None:
        """Deliver what *topics* bring until `stop` is set; the group is left on every way out.

        Raises:
            Transient: a part stayed away for longer than our patience.
            Fatal: a person is needed; NotOwner: another process owns our partitions.
        """
        self._consumer.subscribe(
            topics, on_assign=self._assigned, on_revoke=self._revoked, on_lost=self._revoked
        )
        try:
            while not self._stop.is_set():
                self._turn()
            self._land()
            self._commit(wait=True)
        finally:
            self._consumer.close()  # lets go of our partitions, when what is under way has ended
            self._lane.close()

    def _turn(self) -> None:
        records = self._gather()
        if records:
            self._deliver(records)
        elif self._lane.has_arrived():
            self._land()
        if self._beat is not None and time.monotonic() >= self._next_beat:
            self._land()
            self._patiently(self._beat.work)
            self._next_beat = time.monotonic() + self._beat.seconds
        if time.monotonic() >= self._next_commit:
            self._commit(wait=False)

    def _gather(self) -> list[Record]:
        """Wait for a first record, linger `timing.flush` seconds for more, and take what is ready.

        Whatever lies ready is taken even after that: many small batches would cost more than the
        little that the first record waits.
        """
        epoch = self._epoch
        records = self._read(lambda: _listed(self._consumer.poll(_POLL_S)))
        begun, size = time.monotonic(), sum(map(_size, records))
        while records and len(records) < _LARGEST_BATCH and size < _LARGEST_BATCH_BYTES:
            found = self._read_on(begun + self._timing.flush)
            records += found
            size += sum(map(_size, found))
            if not found or time.monotonic() > begun + _LONGEST_DRAIN_S:
                break
        if epoch == self._epoch:
            return records
        self._begin_again()  # read across a rebalance: fetch it anew from the sink's places
        return []

    def _read_on(self, end: float) -> list[Record]:
        """Read what lies ready; where nothing does, wait for it until *end*."""
        # consume() waits out its timeout: what lies ready is taken first, without waiting
        found = self._read(partial(self._consumer.consume, _DRAIN, 0))
        left = end - time.monotonic()
        if found or left <= 0:
            return found
        return self._read(partial(self._consumer.consume, 1, left))

    def _read(self, ask: Callable[[], list[Message]]) -> list[Record]:
        messages = ask()
        self._refuse_after_standstill()
        self._last_read = time.monotonic()
        if self._trouble is not None:
            raise self._trouble
        records = []
        for message in messages:
            error = message.error()
            if error is None:
                records.append(read_record(message))
            else:
                refuse(error, str(message.topic()))
        return records

    def _refuse_after_standstill(self) -> None:
        """Leave after a freeze longer than the session: others were given our partitions."""
        still = time.monotonic() - self._last_read
        if still > self._timing.session_timeout:
            message = (
                f"This process stood still for {still:.0f} s, longer than its session; its "
                "partitions may have another owner. It leaves without writing and starts again."
            )
            raise NotOwner(message)

    def _deliver(self, records: list[Record]) -> None:
        """Let *records* go, once the batch before them has arrived without any trouble."""
        batch = Batch(records, moves(records, self._lane.ahead(self._places)))
        flight = self._lane.made_ready(batch)
        if not self._land():
            return  # they were read behind a batch that failed, and will be read again
        self._lane.send(flight)
        if flight.ready is None:
            self._land()

    def _land(self) -> bool:
        """Wait until what is under way has arrived; say whether it did so without any trouble."""
        flight = self._lane.take()
        if flight is None:
            return True
        started = time.monotonic()
        calm = self._patiently(partial(self._arrive, flight, self._epoch))
        self._totals["busy_ms"] += round((time.monotonic() - started) * 1000)
        return calm

    def _arrive(self, flight: Flight, epoch: int) -> None:
        if epoch != self._epoch:
            return  # a rebalance while we waited: its next owner reads it from the sink's places
        self._totals.update(flight.result())
        self._totals["batches"] += 1
        self._totals["records"] += len(flight.batch.records)
        self._places |= flight.ends  # Invariant 1

    def _let_go(self) -> None:
        """Before partitions change hands: what is under way ends first, well or not written."""
        flight = self._lane.take()
        if flight is not None:
            with suppress(Transient):  # not written: the next owner reads it again
                self._arrive(flight, self._epoch)

    def _patiently(self, work: Callable[[], None]) -> bool:
        """Do *work*; while its trouble is transient, wait with the partitions paused, and again.

        Says whether there was no trouble; what was read meanwhile is read again if there was.
        """
        paused = False
        for wait in waits(self._timing.patience):
            try:
                work()
                break
            except Lost as lost:
                log.warning("place.lost", reason=str(lost))
                self._assigned(self._consumer, _partitions(self._places))
                return False
            except Transient as trouble:
                if wait is None:
                    raise
                log.warning("delivery.waits", reason=str(trouble), seconds=wait)
                paused = True
                self._pause(wait)
            if self._stop.is_set():
                return False
        if paused:
            self._begin_again()
        return not paused

    def _pause(self, seconds: float) -> None:
        """Poll on while paused: the group keeps us, or takes the partitions away."""
        self._consumer.pause(_partitions(self._places))
        end = time.monotonic() + seconds
        while not self._stop.is_set() and time.monotonic() < end:
            self._read(lambda: _listed(self._consumer.poll(min(_POLL_S, seconds))))

    def _begin_again(self) -> None:
        """Fetch anew from where the sink stands; whatever lay ready, read or paused, is dropped."""
        self._consumer.assign(_partitions(self._places))
        if self._places:
            self._consumer.resume(_partitions(self._places))

    def _assigned(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:
        """Start every partition where the sink says, not where Kafka does."""
        try:
            self._let_go()
            self._epoch += 1
            self._places = self._find_starts(consumer, partitions)
            self._begin_again()
            log.info("partitions.assigned", partitions=len(self._places))
            say_ready()
        except BaseException as trouble:  # noqa: BLE001  a callback's: _read raises it again
            self._trouble = trouble

    def _find_starts(
        self, consumer: Consumer, partitions: list[TopicPartition]
    ) -> dict[Place, int]:
        places = [Place(one.topic, one.partition) for one in partitions]
        for wait in waits(self._timing.patience):
            try:
                known = {place: Bounds(*bounds(consumer, place)) for place in places}
                return self._sink.starts(known)
            except Transient as trouble:
                if wait is None:
                    raise
                log.warning("assignment.waits", reason=str(trouble), seconds=wait)
                self._stop.wait(wait)
            if self._stop.is_set():
                break
        return {}

    def _revoked(self, consumer: Consumer, _gone: list[TopicPartition]) -> None:
        """Let go: nothing in hand is unwritten but what its next owner will read again."""
        try:
            self._let_go()
        except BaseException as trouble:  # noqa: BLE001  a callback's: _read raises it again
            self._trouble = trouble
        self._epoch += 1
        self._places = {}
        consumer.unassign()

    def _commit(self, *, wait: bool) -> None:
        """Tell Kafka how far we are, for lag displays; say what was done since the last time."""
        self._next_commit = time.monotonic() + self._timing.commit
        if not self._totals["batches"]:
            return
        log.info("batches.written", **self._totals)
        self._totals.clear()
        if not self._places:
            return
        try:
            commit = partial(self._consumer.commit, offsets=_partitions(self._places))
            commit(asynchronous=False) if wait else commit()
        except KafkaException as error:
            log.info("commit.refused", reason=error.args[0].name())


def _listed(message: Message | None) -> list[Message]:
    return [] if message is None else [message]


def _partitions(places: dict[Place, int]) -> list[TopicPartition]:
    return [TopicPartition(*place, offset) for place, offset in places.items()]


def _size(record: Record) -> int:
    return len(record.value or b"")
