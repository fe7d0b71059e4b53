"""How hard a MariaDB source presses: its binlog against our position, open transactions, heartbeat.

A transaction reaches the binlog when it is committed, so an open one holds nothing for us; it is
told only where the DBA has granted PROCESS, which we never ask for: it shows everybody's statements
(docs/decisions/20261123-guards-of-a-running-source.md).
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from connectors.guards.pressure import Pressure
from connectors.mariadb.facts import ask, read_binlogs
from connectors.sources import Source
from infra.source_database import SourceDatabase
from schemas.contract import Dataset

Offset = Mapping[str, Any]

_DAY_S = 86_400


def read_pressure(
    database: SourceDatabase,
    _source: Source,
    _datasets: Sequence[Dataset],
    read_offset: Callable[[], Offset | None],
) -> Pressure:
    """Read the source once; the offset before the binlog that leads it."""
    offset = read_offset()
    [(clock_s, age_s, days, told)] = ask(database, "pressure")
    binlogs = read_binlogs(database)
    age = ask(database, "transactions")[0][0] if told else None
    return Pressure(
        source_s=float(clock_s),
        heartbeat_age_s=None if age_s is None else float(age_s),
        transaction_s=None if age is None else float(age),
        place="the binlog",
        has_place=offset is None or str(offset.get("file")) in binlogs,
        kept_bytes=kept_bytes(binlogs, offset),
        behind_s=_behind_s(float(clock_s), offset),
        keep_s=float(days) * _DAY_S or None,
    )


def kept_bytes(binlogs: Mapping[str, int], offset: Offset | None) -> int | None:
    """Bytes of binlog from our position to its end; None where we have none there.

    *binlogs* is the size of each file, by a name that ends in its number.
    """
    if offset is None or str(offset.get("file")) not in binlogs:
        return None
    mine, read = str(offset["file"]), int(offset.get("pos") or 0)
    later = sum(size for name, size in binlogs.items() if _number(name) > _number(mine))
    return max(binlogs[mine] - read, 0) + later


def _number(name: str) -> int:
    return int(name.rpartition(".")[2])


def _behind_s(clock_s: float, offset: Offset | None) -> float | None:
    read_s = (offset or {}).get("ts_sec")
    return max(clock_s - float(read_s), 0.0) if read_s else None
