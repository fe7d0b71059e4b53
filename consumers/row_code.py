"""Avro schema and table -> a generated function: a record's bytes become the fields of its row.

    read = compile_reader(writer_schema, kinds, scope)
    read(value, at)  # -> (key, order key, source_ts, scope, fields)

Straight-line code of one record schema of ours, which is flat (`schemas.avro`): it walks the bytes
once, makes no object a column does not need, and ends exactly at the buffer's end or not at all.
What it raises says only "not by me": `consumers.decoding` reads such a record again with fastavro
and has the last word, so that this code can make a sink quicker, never wrong.
"""

import struct
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from consumers.arrays import (
    DAYS_TO_2000,
    MICROS_TO_2000,
    NO_TEXTS,
    NULL,
    Element,
    pack_numeric,
    sized,
    unscaled_number,
)
from consumers.arrays import JSON as JSON_ELEMENT
from consumers.arrays import TEXTS as TEXTS_ELEMENT
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


Read = Callable[[bytes, bytes], Cells]
_REMEMBERED = 8_192
_SHORT = 128
"""Below it a varint is one byte."""


def compile_reader(
    schema: Mapping[str, Any], kinds: Mapping[str, Element], scope: str | None
) -> Read:
    """Return the reader of records of *schema* into a row whose columns are *kinds*, in order.

    *scope* names the column that says where the record counts. A column the writer does not know
    is NULL.

    Raises:
        LookupError: the schema is not of the flat shape that this generator knows.
    """
    names: dict[str, Any] = {
        **{made.__name__: made for made in (varint, moment, long_text, texts, pairs, Cells, OrderKey)},
        **{"NULL": NULL, "ABSENT": {0: NULL}, "SIZES": _SIZES, "NO_TEXTS": NO_TEXTS},
        **{"NO_PAIRS": JSON_ELEMENT.pack({}), "LONG": struct.Struct("!iq").pack},
        **{"LONGS": _Longs(">iq", 8), "INTS": _Longs(">ii", 4), "WORDS": _Words()},
        **{"DATES": _Longs(">ii", 4, DAYS_TO_2000), "BOOLEANS": _BOOLEANS},
        **{f"DECIMALS_{scale}": _Decimals(scale) for scale in _scales(schema)},
    }
    code = compile(reader_source(schema, kinds, scope), f"<reader of {schema['name']}>", "exec")
    exec(code, names)  # noqa: S102  our own text, from our schema
    read: Read = names["read"]
    return read


def reader_source(schema: Mapping[str, Any], kinds: Mapping[str, Element], scope: str | None) -> str:
    """Return the reader's code.

    Raises:
        LookupError: see compile_reader.
    """
    lines = ["def read(b, at):", "    p = 5"]
    known = set()
    for item in schema["fields"]:
        name = item["name"]
        element = kinds.get(name)
        if element is None:
            raise LookupError(f"{name} is no column of the table")  # noqa: EM102, TRY003
        known.add(name)
        lines += [f"    {line}" for line in _steps(item["type"], f"f_{name}", element)]
        if name in {*ORDER_KEY, "_source_ts"}:
            lines.append(f"    n_{name} = (x >> 1) ^ -(x & 1)")
    fields = ", ".join(
        f"f_{name}" if name in known else "at" if name == "_at" else "NULL" for name in kinds
    )
    order = ", ".join(f"n_{name}" for name in ORDER_KEY)
    where = f"WORDS[f_{scope}]" if scope in known else "None"
    lines += [
        "    if p != len(b):",
        "        raise IndexError",
        f"    return Cells(f__key[4:].decode(), OrderKey({order}), n__source_ts, {where},",
        f"                 ({fields},))",
        "",
    ]
    return "\n".join(lines)


def _steps(kind: Any, to: str, element: Element) -> Sequence[str]:  # noqa: ANN401  an Avro type
    """Return the lines that read one value at p into *to* and move p behind it."""
    if isinstance(kind, list):
        if kind[0] != "null" or len(kind) != 2:  # noqa: PLR2004  null and one other
            raise _unknown(kind, element)
        return [
            "if b[p] == 2:",
            *(f"    {line}" for line in ("p += 1", *_steps(kind[1], to, element))),
            "else:",
            f"    {to} = ABSENT[b[p]]",
            "    p += 1",
        ]
    plain = kind if isinstance(kind, str) else kind.get("logicalType") or kind["type"]
    lines = _STEPS.get((plain, element.name))
    if lines is None:
        raise _unknown(kind, element)
    scale = kind.get("scale", 0) if isinstance(kind, dict) else 0
    return [line.format(to=to, scale=scale) for line in lines]


def _unknown(kind: Any, element: Element) -> LookupError:  # noqa: ANN401
    return LookupError(f"no reader is written for the Avro type {kind!r} into {element.name}")


_NUMBER = ("x = b[p]", "if x < 128:", "    p += 1", "else:", "    x, p = varint(b, p)")
_STEPS: Mapping[tuple[str, str], Sequence[str]] = {
    ("string", "text"): (
        "n = b[p]",
        "if n < 128:",
        "    p += 1",
        "    e = p + (n >> 1)",
        "    {to} = SIZES[n] + b[p:e]",
        "    p = e",
        "else:",
        "    {to}, p = long_text(b, p)",
    ),
    ("long", "int8"): (*_NUMBER, "{to} = LONGS[x]"),
    ("int", "int4"): (*_NUMBER, "{to} = INTS[x]"),
    ("date", "date"): (*_NUMBER, "{to} = DATES[x]"),
    ("boolean", "boolean"): ("{to} = BOOLEANS[b[p]]", "p += 1"),
    ("timestamp-micros", "timestamptz"): (
        "x, p = moment(b, p)",
        f"{{to}} = LONG(8, ((x >> 1) ^ -(x & 1)) - {MICROS_TO_2000})",
    ),
    ("decimal", "numeric"): (
        *_NUMBER,
        "e = p + (x >> 1)",
        "{to} = DECIMALS_{scale}[b[p:e]]",
        "p = e",
    ),
    ("array", "text[]"): (
        "if b[p]:",
        "    {to}, p = texts(b, p)",
        "else:",
        "    {to} = NO_TEXTS",
        "    p += 1",
    ),
    ("map", "jsonb"): (
        "if b[p]:",
        "    {to}, p = pairs(b, p)",
        "else:",
        "    {to} = NO_PAIRS",
        "    p += 1",
    ),
}
"""By the writer's type and the column's: how a value is read. `x` holds a number's zigzag."""


