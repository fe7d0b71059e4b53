"""Commit at the source -> row visible in the province, ours and the rival's chain side by side: P6.

A writer commits one row at a time at a steady rate; for each chain a watcher asks the province,
every few milliseconds, for the rows that are still out. The clock starts before COMMIT is sent.
Both chains carry the same commits: one PostgreSQL, one Connect worker, two connectors of the same
settings, all of our workers beside.
"""

import threading
import time
from collections.abc import Callable, Sequence

import psycopg
from psycopg import sql

from schemas.records import Row

_LOOK_S = 0.004
_LAST_S = 30.0
"""How long what was committed last may take."""


class Writer(threading.Thread):
    """Commits *rate* rows a second, each a transaction; notes when each COMMIT was sent."""

    def __init__(
        self,
        connection: psycopg.Connection,
        table: sql.Identifier,
        rows: Sequence[Row],
        rate: float,
    ) -> None:
        """Prepare a writer of *rows*; `out` fills while it runs: id -> time of its commit."""
        super().__init__(daemon=True)
        self._connection, self._table, self._rows, self._rate = connection, table, rows, rate
        self.out: dict[int, float] = {}

    def run(self) -> None:
        """Keep to the beat; a late commit is not made up by a burst."""
        names = sql.SQL(", ").join(map(sql.Identifier, self._rows[0]))
        marks = sql.SQL(", ").join(map(sql.Placeholder, self._rows[0]))
        insert = sql.SQL("insert into {} ({}) values ({}) returning id").format(
            self._table, names, marks
        )
        beat = time.monotonic()
        for row in self._rows:
            with self._connection.transaction():
                (number,) = self._connection.execute(insert, row).fetchone() or (0,)
                self.out[int(number)] = time.monotonic()
            beat = max(beat + 1 / self._rate, time.monotonic())
            time.sleep(max(0.0, beat - time.monotonic()))


class Watcher(threading.Thread):
    """Notes when each row of a writer is visible in one table."""

    def __init__(
        self,
        connection: psycopg.Connection,
        table: tuple[sql.Identifier, str],
        key: Callable[[int], object],
        writer: Writer,
    ) -> None:
        """Watch *table* (and its key column); *key* is how it writes an id of the source."""
        super().__init__(daemon=True)
        self._connection, self._key, self._writer = connection, key, writer
        self._query = sql.SQL("select {1} from {0} where {1} = any(%s)").format(
            table[0], sql.Identifier(table[1])
        )
        self.seen: dict[int, float] = {}

    def run(self) -> None:
        """Ask for what is still out until the writer has ended and all has come, or 30 s passed."""
        end = float("inf")
        while time.monotonic() < end:
            waiting = {
                self._key(one): one for one in list(self._writer.out) if one not in self.seen
            }
            if waiting:
                rows = self._connection.execute(self._query, (list(waiting),)).fetchall()
                now = time.monotonic()
                self.seen |= {waiting[key]: now - self._writer.out[waiting[key]] for (key,) in rows}
            elif not self._writer.is_alive():
                return
            if not self._writer.is_alive():
                end = min(end, time.monotonic() + _LAST_S)
            time.sleep(_LOOK_S)


def quantiles(seconds: Sequence[float]) -> dict[str, float]:
    """Return p50, p95, p99 and the greatest of *seconds*, in ms."""
    ordered = sorted(seconds)
    places = {"p50": 0.5, "p95": 0.95, "p99": 0.99, "max": 1.0}
    return {
        name: round(ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000, 1)
        for name, share in places.items()
    }
