"""The rows of a source table read again, as Debezium's JSON has them with our settings.

For reconciliation (DESIGN.md 6, 9): paged by the primary key, one page a transaction, read only,
with time limits of the session. The casts that make an image are SQL
(infra/sql/reconcile_<engine>.sql); what differs between engines is a Dialect.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
from psycopg import sql

from connectors.sources import Source
from infra.errors import Fatal, Unfit
from infra.queries import read_queries
from infra.source_database import Rows, SourceDatabase
from schemas import topics
from schemas.contract import Dataset
from schemas.identity import key_text
from schemas.records import Row

Mark = tuple[Any, ...]
"""Where a page ends: the primary key as the server gave it, only ever given back to it."""
Values = dict[str, Any]
_decode_key = msgspec.json.Decoder(list[str | int | float | bool]).decode


class Column(NamedTuple):
    """One source column as its server declares it."""

    name: str
    kind: str
    nullable: bool


class LogPlace(NamedTuple):
    """The end of the source's log, and its clock (µs since the epoch) right after."""

    position: int
    clock: int


class Dialect(NamedTuple):
    """What differs from one engine to the next."""

    queries: str
    images: Mapping[str, str]
    """Type -> the casts `image_…` and `value_…` that make an image and undo it; else plain."""
    place: Callable[[SourceDatabase], LogPlace]
    compared: Callable[[Sequence[Column], str, str], sql.Composable]
    """Condition that the key lies `>` or `<=` the mark whose parameters have a prefix."""
    named: Callable[[Sequence[Column], Sequence[Sequence[Any]]], tuple[dict[str, Any], Values]]
    """Parts and values of the query `named` for keys, each the values of one row."""


class Page(NamedTuple):
    """Some rows in the order of the primary key; *end* None = the last page."""

    keys: list[str]
    rows: list[Row]
    end: Mark | None


class Images:
    """Reads the images of one dataset's source table."""

    def __init__(
        self, database: SourceDatabase, dialect: Dialect, source: Source, dataset: Dataset
    ) -> None:
        """Limit the session of *database*, and read what columns the table has.

        Raises:
            Transient: the server went away.
            Fatal: the table or a column of its key is not there, or not for us.
        """
        self._database, self._dialect = database, dialect
        self._queries = read_queries(dialect.queries)
        self.generation = source.generation
        database.run(self._queries["session"].as_string())
        self._table = topics.qualified(dataset)
        self._parts: dict[str, Any] = {}
        columns = self._shape(dataset)
        self._names = tuple(columns)
        self._key = [columns[name] for name in dataset.source_key]
        self._places = [self._names.index(name) for name in dataset.source_key]
        self._parts = self._common(list(columns.values()))

    def place(self) -> LogPlace:
        """Return where the source's log ends now, and what its clock says."""
        return self._dialect.place(self._database)

    def page(self, after: Mark | None, upto: Mark | None, rows: int) -> Page:
        """Read at most *rows* rows after the mark *after*, none beyond *upto*."""
        values = {"rows": rows, **_marked("a", after), **_marked("u", upto)}
        bounds = [
            self._dialect.compared(self._key, sign, prefix)
            for sign, prefix, mark in ((">", "a", after), ("<=", "u", upto))
            if mark is not None
        ]
        between = sql.SQL(" and ").join(bounds) if bounds else sql.SQL("true")
        found = self._ask("page", {"between": between}, values)
        end = found[-1][len(self._names) :] if len(found) == rows else None
        return Page([self._key_of(row) for row in found], list(map(self._row, found)), end)

    def named(self, keys: Sequence[str]) -> dict[str, Row]:
        """Read the rows whose `_key` is one of *keys*; those that do not exist are absent."""
        return self._named([values for key in keys if (values := self._values(key)) is not None])

    def marks(self, parts: int) -> list[Mark]:
        """Return the *parts* - 1 marks that cut the table into parts of about equal size."""
        [(size,)] = self._ask("size", {}, {"table": self._table})
        skips = [int(size) * part // parts for part in range(1, parts)]
        found = [self._ask("middle", {}, {"skip": skip}) for skip in skips if skip]
        return [tuple(rows[0]) for rows in found if rows]

    def close(self) -> None:
        """Close the connection."""
        self._database.close()

    def _values(self, key: str) -> list[Any] | None:
        """Read a `_key`; None where it can name no row of this table, whoever wrote it."""
        try:
            values = _decode_key(key)
        except msgspec.MsgspecError:
            return None
        return values if len(values) == len(self._key) else None

    def _named(self, keys: Sequence[Sequence[Any]]) -> dict[str, Row]:
        if not keys:
            return {}
        parts, values = self._dialect.named(self._key, keys)
        try:
            found = self._ask("named", parts, values)
        except Unfit:  # one of them names no row, and hides the others
            half = len(keys) // 2
            return self._named(keys[:half]) | self._named(keys[half:]) if half else {}
        return {self._key_of(row): self._row(row) for row in found}

    def _shape(self, dataset: Dataset) -> dict[str, Column]:
        """Columns that the contract takes and the table has: any other leaves a hole, as in raw."""
        rows = self._ask("shape", {}, {"table": self._table})
        found = {name: Column(name, kind, bool(free)) for name, kind, free in rows}
        wanted = {name: found[name] for name in dataset.source_columns if name in found}
        lacking = [name for name in dataset.source_key if name not in wanted]
        if lacking:
            message = (
                f"table {self._table} of {dataset.source} does not exist, or shows us no column"
                f" {lacking[0]}: has its DBA run the script of `suoi connector dba`?"
            )
            raise Fatal(message)
        return wanted

    def _common(self, columns: Sequence[Column]) -> dict[str, Any]:
        comma = sql.SQL(", ")
        mark = self._queries["mark"]
        return {
            "table": sql.Identifier(*self._table.split(".")),
            "images": comma.join(map(self._image, columns)),
            "marks": comma.join(mark.format(column=_name(one)) for one in self._key),
            "key": comma.join(map(_name, self._key)),
        }

    def _image(self, column: Column) -> sql.Composable:
        cast = self._queries[f"image_{self._dialect.images.get(column.kind, 'plain')}"]
        zero = sql.SQL("null" if column.nullable else "0")
        return cast.format(column=_name(column), zero=zero)

    def _ask(self, name: str, parts: dict[str, Any], values: Values) -> Rows:
        query = self._queries[name].format(**self._parts | parts)
        return self._database.ask(query.as_string(), values)

    def _row(self, found: tuple[Any, ...]) -> Row:
        return dict(zip(self._names, found, strict=False))  # marks stand behind the images

    def _key_of(self, found: tuple[Any, ...]) -> str:
        return key_text([found[place] for place in self._places])


def parameter(name: str) -> sql.Composable:
    """Return the placeholder of a value given by *name*."""
    return sql.Placeholder(name)


def _name(column: Column) -> sql.Composable:
    return sql.Identifier("t", column.name)  # an image may bear its column's name


def _marked(prefix: str, mark: Mark | None) -> Values:
    return {f"{prefix}{number}": value for number, value in enumerate(mark or ())}
