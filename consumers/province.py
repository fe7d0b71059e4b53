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
from consumers.batch import Batch, Bounds, Move, Record
from consumers.bookkeeping import Desk, Settle, Work
from consumers.decoding import Decoder, Schemas
from consumers.group import sink_consumer, standing
from consumers.ledger.counts import Counts
from consumers.ledger.moves import Tally
from consumers.ledger.progress import Repeats
from consumers.loop import Loop, stop_on_signals
from consumers.newest import Flush, Held, Newest, Repeated
from consumers.record_code import raw_origin
from consumers.reemitted import Means, is_reemitted
from consumers.refused import CarefulWriting
from consumers.table import Table
from consumers.writing import Chosen, Desks, Writing
from infra import faults, heap
from infra.errors import Refused, Usage
from infra.kafka import client_config, producer_config
from infra.kafka_reader import Place
from infra.postgres import Connection, Database
from infra.posting import Post
from infra.registry import Registry
from infra.settings import Settings
from schemas import topics
from schemas.contract import Dataset

CONSUMER = "province"
Arrivals = dict[str, list[Arrival]]
LastRepeats = dict[str, dict[str, Repeated]]

log = structlog.get_logger()


class Ready(NamedTuple):
    """A batch prepared for writing; nothing of it is durable."""

    batch: Batch
    chosen: Chosen
    counts: Counts
    """How those ended that lost to others of the batch."""
    repeats: Repeats
    late: Mapping[str, Mapping[str, Arrival]]
    repeated: Mapping[str, Mapping[str, Repeated]]

    @property
    def moves(self) -> Mapping[Place, Move]:
        """How the partitions move with it."""
        return self.batch.moves


class Province:
    """Writes batches of clean records; upholds Sink, and Prepares."""

    def __init__(
        self,
        database: Database,
        schemas: Schemas,
        datasets: Iterable[Dataset],
        means: Means | None = None,
    ) -> None:
        """Take the provincial *database* and whoever knows the *schemas* of what arrives.

        *means* writes again what must be the last of its key; None = the topic is nobody's.
        What an earlier version of a topic still holds is written like any record; nothing is
        written to that version again.
        """
        self._desk = Desk(CONSUMER, database)
        decoder, named = Decoder(schemas), {topics.clean(one): one for one in datasets}
        before = {old: one for one in named.values() for old in topics.former(one, topics.clean)}
        tables = {name: Table(one, topics.major_of(name)) for name, one in (named | before).items()}
        self._desks = Desks(tables, set(tables), {})
        self._readers = {
            topic: Reader(table.dataset, table, decoder, topics.major_of(topic))
            for topic, table in tables.items()
        }
        self._newest = None if means is None else Newest(named, self._readers, means)

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
        arrivals, repeated = self._read(batch.records, repeats)
        late: dict[str, dict[str, Arrival]] = {}
        chosen = {
            topic: winners(found, counts, late.setdefault(topic, {}))
            for topic, found in arrivals.items()
        }
        late = {topic: found for topic, found in late.items() if found}
        return Ready(batch, chosen, counts, repeats, late, repeated)

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
        work = partial(self._work, ready, writing.send, writing.held)
        self._desk.transact(ready.batch, ready.repeats, work, before_commit, first)
        return counts.totals

    def _attempt_carefully(self, ready: Ready) -> Mapping[str, int]:
        counts = ready.counts.copy()
        careful = CarefulWriting(self._desks, ready.chosen, counts)
        before_commit = partial(faults.point, "province.before_commit")
        work = partial(self._work, ready, careful.count, careful.held)
        self._desk.transact(ready.batch, ready.repeats, work, before_commit, careful.open)
        return counts.totals

    def _work(
        self, ready: Ready, write: Work, held: Held, connection: Connection, settle: Settle
    ) -> None:
        write(connection, settle)
        if self._newest is not None:
            flush = Flush(ready.chosen, ready.late, ready.repeated)
            self._newest.uphold(connection, settle, flush, held)

    def _read(self, records: Iterable[Record], repeats: Repeats) -> tuple[Arrivals, LastRepeats]:
        """Read what is no repeat, and remember the last repeat of each key that none follows."""
        arrivals: Arrivals = {}
        repeated: LastRepeats = {}
        wary = self._desks.wary
        for record in records:
            raw = raw_origin(record)
            marked = is_again(record) or is_reemitted(record)
            if marked or not repeats.met((record.topic, record.partition), raw):  # Invariant 2
                reader, lightly = self._readers[record.topic], record.topic in wary
                arrival = reader.read(record, raw, lightly=lightly)
                arrivals.setdefault(record.topic, []).append(arrival)
                if repeated:
                    repeated.get(record.topic, {}).pop(arrival.key, None)
            else:
                key = (record.key or b"").decode()
                repeated.setdefault(record.topic, {})[key] = Repeated(raw, record)
        return arrivals, repeated


def run(settings: Settings, catalogue: Mapping[str, Dataset]) -> None:
    """Deliver clean records until told to stop (SIGTERM, SIGINT).

    Raises:
        Usage: settings miss Kafka or the registry.
        Transient: a part stayed away for longer than our patience; nothing unwritten was committed.
        Fatal: a person is needed.
    """
    if settings.registry_url is None or settings.kafka is None:
        message = "The provincial sink needs SUOI_KAFKA_BOOTSTRAP and SUOI_REGISTRY_URL."
        raise Usage(message)
    stop = stop_on_signals()
    datasets = tuple(catalogue.values())
    registry = Registry(settings.registry_url)
    means = Means(registry, Post(client_config(settings.kafka) | producer_config()))
    sink = Province(Database(f"suoi-{CONSUMER}"), registry, datasets, means)
    former = [old for one in datasets for old in topics.former(one, topics.clean)]
    wanted = [*map(topics.clean, datasets), *standing(settings.kafka, CONSUMER, former)]
    loop = Loop(sink_consumer(settings, CONSUMER, wanted), sink, settings.timing, stop)
    heap.settle()
    loop.run(wanted)
