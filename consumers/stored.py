"""A stored row of `clean` as the record that streams once wrote of it: for writing it again.

The value is byte for byte what streams wrote for that version (`schemas.avro_code`), as long as the
contract's columns are the same. The row does not keep the operation, nor the commune of a deleted
row; nothing counts a record written again, so "u" and "unassigned" stand for them.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from psycopg import Cursor, RawCursor, sql

from consumers.arrays import INTEGER, TEXT, encode
from consumers.places import ending
from consumers.reemitted import MARK, Registered, order_headers
from infra.kafka import Headers
from infra.postgres import Connection
from infra.posting import Letter
from infra.queries import read_queries, statement
from schemas import topics
from schemas.avro import clean_schema
from schemas.avro_code import Encode, compile_encoder
from schemas.contract import Dataset
from schemas.ddl import target_columns
from schemas.records import UNASSIGNED, OrderKey
from schemas.sequence import in_order
from schemas.system import ORDER_KEY

_WIRE: Mapping[str, str] = {
    "date": "({} - date '1970-01-01')::int8",
    "timestamptz": "(extract(epoch from {}) * 1000000)::int8",
}
"""By the column's type in PostgreSQL: what gives its wire value (schemas.records.Accepted)."""
_DECIMAL = "trim_scale({})::text"

Lying = tuple[int, int]
"""Partition and offset of a record."""


class StoredRow(NamedTuple):
    """One row as it stands: its key, its place in history, and its columns."""

    key: str
    order: OrderKey
    deleted: bool
    fields: Mapping[str, Any]


class StoredRows:
    """Reads the rows of one table, and writes them as records of its clean topic."""

    def __init__(self, dataset: Dataset, registered: Registered) -> None:
        """Take whoever knows the id of the dataset's schema, asked when first needed."""
        self._dataset = dataset
        self._registered = registered
        self._topic = topics.clean(dataset)
        self._columns = target_columns(dataset)
        self._written = [item["name"] for item in clean_schema(dataset)["fields"]]
        self._judged = {item.name: place for place, item in enumerate(in_order(dataset))}
        self._encode: Encode | None = None
        table = sql.Identifier("clean", dataset.id)
        parts = {"table": table, "wire": wired(dataset)}
        queries = read_queries("province")
        self._statements = {
            name: queries[name].format(**parts).as_bytes(None)
            for name in ("before", "overtaken", "place")
        }

    def ask_before(self, connection: Connection, last: Mapping[str, Lying]) -> Cursor[Any]:
        """Ask for rows of the keys of *last* that were not written there, nor behind it.

        Written means: to that partition of the version of the topic that is in force.
        """
        partitions, offsets = zip(*last.values(), strict=True)
        given = [encode(INTEGER, partitions), encode(INTEGER, offsets)]
        version = ending(self._dataset.major).removeprefix(":")
        return self._run(connection, "before", encode(TEXT, list(last)), *given, version)

    def ask_overtaken(self, connection: Connection, raws: Mapping[str, int]) -> Cursor[Any]:
        """Ask which of *raws*, by key, are raw offsets above that of the version that stands."""
        return self._run(connection, "overtaken", encode(TEXT, list(raws)), list(raws.values()))

    def move(self, connection: Connection, places: Mapping[str, str]) -> None:
        """Remember where each row, by key, was written again: "partition:offset"."""
        end = ending(self._dataset.major)
        texts = encode(TEXT, list(places)), encode(TEXT, [at + end for at in places.values()])
        self._run(connection, "place", *texts)

    def read(self, row: Sequence[Any]) -> StoredRow:
        """Read one row of the answer to `ask`."""
        fields = dict(zip((name for name, _ in self._columns), row, strict=True))
        order = OrderKey(*(fields[name] for name in ORDER_KEY))
        deleted = fields["_deleted_at"] is not None
        return StoredRow(fields["_key"], order, deleted, fields)

    def letter(self, row: StoredRow, partition: int) -> Letter:
        """Make the record of *row*, for *partition*.

        Raises:
            Transient: the registry does not know the schema of this release.
        """
        key = row.key.encode()
        if row.deleted:
            return Letter(self._topic, partition, key, None, _tombstone(row))
        headers: Headers = [("suoi.op", "u"), ("suoi.raw", row.fields["_raw"]), MARK]
        return Letter(self._topic, partition, key, self.value(row.fields), headers)

    def value(self, fields: Mapping[str, Any]) -> bytes:
        """Encode the wire values *fields* as streams does."""
        if self._encode is None:
            schema = clean_schema(self._dataset)
            number = self._registered.known_id(f"{self._topic}-value", schema)
            self._encode = compile_encoder(schema, b"\0" + number.to_bytes(4, "big"))
        written = {**fields, "_flags": tuple(fields["_flags"] or ())}
        written["_originals"] = self._in_order(fields["_originals"] or {})
        return self._encode(tuple(map(written.__getitem__, self._written)))

    def _in_order(self, originals: Mapping[str, str]) -> dict[str, str]:
        """Give them in the order in which fields are judged: jsonb keeps none."""
        last = len(self._judged)
        return dict(sorted(originals.items(), key=lambda one: self._judged.get(one[0], last)))

    def _run(self, connection: Connection, name: str, *given: object) -> Cursor[Any]:
        return RawCursor(connection).execute(self._statements[name], given, prepare=False)


def wired(dataset: Dataset) -> sql.Composable:
    """Give the columns of *dataset*'s table as wire values, in the order `read` takes them."""
    return sql.SQL(", ").join(map(_wired, target_columns(dataset)))


def _wired(column: tuple[str, str]) -> sql.Composable:
    name, kind = column
    form = _DECIMAL if kind.startswith("numeric") else _WIRE.get(kind, "{}")
    return statement(form).format(sql.Identifier(name))


def _tombstone(row: StoredRow) -> Headers:
    fields = row.fields
    return [
        ("suoi.op", "d"),
        ("suoi.raw", fields["_raw"]),
        *order_headers(row.order, fields["_source_ts"]),
        ("suoi.source", fields["_source"]),
        ("suoi.captured_ts", str(fields["_captured_ts"])),
        ("suoi.scope", UNASSIGNED),
        MARK,
    ]
