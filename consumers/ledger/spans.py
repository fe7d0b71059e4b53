"""Verdicts as intervals: what books.streams says of one raw partition, in bounded memory.

Books are read from the newest record to the oldest. Of an offset that was booked twice the newest
record wins, so whatever an older record says of offsets already covered is passed over. Records
come nearly in order: what is covered stays a handful of intervals, however many offsets they hold.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple


class Run(NamedTuple):
    """*length* raw records in a row, from offset *first* on, that got the same verdict."""

    first: int
    length: int
    verdict: str
    """clean, reject or filtered:<rule>"""


class Range(NamedTuple):
    """Raw offsets *first* to *last*, both included."""

    first: int
    last: int


class Base(NamedTuple):
    """What a checkpoint says: *totals* of all offsets below *through*, committed by then."""

    through: int
    totals: Mapping[str, int]


class Cover:
    """A set of offsets as sorted intervals that do not touch."""

    def __init__(self) -> None:
        """Cover nothing."""
        self._firsts: list[int] = []
        self._ends: list[int] = []

    def add(self, first: int, end: int) -> list[tuple[int, int]]:
        """Cover [first, end); gives the parts of it that were not covered before."""
        low = bisect_left(self._ends, first)
        high = bisect_right(self._firsts, end)
        new = list(self._gaps(low, high, first, end)) if first < end else []
        if first < end:
            self._firsts[low:high], self._ends[low:high] = (
                [min([first, *self._firsts[low:high][:1]])],
                [max([end, *self._ends[low:high][-1:]])],
            )
        return new

    def missing(self, first: int, end: int) -> Iterator[tuple[int, int]]:
        """Yield the parts of [first, end) that are not covered, in order."""
        low, high = bisect_right(self._ends, first), bisect_left(self._firsts, end)
        yield from self._gaps(low, high, first, end)

    def __len__(self) -> int:
        """How many intervals are held: the memory this takes."""
        return len(self._firsts)

    def _gaps(self, low: int, high: int, first: int, end: int) -> Iterator[tuple[int, int]]:
        """Yield what the intervals *low* to *high* leave of [first, end)."""
        for held, passed in zip(self._firsts[low:high], self._ends[low:high], strict=True):
            if first < held:
                yield first, min(held, end)
            first = max(first, passed)
        if first < end:
            yield first, end


class Verdicts:
    """The verdicts of one raw partition: totals below what is committed, runs beyond it."""

    def __init__(self, committed: int, base: Base | None = None) -> None:
        """Streams has decided everything below *committed*; *base* was added up before."""
        self.committed = committed
        self.totals = Counter(base.totals if base else {})
        """clean, reject, filtered -> records below *committed*."""
        self._cover = Cover()
        self._cover.add(0, base.through if base else 0)
        self._beyond: list[Run] = []

    def add(self, run: Run) -> None:
        """Take in a run that is older than all that were given before."""
        for first, end in self._cover.add(run.first, run.first + run.length):
            decided = min(end, self.committed) - first
            if decided > 0:
                self.totals[run.verdict.split(":")[0]] += decided
            if end > self.committed:
                begun = max(first, self.committed)
                self._beyond.append(Run(begun, end - begun, run.verdict))

    @property
    def intervals(self) -> int:
        """How many intervals are held in memory."""
        return len(self._cover)

    def beyond(self) -> tuple[Run, ...]:
        """Give the verdicts of offsets that are booked but not committed, in order."""
        return tuple(sorted(self._beyond))

    def hole(self) -> Range | None:
        """Name the first offsets below the commit that no book mentions."""
        first = next(self._cover.missing(0, self.committed), None)
        return None if first is None else Range(first[0], first[1] - 1)


def resolved(runs: Iterable[Run], committed: int) -> Verdicts:
    """Give the verdicts that *runs*, in the order in which they were written, leave in force."""
    found = Verdicts(committed)
    for run in reversed(list(runs)):
        found.add(run)
    return found
