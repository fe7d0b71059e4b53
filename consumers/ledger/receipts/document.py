"""A receipt as a document: its shape, its canonical bytes, its signature, and what spoils it.

Canonical means one text for one meaning: JSON in UTF-8 with sorted keys, no spaces, no floats and
one line end. A document in any other form is refused, so every byte of it is held by the signature.
It holds hashes and numbers, never a key or a value of a row (invariant 6).
"""

import hashlib
import json
from collections.abc import Collection
from datetime import date
from typing import Annotated, Any

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from consumers.ledger.receipts.window import instant, window
from consumers.ledger.receipts.words import Fault, fault

KIND, VERSION, ALGORITHM = "suoi.receipt", 1, "Ed25519"
_ID_DIGITS = 16

# A stranger's document may end on a terminal: no word of it can hold anything else.
Name = Annotated[str, msgspec.Meta(pattern=r"\A[a-z][a-z0-9_]*\Z", max_length=63)]
Digest = Annotated[str, msgspec.Meta(pattern=r"\A[0-9a-f]{64}\Z")]
KeyId = Annotated[str, msgspec.Meta(pattern=r"\A[0-9a-f]{16}\Z")]
Day = Annotated[str, msgspec.Meta(pattern=r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")]
Moment = Annotated[str, msgspec.Meta(pattern=r"\A[0-9]{4}-[0-9]{2}-[0-9T:.]{18}Z\Z")]


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A piece of a receipt; a struct, because a stranger's JSON is decoded to it, strictly."""


class Count(_Part, frozen=True):
    """How many records of one operation (c, u, d, r, unknown) ended in one way."""

    op: Name
    outcome: Name
    records: int


class Lines(_Part, frozen=True):
    """SHA-256 over sorted lines, how many, and the rulesets they name (docs/receipts.md)."""

    lines: int
    rulesets: tuple[int, ...]
    sha256: Digest


class Account(_Part, frozen=True):
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


class Link(_Part, frozen=True):
    """One receipt of the same unit, by its number and the SHA-256 of its bytes."""

    sequence: int
    sha256: Digest


class Window(_Part, frozen=True):
    """The instants of the day: *after* < source commit <= *through*."""

    after: Moment
    through: Moment


class Body(_Part, frozen=True):
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


class Signature(_Part, frozen=True):
    """Over the canonical bytes of the body; key and value in small hexadecimal digits."""

    algorithm: str
    public_key: str
    value: str


class Receipt(_Part, frozen=True):
    """A body and its signature."""

    body: Body
    signature: Signature


def canonical(part: _Part) -> bytes:
    """Return the only bytes that stand for *part*."""
    told = msgspec.to_builtins(part)
    text = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def sha256(document: bytes) -> str:
    """Return the hash by which other receipts name *document*; `sha256sum` prints the same."""
    return hashlib.sha256(document).hexdigest()


def key_id(key: Ed25519PublicKey) -> str:
    """Return the first 16 hexadecimal digits of the SHA-256 of the raw public key."""
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()[:_ID_DIGITS]


def sign(body: Body, key: Ed25519PrivateKey) -> bytes:
    """Return the document: *body*, signed by *key*, whose id the body names."""
    public = key.public_key()
    if body.key != key_id(public):
        message = "a body is signed by the key it names"
        raise ValueError(message)
    signature = Signature(
        algorithm=ALGORITHM,
        public_key=public.public_bytes_raw().hex(),
        value=key.sign(canonical(body)).hex(),
    )
    return canonical(Receipt(body=body, signature=signature)) + b"\n"


def read(document: bytes, trusted: Collection[Ed25519PublicKey] = ()) -> Receipt | Fault:
    """Read *document* if not one byte of it was changed, else say what is wrong.

    Without *trusted* keys the one inside it is taken: that shows it whole, not whose it is.
    """
    try:
        receipt = msgspec.json.decode(document, type=Receipt)
        whole = canonical(receipt) + b"\n"
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return fault("not_a_receipt")
    if whole != document:
        return fault("not_canonical")
    return _signed(receipt, trusted) or _contradiction(receipt.body) or receipt


def _signed(receipt: Receipt, trusted: Collection[Ed25519PublicKey]) -> Fault | None:
    given = receipt.signature
    try:
        public, value = bytes.fromhex(given.public_key), bytes.fromhex(given.value)
        key = Ed25519PublicKey.from_public_bytes(public)
    except ValueError:
        return fault("bad_signature")
    exact = given.algorithm == ALGORITHM and (public.hex(), value.hex()) == (
        given.public_key,
        given.value,
    )
    if not exact or receipt.body.key != key_id(key):
        return fault("bad_signature")
    if trusted and public not in {one.public_bytes_raw() for one in trusted}:
        return fault("other_key", key=receipt.body.key)
    try:
        key.verify(value, canonical(receipt.body))
    except InvalidSignature:
        return fault("bad_signature")
    return None


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
