"""Law 2 as arithmetic: every raw record ends in exactly one outcome, or is in flight.

A `Sample` is what one raw partition looked like; `judge` says whether its sum closes, and if not,
where. How samples are taken is `sampling.py`.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

OUTCOMES = ("applied", "superseded", "replayed", "quarantined")


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


@dataclass(frozen=True, kw_only=True, slots=True)
class Sample:
    """One raw partition as it was seen."""

    dataset: str
    topic: str
    partition: int
    low: int
    """First offset still kept."""
    committed: int
    """Streams has decided everything below this offset."""
    end: int
    runs: tuple[Run, ...]
    """Verdicts from books.streams, in the order in which they were written."""
    counted: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """What the ledger has counted: (verdict, outcome) -> records."""
    waiting: Mapping[str, int] = field(default_factory=dict)
    """Decided records no sink has taken yet: clean -> n, reject -> n."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """Whether the sum of one raw partition closes; *reason* is a sentence where it does not."""

    sample: Sample
    verdicts: Mapping[str, int]
    """clean, reject, filtered -> decided records."""
    hole: Range | None
    reason: str

    @property
    def holds(self) -> bool:
        """Law 2 holds for this partition."""
        return not self.reason

    def ended(self, outcome: str) -> int:
        """Records that ended in *outcome*, whatever they were judged."""
        return sum(n for (_, ended), n in self.sample.counted.items() if ended == outcome)

    @property
    def in_flight(self) -> int:
        """Captured records that no outcome has yet: undecided, or decided and on their way."""
        return self.sample.end - self.sample.committed + sum(self.sample.waiting.values())


def judge(sample: Sample) -> Finding:
    """Add up one partition (invariant 2)."""
    decided = verdict_by_offset(sample)
    verdicts = Counter(verdict.split(":")[0] for verdict in decided.values())
    hole = first_hole(sample, decided)
    reason = _undecided(sample, hole) or _uneven(sample, verdicts)
    if hole is None and reason:
        hole = Range(sample.low, sample.committed - 1)
    return Finding(sample=sample, verdicts=verdicts, hole=hole, reason=reason)


def verdict_by_offset(sample: Sample) -> dict[int, str]:
    """Spread the runs over the decided offsets; of one offset written twice the latest wins."""
    return {
        offset: run.verdict
        for run in sample.runs
        for offset in range(max(run.first, sample.low), run.first + run.length)
        if offset < sample.committed
    }


def first_hole(sample: Sample, decided: Mapping[int, str]) -> Range | None:
    """Find the first raw offsets that streams has passed and no book mentions."""
    missing = (offset for offset in range(sample.low, sample.committed) if offset not in decided)
    first = next(missing, None)
    if first is None:
        return None
    last = first
    while last + 1 < sample.committed and last + 1 not in decided:
        last += 1
    return Range(first, last)


def first_failure(findings: Iterable[Finding]) -> Finding | None:
    """Name the first partition whose sum does not close."""
    return next((finding for finding in findings if not finding.holds), None)


def _undecided(sample: Sample, hole: Range | None) -> str:
    if hole is None:
        return ""
    return (
        f"raw offsets {hole.first} to {hole.last} of {sample.topic}, partition "
        f"{sample.partition}, were passed without a verdict"
    )


def _uneven(sample: Sample, verdicts: Mapping[str, int]) -> str:
    for verdict in ("clean", "reject"):
        decided = verdicts.get(verdict, 0)
        counted = sum(n for (judged, _), n in sample.counted.items() if judged == verdict)
        waiting = sample.waiting.get(verdict, 0)
        if decided != counted + waiting:
            return (
                f"{sample.topic}, partition {sample.partition}: {decided} records were judged "
                f"{verdict}, but {counted} are in the ledger and {waiting} on their way"
            )
    return ""
