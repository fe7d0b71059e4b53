"""How hard a PostgreSQL source presses: its slot, publication, open transactions, heartbeat."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from connectors.guards.pressure import Pressure
from connectors.postgres.facts import ask
from connectors.postgres.guards import newest_lsn
from connectors.sources import Source
from infra.source_database import SourceDatabase
from schemas import topics
from schemas.contract import Dataset

Offset = Mapping[str, Any]


def read_pressure(
    database: SourceDatabase,
    source: Source,
    datasets: Sequence[Dataset],
    read_offset: Callable[[], Offset | None],
) -> Pressure:
    """Read *source* once; the slot before the offset that leads it."""
    [row] = ask(database, "pressure", {"slot": source.slot})
    there, active, status, confirmed, kept, cap, clock_s, age_s = row
    offset = read_offset()
    return Pressure(
        source_s=clock_s,
        heartbeat_age_s=age_s,
        writers=tuple(str(xid) for (xid,) in ask(database, "writers")),
        place=f"slot {source.slot}",
        has_place=there or offset is None,
        slot=there,
        active=active,
        lost=status == "lost",
        ahead=offset is not None and (confirmed or 0) > newest_lsn(offset),
        status=status or "",
        kept_bytes=kept,
        cap_bytes=None if cap < 0 else cap,
        unpublished=_unpublished(database, source, datasets),
    )


def _unpublished(
    database: SourceDatabase, source: Source, datasets: Sequence[Dataset]
) -> tuple[tuple[Dataset, str], ...]:
    rows = ask(database, "published", {"publication": source.publication})
    there = {str(row[0]) for row in rows}
    wanted = ((dataset, topics.qualified(dataset)) for dataset in datasets)
    return tuple((dataset, table) for dataset, table in wanted if table not in there)
