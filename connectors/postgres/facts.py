"""What a PostgreSQL source says of itself, read through the CDC role."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connectors.capture import HOUSE_TABLES
from connectors.guards import Columns
from connectors.sources import Source
from infra.queries import read_queries
from infra.source_database import Rows, SourceDatabase


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """One source table as the server holds it."""

    kind: str
    persistence: str
    identity: str
    """pg_class.relreplident: d default, n nothing, f full, i index."""
    readable: bool
    hidden_rows: bool
    """A row-security policy applies to us."""
    columns: Columns
    toastable: tuple[str, ...]
    """Columns whose value may lie outside its row."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Published:
    """One table's place in the publication."""

    columns: tuple[str, ...]
    filtered: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Slot:
    """Our replication slot."""

    active: bool
    confirmed_lsn: int | None
    wal_status: str | None
    plugin: str
    database: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """All that the guards judge."""

    wal_level: str
    version: int
    publishes_all: bool | None
    """Whether the publication carries every kind of change; None where it does not exist."""
    published: Mapping[str, Published]
    tables: Mapping[str, Table]
    slot: Slot | None


def read_facts(database: SourceDatabase, source: Source, tables: Sequence[str]) -> Facts:
    """Read the facts about *source* and its *tables* (schema.table), and the house's."""
    values = {
        "publication": source.publication,
        "slot": source.slot,
        "tables": [*tables, *HOUSE_TABLES],
    }
    found = {name: ask(database, name, values) for name in _QUESTIONS}
    [(wal_level, version)] = found["server"]
    return Facts(
        wal_level=wal_level,
        version=version,
        publishes_all=found["publication"][0][0] if found["publication"] else None,
        published={
            name: Published(columns=tuple(columns), filtered=filtered)
            for name, columns, filtered in found["published"]
        },
        tables=_tables(found["tables"], found["columns"], dict(found["keys"])),
        slot=_slot(found["slot"]),
    )


def read_slot(database: SourceDatabase, source: Source) -> Slot | None:
    """Read our replication slot alone; None where there is none."""
    return _slot(ask(database, "slot", {"slot": source.slot}))


_QUESTIONS = ("server", "publication", "published", "tables", "columns", "keys", "slot")


def ask(database: SourceDatabase, name: str, values: dict[str, Any] | None = None) -> Rows:
    """Put the question *name* of infra/sql/source_postgres.sql."""
    return database.ask(read_queries("source_postgres")[name].as_string(), values)


def _tables(tables: Rows, columns: Rows, keys: Mapping[str, Sequence[str]]) -> dict[str, Table]:
    of: dict[str, Rows] = {}
    for table, *column in columns:
        of.setdefault(table, []).append(tuple(column))
    return {
        name: Table(
            kind=kind,
            persistence=persistence,
            identity=identity,
            readable=readable,
            hidden_rows=hidden,
            columns=Columns(
                names=tuple(column for column, _, _ in of.get(name, [])),
                generated=tuple(column for column, generated, _ in of.get(name, []) if generated),
                key=tuple(keys.get(name, ())),
            ),
            toastable=tuple(column for column, _, toasted in of.get(name, []) if toasted),
        )
        for name, kind, persistence, identity, readable, hidden in tables
    }


def _slot(rows: Rows) -> Slot | None:
    if not rows:
        return None
    active, confirmed, wal_status, plugin, database = rows[0]
    return Slot(
        active=active,
        confirmed_lsn=confirmed,
        wal_status=wal_status,
        plugin=plugin,
        database=database,
    )
