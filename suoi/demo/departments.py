"""The departments' databases as their own clerks reach them: read, insert, correct, delete.

One set of statements serves both engines; only opening and loading in bulk differ.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from itertools import islice
from typing import Any
from urllib.parse import unquote, urlsplit

import psycopg
import pymysql

from infra.errors import Transient, Usage
from schemas.records import Row
from suoi.demo.registers import REGISTERS, Register

VIETNAM = timezone(timedelta(hours=7))
"""The departments' clocks; Vietnam knows no summer time."""

_AT_ONCE = 1000
_AWAY = (psycopg.OperationalError, pymysql.err.OperationalError)

Key = tuple[Any, ...]


def local_now() -> datetime:
    """Return the departments' wall clock: local time without zone, as their columns hold it."""
    return datetime.now(VIETNAM).replace(tzinfo=None)


def key_text(key: Key) -> str:
    """Write a source key as the province's `_key`: a JSON array without spaces (DESIGN.md 2)."""
    values = [_as_the_event_has_it(part) for part in key]
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


def _as_the_event_has_it(part: object) -> object:
    """Days, and microseconds as if UTC, since 1970 are dates and local times (DOMAIN.md 4)."""
    match part:
        case datetime():
            return (part - datetime(1970, 1, 1)) // timedelta(microseconds=1)  # noqa: DTZ001  as if UTC
        case date():
            return (part - date(1970, 1, 1)).days
        case int():
            return part
        case _:
            return str(part)


@dataclass
class Department:
    """One department's database, open for a clerk; every change is a transaction of its own."""

    connection: Any
    load: "Callable[[Any, str, tuple[str, ...], Iterable[Row]], None]"

    def fill(self, register: Register, rows: Iterable[Row]) -> None:
        """Insert many rows in one transaction."""
        first = next(rows := iter(rows), None)
        if first is not None:
            columns = tuple(first)
            self.load(self.connection, qualified(register), columns, _chain(first, rows))

    def insert(self, register: Register, row: Row) -> Key:
        """Insert one row and return its key."""
        marks = ", ".join(["%s"] * len(row))
        columns, keys = ", ".join(row), ", ".join(register.key)
        words = f"insert into {qualified(register)} ({columns}) values ({marks}) returning {keys}"  # noqa: S608
        return self._run(words, tuple(row.values()))[0]

    def update(self, register: Register, key: Key, changes: Row) -> None:
        """Change columns of one row, and the time of its last change with them."""
        changes = changes | {register.touched: local_now().replace(microsecond=0)}
        pairs = ", ".join(f"{column} = %s" for column in changes)
        words = f"update {qualified(register)} set {pairs} where {_same(register)}"  # noqa: S608
        self._run(words, (*changes.values(), *key))

    def delete(self, register: Register, key: Key) -> None:
        """Delete one row."""
        words = f"delete from {qualified(register)} where {_same(register)}"  # noqa: S608
        self._run(words, key)

    def count(self, register: Register) -> int:
        """Count the rows of a register."""
        words = f"select count(*) from {qualified(register)}"  # noqa: S608
        return int(self._run(words, ())[0][0])

    def last_number(self, register: Register) -> int:
        """Return a number no later entry of the register may use again; 0 when it is empty."""
        words = f"select coalesce({register.last}, 0) from {qualified(register)}"  # noqa: S608
        return int(self._run(words, ())[0][0])

    def find(self, register: Register, condition: Row) -> list[Key]:
        """Return the keys of some rows that hold the given values, newest first."""
        where = " and ".join(f"{column} = %s" for column in condition)
        keys = ", ".join(register.key)
        words = f"select {keys} from {qualified(register)} where {where} order by 1 desc limit 50"  # noqa: S608
        return self._run(words, tuple(condition.values()))

    def close(self) -> None:
        """Leave the database."""
        self.connection.close()

    def _run(self, words: str, values: tuple[Any, ...]) -> list[Key]:
        """Run one statement; names in it come from REGISTERS, values travel apart.

        Raises:
            Transient: the database went away.
        """
        try:
            with closing(self.connection.cursor()) as cursor:
                cursor.execute(words, values)
                return list(cursor.fetchall()) if cursor.description else []
        except _AWAY as error:
            message = "The department's database went away; see `suoi status`."
            raise Transient(message) from error


def qualified(register: Register) -> str:
    """Return the table's name as SQL has it."""
    return f"{register.schema}.{register.table}" if register.schema else register.table


def open_departments(sources: Mapping[str, Mapping[str, str]]) -> dict[str, Department]:
    """Open each department that has a sample register; *sources* is that part of `suoi env --json`.

    Raises:
        Transient: a department cannot be reached.
        Usage: a department is not among *sources*.
    """
    wanted = sorted({register.source for register in REGISTERS})
    return {name: _open(name, sources) for name in wanted}


def _open(name: str, sources: Mapping[str, Mapping[str, str]]) -> Department:
    if name not in sources:
        message = f"The stack has no department {name}; `suoi env --json` lists what it has."
        raise Usage(message)
    place = sources[name]
    try:
        if place["engine"].startswith("postgres"):
            return Department(_postgres(place["dsn"]), _copy)
        return Department(_mariadb(place["url"]), _insert_many)
    except _AWAY as error:
        message = f"The database of {name} does not answer; `suoi status` says what is wrong."
        raise Transient(message) from error


def _postgres(dsn: str) -> "psycopg.Connection[Any]":
    connection = psycopg.connect(dsn, autocommit=True, connect_timeout=10)
    connection.execute("set timezone to 'Asia/Ho_Chi_Minh'")
    return connection


def _mariadb(url: str) -> "pymysql.Connection[Any]":
    parts = urlsplit(url)
    return pymysql.connect(
        host=parts.hostname,
        port=parts.port or 3306,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        database=parts.path.strip("/"),
        charset="utf8mb4",
        autocommit=True,
        # The department's server is old and permissive: zero dates exist (sources/so_nnmt.sql).
        init_command="set time_zone = '+07:00', sql_mode = ''",
    )


def _copy(
    connection: "psycopg.Connection[Any]", table: str, columns: tuple[str, ...], rows: Iterable[Row]
) -> None:
    words = f"copy {table} ({', '.join(columns)}) from stdin"
    with connection.cursor() as cursor, cursor.copy(words.encode()) as copy:
        for row in rows:
            copy.write_row([row[column] for column in columns])


def _insert_many(
    connection: "pymysql.Connection[Any]", table: str, columns: tuple[str, ...], rows: Iterable[Row]
) -> None:
    marks = ", ".join(["%s"] * len(columns))
    words = f"insert into {table} ({', '.join(columns)}) values ({marks})"  # noqa: S608
    rows = iter(rows)
    connection.begin()
    with connection.cursor() as cursor:
        while some := [tuple(row[column] for column in columns) for row in islice(rows, _AT_ONCE)]:
            cursor.executemany(words, some)
    connection.commit()


def _same(register: Register) -> str:
    return " and ".join(f"{column} = %s" for column in register.key)


def _chain(first: Row, rest: Iterable[Row]) -> Iterable[Row]:
    yield first
    yield from rest
