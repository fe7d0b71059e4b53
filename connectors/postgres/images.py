"""Rows of a PostgreSQL source as Debezium's JSON has them, and how its keys are compared."""

from collections.abc import Sequence
from typing import Any

from psycopg import sql

from connectors.images import Column, Dialect, LogPlace, Values, parameter
from infra.queries import read_queries, statement
from infra.source_database import SourceDatabase

_QUERIES = "reconcile_postgres"
_IMAGES = {
    "numeric": "text",
    "uuid": "text",
    "json": "text",
    "jsonb": "text",
    "interval": "text",
    "date": "date",
    "timestamp without time zone": "timestamp",
    "timestamp with time zone": "timestamptz",
    "time without time zone": "time",
    "bytea": "bytea",
}
_UNDONE = {"date", "timestamp", "time", "bytea"}
"""Images that are no text of their own type."""
_COMMA = sql.SQL(", ")


def _place(database: SourceDatabase) -> LogPlace:
    [(position, clock)] = database.ask(read_queries(_QUERIES)["place"].as_string())
    return LogPlace(position, clock)


def _compared(key: Sequence[Column], sign: str, prefix: str) -> sql.Composable:
    """A row of columns against a row of values: one range of the primary key's index."""
    held = _COMMA.join(sql.Identifier("t", column.name) for column in key)
    marks = _COMMA.join(
        parameter(f"{prefix}{place}") + statement(f"::{column.kind}")
        for place, column in enumerate(key)
    )
    return statement("({held}) {sign} ({marks})").format(
        held=held, sign=statement(sign), marks=marks
    )


def _named(key: Sequence[Column], keys: Sequence[Sequence[Any]]) -> tuple[dict[str, Any], Values]:
    names = [f"k{place}" for place in range(len(key))]
    parts = {
        "names": _COMMA.join(map(sql.Identifier, names)),
        "arrays": _COMMA.join(parameter(name) + statement("::text[]") for name in names),
        "values": _COMMA.join(map(_value, key, names)),
    }
    columns = zip(*keys, strict=True)
    return parts, {
        name: [_text(value) for value in column]
        for name, column in zip(names, columns, strict=True)
    }


def _value(column: Column, name: str) -> sql.Composable:
    image = _IMAGES.get(column.kind)
    undo = read_queries(_QUERIES)[f"value_{image if image in _UNDONE else 'plain'}"]
    return undo.format(value=sql.Identifier(name), type=statement(column.kind))


def _text(value: Any) -> str:  # noqa: ANN401  a value of JSON
    return str(value).lower() if isinstance(value, bool) else str(value)


DIALECT = Dialect(queries=_QUERIES, images=_IMAGES, place=_place, compared=_compared, named=_named)
