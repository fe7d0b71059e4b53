"""Writing one flush into the tables: which way each goes, and how its records ended.

Many rows of one table go by COPY, the others as arrays, all in one pipeline (FACTS.md 7). COPY
cannot run inside a pipeline, so it comes first. A table whose last flush met rows that were not
older is asked first which they are, and those are not sent at all: a replay of the past costs
neither row locks nor log. What a table was last time is only a guess at what is cheap; the guard in
the statement decides what is written.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from psycopg import Cursor

from consumers.arrays import register
from consumers.arrivals import Arrival, count_winners
from consumers.bookkeeping import Settle
from consumers.ledger.counts import Counts
from consumers.table import Table, behind
from infra import faults
from infra.postgres import Connection
from schemas.records import OrderKey

COPY_FROM = 500
"""Rows of one table in a flush from which COPY is cheaper than arrays."""
_STAGED = 16
"""Temporary tables a session keeps: each COMMIT empties all of them."""
_PREPARED = 400
"""Statements a session keeps prepared: one a table of the 329 and the books'; bounded, for each
takes its share of the backend's memory."""

Chosen = dict[str, dict[str, Arrival]]
"""By topic, the winner of each key."""
Held = dict[str, OrderKey]


class Desks(NamedTuple):
    """What the tables of a sink remember from flush to flush; nothing here is ever relied on."""

    tables: Mapping[str, Table]
    wary: set[str]
    """Topics whose last flush met rows behind the table; all of them at the start."""
    staged: dict[str, None]
    """Topics whose temporary table the open connection has, the longest unused first."""


def begin(connection: Connection, desks: Desks) -> None:
    """Prepare a connection, once: what the last one had made is gone with it."""
    if connection.prepared_max != _PREPARED:
        connection.prepared_max = _PREPARED
        register(connection.adapters)
        desks.staged.clear()


class Writing:
    """One attempt to write what was chosen of a flush."""

    def __init__(self, desks: Desks, chosen: Chosen, counts: Counts) -> None:
        """Take the *chosen* rows; *counts* is given how each of them ended."""
        self._desks = desks
        self._counts = counts
        self.held: dict[str, Held] = {}
        """By topic, the order keys of rows that were not older than what was chosen."""
        self._left = {topic: dict(found) for topic, found in chosen.items()}
        self._wary = [topic for topic in chosen if topic in desks.wary]
        self._copied = [topic for topic, found in chosen.items() if len(found) >= COPY_FROM]

    @property
    def opens(self) -> bool:
        """Whether something comes before the pipeline."""
        return bool(self._wary or self._copied)

    def open(self, connection: Connection) -> None:
        """Leave out what stands behind its table, where that is likely; then COPY."""
        begin(connection, self._desks)
        self._leave_out(connection)
        for topic in self._copied:
            if len(self._left.get(topic, ())) >= COPY_FROM:
                self._copy(connection, topic)

    def send(self, connection: Connection, settle: Settle) -> None:
        """Write the other tables, all before reading the first answer; then count."""
        begin(connection, self._desks)
        sent = [(topic, self._upsert(connection, topic)) for topic in self._left]
        settle()
        for topic, cursor in sent:
            self._end(connection, topic, cursor, settle)
        self._counts.write(connection)

    def _leave_out(self, connection: Connection) -> None:
        if not self._wary:
            return
        stood = {topic: self._orders(topic) for topic in self._wary}
        with connection.pipeline() as pipeline:
            asked = [
                (topic, self._desks.tables[topic].ask_unlike(connection, rows))
                for topic, rows in stood.items()
            ]
            pipeline.sync()
            for topic, cursor in asked:
                self._pass_over(topic, behind(stood[topic], cursor))

    def _orders(self, topic: str) -> Held:
        return {key: arrival.order for key, arrival in self._left[topic].items()}

    def _pass_over(self, topic: str, held: Held) -> None:
        left = self._left[topic]
        count_winners({key: left.pop(key) for key in held}, held, self._counts)
        self.held[topic] = held
        self._learn(topic, met=bool(held))
        if not left:
            del self._left[topic]

    def _copy(self, connection: Connection, topic: str) -> None:
        table, rows = self._desks.tables[topic], self._left[topic]
        self._stage(connection, topic)
        table.copy(connection, [one.row for one in rows.values()])
        faults.point("province.after_copy")
        self._end(connection, topic, table.merge(connection), _at_once)
        faults.point("province.after_merge")
        del self._left[topic]

    def _stage(self, connection: Connection, topic: str) -> None:
        staged, tables = self._desks.staged, self._desks.tables
        if topic not in staged:
            if len(staged) >= _STAGED:
                oldest = next(iter(staged))
                del staged[oldest]
                tables[oldest].unstage(connection)
            tables[topic].stage(connection)
        staged.pop(topic, None)
        staged[topic] = None  # the last used stands last

    def _upsert(self, connection: Connection, topic: str) -> Cursor[Any]:
        rows = [one.row for one in self._left[topic].values()]
        return self._desks.tables[topic].upsert(connection, rows)

    def _end(self, connection: Connection, topic: str, cursor: Cursor[Any], settle: Settle) -> None:
        """Count the rows of *topic*; as many written as given, and no key is read back."""
        rows, held = self._left[topic], Held()
        if cursor.rowcount != len(rows):
            written = {str(key) for (key,) in cursor}
            stale = [key for key in rows if key not in written]
            held = self._desks.tables[topic].held(connection, stale, settle)
            self.held.setdefault(topic, {}).update(held)
            self._learn(topic, met=True)
        count_winners(rows, held, self._counts)

    def _learn(self, topic: str, *, met: bool) -> None:
        (self._desks.wary.add if met else self._desks.wary.discard)(topic)


def _at_once() -> None:
    """Settle outside a pipeline: every statement ends with its own Sync."""
