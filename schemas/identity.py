"""The identity of a row: `_key`, the values of its source key as a JSON array without spaces.

One function for all who name a row (streams, quarantine): two JSON libraries write a float or an
integer beyond 64 bits differently, and a key that differs by one digit is another row (DESIGN.md 2,
The order of two changes of one row).
"""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

NAMELESS: Final = "[]"
"""The key of a row whose source key is absent or null: it names no row."""

_LONG: Final = 1 << 63
_decode = msgspec.json.Decoder(dict[str, Any]).decode
_encode = msgspec.json.Encoder().encode


def key_of(source_key: Sequence[str], given: bytes) -> str:
    """Return `_key` of the record key *given*, JSON as Debezium writes it; NAMELESS if any is null.

    Raises:
        ValueError: *given* is no JSON object.
    """
    try:
        values = _decode(given)
    except msgspec.MsgspecError as error:
        message = "the record's key is no JSON object"
        raise ValueError(message) from error
    return key_text([values.get(name) for name in source_key])


def key_text(values: Sequence[Any]) -> str:
    """Return `_key` of the source key's *values*, given in the contract's order."""
    if len(values) == 1 and type(values[0]) is int and -_LONG <= values[0] < _LONG:
        return f"[{values[0]}]"  # as the encoder writes it, sooner
    return NAMELESS if None in values else _encode(values).decode()
