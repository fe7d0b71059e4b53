"""Receipts as the book holds them, and what came of making one."""

from datetime import date
from typing import NamedTuple

from consumers.ledger.receipts.document import Link, Receipt

NEW, CORRECTED, UNCHANGED = "new", "corrected", "unchanged"


class Paper(NamedTuple):
    """One receipt as the book holds it; *document* is the exact text that was signed."""

    link: Link
    document: bytes


class Entry(NamedTuple):
    """One line of the list of receipts."""

    unit: str
    sequence: int
    day: date
    corrects: int | None
    key: str
    document: bytes


class Made(NamedTuple):
    """What came of it: new, corrected or unchanged, and the receipt that now stands."""

    state: str
    sha256: str
    receipt: Receipt
