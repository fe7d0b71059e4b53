"""The desk of `suoi obligations`: connections, contracts and keys, opened in one place."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from consumers.ledger.obligations.duties import Duties
from consumers.ledger.obligations.store import Store
from infra.errors import Fatal
from infra.local.access import postgres_conninfo
from infra.local.home import Home
from infra.local.receipt_key import read_public
from infra.postgres import Connection, connect
from schemas.calendar.book import read_calendar
from schemas.catalogue import Catalogue
from schemas.codes import read_codes
from schemas.register.reading import RegisterError, read_register
from suoi.law import read_law
from suoi.obligations.witness import Look

READER, WRITER = "province_reader", "province_obligations"


def read_duties(law: Catalogue) -> Duties:
    """Read the register and the calendar; what is owed by *law*.

    Raises:
        Fatal: a line of the register or of the calendar is wrong.
    """
    try:
        register, calendar = read_register(), read_calendar()
    except RegisterError as error:
        raise Fatal(str(error)) from None
    return Duties(register=register, contracts=law, calendar=calendar, codes=read_codes())


@dataclass(frozen=True, kw_only=True)
class Desk:
    """What the commands and the worker need."""

    home: Home
    law: Catalogue
    reader: Connection
    writer: Connection
    by: str | None = None
    """In whose name papers are signed; None = the user of the operating system."""

    @cached_property
    def duties(self) -> Duties:
        """Who owes what, and when."""
        return read_duties(self.law)

    @cached_property
    def store(self) -> Store:
        """The book; its papers are those that the province's key has signed."""
        return Store(self.writer, [read_public(self.home.receipt_key)])

    def look(self) -> Look:
        """Return a new look at everything, to be closed."""
        return Look(self.home, self.law, self.reader, self.store)


@contextmanager
def opened_desk(home: Path, by: str | None = None) -> Iterator[Desk]:
    """Open the desk of the stack at *home*, on behalf of *by*.

    Raises:
        Fatal: there is no stack at *home*.
        Transient: the provincial database does not answer.
    """
    place = Home(home)
    place.refuse_absent()
    reader = connect("suoi obligations", postgres_conninfo(place, READER))
    try:
        writer = connect("suoi obligations", postgres_conninfo(place, WRITER))
        try:
            yield Desk(home=place, law=read_law(), reader=reader, writer=writer, by=by)
        finally:
            writer.close()
    finally:
        reader.close()
