"""Sweeping: rows of an older generation that the load of the new one did not meet are gone.

They vanished at the source while nobody followed its log. Each gets a tombstone in `clean.*` and
`open.*` with the order key (generation, 0, 0, 0): newer than all of the older generation, older
than anything the new one says of that key. So a sweep can be repeated, and even one that came too
early would give way to the row (invariants 3, 4).
"""

import asyncio
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from psycopg import sql

from infra.control import Sender
from infra.errors import Fatal
from infra.faults import point
from infra.kafka import Headers
from infra.postgres import Connection
from infra.queries import read_queries
from schemas import ddl, topics
from schemas.contract import Dataset
from schemas.records import UNASSIGNED

OP = "operated"
"""The operation under which removals of ours are counted, apart from deletes at a source."""
_PAGE = 5_000
_RUN_BITS = 32
"""The number of a tombstone within its operation; the operation's id stands above it."""


class Vanished(NamedTuple):
    """What the load of a generation did not meet: *rows* of *living*.

    *nameless* counts rejects whose key could not be read: some of these rows may be among them.
    """

    dataset: str
    rows: int
    living: int
    nameless: int

    @property
    def share(self) -> float:
        """Part of the living rows that vanished, 0 to 1."""
        return self.rows / max(self.living, self.rows, 1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """What is to be swept, and on whose word."""

    dataset: Dataset
    generation: int
    by: str
    reason: str

    @property
    def values(self) -> dict[str, object]:
        """What the queries of infra/sql/sweep.sql are given."""
        return {
            "dataset": self.dataset.id,
            "source": self.dataset.source,
            "generation": self.generation,
            "by": self.by,
            "reason": self.reason,
        }


def count_vanished(connection: Connection, dataset: Dataset, generation: int) -> Vanished:
    """Count what the load of *generation* did not meet; it must be loaded and delivered."""
    query = _query("counted", dataset)
    found = connection.execute(query, {"dataset": dataset.id, "generation": generation}).fetchone()
    return Vanished(dataset.id, *(int(n) for n in found or (0, 0, 0)))


def sweep(
    connection: Connection, outbox: Sender, order: Order, open_key: Callable[[str], bytes]
) -> int:
    """Send the tombstones of what vanished; returns how many, all of them acknowledged.

    *connection* is in autocommit. The operation is entered before the first tombstone leaves, and
    ended after the broker has the last. *open_key* names a row in the open topic.

    Raises:
        Fatal: the same dataset is being swept by another process.
        Transient: Kafka or the database does not answer; what was sent is right, begin again.
    """
    if connection.execute(_query("lock", order.dataset), order.values).fetchone() != (True,):
        message = f"{order.dataset.id} is being swept by another process; let it end."
        raise Fatal(message)
    rows = count_vanished(connection, order.dataset, order.generation).rows
    found = connection.execute(_query("begin", order.dataset), order.values | {"rows": rows})
    [(number,)] = found.fetchall()
    sent = 0
    for page in _pages(connection, order):
        for key in page:
            sent += 1
            _send(outbox, order, key, _headers(order, number, sent), open_key)
        asyncio.run(outbox.settle())  # Invariant 1
        point("sweep.after_page")
    connection.execute(_query("end", order.dataset), {"id": number})
    return sent


def _pages(connection: Connection, order: Order) -> Iterator[list[str]]:
    after = ""
    while True:
        values = order.values | {"after": after, "most": _PAGE}
        rows = connection.execute(_query("vanished", order.dataset), values)
        page = [str(key) for (key,) in rows]
        if not page:
            return
        yield page
        after = page[-1]


def _send(
    outbox: Sender, order: Order, key: str, headers: Headers, open_key: Callable[[str], bytes]
) -> None:
    outbox.send(topics.clean(order.dataset), key.encode(), None, headers)
    if order.dataset.open_columns:
        outbox.send(topics.open_(order.dataset), open_key(key), None, headers)  # Invariant 6


def _headers(order: Order, number: int, sent: int) -> Headers:
    """Name the operation as the raw cause: a place no captured partition has, rising for ever.

    Law 2 sums over captured partitions, so these are outside it (invariant 2).
    """
    now_us = time.time_ns() // 1000
    place = f"operated.{order.dataset.id}:0:{(number << _RUN_BITS) + sent}"
    return [
        ("suoi.op", OP),
        ("suoi.raw", place),
        ("suoi.operated", str(number)),
        ("suoi.generation", str(order.generation)),
        ("suoi.position", "0"),
        ("suoi.step", "0"),
        ("suoi.ruleset", "0"),
        ("suoi.source_ts", str(now_us)),
        ("suoi.source", order.dataset.source),
        ("suoi.captured_ts", str(now_us)),
        ("suoi.scope", UNASSIGNED),
    ]


def _query(name: str, dataset: Dataset) -> sql.Composed:
    table = sql.Identifier(ddl.SCHEMA, dataset.id)
    return read_queries("sweep")[name].format(table=table)
