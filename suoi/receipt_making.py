"""`suoi receipt make`, wired: the watermark from Kafka, the books and the chain from PostgreSQL."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from consumers.ledger.receipts.book import Book
from consumers.ledger.receipts.evidence import Reading
from consumers.ledger.receipts.lines import Kept
from consumers.ledger.receipts.making import Maker, owners
from consumers.ledger.receipts.papers import Made
from infra.errors import Fatal, Usage
from infra.local.access import postgres_conninfo
from infra.local.home import Home
from infra.local.receipt_key import read_private
from infra.postgres import connect
from schemas.contract import Dataset
from schemas.register.reading import RegisterError, read_register
from suoi.figures import open_books


def make_receipts(home: Home, day: date, unit: str | None, lines: Path | None) -> list[Made]:
    """Make the receipts of *day*, of one *unit* or of all; keep what is hashed below *lines*.

    Raises:
        Usage: *unit* owned nothing that is captured on that day.
        Transient: Kafka or the provincial database is away, or another maker is at work.
        Fatal: there is no stack, no key, or a receipt in the book was tampered with.
    """
    with open_books(home.root) as books, opened_book(home, "province_receipt") as book:
        owned = _chosen(_owned(books.catalogue, day), unit)
        maker = Maker(book=book, key=read_private(home.receipt_secret))
        with book.alone():
            # The order matters: what is proved before the snapshot is taken is in it
            proved = books.complete_through()
            made = []
            for name, datasets in owned.items():
                with _copied(lines) as kept:
                    copy = kept.copy if kept else _nobody
                    one = maker.make(name, datasets, Reading(books.province, day, proved, copy))
                    if kept:
                        kept.keep(one.receipt)
                made.append(one)
            return made


@contextmanager
def opened_book(home: Home, role: str) -> Iterator[Book]:
    """Open the book of receipts of the stack at *home* as *role*.

    Raises:
        Fatal: there is no stack at *home*.
        Transient: the provincial database does not answer.
    """
    home.refuse_absent()
    connection = connect("suoi receipts", postgres_conninfo(home, role))
    try:
        yield Book(connection)
    finally:
        connection.close()


def _owned(catalogue: Mapping[str, Dataset], day: date) -> dict[str, list[Dataset]]:
    try:
        register = read_register()
    except RegisterError as error:
        raise Fatal(str(error)) from error
    return dict(sorted(owners(catalogue.values(), register, day).items()))


def _chosen(owned: dict[str, list[Dataset]], unit: str | None) -> dict[str, list[Dataset]]:
    if unit is None:
        return owned
    if unit not in owned:
        message = f"{unit!r} owned no captured dataset on that day; {', '.join(owned)} did."
        raise Usage(message)
    return {unit: owned[unit]}


@contextmanager
def _copied(directory: Path | None) -> Iterator[Kept | None]:
    """Keep lines below *directory*; what was not kept when the block ends is removed."""
    if directory is None:
        yield None
        return
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    kept = Kept(directory)
    try:
        yield kept
    finally:
        kept.drop()


def _nobody(_dataset: str, _part: str, _line: bytes) -> None:
    """Keep nothing."""