def varint(b: bytes, p: int) -> tuple[int, int]:
    """Read a varint of more than one byte at *p*: its bits, zigzag, and where it ends."""
    y = b[p + 1]
    if y < _SHORT:
        return b[p] & 127 | y << 7, p + 2
    z = b[p + 2]
    if z < _SHORT:
        return b[p] & 127 | (y & 127) << 7 | z << 14, p + 3
    found, shift = b[p] & 127 | (y & 127) << 7 | (z & 127) << 14, 21
    p += 3
    while True:
        byte = b[p]
        p += 1
        if byte < _SHORT:
            return found | byte << shift, p
        found |= (byte & 127) << shift
        shift += 7


def moment(b: bytes, p: int) -> tuple[int, int]:
    """Read a varint at *p* that most likely has eight bytes: µs since the epoch, from 1979 on."""
    try:
        first, second, third, last = _FOUR_PAIRS(b, p)
        return _PAIRS[first] | _PAIRS[second] << 14 | _PAIRS[third] << 28 | _LAST[last] << 42, p + 8
    except (KeyError, struct.error):
        return varint(b, p) if b[p] >= _SHORT else (b[p], p + 1)


def _size(b: bytes, p: int) -> tuple[int, int]:
    """Read a length, or the number of items in a block; a negative one is told by its oddness."""
    x, p = (b[p], p + 1) if b[p] < _SHORT else varint(b, p)
    if x & 1:
        raise IndexError
    return x >> 1, p


def _text(b: bytes, p: int) -> tuple[bytes, int]:
    size, p = _size(b, p)
    return b[p : p + size], p + size


def long_text(b: bytes, p: int) -> tuple[bytes, int]:
    """Read a text of any length as a field."""
    body, p = _text(b, p)
    return sized(body), p


def texts(b: bytes, p: int) -> tuple[bytes, int]:
    """Read an array of texts as the field of a text[]; a block with its size in bytes is refused."""
    found = []
    while b[p]:
        count, p = _size(b, p)
        for _ in range(count):
            body, p = _text(b, p)
            found.append(body.decode())
    return TEXTS_ELEMENT.pack(found), p + 1


def pairs(b: bytes, p: int) -> tuple[bytes, int]:
    """Read a map of texts as the field of a jsonb."""
    found = {}
    while b[p]:
        count, p = _size(b, p)
        for _ in range(count):
            name, p = _text(b, p)
            body, p = _text(b, p)
            found[name.decode()] = body.decode()
    return JSON_ELEMENT.pack(found), p + 1


class _Longs(dict[int, bytes]):
    """A number's zigzag -> its field; those that come again are remembered."""

    def __init__(self, form: str, size: int, since: int = 0) -> None:
        self._pack = struct.Struct(form).pack
        self._size, self._since = size, since
        super().__init__()

    def __missing__(self, zigzag: int) -> bytes:
        field = self._pack(self._size, ((zigzag >> 1) ^ -(zigzag & 1)) - self._since)
        return field if len(self) >= _REMEMBERED else self.setdefault(zigzag, field)


class _Decimals(dict[bytes, bytes]):
    """An unscaled number's bytes -> its field."""

    def __init__(self, scale: int) -> None:
        self._scale = scale
        super().__init__()

    def __missing__(self, body: bytes) -> bytes:
        field = pack_numeric(unscaled_number(body), self._scale)
        return field if len(self) >= _REMEMBERED else self.setdefault(body, field)


class _Words(dict[bytes, str | None]):
    """The field of a short text that comes again -> the text."""

    def __missing__(self, field: bytes) -> str | None:
        text = None if field == NULL else field[4:].decode()
        return text if len(self) >= _REMEMBERED else self.setdefault(field, text)


def _scales(schema: Mapping[str, Any]) -> set[int]:
    kinds = (part for item in schema["fields"] for part in _parts(item["type"]))
    return {kind.get("scale", 0) for kind in kinds if kind.get("logicalType") == "decimal"}


def _parts(kind: Any) -> list[dict[str, Any]]:  # noqa: ANN401  an Avro type
    listed = kind if isinstance(kind, list) else [kind]
    return [one for one in listed if isinstance(one, dict)]


_FOUR_PAIRS = struct.Struct("<HHHH").unpack_from
_PAIRS = {low | 128 | high << 8 | 1 << 15: low | high << 7 for low in range(128) for high in range(128)}
"""Two bytes that both say that more follow -> their 14 bits."""
_LAST = {low | 128 | high << 8: low | high << 7 for low in range(128) for high in range(128)}
"""Two bytes of which the second is the last."""
_SIZES = tuple(None if n & 1 else struct.pack("!i", n >> 1) for n in range(_SHORT))
"""By the first byte of a short text: its length for PostgreSQL; an odd one would be negative."""
_BOOLEANS = {0: struct.pack("!i?", 1, False), 1: struct.pack("!i?", 1, True)}
