"""The provincial side of a reconciliation: rows by key, and sums over buckets of keys."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any, NamedTuple

import psycopg
from psycopg import sql

from consumers.ledger.reconcile.buckets import Sum
from infra.postgres import Connection, classified
from infra.queries import read_queries
from schemas.contract import Dataset
from schemas.records import OrderKey

PAGE_ROWS = 100_000
"""Keys one question to the province goes through: well within its statement timeout."""
_WIRE = {"date": "date", "timestamp": "timestamp", "decimal": "decimal"}
_JSON = {"text": "text", **_WIRE}


class Settled(NamedTuple):
    """Where the source's log ended when we began: a later version is moving, not different."""

    generation: int
    position: int
    end: int
    """Where it ends now: beyond that lies no version of this log, and nothing is excused."""

    def before(self, order: OrderKey, *, stepped: bool) -> bool:
        """Tell whether *order* lies beyond it; *stepped* = its step is a position too."""
        place = max(order.position, order.step) if stepped else order.position
        later = order.generation == self.generation and self.position < place <= self.end
        return order.generation > self.generation or later


class Held(NamedTuple):
    """One row of the province, as far as a comparison needs it."""

    hash: str | None
    """`_hash`; None for a tombstone, or where it is not that of the columns."""
    source_ts: int
    order: OrderKey
    deleted: bool
    raw: str
    """The raw record it came from: topic:partition:offset."""


class Version(NamedTuple):
    """One row of the province as the open projection needs it."""

    key: str
    order: OrderKey
    live: bool
    flags: list[str]
    values: tuple[Any, ...]
    """Wire values in the order of Dataset.columns; None where a column was not asked for."""


class Province:
    """Reads the table of one dataset, and its open quarantine items."""

    def __init__(self, connection: Connection, dataset: Dataset) -> None:
        """Take *connection* for reading alone: each question is a transaction of its own."""
        connection.autocommit = True
        self._connection, self._dataset = connection, dataset
        self._queries = read_queries("reconcile")
        self._table = sql.Identifier("clean", dataset.id)
        self.stepped = dataset.source_kind != "cdc_mariadb"
        """PostgreSQL's step is a position of the log, MariaDB's a row of its event."""
        self._hash = self._queries["hash"].format(values=sql.SQL(", ").join(self._json()))
        self._asked("session", {})

    def held(self, keys: Sequence[str]) -> dict[str, Held]:
        """Read the rows of *keys*, tombstones too."""
        found = self._asked("held", {"keys": list(keys)}, hash=self._hash)
        return {
            key: Held(row_hash, source_ts, OrderKey(*order), deleted, raw)
            for key, row_hash, source_ts, *order, deleted, raw in found
        }

    def waiting(self, keys: Sequence[str]) -> set[str]:
        """Return which of *keys* an open quarantine item explains."""
        if not keys:
            return set()
        asked = {"keys": list(keys), "dataset": self._dataset.id}
        return {str(key) for (key,) in self._asked("waiting", asked)}

    def emptied(self, keys: Sequence[str]) -> set[str]:
        """Return which of *keys* a TRUNCATE that waits for approval would remove."""
        if not keys:
            return set()
        asked = {"keys": list(keys), "dataset": self._dataset.id}
        return {str(key) for (key,) in self._asked("emptied", asked)}

    def sums(self, settled: Settled) -> dict[int, Sum]:
        """Sum the live rows that lie no later than *settled*, by bucket."""
        found: dict[int, Sum] = {}
        after: str | None = ""
        while after is not None:
            *rows, last = self._page("buckets", settled, after, {})
            for bucket, count, total in rows:
                held = found.get(bucket, Sum(0, 0))
                found[bucket] = Sum(held.rows + count, held.total + int(total))
            after = last[2] if last[1] == PAGE_ROWS else None
        return found

    def rows(self, settled: Settled, buckets: Sequence[int]) -> Iterator[tuple[str, str]]:
        """Yield (key, `_hash`) of the same rows, those of *buckets* alone."""
        after: str | None = "" if buckets else None
        while after is not None:
            *rows, last = self._page("listed", settled, after, {"buckets": list(buckets)})
            yield from rows
            after = last[0]

    def versions(self, names: Collection[str], rows: int) -> Iterator[list[Version]]:
        """Yield the whole table, tombstones too, *rows* a page; only *names* of its columns."""
        columns = sql.SQL(", ").join(
            self._queries[f"wire_{_WIRE.get(column.type, 'plain')}"].format(
                column=sql.Identifier(column.name)
            )
            if column.name in names
            else sql.SQL("null")
            for column in self._dataset.columns
        )
        after = ""
        while page := self._asked("versions", {"after": after, "rows": rows}, columns=columns):
            yield [
                Version(key, OrderKey(*found[:4]), found[4], found[5] or [], tuple(found[6:]))
                for key, *found in page
            ]
            after = page[-1][0]

    def _json(self) -> Iterator[sql.Composable]:
        for column in self._dataset.columns:
            query = self._queries[f"json_{_JSON.get(column.type, 'plain')}"]
            yield query.format(column=sql.Identifier(column.name))

    def _page(
        self, name: str, settled: Settled, after: str, more: dict[str, Any]
    ) -> list[tuple[Any, ...]]:
        step = sql.Identifier("_step" if self.stepped else "_position")
        parts = {"settled": self._queries["settled"].format(step=step)}
        asked = {"after": after, "rows": PAGE_ROWS, **settled._asdict(), **more}
        return self._asked(name, asked, **parts)

    def _asked(
        self, name: str, values: dict[str, Any], **parts: sql.Composable
    ) -> list[tuple[Any, ...]]:
        query = self._queries[name].format(table=self._table, **parts)
        try:
            cursor = self._connection.execute(query, values or None)
            return cursor.fetchall() if cursor.description else []
        except psycopg.Error as error:
            raise classified(error) from error
