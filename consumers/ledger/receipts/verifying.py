"""Verifying a receipt with nothing but files: what it proves and what not, or what is wrong."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from consumers.ledger.receipts.chain import Held, broken, hold
from consumers.ledger.receipts.document import Body, Receipt, read, sha256
from consumers.ledger.receipts.lines import other_lines
from consumers.ledger.receipts.words import Fault, Said, say


@dataclass(frozen=True, kw_only=True, slots=True)
class Proof:
    """What a receipt that holds proves, what it does not, and what its reader must know."""

    sha256: str
    receipt: Receipt
    proves: tuple[Said, ...]
    does_not_prove: tuple[Said, ...]
    notes: tuple[Said, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """A receipt and what it is verified with; nothing but *document* is needed."""

    name: str
    document: bytes
    trusted: Collection[Ed25519PublicKey] = ()
    chain: Mapping[str, bytes] | None = None
    """Name -> bytes of the unit's other receipts."""
    lines: Path | None = None


def verify(question: Question) -> Proof | Fault:
    """Verify the receipt of *question*, or say the first thing that is wrong with it."""
    receipt = read(question.document, question.trusted)
    if isinstance(receipt, Fault):
        return receipt
    held = _chain(question, receipt.body)
    if isinstance(held, Fault):
        return held
    wrong = broken(held) if held else None
    if wrong is None and question.lines is not None:
        wrong = other_lines(receipt, question.lines)
    return wrong or _proof(question, receipt, held)


def _chain(question: Question, body: Body) -> list[Held] | Fault:
    """Read the chain with the receipt itself in it; empty where none was given."""
    if question.chain is None:
        return []
    documents = {**question.chain, question.name: question.document}
    held = hold(documents, question.trusted)
    if isinstance(held, Fault):
        return held
    return [one for one in held if one.receipt.body.unit == body.unit]


def _proof(question: Question, receipt: Receipt, held: list[Held]) -> Proof:
    body = receipt.body
    yes = [say("proves_whole", key=body.key)]
    no = [say("not_values"), say("not_truth")]
    (yes if question.trusted else no).append(
        say("proves_origin") if question.trusted else say("not_origin", key=body.key)
    )
    if held:
        numbers = {one.receipt.body.sequence for one in held}
        facts = {"count": len(numbers), "unit": body.unit, "last": max(numbers)}
        yes.append(say("proves_chain", **facts))
    else:
        no.append(say("not_chain"))
    if question.lines is not None:
        yes.append(say("proves_lines"))
    mine = sha256(question.document)
    notes = _corrections(held, mine)
    if not notes:
        no.append(say("not_newest"))
    return Proof(
        sha256=mine, receipt=receipt, proves=tuple(yes), does_not_prove=tuple(no), notes=notes
    )


def _corrections(held: list[Held], mine: str) -> tuple[Said, ...]:
    bodies = [one.receipt.body for one in held]
    named = {one.sequence for one in bodies if one.corrects and one.corrects.sha256 == mine}
    return tuple(say("superseded", sequence=sequence) for sequence in sorted(named))
