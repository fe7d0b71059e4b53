"""The judge: at each deadline it opens the duties of the day, and judges all that wait for it.

What is due is derived from the book itself, so a judge that was away, or was killed, goes on where
the book ends and judges each duty once (invariants 3, 8).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Protocol

from consumers.ledger.obligations.duties import Duties, Duty, Key
from consumers.ledger.obligations.entries import New, Waiting, entry_of, opening
from consumers.ledger.obligations.evidence import Evidence
from consumers.ledger.obligations.judging import judge
from consumers.ledger.obligations.store import Store
from consumers.ledger.receipts.window import last_closed
from schemas.calendar.cutoff import DAY, cut_off, plain_day


class Witness(Protocol):
    """Says what is known of duties."""

    def know(self, duties: Sequence[Duty], now: datetime, *, deep: bool) -> Mapping[Key, Evidence]:
        """Return the evidence of *duties*, all of one dataset and due time, at *now*.

        *deep* asks for what only a cause needs too: connectors, heartbeats, loads, structure.
        """


@dataclass(frozen=True, kw_only=True, slots=True)
class Turn:
    """What one look at the book has added."""

    opened: int
    judged: int
    """Verdicts and alerts."""
    waiting: int
    """Duties that still had no verdict when it began."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Judge:
    """Judges *duties* by what *witness* knows, into *store*; there is one at a time."""

    store: Store
    duties: Duties
    witness: Witness

    def turn(self, now: datetime) -> Turn:
        """Open what fell due by *now* (aware), then judge all that waits.

        Raises:
            CalendarUnknown: the calendar ends; nothing of that day is opened.
            Transient: a part is away; what was added stays, the rest waits for the next turn.
        """
        opened = sum(
            self.store.add([opening(duty) for duty in self.duties.due(day)])
            for day in self._days(now)
        )
        waiting = self.store.waiting()
        judged = self.store.add(
            [one for group in _groups(waiting) for one in self._judge(group, now)]
        )
        return Turn(opened=opened, judged=judged, waiting=len(waiting))

    def _days(self, now: datetime) -> Iterator[date]:
        """Go through the days that fell due and were not opened, from the first turn's day on."""
        begun, opened = self.store.begin(plain_day(now)), self.store.opened()
        day = begun if opened is None else max(begun, plain_day(opened) + DAY)
        while day <= last_closed(now):
            if cut_off(day) <= now:
                yield day
            day += DAY

    def _judge(self, group: Sequence[Waiting], now: datetime) -> list[New]:
        """Judge a group; what a cause needs is asked for only where a cause is to be told."""
        entries = self._entries(group, now, deep=False)
        if any(one.cause is not None for one in entries):
            entries = self._entries(group, now, deep=True)
        return entries

    def _entries(self, group: Sequence[Waiting], now: datetime, *, deep: bool) -> list[New]:
        known = self.witness.know([one.duty for one in group], now, deep=deep)
        found = []
        for one in group:
            said = judge(one.duty, known[one.duty.key], now, one.alerted)
            entry = entry_of(one.duty, said, now, alerted=one.alerted is not None)
            if entry is not None:
                found.append(entry)
        return found


def _groups(waiting: Sequence[Waiting]) -> Iterator[list[Waiting]]:
    for _, group in groupby(waiting, key=lambda one: (one.duty.key.due, one.duty.key.dataset)):
        yield list(group)
