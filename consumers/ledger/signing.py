"""Signed papers: one text for one meaning, and an Ed25519 signature over it.

Canonical means JSON in UTF-8 with sorted keys, no spaces, no floats. Receipts and the papers of the
book of obligations are both made so: every byte of them is held by the signature.
"""

import hashlib
import json
from collections.abc import Collection
from typing import Annotated

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ALGORITHM = "Ed25519"
_ID_DIGITS = 16

# A stranger's document may end on a terminal: no word of it can hold anything else.
Name = Annotated[str, msgspec.Meta(pattern=r"\A[a-z][a-z0-9_]*\Z", max_length=63)]
Digest = Annotated[str, msgspec.Meta(pattern=r"\A[0-9a-f]{64}\Z")]
KeyId = Annotated[str, msgspec.Meta(pattern=r"\A[0-9a-f]{16}\Z")]
Day = Annotated[str, msgspec.Meta(pattern=r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")]
Moment = Annotated[str, msgspec.Meta(pattern=r"\A[0-9]{4}-[0-9]{2}-[0-9T:.]{18}Z\Z")]


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A piece of a paper; a struct, because a stranger's JSON is decoded to it, strictly."""


class Signature(Part, frozen=True):
    """Over the canonical bytes of a body; key and value in small hexadecimal digits."""

    algorithm: str
    public_key: str
    value: str


def canonical(part: Part) -> bytes:
    """Return the only bytes that stand for *part*."""
    told = msgspec.to_builtins(part)
    text = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def sha256(document: bytes) -> str:
    """Return the hash by which others name *document*; `sha256sum` prints the same."""
    return hashlib.sha256(document).hexdigest()


def key_id(key: Ed25519PublicKey) -> str:
    """Return the first 16 hexadecimal digits of the SHA-256 of the raw public key."""
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()[:_ID_DIGITS]


def signature(body: Part, key: Ed25519PrivateKey) -> Signature:
    """Return the signature of *key* over *body*."""
    return Signature(
        algorithm=ALGORITHM,
        public_key=key.public_key().public_bytes_raw().hex(),
        value=key.sign(canonical(body)).hex(),
    )


def doubt(
    body: Part, named: str, given: Signature, trusted: Collection[Ed25519PublicKey]
) -> str | None:
    """Return why *given* is no signature over *body* by the key it names; None = it is.

    bad_signature, or other_key where it holds but its key is none of *trusted*. Without *trusted*
    keys the one inside is taken: that shows it whole, not whose it is.
    """
    try:
        public, value = bytes.fromhex(given.public_key), bytes.fromhex(given.value)
        key = Ed25519PublicKey.from_public_bytes(public)
    except ValueError:
        return "bad_signature"
    exact = given.algorithm == ALGORITHM and (public.hex(), value.hex()) == (
        given.public_key,
        given.value,
    )
    if not exact or named != key_id(key):
        return "bad_signature"
    if trusted and public not in {one.public_bytes_raw() for one in trusted}:
        return "other_key"
    try:
        key.verify(value, canonical(body))
    except InvalidSignature:
        return "bad_signature"
    return None
