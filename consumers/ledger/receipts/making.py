"""Making a receipt: evidence, compared with the receipt there is, signed, added to the chain.

Made twice, it is the same: a new receipt is added only when what the books say of the window has
changed, and then it names the one it corrects (invariant 3).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from consumers.ledger.receipts.book import Book
from consumers.ledger.receipts.document import (
    KIND,
    VERSION,
    Account,
    Body,
    Lines,
    Receipt,
    Window,
    key_id,
    read,
    sign,
)
from consumers.ledger.receipts.evidence import Reading, account, snapshot
from consumers.ledger.receipts.papers import CORRECTED, NEW, UNCHANGED, Made, Paper
from consumers.ledger.receipts.window import instant, window
from consumers.ledger.receipts.words import Fault, notice
from infra.errors import Fatal
from schemas.contract import Dataset
from schemas.register.book import Register


@dataclass(frozen=True, kw_only=True, slots=True)
class Maker:
    """Signs receipts with *key* and adds them to *book*."""

    book: Book
    key: Ed25519PrivateKey

    def make(self, unit: str, datasets: Iterable[Dataset], reading: Reading) -> Made:
        """Make the receipt of *unit* for the day of *reading*, or find it made already.

        Run it inside `Book.alone`.

        Raises:
            Fatal: the receipt it would correct was tampered with, or ours would be refused.
            Transient: the database is away; nothing was added.
        """
        before = self.book.newest(unit, reading.day)
        held = None if before is None else _checked(before, unit, reading.day, self.key)
        with snapshot(reading.connection):
            found = [account(reading, one) for one in sorted(datasets, key=lambda one: one.id)]
        accounts = tuple(_carried(found, held))
        if held is not None and before is not None and _same(accounts, held):
            return Made(UNCHANGED, before.link.sha256, held)
        body = self._body(unit, reading.day, accounts, before)
        document = sign(body, self.key)
        made = read(document)
        if isinstance(made, Fault):
            message = (
                f"the receipt of {unit} for {reading.day} would be refused ({made.en}); nothing "
                "was added. The books hold a word we do not know: look at ledger.count of that day."
            )
            raise Fatal(message)
        link = self.book.append(body, document)
        return Made(NEW if before is None else CORRECTED, link.sha256, made)

    def _body(
        self, unit: str, day: date, accounts: tuple[Account, ...], before: Paper | None
    ) -> Body:
        tip, span = self.book.tip(unit), window(day)
        return Body(
            kind=KIND,
            version=VERSION,
            unit=unit,
            sequence=1 if tip is None else tip.sequence + 1,
            previous=None if tip is None else tip.sha256,
            corrects=None if before is None else before.link,
            day=day.isoformat(),
            window=Window(after=instant(span.after), through=instant(span.through)),
            generated_at=instant(datetime.now(UTC)),
            key=key_id(self.key.public_key()),
            notice=notice(),
            datasets=accounts,
        )


def owners(datasets: Iterable[Dataset], register: Register, day: date) -> dict[str, list[Dataset]]:
    """Return what each unit owned on *day*: by the register, else by the contract itself."""
    tenures = {
        entry.contract: tenure.unit
        for entry in register.entries.values()
        if entry.contract and (tenure := entry.tenure(day)) is not None
    }
    owned: dict[str, list[Dataset]] = {}
    for dataset in datasets:
        owned.setdefault(tenures.get(dataset.id, dataset.owner_unit), []).append(dataset)
    return owned


def _checked(paper: Paper, unit: str, day: date, key: Ed25519PrivateKey) -> Receipt:
    """Read the receipt that stands; one that an older key of ours signed is whole too."""
    receipt = read(paper.document)
    if isinstance(receipt, Fault):
        message = (
            f"receipt {paper.link.sequence} of {unit} for {day} in ledger.receipt was tampered "
            f"with ({receipt.en}). Nothing was signed by {key_id(key.public_key())}; compare the "
            "table with exported receipts before you go on."
        )
        raise Fatal(message)
    return receipt


def _carried(found: Iterable[Account], held: Receipt | None) -> Iterator[Account]:
    """What was proved complete stays so: a chain that is slow now unproves nothing."""
    known = {one.dataset: one for one in held.body.datasets} if held else {}
    for one in found:
        before = known.get(one.dataset)
        if before is not None and (before.complete_through or "") > (one.complete_through or ""):
            through, complete = before.complete_through, before.complete
            yield msgspec.structs.replace(one, complete_through=through, complete=complete)
        else:
            yield one


def _same(accounts: tuple[Account, ...], held: Receipt) -> bool:
    """Whether the books say of the window what they said: see `_events`."""
    return tuple(map(_events, accounts)) == tuple(map(_events, held.body.datasets))


def _events(one: Account) -> tuple[object, ...]:
    """What cannot change by itself.

    Rows move on to later windows, rulesets are revised, an unfinished proof creeps on: none of
    these is a change of this window.
    """
    refused: Lines = one.refused
    return one.dataset, one.complete, one.counts, refused
