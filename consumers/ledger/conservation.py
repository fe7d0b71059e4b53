"""Law 2 as arithmetic: every raw record ends in exactly one outcome, or is in flight.

A `Sample` is what one raw partition looked like; `judge` says whether its sum closes, and if not,
where. How samples are taken is `sampling.py`; how verdicts are added up, `spans.py`.

Everything is counted from raw offset 0 on: the ledger never forgets, so neither may the books. A
second verdict moves a record among the outcomes of its first one (`moves.py`): no sum changes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from consumers.ledger.spans import Range, Verdicts

OUTCOMES = ("applied", "superseded", "replayed", "quarantined")


@dataclass(frozen=True, kw_only=True, slots=True)
class Sample:
    """One raw partition as it was seen."""

    dataset: str
    topic: str
    partition: int
    end: int
    verdicts: Verdicts
    """From books.streams: what became of every offset below the commit."""
    expired: bool = False
    """The first books are gone, and no checkpoint tells of them."""
    counted: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """What the ledger has counted: (verdict, outcome) -> records."""
    waiting: Mapping[str, int] = field(default_factory=dict)
    """Decided records no sink has taken yet: clean -> n, reject -> n."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """Whether the sum of one raw partition closes; *reason* is a sentence where it does not."""

    sample: Sample
    hole: Range | None
    reason: str

    @property
    def verdicts(self) -> Mapping[str, int]:
        """clean, reject, filtered -> decided records."""
        return self.sample.verdicts.totals

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
        sample = self.sample
        return sample.end - sample.verdicts.committed + sum(sample.waiting.values())


def judge(sample: Sample) -> Finding:
    """Add up one partition (invariant 2)."""
    hole = sample.verdicts.hole()
    reason = _undecided(sample, hole) or _uneven(sample)
    if hole is None and reason:
        hole = Range(0, sample.verdicts.committed - 1)
    return Finding(sample=sample, hole=hole, reason=reason)


def first_failure(findings: Iterable[Finding]) -> Finding | None:
    """Name the first partition whose sum does not close."""
    return next((finding for finding in findings if not finding.holds), None)


def _undecided(sample: Sample, hole: Range | None) -> str:
    if hole is None:
        return ""
    where = f"raw offsets {hole.first} to {hole.last} of {sample.topic}, partition"
    if sample.expired and hole.first == 0:  # Invariant 10: what we cannot judge, we say
        return (
            f"the verdicts of {where} {sample.partition}, have expired from books.streams and this "
            "home has no checkpoint of them; check at least every 60 days, in the same home"
        )
    return f"{where} {sample.partition}, were passed without a verdict"


def _uneven(sample: Sample) -> str:
    for verdict in ("clean", "reject"):
        decided = sample.verdicts.totals.get(verdict, 0)
        counted = sum(n for (judged, _), n in sample.counted.items() if judged == verdict)
        waiting = sample.waiting.get(verdict, 0)
        if decided != counted + waiting:
            return (
                f"{sample.topic}, partition {sample.partition}: {decided} records were judged "
                f"{verdict}, but {counted} are in the ledger and {waiting} on their way"
            )
    return ""
