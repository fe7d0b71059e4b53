"""Requests to judge a range of the past again: records of `control.datasets` beside the standings.

A request is keyed `rewind:<dataset>` and taken away once every partition was set back; the worker
that owns a partition carries it out (DESIGN.md 2, "Re-judging a range of the past rewinds the raw
partition").
"""

from typing import Final

import msgspec

PREFIX: Final = b"rewind:"


class Rewind(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Judge *dataset* again from *starts* on: partition -> raw offset."""

    dataset: str
    id: str
    starts: dict[int, int]
    since: str
    by: str


_decode = msgspec.json.Decoder(Rewind).decode


def key(dataset: str) -> bytes:
    """Key of the request of *dataset*: there is one at a time."""
    return PREFIX + dataset.encode()


def encode(rewind: Rewind) -> bytes:
    """Write *rewind* as the value of a record, JSON."""
    return msgspec.json.encode(rewind)


def decode(record_key: bytes, value: bytes) -> Rewind:
    """Read a request.

    Raises:
        ValueError: it is none, or of another dataset than its key names.
    """
    try:
        found = _decode(value)
    except msgspec.MsgspecError as error:
        message = f"it is no rewind of a dataset: {error}"
        raise ValueError(message) from error
    if record_key != key(found.dataset):
        message = f"its key does not name the dataset {found.dataset!r} that it tells of"
        raise ValueError(message)
    return found
