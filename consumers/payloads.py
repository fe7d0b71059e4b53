"""What quarantine keeps of a refused record itself: its key and bytes, sealed for its item alone.

A payload is sealed before it leaves this process and written in the transaction of its item
(invariant 1). The item's identity is authenticated with it, so that a payload moved to another item
does not open.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from infra.sealing import Keys, Sealed
from schemas.records import Origin

LARGEST: int = 1024 * 1024
"""Bytes of key and value that are kept in the database; what is larger stays in reject.* alone."""

_NONE = 0xFFFF_FFFF
_LENGTH = 4


class Payload(NamedTuple):
    """A raw record's own bytes."""

    key: bytes | None
    value: bytes

    @property
    def size(self) -> int:
        """Bytes of both."""
        return len(self.key or b"") + len(self.value)


class Identity(NamedTuple):
    """Which item: one raw record of a dataset, judged under one ruleset (0 = not known)."""

    dataset: str
    raw: Origin
    ruleset: int

    @property
    def text(self) -> bytes:
        """The associated data."""
        return json.dumps(["suoi.payload.1", self.dataset, *self.raw, self.ruleset]).encode()


def seal(keys: Keys, identity: Identity, payload: Payload) -> Sealed:
    """Seal *payload* for the item *identity*."""
    key = payload.key
    length = _NONE if key is None else len(key)
    framed = length.to_bytes(_LENGTH, "big") + (key or b"") + payload.value
    return keys.seal(framed, identity.text)


def unseal(keys: Keys, identity: Identity, sealed: Sealed) -> Payload:
    """Open what was sealed for *identity*.

    Raises:
        Fatal: its key is away, or it is not what was sealed for this item.
    """
    framed = keys.open(sealed, identity.text)
    length, rest = int.from_bytes(framed[:_LENGTH], "big"), framed[_LENGTH:]
    return Payload(None, rest) if length == _NONE else Payload(rest[:length], rest[length:])


def columns(keys: Keys, kept: Iterable[tuple[int, Identity, Payload]]) -> Mapping[str, list[Any]]:
    """Seal what is kept of each item number, as the arrays of the query `keep`."""
    sealed = [(item, *seal(keys, identity, payload)) for item, identity, payload in kept]
    names = ("items", "key_ids", "nonces", "bodies")
    return dict(zip(names, map(list, zip(*sealed, strict=True)), strict=True)) if sealed else {}
