"""Values in PostgreSQL's binary format, and columns of them as arrays (FACTS.md 7).

A *field* is a value behind its length, -1 for NULL: the form in which both a row of binary COPY and
an element of an array carry it, so that a value is put into bytes once, whatever way it is written.
An array travels as dimensions, element type, then its fields (PostgreSQL source, array_send).
"""

import struct
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

import orjson
from psycopg.abc import Buffer
from psycopg.adapt import AdaptersMap, Dumper
from psycopg.pq import Format

NULL = struct.pack("!i", -1)
DAYS_TO_2000 = 10_957
MICROS_TO_2000 = 946_684_800_000_000

_HEAD = struct.Struct("!iiIii")
_INT4 = struct.Struct("!ii").pack
_INT8 = struct.Struct("!iq").pack
_BOOL = struct.Struct("!i?").pack
_NUMERIC = struct.Struct("!HhHH").pack
_LENGTH = struct.Struct("!i").pack
_TEXT_OID = 25
_BASE = 10_000
_NEGATIVE = 0x4000
_PAST_EVERY_DAY = 2**31 - 2
_PAST_EVERY_MOMENT = 2**63 - 2
"""Values that PostgreSQL refuses as out of range, for what its own range cannot even count."""


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
    """One type: its name in SQL, its OID (pg_type), and how a wire value becomes a field."""

    name: str
    oid: int
    pack: Callable[[Any], bytes]


def _pack_text(value: str) -> bytes:
    return sized(value.encode())


def sized(body: bytes) -> bytes:
    """Give the field whose bytes are *body*."""
    return _LENGTH(len(body)) + body


def _pack_date(days: int) -> bytes:
    try:
        return _INT4(4, days - DAYS_TO_2000)
    except struct.error:
        return _INT4(4, _PAST_EVERY_DAY)


def _pack_moment(micros: int) -> bytes:
    try:
        return _INT8(8, micros - MICROS_TO_2000)
    except struct.error:
        return _INT8(8, _PAST_EVERY_MOMENT)


def _pack_texts(values: Sequence[str]) -> bytes:
    if not values:
        return NO_TEXTS
    body = b"".join(map(_pack_text, values))
    return sized(_HEAD.pack(1, 0, _TEXT_OID, len(values), 1) + body)


def _pack_json(value: Any) -> bytes:  # noqa: ANN401  what JSON can hold
    return sized(b"\x01" + orjson.dumps(value))


def pack_numeric(unscaled: int, scale: int) -> bytes:
    """Give the field of the numeric *unscaled* · 10^-*scale* (PostgreSQL source, numeric_recv)."""
    left, fraction = abs(unscaled) * 10 ** (-scale % 4), (scale + 3) // 4
    digits: list[int] = []
    while left:
        left, digit = divmod(left, _BASE)
        digits.append(digit)
    weight, sign = len(digits) - fraction - 1, _NEGATIVE if unscaled < 0 else 0
    body = struct.pack(f"!{len(digits)}H", *reversed(digits))
    return sized(_NUMERIC(len(digits), weight if digits else 0, sign, scale) + body)


TEXT = Element("text", _TEXT_OID, _pack_text)
BOOLEAN = Element("boolean", 16, partial(_BOOL, 1))
SMALL = Element("int4", 23, partial(_INT4, 4))
INTEGER = Element("int8", 20, partial(_INT8, 8))
DATE = Element("date", 1082, _pack_date)
TIMESTAMP = Element("timestamptz", 1184, _pack_moment)
JSON = Element("jsonb", 3802, _pack_json)
TEXTS = Element("text[]", 1009, _pack_texts)
"""A row holds a whole array of these; an array of arrays would be one array to PostgreSQL."""
NO_TEXTS = sized(struct.pack("!iiI", 0, 0, _TEXT_OID))


def numeric(scale: int) -> Element:
    """Give the type of decimals of *scale*; wire values are Avro's, unscaled bytes."""
    return Element("numeric", 1700, lambda body: pack_numeric(unscaled_number(body), scale))


def unscaled_number(body: bytes) -> int:
    """Read the unscaled number of an Avro decimal."""
    return int.from_bytes(body, "big", signed=True)


def encode(element: Element, values: Sequence[Any]) -> Encoded:
    """Encode *values* (wire-typed, None = NULL) as a one-dimensional array of *element*."""
    pack = element.pack
    return array(element, [NULL if value is None else pack(value) for value in values])


def array(element: Element, fields: Sequence[bytes]) -> Encoded:
    """Make a one-dimensional array of *element* from its *fields*."""
    if not fields:
        return Encoded(struct.pack("!iiI", 0, 0, element.oid))
    has_null = 1 if NULL in fields else 0
    return Encoded(_HEAD.pack(1, has_null, element.oid, len(fields), 1) + b"".join(fields))


def texts_as_text(field: bytes) -> bytes:
    """Turn the field of a text[] into that of its literal, to be cast in the statement."""
    if field == NULL:
        return field
    found, place = [], _HEAD.size + 4
    while place < len(field):
        end = place + 4 + int.from_bytes(field[place : place + 4], "big")
        found.append(field[place + 4 : end].decode())
        place = end
    return _pack_text(text_array(found))


def text_array(values: Sequence[str]) -> str:
    """Write *values* as the literal of a text[], to be cast in the statement."""
    if not values:
        return "{}"
    quoted = (value.replace("\\", "\\\\").replace('"', '\\"') for value in values)
    return "{" + ",".join(f'"{value}"' for value in quoted) + "}"


def register(adapters: AdaptersMap) -> None:
    """Teach a connection's *adapters* to pass Encoded parameters through."""
    adapters.register_dumper(Encoded, EncodedDumper)
