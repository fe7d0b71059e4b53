"""Receipts as people and as programs read them: Vietnamese first, then English, or JSON."""

from collections.abc import Iterable, Iterator
from typing import Any

from consumers.ledger.receipts.document import Account, Body, read, sha256
from consumers.ledger.receipts.papers import CORRECTED, NEW, UNCHANGED, Entry, Made
from consumers.ledger.receipts.verifying import Proof
from consumers.ledger.receipts.words import Fault, Said
from infra.errors import Fatal

_STATES = {
    NEW: "mới lập / made",
    CORRECTED: "đính chính / corrects an earlier one",
    UNCHANGED: "đã lập, không đổi / made already, unchanged",
}


def made_document(made: Made) -> dict[str, Any]:
    """Return one entry of the answer of `suoi receipt make --json`."""
    return _head(made.receipt.body, made.sha256) | {"state": made.state}


def made_line(made: Made) -> str:
    """Say what became of one unit's receipt."""
    return f"{_line(_head(made.receipt.body, made.sha256))}: {_STATES[made.state]}"


def entry_document(entry: Entry) -> dict[str, Any]:
    """Return one entry of the answer of `suoi receipt list --json`."""
    return _head(_body(entry.document), sha256(entry.document))


def entry_line(told: dict[str, Any]) -> str:
    """Say one entry of the list in a line."""
    return f"{_line(told)} {told['sha256'][:16]}"


def place_of(document: bytes) -> tuple[str, int]:
    """Return the unit and the number of a receipt from the book."""
    body = _body(document)
    return body.unit, body.sequence


def receipt_lines(document: bytes) -> Iterator[str]:
    """Yield a receipt for a person to read."""
    body = _body(document)
    yield _line(_head(body, sha256(document)))
    yield f"  kỳ / window: {body.window.after} < … <= {body.window.through}"
    yield f"  lập lúc / made at: {body.generated_at}; khóa / key: {body.key}"
    yield f"  SHA-256: {sha256(document)}; trước đó / before it: {body.previous or '–'}"
    for one in body.datasets:
        yield from _account(one)
    yield f"  {body.notice.get('vi', '')}"
    yield f"  {body.notice.get('en', '')}"


def answer_document(answer: Proof | Fault) -> dict[str, Any]:
    """Return the answer of `suoi receipt verify --json`."""
    if isinstance(answer, Fault):
        return {"valid": False, "reason": _said(answer), "receipt": None}
    return {
        "valid": True,
        "reason": None,
        "receipt": _head(answer.receipt.body, answer.sha256),
        "proves": [_said(one) for one in answer.proves],
        "does_not_prove": [_said(one) for one in answer.does_not_prove],
        "notes": [_said(one) for one in answer.notes],
    }


def answer_lines(answer: Proof | Fault) -> Iterator[str]:
    """Yield the same for a person to read, in both languages."""
    if isinstance(answer, Fault):
        yield f"TỪ CHỐI: {answer.vi}."
        yield f"REFUSED: {answer.en}."
        return
    body = answer.receipt.body
    yield f"ĐÚNG: biên nhận số {body.sequence} của {body.unit}, ngày {body.day}."
    yield from _part("Chứng minh", (one.vi for one in answer.proves))
    yield from _part("Không chứng minh", (one.vi for one in answer.does_not_prove))
    yield from (one.vi for one in answer.notes)
    yield f"VALID: receipt {body.sequence} of {body.unit}, {body.day}."
    yield from _part("Proves", (one.en for one in answer.proves))
    yield from _part("Does not prove", (one.en for one in answer.does_not_prove))
    yield from (one.en for one in answer.notes)
    yield _line(_head(body, answer.sha256))
    for account in body.datasets:
        yield from _account(account)


def _body(document: bytes) -> Body:
    """Read a document of the book.

    Raises:
        Fatal: it is not as it was signed.
    """
    receipt = read(document)
    if isinstance(receipt, Fault):
        message = (
            f"a receipt in ledger.receipt was tampered with ({receipt.en}). Compare the table with "
            "exported receipts (`suoi receipt verify`) before you go on."
        )
        raise Fatal(message)
    return receipt.body


def _head(body: Body, digest: str) -> dict[str, Any]:
    return {
        "unit": body.unit,
        "day": body.day,
        "sequence": body.sequence,
        "sha256": digest,
        "key": body.key,
        "corrects": body.corrects.sequence if body.corrects else None,
        "complete": all(one.complete for one in body.datasets),
        "generated_at": body.generated_at,
    }


def _line(told: dict[str, Any]) -> str:
    complete = "đủ / complete" if told["complete"] else "chưa đủ / not complete"
    corrects = f", đính chính số / corrects {told['corrects']}" if told["corrects"] else ""
    return f"{told['unit']} {told['day']} số / number {told['sequence']}{corrects}, {complete}"


def _account(one: Account) -> Iterator[str]:
    through = one.complete_through or "chưa chứng minh được / not proved"
    yield f"  {one.dataset}: đủ đến / complete through {through}"
    yield f"    bộ quy tắc / ruleset {one.ruleset}"
    yield from (f"    {count.op} {count.outcome}: {count.records}" for count in one.counts)
    for name, lines in (("refused", one.refused), ("stored", one.stored)):
        yield f"    {name}: {lines.lines}, SHA-256 {lines.sha256}"


def _part(title: str, sentences: Iterable[str]) -> Iterator[str]:
    yield f"  {title}:"
    yield from (f"  - {one}" for one in sentences)


def _said(one: Said) -> dict[str, str]:
    return {"code": one.code, "vi": one.vi, "en": one.en}
