"""The quarantine sink: every reject becomes an item with its reasons and its owner.

One item a key is open: a newer reject takes its place, and the stored row of the key closes it once
it is newer (DESIGN.md 5). The payload is kept sealed beside the item, up to `payloads.LARGEST`; a
larger one stays in reject.* alone, and the item says where.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import orjson
from psycopg import sql

from consumers.batch import Batch, Bounds
from consumers.bookkeeping import Desk, Settle
from consumers.group import sink_consumer
from consumers.ledger.counts import QUARANTINED, REPLAYED, Counts
from consumers.ledger.moves import Tally
from consumers.loop import Beat, Loop, stop_on_signals
from consumers.payloads import LARGEST, columns
from consumers.rejects import Item, read_reject
from infra import faults
from infra.errors import Usage
from infra.kafka_reader import Place
from infra.postgres import Connection, Database
from infra.queries import read_queries
from infra.sealing import Keys, read_keys
from infra.settings import Settings
from schemas import topics
from schemas.contract import Dataset
from schemas.records import Origin

CONSUMER = "quarantine"
Filed = dict[tuple[Origin, int], int]
"""Raw record and ruleset -> the number of the item just filed for it."""


class Quarantine:
    """Files batches of rejects; upholds Sink."""

    def __init__(
        self, database: Database, datasets: Iterable[Dataset], keys: Keys | None = None
    ) -> None:
        """Take the provincial *database*; payloads are kept where there are *keys* to seal them."""
        self._database = database
        self._keys = keys
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
        datasets = {one.id: one for one in self._datasets.values()}
        with self._database.transaction() as connection:
            waiting = connection.execute(self._queries["waiting"], {"datasets": list(datasets)})
            self._close(connection, [datasets[name] for (name,) in waiting], "open")

    def _file(
        self, items: list[Item], counts: Counts, connection: Connection, settle: Settle
    ) -> None:
        if not items:
            return
        facts = {"items": orjson.dumps([item.facts for item in items]).decode()}
        filing = connection.execute(self._queries["file_kept"], facts)
        settle()
        filed = {(Origin(*row[1:4]), row[4]): row[0] for row in filing}
        for item in items:
            new = (item.account.raw, item.identity.ruleset) in filed
            if not item.again:  # Invariant 2: the first verdict was counted
                counts.add(item.account, QUARANTINED if new else REPLAYED)
        self._keep(connection, items, filed)
        known = _known(items)
        for name in ("supersede", "supersede_nameless", "supersede_named"):
            connection.execute(self._queries[name], known)
        met = {item.place.topic: self._datasets[item.place.topic] for item in items}
        self._close(connection, met.values(), "arriving")
        connection.execute(self._queries["open"])
        counts.write(connection)

    def _keep(self, connection: Connection, items: list[Item], filed: Filed) -> None:
        """Keep the payload of each item just filed, in the transaction of the item."""
        if self._keys is None:
            return
        kept = {
            number: (number, item.identity, item.payload)
            for item in items
            if (number := filed.get((item.account.raw, item.identity.ruleset))) is not None
            and item.payload.size <= LARGEST
        }
        if kept:
            connection.execute(self._queries["keep"], columns(self._keys, kept.values()))

    def _close(self, connection: Connection, datasets: Iterable[Dataset], status: str) -> None:
        for dataset in datasets:
            parts = {"table": sql.Identifier("clean", dataset.id), "status": sql.Literal(status)}
            for name in ("close", "close_named"):
                query = self._queries[name].format(**parts)
                connection.execute(query, {"dataset": dataset.id})


def _known(items: list[Item]) -> dict[str, list[Any]]:
    """Return the keys and raw records of *items*, as arrays: their older items are looked up."""
    facts = [item.facts for item in items]
    keyed = [one for one in facts if (one["key"] or one["named_key"]) is not None]
    return {
        "datasets": [one["dataset"] for one in keyed],
        "keys": [one["key"] or one["named_key"] for one in keyed],
        **{f"raw_{name}s": [one[f"raw_{name}"] for one in facts] for name in Origin._fields},
    }


def run(settings: Settings, catalogue: Mapping[str, Dataset]) -> None:
    """File rejects until told to stop (SIGTERM, SIGINT).

    Raises:
        Usage: settings miss Kafka, or the keys that seal payloads.
        Transient: a part stayed away for longer than our patience; nothing unwritten was committed.
        Fatal: a person is needed.
    """
    stop = stop_on_signals()
    if settings.quarantine_keys is None:
        message = "SUOI_QUARANTINE_KEY_FILE is not set; the quarantine sink seals what it keeps."
        raise Usage(message)
    keys = read_keys(settings.quarantine_keys)
    sink = Quarantine(Database(f"suoi-{CONSUMER}"), catalogue.values(), keys)
    wanted = list(map(topics.reject, catalogue.values()))
    beat = Beat(settings.timing.close_items, sink.close_items)
    timing = replace(settings.timing, flush=settings.timing.file)
    Loop(sink_consumer(settings, CONSUMER, wanted), sink, timing, stop, beat).run(wanted)
