"""A receipt as a document: its shape, its canonical bytes, its signature, and what spoils it.

Canonical means one text for one meaning: JSON in UTF-8 with sorted keys, no spaces, no floats and
one line end. A document in any other form is refused, so every byte of it is held by the signature.
It holds hashes and numbers, never a key or a value of a row (invariant 6).
"""

from collections.abc import Collection
from datetime import date
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from consumers.ledger.receipts.window import instant, window
from consumers.ledger.receipts.words import Fault, fault
from consumers.ledger.signing import (
    ALGORITHM,
    Day,
    Digest,
    KeyId,
    Moment,
    Name,
    Part,
    Signature,
    canonical,
    doubt,
    key_id,
    sha256,
    signature,
)

__all__ = ["ALGORITHM", "Signature", "canonical", "key_id", "read", "sha256", "sign"]

KIND, VERSION = "suoi.receipt", 1


class Count(Part, frozen=True):
    """How many records of one operation (c, u, d, r, unknown) ended in one way."""

    op: Name
    outcome: Name
    records: int


class Lines(Part, frozen=True):
    """SHA-256 over sorted lines, how many, and the rulesets they name (docs/receipts.md)."""

    lines: int
    rulesets: tuple[int, ...]
    sha256: Digest


class Account(Part, frozen=True):
    """One dataset in the window."""

    dataset: Name
    ruleset: int
    """Revision in force when the receipt was made."""
    complete: bool
    """Every source commit of the window was captured and decided."""
    complete_through: Moment | None
    """Until when that is proved, never past the end of the window; None = not proved at all."""
    counts: tuple[Count, ...]
    refused: Lines
    """Every reject of the window."""
    stored: Lines
    """Rows whose newest version, when the receipt was made, was committed in the window."""


class Link(Part, frozen=True):
    """One receipt of the same unit, by its number and the SHA-256 of its bytes."""

    sequence: int
    sha256: Digest


class Window(Part, frozen=True):
    """The instants of the day: *after* < source commit <= *through*."""

    after: Moment
    through: Moment


class Body(Part, frozen=True):
    """What is signed."""

    kind: str
    version: int
    unit: Name
    sequence: int
    previous: Digest | None
    """SHA-256 of the unit's receipt before this one; None for its first."""
    corrects: Link | None
    """The receipt of the same day that this one takes the place of."""
    day: Day
    window: Window
    generated_at: Moment
    key: KeyId
    """Id of the key that signed."""
    notice: dict[str, str]
    datasets: tuple[Account, ...]


class Receipt(Part, frozen=True):
    """A body and its signature."""

    body: Body
    signature: Signature


_decode = msgspec.json.Decoder(Receipt).decode


def sign(body: Body, key: Ed25519PrivateKey) -> bytes:
    """Return the document: *body*, signed by *key*, whose id the body names."""
    public = key.public_key()
    if body.key != key_id(public):
        message = "a body is signed by the key it names"
        raise ValueError(message)
    return canonical(Receipt(body=body, signature=signature(body, key))) + b"\n"


def read(document: bytes, trusted: Collection[Ed25519PublicKey] = ()) -> Receipt | Fault:
    """Read *document* if not one byte of it was changed, else say what is wrong.

    Without *trusted* keys the one inside it is taken: that shows it whole, not whose it is.
    """
    try:
        receipt = _decode(document)
        whole = canonical(receipt) + b"\n"
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return fault("not_a_receipt")
    if whole != document:
        return fault("not_canonical")
    return _signed(receipt, trusted) or _contradiction(receipt.body) or receipt


def _signed(receipt: Receipt, trusted: Collection[Ed25519PublicKey]) -> Fault | None:
    code = doubt(receipt.body, receipt.body.key, receipt.signature, trusted)
    return None if code is None else fault(code, key=receipt.body.key)


def _contradiction(body: Body) -> Fault | None:
    """Say whether a signed body cannot be true by itself: its signer is not our program."""
    try:
        span = window(date.fromisoformat(body.day))
    except (ValueError, OverflowError):
        return fault("contradiction")
    through = instant(span.through)
    fits = (
        (body.kind, body.version) == (KIND, VERSION),
        (body.window.after, body.window.through) == (instant(span.after), through),
        body.sequence >= 1 and (body.sequence == 1) == (body.previous is None),
        all(one.complete == (one.complete_through == through) for one in body.datasets),
        _rising([one.dataset for one in body.datasets]),
    )
    return None if all(fits) else fault("contradiction")


def _rising(names: list[Any]) -> bool:
    return names == sorted(set(names))
