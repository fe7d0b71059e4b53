"""The invented day of tests/local/test_receipts.py, and who makes its receipts."""

from collections.abc import Callable
from datetime import UTC, date, datetime

from consumers.ledger.receipts.book import Book
from consumers.ledger.receipts.evidence import Reading
from consumers.ledger.receipts.making import Maker
from consumers.ledger.receipts.window import window
from infra.postgres import Connection
from support.deliveries import NOON, OCOP
from support.receipts import KEY

DAY: date = datetime.fromtimestamp(NOON / 1_000_000, UTC).date()
"""The day in whose window the records of support.deliveries were committed."""
END = window(DAY).through


def maker(connection: Connection) -> Maker:
    """Who signs with the tests' key, through *connection*."""
    return Maker(book=Book(connection), key=KEY)


def reading(
    connection: Connection,
    through: datetime | None,
    day: date = DAY,
    copyist: Callable[[str, str, bytes], None] = lambda *_: None,
) -> Reading:
    """Read the evidence of *day*, complete *through* then."""
    proved = {} if through is None else {OCOP.id: through}
    return Reading(connection, day, proved, copyist)
