"""What people sign: exemptions, attestations, corrections and overrides, each a paper of its own.

The person is named in it; the province's key signs what that person said, as it signs receipts. A
paper is taken back by another one that names it. It names units, datasets, communes and days, never
a row (invariant 6).
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from consumers.ledger.obligations.duties import Key
from consumers.ledger.obligations.words import WHOLE
from consumers.ledger.signing import (
    Day,
    KeyId,
    Moment,
    Name,
    Part,
    Signature,
    canonical,
    doubt,
    signature,
)

KIND, VERSION = "suoi.obligation", 1
LONGEST = 500
"""Characters of a reason."""

Scope = Annotated[str, msgspec.Meta(pattern=r"\A(\*|[0-9]{5})\Z")]
Words = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST)]


class Act(StrEnum):
    """What a paper does."""

    EXEMPT = "exempt"
    ATTEST = "attest"
    WITHDRAW = "withdraw"
    """Takes the exemption or attestation back that it names."""
    CORRECT = "correct"
    OVERRIDE = "override"


class Body(Part, frozen=True, kw_only=True):
    """What is signed."""

    kind: str = KIND
    version: int = VERSION
    act: Act
    unit: Name
    dataset: Name
    scope: Scope
    """A commune, or `*`: an exemption of the whole dataset holds for each of its communes."""
    first_day: Day
    last_day: Day
    names: int | None = None
    """The entry that is corrected or overridden, or the paper that is taken back."""
    status: str | None = None
    cause: str | None = None
    by: Words
    reason: Words
    at: Moment
    key: KeyId


class Document(Part, frozen=True, kw_only=True):
    """A body and its signature."""

    body: Body
    signature: Signature


@dataclass(frozen=True, kw_only=True, slots=True)
class Paper:
    """One paper as the book holds it."""

    id: int
    body: Body
    stored_at: datetime

    def speaks_for(self, key: Key, day: date) -> bool:
        """Say whether it is about the duty *key*, due on *day*."""
        told = self.body
        mine = (told.unit, told.dataset) == (key.unit, key.dataset)
        within = told.first_day <= day.isoformat() <= told.last_day
        return mine and within and told.scope in {WHOLE, key.scope}


_decode = msgspec.json.Decoder(Document).decode


def sign(body: Body, key: Ed25519PrivateKey) -> bytes:
    """Return the document: *body*, signed by *key*, whose id the body names."""
    return canonical(Document(body=body, signature=signature(body, key))) + b"\n"


def read(document: bytes, trusted: Collection[Ed25519PublicKey]) -> Body | None:
    """Read *document* if one of the *trusted* keys signed all of it; None = it is doubtful."""
    try:
        found = _decode(document)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return None
    whole = canonical(found) + b"\n" == document
    known = (found.body.kind, found.body.version) == (KIND, VERSION)
    trusting = doubt(found.body, found.body.key, found.signature, trusted) is None
    return found.body if whole and known and trusting and trusted else None


def in_force(papers: Iterable[Paper], *acts: Act) -> tuple[Paper, ...]:
    """Return the papers of *acts* that no other one takes back, oldest first."""
    held = sorted(papers, key=lambda one: one.id)
    taken = {one.body.names for one in held if one.body.act is Act.WITHDRAW}
    return tuple(one for one in held if one.body.act in acts and one.id not in taken)
