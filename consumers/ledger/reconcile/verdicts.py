"""What became of each suspect: equal after all, or different, and in which of four classes.

A suspect is read at the source, then the chain is given time to be complete past that reading, then
the province is read, then the source again. Only where the source said the same both times, and the
province still says something else, do they differ: a transaction that was open meanwhile, a late
sink or a row changed twice can never look like a loss.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, Protocol

from consumers.ledger.reconcile.province import Held, Province, Settled
from consumers.ledger.reconcile.sweep import Standardise
from schemas.records import Row

ROUND_ROWS = 10_000
"""Suspects whose images are in memory at once; the chain is waited for once a round."""
_BATCH_ROWS = 500


class Kind(StrEnum):
    """The classes of DESIGN.md 6; only the first is a failure."""

    DIFFERS = "differs"
    OLDER_RULESET = "older_ruleset"
    QUARANTINED = "quarantined"
    MOVING = "moving"


class Difference(NamedTuple):
    """One key that is not equal; *key* itself is never shown (invariant 6)."""

    key: str
    kind: Kind
    what: str
    """missing, deleted, extra, altered, or refused (by our rules, and no item says so)."""
    proved: bool = True
    """Whether the chain was complete past our reading: else nobody can say what became of it."""


class LogPlace(Protocol):
    """The end of a source's log."""

    @property
    def position(self) -> int:
        """As `_position` has it."""

    @property
    def clock(self) -> int:
        """The source's own, µs since the epoch."""


class Source(Protocol):
    """The source, read by key."""

    def place(self) -> LogPlace:
        """Return where its log ends."""

    def named(self, keys: Sequence[str]) -> Mapping[str, Row]:
        """Read the rows of *keys*."""


Settle = Callable[[int], bool]
"""Waits until the province is complete through a moment (µs, the source's clock), or not."""
Rejudge = Callable[[Mapping[str, Held]], Mapping[str, str | None]]
"""`_hash` that the raw record behind each row has under the present rules; None = refused; a key
whose record is gone is absent."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Inquiry:
    """Judges the suspects of one dataset."""

    source: Source
    province: Province
    standardise: Standardise
    settle: Settle
    rejudge: Rejudge
    generation: int
    ruleset: int

    def judge(self, keys: Sequence[str]) -> Iterator[Difference]:
        """Yield a Difference for each of *keys* that is not equal after all."""
        for some in slices(keys, ROUND_ROWS):
            began = self.source.place()
            before: dict[str, Row] = {}
            for few in slices(some, _BATCH_ROWS):
                before |= self.source.named(few)
            proved = self.settle(self.source.place().clock)
            for few in slices(some, _BATCH_ROWS):
                found = self._judged({key: before.get(key) for key in few}, began.position)
                yield from found if proved else map(_unproved, found)

    def _judged(self, rows: Mapping[str, Row | None], position: int) -> Iterator[Difference]:
        held = self.province.held(list(rows))
        settled = Settled(self.generation, position, self.source.place().position)
        explained = self.province.waiting(list(rows))
        again = self.source.named(list(rows))  # after the province: a change meanwhile is seen
        ours = {key: self._ours(row, held.get(key)) for key, row in rows.items()}
        unequal = {
            key: what
            for key, row in rows.items()
            if (what := unlike(row, ours[key], held.get(key))) is not None
        }
        explained |= self.province.emptied([key for key in unequal if rows[key] is None])
        moving = {
            key
            for key in unequal
            if again.get(key) != rows[key] or self._late(held.get(key), settled)
        }
        unsaid = unequal.keys() - moving - explained
        older = self._older({key: unequal[key] for key in unsaid}, held, ours)
        for key, what in unequal.items():
            if key in moving:
                yield Difference(key, Kind.MOVING, what)
            elif key in explained:
                yield Difference(key, Kind.QUARANTINED, what)
            else:
                yield Difference(key, Kind.OLDER_RULESET if key in older else Kind.DIFFERS, what)

    def _late(self, theirs: Held | None, settled: Settled) -> bool:
        return theirs is not None and settled.before(theirs.order, stepped=self.province.stepped)

    def _ours(self, row: Row | None, theirs: Held | None) -> str | None:
        if row is None:
            return None
        return self.standardise(row, theirs.source_ts if theirs else time.time_ns() // 1000)

    def _older(
        self, keys: Mapping[str, str], held: Mapping[str, Held], hashes: Mapping[str, str | None]
    ) -> set[str]:
        """Return those whose row would be equal, had our present rules judged its raw record."""
        stale = {
            key: held[key]
            for key, what in keys.items()
            if what in {"altered", "refused"}
            and key in held
            and held[key].order.ruleset < self.ruleset
            and not held[key].deleted
        }
        again = self.rejudge(stale) if stale else {}
        return {key for key, row_hash in again.items() if row_hash == hashes[key]}


def unlike(row: Row | None, ours: str | None, theirs: Held | None) -> str | None:
    """Say in one word how the province's row is not that of the source; None = it is.

    *ours* is the `_hash` of the source's *row* under our rules; None = refused, or there is no row.
    """
    live = theirs is not None and not theirs.deleted
    if row is None:
        return "extra" if live else None
    if ours is None:
        return "refused"
    if theirs is None:
        return "missing"
    if theirs.deleted:
        return "deleted"
    return None if theirs.hash == ours else "altered"


def _unproved(found: Difference) -> Difference:
    """Without a proof that it must have arrived, nothing is called lost (invariant 10)."""
    return found._replace(kind=Kind.MOVING, proved=False) if found.kind is Kind.DIFFERS else found


def slices(keys: Sequence[str], rows: int) -> Iterator[Sequence[str]]:
    """Cut *keys* into parts of at most *rows*."""
    for first in range(0, len(keys), rows):
        yield keys[first : first + rows]
