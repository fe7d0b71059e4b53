"""One lap: from the first record seen in the target to the last, what it took, what it cost.

The start of a process is in no lap: what counts is work. Both sides are watched in the same way,
from outside: by the rows in their table, or (ours alone) by the places in the ledger.
"""

import time
from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

import psycopg
from psycopg import sql

from bench.fill import FRESH, first_keys, last_keys
from bench.place import Place
from bench.processes import peak_rss_mb, total_cpu_s

_LOOK_S = 0.01
_CHECK_S = 0.5


class Gauge(Protocol):
    """Says how far one side is."""

    def begun(self) -> float:
        """Return how many records are done; 0 before the first."""

    def ended(self) -> bool:
        """Say whether all are."""


class Rows:
    """Looks at the rows: those of the first keys, then those of the last."""

    def __init__(
        self, connection: psycopg.Connection, table: sql.Identifier, records: int, partitions: int
    ) -> None:
        """Watch *table* until all of *records* (bench.fill) are there."""
        self._connection, self._table = connection, table
        self._first, self._last = first_keys(partitions), last_keys(records, partitions)

    def begun(self) -> float:
        """See Gauge."""
        if not self._found(self._first):
            return 0
        query = sql.SQL("select count(*) from {}").format(self._table)
        (rows,) = self._connection.execute(query).fetchone() or (0,)
        return int(rows) / FRESH

    def ended(self) -> bool:
        """See Gauge."""
        return self._found(self._last) == len(self._last)

    def _found(self, keys: list[str]) -> int:
        query = sql.SQL("select count(*) from {} where _key = any(%s)").format(self._table)
        (rows,) = self._connection.execute(query, (keys,)).fetchone() or (0,)
        return int(rows)


class Places:
    """Looks at where the ledger says our sink stands in *topic*."""

    def __init__(self, connection: psycopg.Connection, topic: str, records: int) -> None:
        """Watch until *records* are behind us."""
        self._connection, self._topic, self._records = connection, topic, records

    def begun(self) -> float:
        """See Gauge."""
        query = "select coalesce(sum(next), 0) from ledger.progress where topic = %s"
        (done,) = self._connection.execute(query, (self._topic,)).fetchone() or (0,)
        return int(done)

    def ended(self) -> bool:
        """See Gauge."""
        return self.begun() >= self._records


class Lap(NamedTuple):
    """What one side did: records carried between two looks, and what that took."""

    records: float
    seconds: float
    cpu_s: float
    """Of the sink and of the whole PostgreSQL cluster behind it."""
    database_cpu_s: float
    wal_bytes: int
    rss_mb: float

    @property
    def rate(self) -> float:
        """Records a second."""
        return self.records / self.seconds

    @property
    def cpu_us(self) -> float:
        """CPU a record, µs."""
        return self.cpu_s / self.records * 1e6


def lap(
    place: Place,
    gauge: Gauge,
    records: int,
    sinks: Sequence[int],
    check: Callable[[], object],
) -> Lap:
    """Wait for the first and the last of *records*; *sinks* are the process numbers that cost."""
    database = place.pid("province")
    with place.province() as province:
        wal = _wal(province)
        done = _until(gauge.begun, check)
        assert done < records, "all was done before the clock could start: take more --records"
        start, cpu = time.monotonic(), (total_cpu_s(sinks), total_cpu_s([database]))
        _until(gauge.ended, check)
        seconds = time.monotonic() - start
        ours, theirs = total_cpu_s(sinks) - cpu[0], total_cpu_s([database]) - cpu[1]
        return Lap(
            records - done,
            seconds,
            ours + theirs,
            theirs,
            _wal(province) - wal,
            max(map(peak_rss_mb, sinks)),
        )


def _until(ask: Callable[[], float], check: Callable[[], object], seconds: float = 300) -> float:
    """Ask again until the answer is not 0, looking after the processes now and then."""
    deadline, looked = time.monotonic() + seconds, time.monotonic()
    while not (answer := ask()):
        now = time.monotonic()
        assert now < deadline, "nothing came within the deadline"
        if now > looked + _CHECK_S:
            check()
            looked = now
        time.sleep(_LOOK_S)
    return answer


def _wal(connection: psycopg.Connection) -> int:
    query = "select pg_current_wal_insert_lsn() - '0/0'::pg_lsn"
    (place,) = connection.execute(query).fetchone() or (0,)
    return int(place)
