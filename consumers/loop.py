"""The loop every sink runs in: consume, write, and only then tell Kafka how far we are.

The sink keeps the offsets that count. Kafka's own are committed afterwards, for lag displays
alone (invariant 1). One batch may be under way while the next is read and made ready; any trouble
of the first throws away the second, which is read again. A transient fault is waited out with the
partitions paused, polling on, so that the group either keeps us or takes them away cleanly; when
patience ends we leave, uncommitted.
"""

import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import NamedTuple

import structlog
from confluent_kafka import Consumer, KafkaException, TopicPartition

from consumers.batch import Batch, Bounds, Lost, Record, Sink, moves
from consumers.flight import Flight, Lane
from consumers.intake import POLL_S, Intake
from consumers.waits import waits
from infra.errors import Transient
from infra.kafka_reader import Place, bounds
from infra.readiness import say_ready
from infra.settings import Timing

log = structlog.get_logger()

_REST, _LONGEST_REST_S = 10, 30.0


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
        self._next_commit = 0.0
        self._places: dict[Place, int] = {}
        """Where each partition of ours stands: everything before is durable."""
        self._epoch = 0
        """Counts assignments: what was read in an earlier one is not ours to write."""
        self._intake = Intake(consumer, timing)
        self._lane = Lane(sink)
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
            self._next_beat = time.monotonic() + self._beat.seconds  # also where the work fails
            self._patiently(partial(self._work_beside, self._beat))
        if time.monotonic() >= self._next_commit:
            self._commit(wait=False)

    def _work_beside(self, beat: Beat) -> None:
        """Do the work of *beat*, and rest ten times as long: it may grow with what there is."""
        started = time.monotonic()
        beat.work()
        ended = time.monotonic()
        self._next_beat = ended + max(beat.seconds, min(_REST * (ended - started), _LONGEST_REST_S))

    def _gather(self) -> list[Record]:
        epoch = self._epoch
        records = self._intake.gather(self._lane.is_busy)
        if epoch == self._epoch:
            return records
        self._begin_again()  # read across a rebalance: fetch it anew from the sink's places
        return []

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
            self._intake.poll(min(POLL_S, seconds))

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
        except BaseException as trouble:  # noqa: BLE001  a callback's: the intake raises it again
            self._intake.trouble = trouble

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
        except BaseException as trouble:  # noqa: BLE001  a callback's: the intake raises it again
            self._intake.trouble = trouble
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


def _partitions(places: dict[Place, int]) -> list[TopicPartition]:
    return [TopicPartition(*place, offset) for place, offset in places.items()]
