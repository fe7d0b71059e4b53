"""What the provincial ledger has counted: outcomes, open items of quarantine, receipts."""

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from infra.local.access import postgres_conninfo
from infra.local.home import Home
from infra.metrics.family import Sample
from infra.postgres import Database
from infra.queries import read_queries
from schemas import topics
from schemas.catalogue import Catalogue
from suoi.measuring.families import (
    OUTCOMES,
    QUARANTINE_CODE,
    QUARANTINE_OLDEST,
    QUARANTINE_OPEN,
    RECEIPT_LAST,
    RECEIPTS,
)


class Ledger(NamedTuple):
    """The provincial database as whoever asks, and the contracts in force."""

    database: Database
    catalogue: Catalogue

    def ask(self, name: str) -> list[tuple[Any, ...]]:
        """Put the question *name* of infra/sql/metrics.sql.

        Raises:
            Transient: the province does not answer.
            Fatal: it refuses the question.
        """
        with self.database.transaction() as connection:
            return connection.execute(read_queries("metrics")[name]).fetchall()


@contextmanager
def open_ledger(home: Home, catalogue: Catalogue) -> Iterator[Ledger]:
    """Open the ledger of the stack at *home*; it is connected to when first asked."""
    database = Database("suoi metrics", postgres_conninfo(home, "province_reader"))
    try:
        yield Ledger(database, catalogue)
    finally:
        database.close()


def outcomes(ledger: Ledger) -> Iterator[Sample]:
    """Tell how many raw records of each dataset ended in which way; here nothing is really 0."""
    datasets = {topics.raw(dataset): name for name, dataset in ledger.catalogue.items()}
    for topic, outcome, count in ledger.ask("outcomes"):
        if topic in datasets:  # heartbeats and signals are no dataset's
            yield from OUTCOMES.of(count, datasets[topic], outcome)


def quarantine(ledger: Ledger) -> Iterator[Sample]:
    """Tell how many items are open, of which classes, and how old the oldest is."""
    found = {name: (count, oldest) for name, count, oldest in ledger.ask("open_items")}
    for name in ledger.catalogue:
        count, oldest = found.get(name, (0, None))
        yield from QUARANTINE_OPEN.of(count, name)
        yield from QUARANTINE_OLDEST.of(oldest, name)
    yield from _codes(ledger.catalogue, ledger.ask("open_codes"))


def _codes(catalogue: Catalogue, rows: Iterable[tuple[str, str, float]]) -> Iterator[Sample]:
    counted: Counter[tuple[str, str]] = Counter()
    for name, code, count in rows:
        counted[name, code] += int(count)
    for (name, code), count in counted.items():
        if name in catalogue:
            yield from QUARANTINE_CODE.of(count, name, code)


def receipts(ledger: Ledger) -> Iterator[Sample]:
    """Tell how many receipts each unit has, and when the newest was stored."""
    for unit, count, newest in ledger.ask("receipts"):
        yield from RECEIPTS.of(count, unit)
        yield from RECEIPT_LAST.of(newest, unit)
