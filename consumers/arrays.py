"""Columns of values as PostgreSQL arrays in binary, made without an object per value (FACTS.md 7).

An array travels as dimensions, element type, then each element behind its length; -1 is NULL
(PostgreSQL source, array_send).
"""

import struct
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from psycopg.abc import Buffer
from psycopg.adapt import AdaptersMap, Dumper
from psycopg.pq import Format

_HEAD = struct.Struct("!iiIii")
_NULL = struct.pack("!i", -1)
_INT4 = struct.Struct("!ii").pack
_INT8 = struct.Struct("!iq").pack
_BOOL = struct.Struct("!i?").pack
_LENGTH = struct.Struct("!i").pack
_DAYS_TO_2000 = 10_957
_MICROS_TO_2000 = 946_684_800_000_000


class Encoded(bytes):
    """A parameter already in PostgreSQL's binary format; the statement's cast names its type."""

    __slots__ = ()


class EncodedDumper(Dumper):
    """Hands Encoded over as it is, with its type left to the statement."""

    format = Format.BINARY
    oid = 0

    def dump(self, obj: Encoded) -> Buffer:
        """Give the bytes."""
        return bytes(obj)


class Element(NamedTuple):
    """One element type: its name in SQL, its OID (pg_type), and how a value is packed."""

    name: str
    oid: int
    pack: Callable[[Any], bytes]


def _pack_text(value: str) -> bytes:
    body = value.encode()
    return _LENGTH(len(body)) + body


TEXT = Element("text", 25, _pack_text)
BOOLEAN = Element("boolean", 16, lambda value: _BOOL(1, value))
INTEGER = Element("int8", 20, lambda value: _INT8(8, value))
DATE = Element("date", 1082, lambda days: _INT4(4, days - _DAYS_TO_2000))
TIMESTAMP = Element("timestamptz", 1184, lambda micros: _INT8(8, micros - _MICROS_TO_2000))


def encode(element: Element, values: Sequence[Any]) -> Encoded:
    """Encode *values* (wire-typed, None = NULL) as a one-dimensional array of *element*."""
    pack = element.pack
    body = b"".join([_NULL if value is None else pack(value) for value in values])
    if not values:
        return Encoded(struct.pack("!iiI", 0, 0, element.oid))
    has_null = 1 if None in values else 0
    return Encoded(_HEAD.pack(1, has_null, element.oid, len(values), 1) + body)


def text_array(values: Sequence[str]) -> str:
    """Write *values* as the literal of a text[], to be cast in the statement."""
    if not values:
        return "{}"
    quoted = (value.replace("\\", "\\\\").replace('"', '\\"') for value in values)
    return "{" + ",".join(f'"{value}"' for value in quoted) + "}"


def register(adapters: AdaptersMap) -> None:
    """Teach a connection's *adapters* to pass Encoded parameters through."""
    adapters.register_dumper(Encoded, EncodedDumper)
