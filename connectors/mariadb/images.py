"""Rows of a MariaDB source as Debezium's JSON has them, and how its keys are compared."""

from collections.abc import Sequence
from typing import Any

from psycopg import sql

from connectors.images import Column, Dialect, LogPlace, Values, parameter
from infra.errors import Fatal
from infra.queries import read_queries, statement
from infra.source_database import SourceDatabase

_QUERIES = "reconcile_mariadb"
_BYTES = ("binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob")
_IMAGES = {
    "decimal": "text",
    "date": "date",
    "datetime": "datetime",
    "timestamp": "timestamp",
    "time": "time",
    **dict.fromkeys(_BYTES, "bytes"),
}
_UNDONE = {"date", "datetime", "bytes"}
_COMMA = sql.SQL(", ")
_LAST = "{held} {sign} {mark}"
_BEFORE = "({held} {strict}= {mark} and ({held} {strict} {mark} or {further}))"


def _place(database: SourceDatabase) -> LogPlace:
    """Binlog file number · 2³² + position, as `_position` has it.

    Raises:
        Fatal: the server writes no binlog.
    """
    queries = read_queries(_QUERIES)
    status = database.ask(queries["place"].as_string())
    if not status:
        message = f"source {database.name} writes no binlog; its DBA must set log_bin."
        raise Fatal(message)
    file, position = status[0][:2]
    [(clock,)] = database.ask(queries["clock"].as_string())
    return LogPlace((int(str(file).rpartition(".")[2]) << 32) | int(position), int(clock))


def _compared(key: Sequence[Column], sign: str, prefix: str) -> sql.Composable:
    """Column by column: for a comparison of rows MariaDB reads the index from its start."""
    found: sql.Composable | None = None
    for place, column in reversed(list(enumerate(key))):
        names = {
            "held": sql.Identifier("t", column.name),
            "mark": parameter(f"{prefix}{place}"),
            "sign": statement(sign),
            "strict": statement(sign[0]),
        }
        further = names if found is None else names | {"further": found}
        found = statement(_LAST if found is None else _BEFORE).format(**further)
    return found or sql.SQL("true")


def _named(key: Sequence[Column], keys: Sequence[Sequence[Any]]) -> tuple[dict[str, Any], Values]:
    rows: list[sql.Composable] = []
    given: Values = {}
    for number, values in enumerate(keys):
        names = [f"k{number}_{place}" for place in range(len(key))]
        rows.append(statement("({row})").format(row=_COMMA.join(map(_value, key, names))))
        given |= dict(zip(names, values, strict=True))
    return {"values": _COMMA.join(rows)}, given


def _value(column: Column, name: str) -> sql.Composable:
    image = _IMAGES.get(column.kind)
    undo = read_queries(_QUERIES)[f"value_{image if image in _UNDONE else 'plain'}"]
    return undo.format(value=parameter(name))


DIALECT = Dialect(queries=_QUERIES, images=_IMAGES, place=_place, compared=_compared, named=_named)
