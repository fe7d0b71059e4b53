"""Avro schema and table -> what turns a record's bytes into the fields of its row.

    reader = compile_reader(writer_schema, kinds, scope)
    reader.read(value, at)  # -> (key, order key, source_ts, scope, fields)
    reader.glance(value)  # -> (key, order key, source_ts, scope, ())

A record schema of ours is flat (`schemas.avro`), so reading is one walk along a plan, in machine
code (`avro_row.pyx`). It makes no object a column does not need, and ends exactly at the buffer's
end or not at all. What it raises says only "not by me": `consumers.cells` reads such a record again
with fastavro, which has the last word, so that this code can make a sink quicker, never wrong.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from consumers.arrays import Element
from consumers.avro_row import RowReader
from schemas.records import OrderKey
from schemas.system import ORDER_KEY

Fields = tuple[bytes, ...]


class Cells(NamedTuple):
    """What a sink must know of one clean record, and its row as PostgreSQL's binary fields."""

    key: str
    order: OrderKey
    source_ts: int
    scope: str | None
    fields: Fields
    """None of them after a glance."""


class Step(NamedTuple):
    """How one field of the writer is read: into a type of PostgreSQL, and a place of the row."""

    kind: str
    nullable: bool
    scale: int
    place: int


_WRITTEN = {
    "string": "text",
    "long": "int8",
    "int": "int4",
    "date": "date",
    "boolean": "boolean",
    "timestamp-micros": "timestamptz",
    "decimal": "numeric",
    "array": "text[]",
    "map": "jsonb",
}
"""The writer's type -> the only column that its values are read into."""


def compile_reader(
    schema: Mapping[str, Any], kinds: Mapping[str, Element], scope: str | None
) -> RowReader:
    """Return the reader of records of *schema* into a row whose columns are *kinds*, in order.

    *scope* names the column that says where the record counts. A column the writer does not know
    is NULL.

    Raises:
        LookupError: the schema is not of the flat shape that is known here.
    """
    places = {name: place for place, name in enumerate(kinds)}
    noted = [places[name] for name in ("_at", "_key", *ORDER_KEY, "_source_ts")]
    noted.append(places[scope] if scope else -1)
    steps = [_step(item, kinds, places) for item in schema["fields"]]
    return RowReader(steps, len(kinds), noted, Cells)


def _step(item: Mapping[str, Any], kinds: Mapping[str, Element], places: Mapping[str, int]) -> Step:
    name, kind, nullable = item["name"], item["type"], False
    if name not in kinds:
        message = f"{name} is no column of the table"
        raise LookupError(message)
    match kind:
        case ["null", one]:
            kind, nullable = one, True
    named: Mapping[str, Any] = kind if isinstance(kind, dict) else {"type": str(kind)}
    wanted = kinds[name].name
    if _WRITTEN.get(named.get("logicalType") or named["type"]) != wanted:
        message = f"no reader is written for the Avro type {kind!r} into {wanted}"
        raise LookupError(message)
    return Step(wanted, nullable, named.get("scale", 0), places[name])
