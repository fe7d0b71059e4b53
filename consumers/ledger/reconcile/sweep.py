"""The one reading of the source: each page standardised and held against the province at once.

Read once, because the department's database has other work; at once, because a row that changes
while we read is then in doubt for milliseconds, not for the length of the sweep.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from consumers.ledger.reconcile.buckets import Buckets
from consumers.ledger.reconcile.province import Held, Province
from schemas.records import Row

Standardise = Callable[[Row, int], str | None]
"""(row image, commit time in µs) -> `_hash` of the canonical row; None = refused."""


class Page(Protocol):
    """Some rows of the source."""

    @property
    def keys(self) -> list[str]:
        """`_key` of each row."""

    @property
    def rows(self) -> list[Row]:
        """Their images, in the same order."""


class Pace(NamedTuple):
    """How gently the source is read: rows a page, and seconds of rest between two."""

    rows: int = 5000
    pause_s: float = 0.02


@dataclass(kw_only=True, slots=True)
class Swept:
    """What a sweep met: every row's fingerprint, and the keys that are not plainly equal."""

    rows: int = 0
    buckets: Buckets = field(default_factory=Buckets)
    quarantined: set[str] = field(default_factory=set)
    """Unequal, and an open item says why."""
    suspects: list[str] = field(default_factory=list)

    def join(self, other: "Swept") -> None:
        """Take in what another process met."""
        self.rows += other.rows
        self.buckets.join(other.buckets)
        self.quarantined |= other.quarantined
        self.suspects += other.suspects


def sweep(
    pages: Iterable[Page], province: Province, standardise: Standardise, pause_s: float
) -> Swept:
    """Read all *pages*, resting *pause_s* after each, and note what is not equal."""
    swept = Swept()
    for page in pages:
        held = province.held(page.keys)
        unequal = _unequal(page, held, standardise, swept.buckets)
        explained = province.waiting(unequal)
        swept.quarantined |= explained
        swept.suspects += [key for key in unequal if key not in explained]
        swept.rows += len(page.keys)
        time.sleep(pause_s)  # the department's own work goes first
    return swept


def _unequal(
    page: Page, held: dict[str, Held], standardise: Standardise, buckets: Buckets
) -> Sequence[str]:
    now = time.time_ns() // 1000
    unequal = []
    for key, row in zip(page.keys, page.rows, strict=True):
        theirs = held.get(key)
        ours = standardise(row, now if theirs is None else theirs.source_ts)
        if ours is not None:
            buckets.add(key, ours)
        if ours is None or theirs is None or theirs.hash != ours:
            unequal.append(key)
    return unequal
