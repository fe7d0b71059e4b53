"""The provincial sink: clean records become rows of `clean.*`, once, never back in time.

One transaction a batch holds rows, ledger counts and offsets (invariant 1).
"""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from psycopg import Cursor

from consumers.arrays import register
from consumers.arrivals import Arrival, Reader, count_winners, winners
from consumers.batch import Batch, Bounds, Record, raw_origin
from consumers.bookkeeping import Desk, Settle
from consumers.decoding import Decoder, Schemas
from consumers.group import sink_consumer
from consumers.ledger.counts import Counts
from consumers.ledger.progress import Repeats
from consumers.loop import Loop, stop_on_signals
from consumers.table import Table
from infra import faults
from infra.errors import Usage
from infra.kafka_reader import Place
from infra.postgres import Connection, Database
from infra.registry import Registry
from infra.settings import Settings
from schemas import topics
from schemas.contract import Dataset

CONSUMER = "province"
Chosen = dict[str, dict[str, Arrival]]
"""By topic, the winner of each key."""


class Province:
    """Writes batches of clean records; upholds Sink."""

    def __init__(self, database: Database, schemas: Schemas, datasets: Iterable[Dataset]) -> None:
        """Take the provincial *database* and whoever knows the *schemas* of what arrives."""
        self._desk = Desk(CONSUMER, database)
        decoder = Decoder(schemas)
        self._tables = {topics.clean(one): Table(one) for one in datasets}
        self._readers = {
            topics.clean(one): Reader(one, self._tables[topics.clean(one)], decoder)
            for one in datasets
        }

    def starts(self, places: Mapping[Place, Bounds]) -> dict[Place, int]:
        """Read from the ledger where to go on."""
        return self._desk.starts(places)

    def write(self, batch: Batch) -> Mapping[str, int]:
        """Write rows, counts and offsets, all or nothing; the errors are those of Sink.write."""
        faults.point("province.before_write")
        if self._desk.written_before(batch.moves):
            return {}
        counts, repeats = Counts("clean"), self._desk.repeats()
        chosen = self._choose(batch.records, repeats, counts)
        work = partial(self._deliver, chosen, counts)
        self._desk.transact(batch, repeats, work, partial(faults.point, "province.before_commit"))
        faults.point("province.after_commit")
        return counts.totals

    def _choose(self, records: Iterable[Record], repeats: Repeats, counts: Counts) -> Chosen:
        """Decode what is no repeat, and keep the newest of each key."""
        arrivals: dict[str, list[Arrival]] = {}
        for record in records:
            raw = raw_origin(record)
            if not repeats.met(record.place, raw):  # Invariant 2
                arrival = self._readers[record.topic].read(record, raw)
                arrivals.setdefault(record.topic, []).append(arrival)
        return {topic: winners(found, counts) for topic, found in arrivals.items()}

    def _deliver(
        self, chosen: Chosen, counts: Counts, connection: Connection, settle: Settle
    ) -> None:
        """Write the rows of every table before reading the first answer, then count."""
        register(connection.adapters)
        sent = [(topic, self._upsert(connection, topic, rows)) for topic, rows in chosen.items()]
        settle()
        for topic, cursor in sent:
            written = {str(key) for (key,) in cursor}
            behind = [key for key in chosen[topic] if key not in written]
            held = self._tables[topic].held(connection, behind, settle) if behind else {}
            count_winners(chosen[topic], held, counts)
        counts.write(connection)

    def _upsert(self, connection: Connection, topic: str, rows: dict[str, Arrival]) -> Cursor[Any]:
        return self._tables[topic].upsert(connection, [one.row for one in rows.values()])


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
    Loop(sink_consumer(settings, CONSUMER, wanted), sink, settings.timing, stop).run(wanted)
