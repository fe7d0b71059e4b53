"""One table of `clean`: how a clean record becomes its row, and how rows are written guarded.

Two ways, chosen by how many rows a flush has for the table (`consumers.writing`): arrays, which
travel together with those of other tables, or binary COPY into a temporary table and one merge.
Both give the keys that were really written.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from psycopg import Cursor, RawCursor, sql

from consumers.arrays import (
    BOOLEAN,
    DATE,
    INTEGER,
    JSON,
    NULL,
    SMALL,
    TEXT,
    TEXTS,
    TIMESTAMP,
    Element,
    Encoded,
    array,
    encode,
    numeric,
    texts_as_text,
)
from infra.postgres import Connection
from infra.queries import read_queries, statement
from schemas.contract import Column, Dataset
from schemas.records import OrderKey
from schemas.system import ORDER_KEY, TARGET

Row = tuple[bytes, ...]
"""A row as PostgreSQL's binary fields, in the order of Table.kinds."""
Ordered = Mapping[str, OrderKey]

_WIRE = {"text": TEXT, "integer": INTEGER, "boolean": BOOLEAN, "date": DATE, "timestamp": TIMESTAMP}
_SYSTEM = {
    "text": TEXT,
    "integer": SMALL,
    "bigint": INTEGER,
    "timestamptz": TIMESTAMP,
    "text[]": TEXTS,
    "jsonb": JSON,
}
"""By the column's type in PostgreSQL."""
_NEVER_NULL: Mapping[str, Any] = {"text[]": [], "jsonb": {}}
"""Of these columns an absent value is an empty one."""

_STATEMENTS = ("upsert", "stage", "unstage", "copy", "merge", "unlike", "held")
_COPY_HEAD = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_COPY_END = b"\xff\xff"
_COPY_ROWS = 250
"""Rows a write of COPY: some hundred KiB."""


def _kind(column: Column) -> Element:
    return numeric(column.scale or 0) if column.type == "decimal" else _WIRE[column.type]


class Table:
    """Writes the rows of one dataset."""

    def __init__(self, dataset: Dataset, major: int | None = None) -> None:
        """Derive columns and statements from the contract.

        *major* is the version of the topic whose records are written; default: the one in force.
        """
        self.dataset = dataset
        self.kinds: dict[str, Element] = {
            **{column.name: _kind(column) for column in dataset.columns},
            **{item.name: _SYSTEM[item.sql] for item in TARGET},
        }
        self._count = len(self.kinds).to_bytes(2, "big")
        # Of two versions of one topic neither may drop what the other copies into (writing._STAGED)
        self.staging = f"arriving_{dataset.id}_v{major or dataset.major}"
        self._statements = _statements(dataset, self.kinds, self.staging)

    def row(self, fields: Mapping[str, Any], at: bytes) -> Row:
        """Make a row of wire-typed *fields* by name; what they do not name is null.

        *at* is the field of `_at`. A tombstone names system columns alone: it empties the canonical
        ones (DESIGN.md 5).
        """
        return tuple(
            at if name == "_at" else _field(element, fields.get(name))  # Invariant 7: null is
            for name, element in self.kinds.items()  # written like any value
        )

    def upsert(self, connection: Connection, rows: Sequence[Row]) -> Cursor[Any]:
        """Write *rows*, each key once, as arrays; the cursor gives the keys really written."""
        columns = zip(self.kinds.values(), zip(*rows, strict=True), strict=True)
        arrays = [_array(element, fields) for element, fields in columns]
        return RawCursor(connection).execute(self._statements["upsert"], arrays, prepare=True)

    def stage(self, connection: Connection) -> None:
        """Make the temporary table of this connection that COPY fills; COMMIT empties it."""
        connection.execute(self._statements["stage"])

    def unstage(self, connection: Connection) -> None:
        """Drop it."""
        connection.execute(self._statements["unstage"])

    def copy(self, connection: Connection, rows: Sequence[Row]) -> None:
        """Send *rows*, each key once, into the temporary table."""
        with connection.cursor().copy(self._statements["copy"]) as copying:
            copying.write(_COPY_HEAD)
            for block in self._blocks(rows):
                copying.write(block)
            copying.write(_COPY_END)

    def merge(self, connection: Connection) -> Cursor[Any]:
        """Write what was copied; the cursor gives the keys really written."""
        return connection.execute(self._statements["merge"], prepare=True)

    def ask_unlike(self, connection: Connection, rows: Ordered) -> Cursor[Any]:
        """Ask which of *rows* are not what the table holds, by their order keys; see `behind`.

        Nothing is locked and nothing written. Planned anew each time: a plan made while the table
        was small would read the whole of it later.
        """
        columns = list(zip(*rows.values(), strict=True))
        kinds = [self.kinds[name] for name in ORDER_KEY]
        given = [encode(TEXT, list(rows)), *map(encode, kinds, columns)]
        return RawCursor(connection).execute(self._statements["unlike"], given, prepare=False)

    def held(
        self, connection: Connection, keys: Sequence[str], settle: Callable[[], None]
    ) -> dict[str, OrderKey]:
        """Read the order keys that the rows of *keys* hold; *settle* waits for the answer."""
        query, given = self._statements["held"], [encode(TEXT, keys)]
        found = RawCursor(connection).execute(query, given, prepare=False)
        settle()
        return {str(key): OrderKey(*order) for key, *order in found}

    def _blocks(self, rows: Sequence[Row]) -> Iterator[bytes]:
        count = self._count
        for place in range(0, len(rows), _COPY_ROWS):
            yield b"".join([count + b"".join(row) for row in rows[place : place + _COPY_ROWS]])


def behind(rows: Ordered, unlike: Cursor[Any]) -> dict[str, OrderKey]:
    """Give the order keys the table holds for those of *rows* that are not newer than it.

    *unlike* answers `ask_unlike` of the same rows.
    """
    held = dict(rows)
    for key, *order in unlike.fetchall():
        if order[0] is None or tuple(order) < rows[key]:
            del held[key]
        else:
            held[key] = OrderKey(*order)
    return held


def _field(element: Element, value: Any) -> bytes:  # noqa: ANN401  a wire value
    if value is None:
        value = _NEVER_NULL.get(element.name)
    return NULL if value is None else element.pack(value)


def _array(element: Element, fields: Sequence[bytes]) -> Encoded:
    if element is TEXTS:  # an array of arrays would be one array to PostgreSQL
        return array(TEXT, list(map(texts_as_text, fields)))
    return array(element, fields)


def _statements(dataset: Dataset, kinds: Mapping[str, Element], staging: str) -> dict[str, bytes]:
    """Write the statements once: composing them for every flush would cost more than the flush."""
    comma = sql.SQL(", ")
    elements = [TEXT if one is TEXTS else one for one in kinds.values()]
    parts = {
        "table": sql.Identifier("clean", dataset.id),
        "staging": sql.Identifier("pg_temp", staging),
        "columns": comma.join(map(sql.Identifier, kinds)),
        "selected": comma.join(map(_selected, kinds, kinds.values())),
        "arrays": comma.join(
            statement(f"${place}::{element.name}[]") for place, element in enumerate(elements, 1)
        ),
        "excluded": comma.join(sql.Identifier("excluded", name) for name in kinds),
    }
    queries = read_queries("province")
    return {name: queries[name].format(**parts).as_bytes(None) for name in _STATEMENTS}


def _selected(name: str, element: Element) -> sql.Composable:
    column = sql.Identifier(name)
    return column + statement("::text[]") if element is TEXTS else column
