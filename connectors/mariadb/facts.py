"""What a MariaDB source says of itself, read through the CDC user."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connectors.capture import HOUSE_TABLES
from connectors.guards import Columns
from connectors.sources import Source
from infra.queries import read_queries
from infra.source_database import Rows, SourceDatabase

_DATES = ("date", "datetime", "timestamp")


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """One source table as the server shows it to us."""

    columns: Columns
    readable: bool
    zero_dates: tuple[str, ...]
    """Mandatory date columns that hold a zero date now; it would arrive as 1970-01-01."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """All that the guards judge."""

    variables: Mapping[str, str]
    tables: Mapping[str, Table]
    binlogs: Mapping[str, int]
    """Size in bytes of each binlog file the server still holds."""


def read_facts(database: SourceDatabase, _source: Source, tables: Sequence[str]) -> Facts:
    """Read the facts about the source and its *tables* (database.table), and the house's."""
    values = {"tables": [*tables, *HOUSE_TABLES]}
    variables: dict[str, str] = dict(ask(database, "variables"))
    has_log = variables.get("log_bin") == "ON"
    keys: dict[str, list[str]] = {}
    for table, column in ask(database, "keys", values):
        keys.setdefault(table, []).append(column)
    columns: dict[str, Rows] = {}
    for table, *column in ask(database, "columns", values):
        columns.setdefault(table, []).append(tuple(column))
    return Facts(
        variables=variables,
        tables={name: _table(database, name, found, keys) for name, found in columns.items()},
        binlogs=read_binlogs(database) if has_log else {},
    )


def read_binlogs(database: SourceDatabase) -> dict[str, int]:
    """Read the size in bytes of each binlog file the server still holds."""
    return {row[0]: int(row[1]) for row in ask(database, "binlogs")}


def ask(database: SourceDatabase, name: str, values: dict[str, Any] | None = None) -> Rows:
    """Put the question *name* of infra/sql/source_mariadb.sql."""
    return database.ask(read_queries("source_mariadb")[name].as_string(), values)


def _table(
    database: SourceDatabase, name: str, columns: Rows, keys: Mapping[str, Sequence[str]]
) -> Table:
    readable = all(row[4] for row in columns)
    suspects = [row[0] for row in columns if row[1] in _DATES and row[2]] if readable else []
    return Table(
        columns=Columns(
            names=tuple(row[0] for row in columns),
            generated=tuple(row[0] for row in columns if row[3]),
            key=tuple(keys.get(name, ())),
        ),
        readable=readable,
        zero_dates=tuple(column for column in suspects if _has_zero(database, name, column)),
    )


def _has_zero(database: SourceDatabase, table: str, column: str) -> bool:
    """A comparison of texts: strict servers refuse the literal '0000-00-00'."""
    place = ".".join(quoted(part) for part in table.split("."))
    query = f"SELECT 1 FROM {place} WHERE CAST({quoted(column)} AS CHAR) LIKE '0000-00-00%' LIMIT 1"  # noqa: S608  names quoted
    return bool(database.ask(query))


def quoted(name: str) -> str:
    """Quote an identifier for MariaDB."""
    return "`" + name.replace("`", "``") + "`"
