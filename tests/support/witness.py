"""A second reader of the department's log that shares no code with us: what was really committed.

It reads a replication slot of its own through PostgreSQL's `test_decoding`, so neither Debezium nor
our decoding nor our order key has any part in what it says.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import NamedTuple

import psycopg

from support.waiting import until

SLOT = "witness"
Key = tuple[str, ...]
Row = dict[str, str | None]

_HEAD = re.compile(
    r"table (?P<table>[\w.\"]+): (?P<op>INSERT|UPDATE|DELETE|TRUNCATE): ?(?P<rest>.*)", re.DOTALL
)
_COLUMN = re.compile(
    r"(?P<name>\w+)\[(?P<type>[^\]]+)\]:(?P<value>'(?:[^']|'')*'|[^ ]+)(?: |$)", re.DOTALL
)
KEYS = {
    "ho_tich.khai_sinh": ("id",),
    "ho_tich.ket_hon": ("ma_xa", "nam", "so_tt"),
}


class Event(NamedTuple):
    """One row of one committed transaction; *row* is None for a delete."""

    table: str
    key: Key
    row: Row | None


class Witness:
    """The history of the department's tables in commit order, since the slot was made."""

    def __init__(self, connect: Callable[[], psycopg.Connection]) -> None:
        """Make the slot; *connect* opens a superuser's connection, in autocommit."""
        self._connect = connect
        self._connection = connect()
        self._events: list[Event] = []
        self._met: set[int] = set()
        self._connection.execute(
            "select pg_create_logical_replication_slot(%s, 'test_decoding') "
            "where not exists (select from pg_replication_slots where slot_name = %s)",
            (SLOT, SLOT),
        )

    def events(self) -> list[Event]:
        """Every change committed until now, oldest first."""
        for place, text in until(self._ask, 60):
            met = hash((place, text))
            if met not in self._met:  # a slot of a server that was killed goes back a little
                self._met.add(met)
                self._events.extend(_read(text))
        return self._events

    def _ask(self) -> list[tuple[str, str]]:
        """Read on, never losing an answer: a server that is down is asked again.

        Changes are looked at first and taken afterwards; the first row is only there to be truthy.
        """
        try:
            rows = self._connection.execute(
                "select lsn::text, data from pg_logical_slot_peek_changes(%s, null, null)", (SLOT,)
            ).fetchall()
            if rows:
                self._connection.execute(
                    "select pg_replication_slot_advance(%s, %s)", (SLOT, rows[-1][0])
                )
        except psycopg.OperationalError:
            with suppress(psycopg.OperationalError):
                self._connection = self._connect()
            return []
        return [("", ""), *rows]

    def last_versions(self, table: str) -> dict[Key, list[Row | None]]:
        """For each key of *table*, all its versions in commit order; None = deleted."""
        found: dict[Key, list[Row | None]] = {}
        for event in self.events():
            if event.table == table:
                found.setdefault(event.key, []).append(event.row)
        return found


def _read(text: str) -> Iterator[Event]:
    head = _HEAD.match(text)
    if head is None or head["table"] not in KEYS or head["op"] == "TRUNCATE":
        return
    table, rest = head["table"], head["rest"]
    names = KEYS[table]
    old, new = "", rest
    if rest.startswith("old-key: "):
        old, new = rest.removeprefix("old-key: ").split(" new-tuple: ", 1)
    if head["op"] == "DELETE":
        yield Event(table, _key(_columns(new), names), None)
        return
    row = _columns(new)
    before = _columns(old)
    if before and _key(before, names) != _key(row, names):
        yield Event(table, _key(before, names), None)
    yield Event(table, _key(row, names), row)


def _columns(text: str) -> Row:
    return {found["name"]: _value(found["value"]) for found in _COLUMN.finditer(text)}


def _value(text: str) -> str | None:
    if text == "null":
        return None
    return text[1:-1].replace("''", "'") if text.startswith("'") else text


def _key(row: Row, names: tuple[str, ...]) -> Key:
    return tuple(str(row[name]) for name in names)
