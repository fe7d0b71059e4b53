"""The book of receipts, `ledger.receipt`: papers are added and read, never changed."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import psycopg

from consumers.ledger.receipts.document import Body, Link, sha256
from consumers.ledger.receipts.papers import Entry, Paper
from infra import faults
from infra.errors import Transient
from infra.postgres import Connection, classified
from infra.queries import read_queries


class Book:
    """The receipts of every unit, in the provincial database."""

    def __init__(self, connection: Connection) -> None:
        """Read through *connection*; adding takes the role `province_receipt`."""
        self._connection = connection
        self._queries = read_queries("receipt")

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Let nobody else make receipts until this connection ends: a killed maker's does.

        Raises:
            Transient: somebody else is at it now.
        """
        with _told():
            held = self._connection.execute(self._queries["alone"]).fetchone()
            self._connection.commit()
        if held != (True,):
            message = "another `suoi receipt make` is at work; run yours when it has ended."
            raise Transient(message)
        yield

    def tip(self, unit: str) -> Link | None:
        """Return the last receipt of *unit*."""
        with _told(), self._connection.transaction():
            row = self._connection.execute(self._queries["tip"], {"unit": unit}).fetchone()
        return None if row is None else Link(sequence=row[0], sha256=row[1])

    def newest(self, unit: str, day: date) -> Paper | None:
        """Return the receipt of *unit* for *day* that no other corrects."""
        asked = {"unit": unit, "day": day}
        with _told(), self._connection.transaction():
            row = self._connection.execute(self._queries["newest"], asked).fetchone()
        if row is None:
            return None
        return Paper(Link(sequence=row[0], sha256=row[1]), row[2].encode())

    def append(self, body: Body, document: bytes) -> Link:
        """Add *document*, whose body is *body*: all of it or nothing.

        The server refuses a number that is taken or a hash that is not that of the one before.
        """
        link = Link(sequence=body.sequence, sha256=sha256(document))
        facts = {"unit": body.unit, "sequence": body.sequence, "day": body.day, "key": body.key}
        facts |= {"previous": body.previous, "corrects": body.corrects and body.corrects.sequence}
        facts |= {"document": document.decode(), "sha256": link.sha256}
        with _told(), self._connection.transaction():
            self._connection.execute(self._queries["append"], facts)
            faults.point("receipt.before_commit")  # Invariant 8: made again, with the same number
        faults.point("receipt.after_commit")  # Invariant 3: made again, it is found unchanged
        return link

    def entries(self, unit: str | None = None, day: date | None = None) -> list[Entry]:
        """Return the receipts there are, by unit and number."""
        with _told(), self._connection.transaction():
            rows = self._connection.execute(self._queries["list"], {"unit": unit, "day": day})
            return [Entry._make((*row[:-1], row[-1].encode())) for row in rows]

    def chain(self, unit: str, sequence: int) -> dict[int, bytes]:
        """Return every receipt of *unit* up to number *sequence*."""
        asked = {"unit": unit, "sequence": sequence}
        with _told(), self._connection.transaction():
            rows = self._connection.execute(self._queries["chain"], asked)
            return {number: document.encode() for number, document in rows}


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except psycopg.Error as error:
        raise classified(error) from error
