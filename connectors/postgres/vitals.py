"""A PostgreSQL source at a glance: who it is, how far its log is, whether its slot holds."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from connectors.guards import REGENERATE, Refusal
from connectors.postgres.facts import ask, read_slot
from connectors.postgres.guards import newest_lsn, slot_gaps
from connectors.sources import Source
from infra.source_database import SourceDatabase
from schemas.vitals import NO_MARK, Vitals

Offset = Mapping[str, Any]


def read_vitals(database: SourceDatabase) -> Vitals:
    """Read who the server is, the end of its log and the mark."""
    [(server, timeline, log_end, mark)] = ask(database, "vitals")
    mark = NO_MARK if mark is None else mark
    return Vitals(server=server, timeline=timeline, log_end=log_end, mark=mark)


def gaps(
    database: SourceDatabase, source: Source, read_offset: Callable[[], Offset | None]
) -> Iterator[Refusal]:
    """Say why the log cannot be followed from the stored offset; what leads is read last."""
    slot = read_slot(database, source)
    offset = read_offset()
    end = read_vitals(database).log_end
    yield from slot_gaps(slot, source, offset)
    if offset is not None and newest_lsn(offset) > end:
        said = f"we have read its log to {newest_lsn(offset)}, and it ends at {end}"
        yield Refusal("log_end", f"{said}: the server was restored; {REGENERATE}")


def gate(vitals: Vitals) -> str:
    """SQL that fails on a server which is not, or not yet again, as *vitals* saw it.

    Debezium runs it in each connection it opens; two rows where one is asked for are an error.
    """
    return (  # only numbers go in
        "SELECT (SELECT 1 UNION ALL SELECT 2 WHERE NOT EXISTS (SELECT FROM cdc.mark, "  # noqa: S608
        f"pg_control_system() AS c WHERE n >= {vitals.mark} "
        f"AND c.system_identifier = {vitals.server} "
        f"AND pg_current_wal_flush_lsn() - '0/0' >= {vitals.log_end}))"
    )


def forget(database: SourceDatabase, source: Source) -> None:
    """Drop the slot; harmless where there is none."""
    ask(database, "drop_slot", {"slot": source.slot})
