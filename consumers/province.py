"""The provincial sink: clean records become rows of `clean.*`, once, never back in time.

One transaction a batch holds rows, ledger counts and offsets (invariant 1). While one is written
the next is prepared: decoded, known repeats left out, one winner a key (`consumers.flight`).
"""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import NamedTuple

import structlog

from consumers.again import is_again
from consumers.arrivals import Arrival, Reader, winners
from consumers.batch import Batch, Bounds, Move, Record, raw_origin
from consumers.bookkeeping import Desk
from consumers.decoding import Decoder, Schemas
from consumers.group import sink_consumer
from consumers.ledger.counts import Counts
from consumers.ledger.moves import Tally
from consumers.ledger.progress import Repeats
from consumers.loop import Loop, stop_on_signals
from consumers.refused import CarefulWriting
from consumers.table import Table
from consumers.writing import Chosen, Desks, Writing
from infra import faults, heap
from infra.errors import Refused, Usage
from infra.kafka_reader import Place
from infra.postgres import Database
from infra.registry import Registry
from infra.settings import Settings
from schemas import topics
from schemas.contract import Dataset

CONSUMER = "province"

log = structlog.get_logger()


class Ready(NamedTuple):
    """A batch prepared for writing; nothing of it is durable."""

    batch: Batch
    chosen: Chosen
    counts: Counts
    """How those ended that lost to others of the batch."""
    repeats: Repeats

    @property
    def moves(self) -> Mapping[Place, Move]:
        """How the partitions move with it."""
        return self.batch.moves


class Province:
    """Writes batches of clean records; upholds Sink, and Prepares."""

    def __init__(self, database: Database, schemas: Schemas, datasets: Iterable[Dataset]) -> None:
        """Take the provincial *database* and whoever knows the *schemas* of what arrives."""
        self._desk = Desk(CONSUMER, database)
        decoder = Decoder(schemas)
        tables = {topics.clean(one): Table(one) for one in datasets}
        self._desks = Desks(tables, set(tables), {})
        self._readers = {
            topic: Reader(table.dataset, table, decoder) for topic, table in tables.items()
        }

    def starts(self, places: Mapping[Place, Bounds]) -> dict[Place, int]:
        """Read from the ledger where to go on."""
        return self._desk.starts(places)

    def write(self, batch: Batch) -> Mapping[str, int]:
        """Write rows, counts and offsets, all or nothing; the errors are those of Sink.write."""
        return self.deliver(self.prepare(batch, None))

    def prepare(self, batch: Batch, behind: Ready | None) -> Ready:
        """Decode what is no repeat, and keep the newest of each key; touches no database.

        *behind* is the batch before this one while it is not yet written.
        """
        counts = Tally("clean")
        repeats = self._desk.repeats(None if behind is None else behind.repeats)
        return Ready(batch, self._choose(batch.records, repeats, counts), counts, repeats)

    def deliver(self, ready: Ready) -> Mapping[str, int]:
        """Write what was prepared; may be tried again after Transient."""
        faults.point("province.before_write")
        if self._desk.written_before(ready.batch.moves):
            return {}
        try:
            totals = self._attempt(ready)
        except Refused as refused:
            log.warning("batch.refused", reason=str(refused))
            totals = self._attempt_carefully(ready)
        faults.point("province.after_commit")
        return totals

    def _attempt(self, ready: Ready) -> Mapping[str, int]:
        counts = ready.counts.copy()
        writing = Writing(self._desks, ready.chosen, counts)
        first = writing.open if writing.opens else None
        before_commit = partial(faults.point, "province.before_commit")
        self._desk.transact(ready.batch, ready.repeats, writing.send, before_commit, first)
        return counts.totals

    def _attempt_carefully(self, ready: Ready) -> Mapping[str, int]:
        counts = ready.counts.copy()
        careful = CarefulWriting(self._desks, ready.chosen, counts)
        before_commit = partial(faults.point, "province.before_commit")
        self._desk.transact(ready.batch, ready.repeats, careful.count, before_commit, careful.open)
        return counts.totals

    def _choose(self, records: Iterable[Record], repeats: Repeats, counts: Counts) -> Chosen:
        arrivals: dict[str, list[Arrival]] = {}
        for record in records:
            raw = raw_origin(record)
            if is_again(record) or not repeats.met(record.place, raw):  # Invariant 2
                arrival = self._readers[record.topic].read(record, raw)
                arrivals.setdefault(record.topic, []).append(arrival)
        return {topic: winners(found, counts) for topic, found in arrivals.items()}


def run(settings: Settings, catalogue: Mapping[str, Dataset]) -> None:
    """Deliver clean records until told to stop (SIGTERM, SIGINT).

    Raises:
        Usage: settings miss Kafka or the registry.
        Transient: a part stayed away for longer than our patience; nothing unwritten was committed.
        Fatal: a person is needed.
    """
    if settings.registry_url is None:
        message = "The provincial sink needs SUOI_REGISTRY_URL."
        raise Usage(message)
    stop = stop_on_signals()
    datasets = tuple(catalogue.values())
    sink = Province(Database(f"suoi-{CONSUMER}"), Registry(settings.registry_url), datasets)
    wanted = list(map(topics.clean, datasets))
    loop = Loop(sink_consumer(settings, CONSUMER, wanted), sink, settings.timing, stop)
    heap.settle()
    loop.run(wanted)
