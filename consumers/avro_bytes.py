"""The pieces of generated readers: Avro's bytes -> PostgreSQL's fields, quickly.

Whatever does not fit raises LookupError or struct.error: `consumers.cells` then asks fastavro.
"""

import struct
from collections.abc import Mapping
from typing import Any

from consumers.arrays import (
    DAYS_TO_2000,
    JSON,
    NO_TEXTS,
    NULL,
    TEXTS,
    pack_numeric,
    sized,
    unscaled_number,
)
from schemas.records import OrderKey

_REMEMBERED = 8_192
_SHORT = 128
"""Below it a varint is one byte."""


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


def number(b: bytes, p: int) -> tuple[int, int]:
    """Read a whole number of any size at *p*, and where it ends."""
    x, p = varint(b, p) if b[p] >= _SHORT else (b[p], p + 1)
    return (x >> 1) ^ -(x & 1), p


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
    """Read an array of texts as the field of a text[]; a block that says its size is refused."""
    found = []
    while b[p]:
        count, p = _size(b, p)
        for _ in range(count):
            body, p = _text(b, p)
            found.append(body.decode())
    return TEXTS.pack(found), p + 1


def pairs(b: bytes, p: int) -> tuple[bytes, int]:
    """Read a map of texts as the field of a jsonb."""
    found = {}
    while b[p]:
        count, p = _size(b, p)
        for _ in range(count):
            name, p = _text(b, p)
            body, p = _text(b, p)
            found[name.decode()] = body.decode()
    return JSON.pack(found), p + 1


class Longs(dict[int, bytes]):
    """A number's zigzag -> its field; those that come again are remembered."""

    def __init__(self, form: str, size: int, since: int = 0) -> None:
        self._pack = struct.Struct(form).pack
        self._size, self._since = size, since
        super().__init__()

    def __missing__(self, zigzag: int) -> bytes:
        """Pack it."""
        field = self._pack(self._size, ((zigzag >> 1) ^ -(zigzag & 1)) - self._since)
        return field if len(self) >= _REMEMBERED else self.setdefault(zigzag, field)


class Decimals(dict[bytes, bytes]):
    """An unscaled number's bytes -> its field."""

    def __init__(self, scale: int) -> None:
        self._scale = scale
        super().__init__()

    def __missing__(self, body: bytes) -> bytes:
        """Pack it."""
        field = pack_numeric(unscaled_number(body), self._scale)
        return field if len(self) >= _REMEMBERED else self.setdefault(body, field)


class Words(dict[bytes, str | None]):
    """The field of a short text that comes again -> the text."""

    def __missing__(self, field: bytes) -> str | None:
        """Read it."""
        text = None if field == NULL else field[4:].decode()
        return text if len(self) >= _REMEMBERED else self.setdefault(field, text)


_LAST = {low | 128 | high << 8: low | high << 7 for low in range(128) for high in range(128)}
"""Two bytes of which the second is the last -> their 14 bits."""
_PAIRS = {both | 1 << 15: bits for both, bits in _LAST.items()}
"""Two bytes that both say that more follow -> the same."""
SIZES = tuple(None if n & 1 else struct.pack("!i", n >> 1) for n in range(_SHORT))
"""By the first byte of a short text: its length for PostgreSQL; an odd one would be negative."""
BOOLEANS = {0: b"\0\0\0\1\0", 1: b"\0\0\0\1\1"}

NAMES: Mapping[str, Any] = {
    **{one.__name__: one for one in (varint, number, long_text, texts, pairs, OrderKey)},
    "new": tuple.__new__,
    "struct_error": struct.error,
    "NULL": NULL,
    "ABSENT": {0: NULL},
    "SIZES": SIZES,
    "NO_TEXTS": NO_TEXTS,
    "NO_PAIRS": JSON.pack({}),
    "LONG": struct.Struct("!iq").pack,
    "LONGS": Longs(">iq", 8),
    "INTS": Longs(">ii", 4),
    "DATES": Longs(">ii", 4, DAYS_TO_2000),
    "WORDS": Words(),
    "BOOLEANS": BOOLEANS,
    "TWO_PAIRS": struct.Struct("<HH").unpack_from,
    "FOUR_PAIRS": struct.Struct("<HHHH").unpack_from,
    # Zigzag's sign is the lowest bit: these know even numbers alone, and give half of them.
    "FIRST": {both: bits >> 1 for both, bits in _PAIRS.items() if not bits & 1},
    "SECOND": {both: bits << 13 for both, bits in _PAIRS.items()},
    "THIRD": {both: bits << 27 for both, bits in _PAIRS.items()},
    "FOURTH": {both: bits << 41 for both, bits in _LAST.items()},
    "FIFTH": tuple(bits << 27 for bits in range(_SHORT)),
}
"""What generated code knows by name."""
