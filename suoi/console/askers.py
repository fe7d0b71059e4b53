"""How each part of the stack is asked: the functions of `suoi status`, with clients kept open.

Everything is read as the role `reader`, which may change nothing.
"""

import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any

import psycopg

from consumers.ledger.delivery import Delivery, Figures, UnitBook
from infra.control import read_standings
from infra.lag.history import history_file, read_history
from infra.lag.sample import Sample
from infra.local.access import postgres_conninfo
from infra.local.home import Home
from infra.local.state import read_state
from infra.postgres import Connection, classified, connect
from infra.queries import read_queries
from schemas.catalogue import Catalogue
from schemas.register.reading import read_register
from suoi import delivery, figures
from suoi.capture import statuses
from suoi.catalogue import chosen_day
from suoi.console.sampler import Part
from suoi.console.snapshot import Waiting
from suoi.figures import Books, open_books
from suoi.finding import behind_since
from suoi.lag import FRESH_S
from suoi.law import connected

SLOWEST_MS = 4000
"""How long the province works on a question of ours."""


class Stack:
    """Reads what the supervisor writes; it never waits."""

    def __init__(self, home: Home) -> None:
        """Read at *home*."""
        self._home = home

    def ask(self) -> Mapping[str, Any]:
        """Return the phase and the components; a supervisor that died is `stopped`."""
        state = read_state(self._home.state_file)
        phase = state.phase if state.runs() else "stopped"
        return {"phase": phase, "components": state.components}

    def close(self) -> None:
        """Nothing is open."""


class Capture:
    """Looks at each source, its connector and its loads."""

    def __init__(self, home: Home, catalogue: Catalogue) -> None:
        """Look at the sources of *catalogue*."""
        self._home, self._catalogue = home, catalogue

    def ask(self) -> Mapping[str, Any]:
        """Return the state of each source's capture."""
        return {"connectors": {one.source: one for one in statuses(self._home, self._catalogue)}}

    def close(self) -> None:
        """Nothing is kept open."""


class _Reading:
    """Books that stay open from one question to the next."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._opened = ExitStack()
        with classifying():
            self._books: Books = self._opened.enter_context(open_books(home.root))

    def close(self) -> None:
        """Let Kafka, the province and the cache go."""
        self._opened.close()


class Counts(_Reading):
    """Counts what became of each record, and the four hops."""

    def ask(self) -> Mapping[str, Any]:
        """Return counts, hops, and how each dataset stands."""
        with classifying():
            return {
                "counts": figures.counts(self._books),
                "hops": self._hops(),
                "standings": read_standings(self._books.reader),
            }

    def _hops(self) -> Mapping[str, Mapping[str, Sample]]:
        """Return what the sentinel saw last; nothing where it looked too long ago."""
        seen = read_history(history_file(self._home.run))
        if not seen.fresh(time.time(), FRESH_S):
            return {}  # Invariant 9
        return {
            dataset: {hop.value: samples[-1] for hop, samples in hops.items()}
            for dataset, hops in seen.hops.items()
        }


class Proof(_Reading):
    """Proves through which moment each dataset is complete; it may wait for seconds."""

    def ask(self) -> Mapping[str, Any]:
        """Return the moments that could be proved."""
        with classifying():
            return {"through": self._books.complete_through()}


class Owed:
    """Computes what each unit owes and has delivered; it counts whole tables."""

    def __init__(self, home: Home, law: Catalogue) -> None:
        """Compute it for all contracts of *law*."""
        self._home, self._law = home, law

    def ask(self) -> Mapping[str, Any]:
        """Return the book of each unit, as of today."""
        with classifying(), open_books(self._home.root) as books:
            counted = delivery.figures(books)
        return {"units": owed(self._law, counted)}

    def close(self) -> None:
        """Nothing is kept open: asked so seldom, it would have died of the first restart since."""


class Queue:
    """Counts what waits in quarantine, by cause."""

    def __init__(self, home: Home) -> None:
        """Open the province at *home*."""
        self._home = home
        self._province = open_province(home)

    def ask(self) -> Mapping[str, Any]:
        """Return the open items by dataset and cause, and since when findings are behind."""
        with classifying(), self._province.transaction():
            rows = self._province.execute(read_queries("console")["waiting"]).fetchall()
        return {"waiting": tuple(Waiting(*row) for row in rows), "behind": behind_since(self._home)}

    def close(self) -> None:
        """Let the province go."""
        self._province.close()


def owed(law: Catalogue, counted: Mapping[str, Figures] | None = None) -> tuple[UnitBook, ...]:
    """Compute the book of each unit as of today; without figures nothing is past stage 1."""
    return Delivery(law, counted).books(read_register(), chosen_day(None))


def open_province(home: Home) -> Connection:
    """Open the provincial database as its reader; a question ends after SLOWEST_MS.

    Raises:
        Transient: it does not answer.
    """
    where = postgres_conninfo(home, "province_reader")
    limited = psycopg.conninfo.make_conninfo(where, options=f"-c statement_timeout={SLOWEST_MS}")
    return connect("suoi console", limited)


@contextmanager
def classifying() -> Iterator[None]:
    """Turn PostgreSQL's errors into our own.

    Raises:
        Transient: the server is away or slow; Fatal: it refuses.
    """
    try:
        yield
    except psycopg.Error as error:
        raise classified(error) from error


def parts(home: Home, law: Catalogue, every_s: float = 1.0) -> tuple[Part, ...]:
    """Name the parts of the stack at *home*; the quickest is asked every *every_s* seconds."""
    catalogue = connected(law)
    return (
        Part("stack", every_s, lambda: Stack(home)),
        Part("capture", 5 * every_s, lambda: Capture(home, catalogue)),
        Part("books", 2 * every_s, lambda: Counts(home)),
        Part("proof", 2 * every_s, lambda: Proof(home)),
        Part("quarantine", 3 * every_s, lambda: Queue(home)),
        Part("units", 60 * every_s, lambda: Owed(home, law)),
    )
