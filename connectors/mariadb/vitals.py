"""A MariaDB source at a glance: who it is, how far its binlog is, whether it holds our place."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from connectors.guards import Refusal
from connectors.mariadb.facts import ask, read_binlogs
from connectors.mariadb.guards import binlog_gaps
from connectors.sources import Source
from infra.source_database import SourceDatabase
from schemas.vitals import NO_MARK, Vitals

Offset = Mapping[str, Any]


def read_vitals(database: SourceDatabase) -> Vitals:
    """Read who the server is, how many transactions its binlog has numbered, and the mark."""
    [(server, timeline, gtids, mark)] = ask(database, "vitals")
    return Vitals(
        server=str(server),
        timeline=int(timeline),
        log_end=numbered(gtids),
        mark=NO_MARK if mark is None else int(mark),
    )


def numbered(gtids: str | bytes | None) -> int:
    """Sum the sequence numbers of "domain-server-sequence,…": each only grows until a reset."""
    text = gtids.decode() if isinstance(gtids, bytes) else gtids or ""
    return sum(int(part.rpartition("-")[2]) for part in text.split(",") if part.strip())


def gaps(
    database: SourceDatabase, _source: Source, read_offset: Callable[[], Offset | None]
) -> Iterator[Refusal]:
    """Say why the binlog cannot be followed from the stored offset; what leads is read last."""
    offset = read_offset()
    if offset is not None:
        yield from binlog_gaps(read_binlogs(database), offset)


def gate(vitals: Vitals) -> str:
    """SQL that fails on a server which is not as far as *vitals* saw it.

    Debezium runs it in each connection it opens; two rows where one is asked for are an error. A
    binlog of one domain is compared here too; the watch compares those of several.
    """
    return (  # only numbers go in
        "SELECT (SELECT 1 UNION ALL SELECT 2 FROM DUAL WHERE NOT EXISTS (SELECT 1 FROM cdc.mark "  # noqa: S608
        f"WHERE n >= {vitals.mark} AND (@@global.gtid_binlog_pos LIKE '%,%' OR "
        "CAST(SUBSTRING_INDEX(@@global.gtid_binlog_pos, '-', -1) AS UNSIGNED) "
        f">= {vitals.log_end})))"
    )


def forget(_database: SourceDatabase, _source: Source) -> None:
    """A binlog keeps nothing for us: there is no place to give up at the server."""
