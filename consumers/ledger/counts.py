"""Counts: every raw record once, by how it ended (law 2), and by commune and window day."""

from collections import Counter
from collections.abc import Callable
from operator import itemgetter
from typing import Any, Self

import msgspec

from infra.postgres import Connection
from infra.queries import read_queries
from schemas.calendar.cutoff import CUT_OFF_US
from schemas.records import Origin

APPLIED = "applied"
SUPERSEDED = "superseded"
REPLAYED = "replayed"
QUARANTINED = "quarantined"

_DAY_US = 86_400_000_000

Line = tuple[str, int, str, str, int, str, str]
_LINE = ("topics", "partitions", "datasets", "scopes", "days", "ops", "outcomes")
"""What a line of the counts says, under the names of its columns."""


class Account(msgspec.Struct, frozen=True, gc=False):
    """Where one record is counted: raw partition, dataset, commune, day and operation."""

    raw: Origin
    dataset: str
    scope: str
    day: int
    op: str
    again: bool = False
    """It had a verdict before: outside the sum (`moves.py`)."""


def window_day(source_ts: int) -> int:
    """Give the day, counted from 1970-01-01, in whose window a commit at *source_ts* (µs) lies.

    The window of a day ends with its cut-off: a commit at 17:00 sharp still belongs to it, one
    after to the next day. Plain days, until the working calendar comes.
    """
    return -((CUT_OFF_US - source_ts) // _DAY_US)


class Counts:
    """How the records of one batch ended."""

    def __init__(self, verdict: str) -> None:
        """Start with nothing counted of the records judged *verdict* (clean or reject)."""
        self._verdict = verdict
        self._lines: Counter[Line] = Counter()

    @property
    def totals(self) -> Counter[str]:
        """How many ended how."""
        return self._sums(itemgetter(_LINE.index("outcomes")))

    def copy(self) -> Self:
        """Give counts that begin with these."""
        other = type(self)(self._verdict)
        other._lines = self._lines.copy()  # noqa: SLF001  one of our own
        return other

    def add(self, account: Account, outcome: str) -> None:
        """Count one record, once."""
        topic, partition, _ = account.raw
        where = account.dataset, account.scope, account.day, account.op
        self._lines[topic, partition, *where, outcome] += 1

    def write(self, connection: Connection) -> None:
        """Add these counts to the ledger, in the caller's transaction (invariant 2)."""
        if not self._lines:
            return
        queries = read_queries("ledger")
        outcomes = self._columns("topics", "partitions", "outcomes")
        connection.execute(queries["add_outcomes"], outcomes | {"verdict": self._verdict})
        days = self._columns("datasets", "scopes", "days", "ops", "outcomes")
        connection.execute(queries["add_counts"], days)

    def _columns(self, *names: str) -> dict[str, list[Any]]:
        """Sum over what *names* leave out; columns by name, and the sums as `ns`."""
        sums = self._sums(itemgetter(*map(_LINE.index, names)))
        columns = map(list, zip(*sums, strict=True))
        return dict(zip(names, columns, strict=True)) | {"ns": [*sums.values()]}

    def _sums(self, part: Callable[[Line], Any]) -> Counter[Any]:
        sums: Counter[Any] = Counter()
        for line, n in self._lines.items():
            sums[part(line)] += n
        return sums
