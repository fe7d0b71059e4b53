"""Equal results, asserted before a number counts: rows, greatest position, content."""

from collections.abc import Iterable
from typing import NamedTuple

import psycopg
from psycopg import sql


class Content(NamedTuple):
    """What a table holds: the hash is a sum over rows, so their order does not matter."""

    rows: int
    newest: int
    hash: int


def content(
    connection: psycopg.Connection, table: sql.Identifier, columns: Iterable[tuple[str, str]]
) -> Content:
    """Read *columns* (name, type) of *table*; instants count in µs, as the rival keeps them."""
    query = sql.SQL(
        "select count(*), max(_position),"
        ' sum(hashtextextended(row({})::text collate "C", 0)::numeric) from {}'
    ).format(sql.SQL(", ").join(_number(*one) for one in columns), table)
    rows, newest, found = connection.execute(query).fetchone() or (0, 0, 0)
    return Content(int(rows), int(newest or 0), int(found or 0))


def columns_of(connection: psycopg.Connection, table: sql.Identifier) -> list[tuple[str, str]]:
    """Return (name, type) of the columns of *table*, in order."""
    rows = connection.execute(
        "select attname, format_type(atttypid, null) from pg_attribute"
        " where attrelid = %s::regclass and attnum > 0 and not attisdropped order by attnum",
        (table.as_string(connection),),
    )
    return [(str(name), str(kind)) for name, kind in rows]


def _number(name: str, kind: str) -> sql.Composable:
    column = sql.Identifier(name)
    if kind == "timestamp with time zone":
        return sql.SQL("(extract(epoch from {}) * 1000000)::bigint").format(column)
    return column
