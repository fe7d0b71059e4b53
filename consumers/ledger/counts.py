"""Counts: every raw record once, by how it ended (law 2), and by commune and window day."""

from collections import Counter
from typing import NamedTuple, Self

from infra.postgres import Connection
from infra.queries import read_queries
from schemas.records import Origin

APPLIED = "applied"
SUPERSEDED = "superseded"
REPLAYED = "replayed"
QUARANTINED = "quarantined"

_DAY_US = 86_400_000_000
_CUT_OFF_US = 10 * 3_600_000_000
"""17:00 in Asia/Ho_Chi_Minh (UTC+7, no daylight saving), as time of day in UTC: DOMAIN.md 11."""


class Account(NamedTuple):
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
    return -((_CUT_OFF_US - source_ts) // _DAY_US)


class Counts:
    """How the records of one batch ended."""

    def __init__(self, verdict: str) -> None:
        """Start with nothing counted of the records judged *verdict* (clean or reject)."""
        self._verdict = verdict
        self._outcomes: Counter[tuple[str, int, str]] = Counter()
        self._days: Counter[tuple[str, str, int, str, str]] = Counter()
        self.totals: Counter[str] = Counter()

    def copy(self) -> Self:
        """Give counts that begin with these."""
        other = type(self)(self._verdict)
        other._outcomes = self._outcomes.copy()  # noqa: SLF001  one of our own
        other._days = self._days.copy()  # noqa: SLF001  one of our own
        other.totals = self.totals.copy()
        return other

    def add(self, account: Account, outcome: str) -> None:
        """Count one record, once."""
        raw = account.raw
        self._outcomes[raw.topic, raw.partition, outcome] += 1
        self._days[account.dataset, account.scope, account.day, account.op, outcome] += 1
        self.totals[outcome] += 1

    def write(self, connection: Connection) -> None:
        """Add these counts to the ledger, in the caller's transaction (invariant 2)."""
        if not self._outcomes:
            return
        queries = read_queries("ledger")
        names = ("topics", "partitions", "outcomes")
        columns = [list(column) for column in zip(*self._outcomes, strict=True)]
        facts = dict(zip(names, columns, strict=True)) | {"ns": list(self._outcomes.values())}
        connection.execute(queries["add_outcomes"], facts | {"verdict": self._verdict})
        names_of_days = ("datasets", "scopes", "days", "ops", "outcomes")
        columns = [list(column) for column in zip(*self._days, strict=True)]
        facts = dict(zip(names_of_days, columns, strict=True)) | {"ns": list(self._days.values())}
        connection.execute(queries["add_counts"], facts)
