"""The chain of one unit's receipts: numbered from 1, each naming the hash of the one before.

The order is that of the numbers inside, which are signed; the names of files do not matter.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from consumers.ledger.receipts.document import Link, Receipt, read, sha256
from consumers.ledger.receipts.words import Fault, fault


class Held(NamedTuple):
    """One receipt as somebody holds it: the name of its file, its hash and what it says."""

    name: str
    sha256: str
    receipt: Receipt


def hold(
    documents: Mapping[str, bytes], trusted: Collection[Ed25519PublicKey] = ()
) -> list[Held] | Fault:
    """Read *documents* (name -> bytes), or say which of them is spoilt."""
    held = []
    for name, document in sorted(documents.items()):
        receipt = read(document, trusted)
        if isinstance(receipt, Fault):
            return fault("in_file", name=name, vi=receipt.vi, en=receipt.en)
        held.append(Held(name, sha256(document), receipt))
    return held


def broken(receipts: Iterable[Held]) -> Fault | None:
    """Name the first link of one unit's chain, from its number 1 on, that does not hold."""
    held = sorted(receipts, key=lambda one: (one.receipt.body.sequence, one.name))
    before: Held | None = None
    newest: dict[str, Link] = {}
    for one in held:
        if before is not None and one.sha256 == before.sha256:
            continue  # the same paper twice
        found = _following(one, before) or _correcting(one, newest)
        if found is not None:
            return found
        body = one.receipt.body
        newest[body.day] = Link(sequence=body.sequence, sha256=one.sha256)
        before = one
    return None


def _following(one: Held, before: Held | None) -> Fault | None:
    body = one.receipt.body
    last = before.receipt.body.sequence if before else 0
    facts = {"unit": body.unit, "sequence": body.sequence}
    if before is not None and body.sequence == last:
        return fault("forked", **facts, first=before.name, second=one.name)
    if body.sequence > last + 1:
        return fault("missing", unit=body.unit, sequence=last + 1)
    if body.previous != (before.sha256 if before else None):
        return fault("torn", **facts, name=one.name, before=last)
    return None


def _correcting(one: Held, newest: Mapping[str, Link]) -> Fault | None:
    """A second receipt of a day names the newest before it; a first one names none."""
    body = one.receipt.body
    if body.corrects == newest.get(body.day):
        return None
    facts = {"unit": body.unit, "sequence": body.sequence, "name": one.name}
    return fault("uncorrected", **facts, day=body.day)
