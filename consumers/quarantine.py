"""The quarantine sink: every reject becomes an item with its reasons and its owner.

The payload stays in reject.*; an item says where. One item a key is open: a newer reject takes its
place, and the stored row of the key closes it once it is newer (DESIGN.md 5).
"""

from collections.abc import Iterable, Mapping
from functools import partial

import orjson
from psycopg import sql

from consumers.batch import Batch, Bounds
from consumers.bookkeeping import Desk, Settle
from consumers.group import sink_consumer
from consumers.ledger.counts import QUARANTINED, REPLAYED, Counts
from consumers.ledger.moves import Tally
from consumers.loop import Beat, Loop, stop_on_signals
from consumers.rejects import Item, read_reject
from infra import faults
from infra.kafka_reader import Place
from infra.postgres import Connection, Database
from infra.queries import read_queries
from infra.settings import Settings
from schemas import topics
from schemas.contract import Dataset

CONSUMER = "quarantine"


class Quarantine:
    """Files batches of rejects; upholds Sink."""

    def __init__(self, database: Database, datasets: Iterable[Dataset]) -> None:
        """Take the provincial *database*."""
        self._database = database
        self._desk = Desk(CONSUMER, database)
        self._datasets = {topics.reject(one): one for one in datasets}
        self._queries = read_queries("quarantine")

    def starts(self, places: Mapping[Place, Bounds]) -> dict[Place, int]:
        """Read from the ledger where to go on."""
        return self._desk.starts(places)

    def write(self, batch: Batch) -> Mapping[str, int]:
        """File items, counts and offsets, all or nothing; the errors are those of Sink.write."""
        if self._desk.written_before(batch.moves):
            return {}
        counts, repeats = Tally("reject"), self._desk.repeats()
        read = (read_reject(self._datasets[record.topic], record) for record in batch.records)
        items = [
            item
            for item in read
            if item.account.again or not repeats.met(item.place, item.account.raw)  # Invariant 2
        ]
        work = partial(self._file, items, counts)
        self._desk.transact(batch, repeats, work, partial(faults.point, "quarantine.before_commit"))
        return counts.totals

    def close_items(self) -> None:
        """Close every item whose key has a newer row or tombstone.

        Raises:
            Transient: the database is away; the next beat does it.
        """
        with self._database.transaction() as connection:
            self._close(connection, self._datasets.values())

    def _file(
        self, items: list[Item], counts: Counts, connection: Connection, settle: Settle
    ) -> None:
        if not items:
            return
        facts = {"items": orjson.dumps([item.facts for item in items]).decode()}
        filing = connection.execute(self._queries["file"], facts)
        settle()
        filed = set(filing)
        for item in items:
            counts.add(item.account, QUARANTINED if item.account.raw in filed else REPLAYED)
        keyed = [item.facts for item in items if item.facts["key"] is not None]
        keys = {
            "datasets": [one["dataset"] for one in keyed],
            "keys": [one["key"] for one in keyed],
        }
        connection.execute(self._queries["supersede"], keys)
        connection.execute(self._queries["open"])
        met = {item.place.topic: self._datasets[item.place.topic] for item in items}
        self._close(connection, met.values())
        counts.write(connection)

    def _close(self, connection: Connection, datasets: Iterable[Dataset]) -> None:
        for dataset in datasets:
            query = self._queries["close"].format(table=sql.Identifier("clean", dataset.id))
            connection.execute(query, {"dataset": dataset.id})


def run(settings: Settings, catalogue: Mapping[str, Dataset]) -> None:
    """File rejects until told to stop (SIGTERM, SIGINT).

    Raises:
        Usage: settings miss Kafka.
        Transient: a part stayed away for longer than our patience; nothing unwritten was committed.
        Fatal: a person is needed.
    """
    stop = stop_on_signals()
    sink = Quarantine(Database(f"suoi-{CONSUMER}"), catalogue.values())
    wanted = list(map(topics.reject, catalogue.values()))
    beat = Beat(settings.timing.close_items, sink.close_items)
    Loop(sink_consumer(settings, CONSUMER, wanted), sink, settings.timing, stop, beat).run(wanted)
