"""One table of `clean`: how a clean record becomes its row, and how rows are written guarded."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import orjson
from psycopg import Cursor, sql
from psycopg.adapt import PyFormat

from consumers.arrays import (
    BOOLEAN,
    DATE,
    INTEGER,
    TEXT,
    TIMESTAMP,
    Element,
    Encoded,
    encode,
    text_array,
)
from consumers.decoding import unscaled
from infra.postgres import Connection
from infra.queries import read_queries, statement
from schemas.contract import Column, Dataset
from schemas.records import OrderKey
from schemas.system import TARGET

Row = tuple[Any, ...]
"""Wire values as Avro has them, in the order of Table.targets."""


class Target(NamedTuple):
    """One column of the table: how its values travel, and what the statement makes of them."""

    name: str
    element: Element
    cast: str = ""
    convert: Callable[[Any], Any] | None = None


_WIRE = {"text": TEXT, "integer": INTEGER, "boolean": BOOLEAN, "date": DATE, "timestamp": TIMESTAMP}


def _json(value: dict[str, str] | None) -> str:
    return orjson.dumps(value or {}).decode()


def _array(values: list[str] | None) -> str:
    return text_array(values or [])


_SYSTEM: dict[str, Callable[[str], Target]] = {
    "text": lambda name: Target(name, TEXT),
    "integer": lambda name: Target(name, INTEGER),
    "bigint": lambda name: Target(name, INTEGER),
    "timestamptz": lambda name: Target(name, TIMESTAMP),
    "text[]": lambda name: Target(name, TEXT, "text[]", _array),
    "jsonb": lambda name: Target(name, TEXT, "jsonb", _json),
}
"""By the column's type in PostgreSQL."""


def _target(column: Column) -> Target:
    if column.type != "decimal":
        return Target(column.name, _WIRE[column.type])
    scale = column.scale or 0
    return Target(column.name, TEXT, "numeric", lambda body: unscaled(body, scale))


class Table:
    """Writes the rows of one dataset."""

    def __init__(self, dataset: Dataset) -> None:
        """Derive columns and statements from the contract."""
        self.targets = (
            *map(_target, dataset.columns),
            *(_SYSTEM[item.sql](item.name) for item in TARGET),
        )
        self._names = [target.name for target in self.targets]
        self._upsert = _upsert(dataset, self.targets)
        table = sql.Identifier("clean", dataset.id)
        self._held = read_queries("province")["held"].format(table=table, keys=_parameter("keys"))

    def row(self, fields: dict[str, Any]) -> Row:
        """Make a row of *fields* by name; what they do not name is null.

        A tombstone names system columns alone: it empties the canonical ones (DESIGN.md 5).
        """
        return tuple(map(fields.get, self._names))  # Invariant 7: null is written like any value

    def upsert(self, connection: Connection, rows: Sequence[Row]) -> Cursor[Any]:
        """Write *rows*, each key once; the cursor gives the keys that were really written."""
        columns = zip(self.targets, zip(*rows, strict=True), strict=True)
        arrays = {target.name: _array_of(target, values) for target, values in columns}
        return connection.execute(self._upsert, arrays)

    def held(
        self, connection: Connection, keys: Sequence[str], settle: Callable[[], None]
    ) -> dict[str, OrderKey]:
        """Read the order keys that the rows of *keys* hold; *settle* waits for the answer."""
        rows = connection.execute(self._held, {"keys": encode(TEXT, keys)})
        settle()
        return {str(row[0]): OrderKey(*row[1:]) for row in rows}


def _array_of(target: Target, values: Sequence[Any]) -> Encoded:
    """Convert a whole column at once: cheaper than value by value, and for winners alone."""
    convert = target.convert
    return encode(target.element, values if convert is None else list(map(convert, values)))


def _upsert(dataset: Dataset, targets: Sequence[Target]) -> sql.Composed:
    comma = sql.SQL(", ")
    return read_queries("province")["upsert"].format(
        table=sql.Identifier("clean", dataset.id),
        columns=comma.join(sql.Identifier(target.name) for target in targets),
        selected=comma.join(map(_selected, targets)),
        arrays=comma.join(map(_incoming, targets)),
        excluded=comma.join(sql.Identifier("excluded", target.name) for target in targets),
    )


def _selected(target: Target) -> sql.Composable:
    name = sql.Identifier(target.name)
    return name + statement(f"::{target.cast}") if target.cast else name


def _incoming(target: Target) -> sql.Composable:
    return _parameter(target.name) + statement(f"::{target.element.name}[]")


def _parameter(name: str) -> sql.Composable:
    return sql.Placeholder(name, PyFormat.BINARY)
