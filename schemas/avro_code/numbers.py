"""Avro's whole numbers: zigzag varints, from tables wherever a number comes again.

A varint carries 7 bits a byte, the lowest first; the high bit says that more follow. Two bytes at a
time come from a table of 14 bits; what stands above 28 bits of a clock or a log position changes
slowly, and is remembered.
"""

from collections.abc import Mapping
from typing import Any, Final

_BYTE, _PAIR = 7, 14
_MASK: Final = (1 << _PAIR) - 1
_REMEMBERED: Final = 65_536
"""How many heads of large numbers are kept."""
_SMALL: Final = range(-32_768, 65_536)
"""Numbers whose bytes are kept: codes, counts, and days from 1880 to 2149."""
_TEXTS: Final = 4096
_BITS = 64
_LONGEST: Final = 1 << _BITS - 1
_TOO_LARGE: Final = "a number has more than 64 bits"


def varint(number: int) -> bytes:
    """Return the varint of *number*, at least 0."""
    found = bytearray()
    while number > 0x7F:  # noqa: PLR2004  seven bits
        found.append(number & 0x7F | 0x80)
        number >>= _BYTE
    found.append(number)
    return bytes(found)


def zigzag(number: int) -> int:
    """Return *number* with its sign in the lowest bit.

    Raises:
        ValueError: it has more than 64 bits.
    """
    if not -_LONGEST <= number < _LONGEST:
        raise ValueError(_TOO_LARGE)
    return number << 1 if number >= 0 else (-number << 1) - 1


class _Longs(dict[Any, bytes]):
    """number -> its bytes; small numbers stay, others are put together from pairs."""

    def __init__(self, before: bytes, null: bytes | None = None) -> None:
        self._before = before
        super().__init__({} if null is None else {None: null})

    def __missing__(self, number: int) -> bytes:
        given = zigzag(number)
        if number in _SMALL:
            return self.setdefault(number, self._before + varint(given))
        if given < 1 << 2 * _PAIR:
            return self._before + varint(given)
        low, middle, high = given & _MASK, given >> _PAIR & _MASK, given >> 2 * _PAIR
        return self._before + _PAIRS[low] + _PAIRS[middle] + _HEADS[high]


def large(number: int) -> bytes:
    """Return the varint of *number*, a clock's or a log's: positive, and of more than 28 bits."""
    given = number << 1
    if given < 1 << 2 * _PAIR:
        return LONG[number]
    return _PAIRS[given & _MASK] + _PAIRS[given >> _PAIR & _MASK] + _HEADS[given >> 2 * _PAIR]


class _Heads(dict[int, bytes]):
    """The bits above 28 of a number -> their bytes."""

    def __missing__(self, number: int) -> bytes:
        if number >= 1 << _BITS - 2 * _PAIR:
            raise ValueError(_TOO_LARGE)
        if len(self) >= _REMEMBERED:
            self.clear()
        return self.setdefault(number, varint(number))


class _Sizes(dict[int, bytes]):
    """Length of a text -> the bytes before it; those of long texts are not kept."""

    def __init__(self, before: bytes) -> None:
        self._before = before
        super().__init__({size: self[size] for size in range(_TEXTS)})

    def __missing__(self, size: int) -> bytes:
        return self._before + varint(zigzag(size))


class _Words(dict[Any, bytes]):
    """A short text that comes again -> its length and bytes."""

    def __init__(self, sizes: Mapping[int, bytes]) -> None:
        self._sizes = sizes

    def __missing__(self, text: str) -> bytes:
        body = text.encode()
        if len(self) >= _TEXTS:
            self.clear()
        known = self._sizes[len(body)] + body
        return self.setdefault(text, known) if len(body) < _BYTE**2 else known


class _SomeWords(_Words):
    """The same after the branch, or None."""

    def __missing__(self, text: str | None) -> bytes:
        return self.setdefault(None, NULL) if text is None else super().__missing__(text)


class _Lists(dict[tuple[str, ...], bytes]):
    """A row's flags, as other rows have them too -> one block, and the empty one that ends it."""

    def __missing__(self, texts: tuple[str, ...]) -> bytes:
        if len(self) >= _TEXTS:
            self.clear()
        block = LONG[len(texts)] + b"".join(map(WORD.__getitem__, texts)) if texts else b""
        return self.setdefault(texts, block + NULL)


_PAIRS: Final = tuple(bytes((low & 0x7F | 0x80, low >> _BYTE | 0x80)) for low in range(1 << _PAIR))
_HEADS: Final = _Heads()
NULL: Final = b"\x00"
"""The first branch of a union: no value. It also ends a list of blocks."""
_SOME: Final = b"\x02"
"""The second branch: there is a value."""
LONG: Final = _Longs(b"")
"""number -> its varint."""
SOME_LONG: Final = _Longs(_SOME, NULL)
"""number or None -> branch and varint."""
SOME_BOOLEAN: Final = {None: NULL, False: _SOME + b"\x00", True: _SOME + b"\x01"}
"""yes, no or None -> branch and byte."""
SIZE: Final = _Sizes(b"")
"""Length in bytes -> what stands before a text."""
SOME: Final = _Sizes(_SOME)
"""The same, after the branch."""
SOME_WORD: Final = _SomeWords(SOME)
"""A text that comes again, or None -> branch, length and bytes."""
TEXTS: Final = _Lists()
"""Flags -> an array of texts."""
WORD: Final = _Words(SIZE)
"""A flag or a field's name -> its length and bytes."""
