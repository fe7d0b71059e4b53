"""The book of one day as it is answered: what stands in it, and how things stand now beside it.

A verdict is what the book says. What has none is judged now, and is not written anywhere: `final`
says which it is (invariant 9: the book never claims what nobody has judged).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from consumers.ledger.obligations.duties import Duty, Key
from consumers.ledger.obligations.entries import Entry, Standing, duty_of, standings
from consumers.ledger.obligations.judge import Witness
from consumers.ledger.obligations.judging import Judgement, judge
from consumers.ledger.obligations.store import Search
from consumers.ledger.obligations.words import Cause, Kind, Status
from schemas.calendar.cutoff import cut_off
from suoi.obligations.desk import Desk


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One duty of a day."""

    duty: Duty
    held: Standing | None
    """By the book; None = it does not stand there."""
    now: Judgement | None
    """As judged now; None where the book has its verdict."""

    @property
    def final(self) -> bool:
        """Whether the book has its verdict."""
        return self.held is not None and self.held.final

    @property
    def status(self) -> Status:
        """The status in force: the book's, else as judged now."""
        if self.held is not None and self.held.final:
            return self.held.status
        return self.now.status if self.now else Status.PENDING

    @property
    def computed_cause(self) -> Cause | None:
        """The cause that was computed, whatever a person has put beside it."""
        if self.now is not None:
            return self.now.why.cause if self.now.why else None
        return self.held.cause if self.held else None

    @property
    def override(self) -> Entry | None:
        """The cause a person has put beside it."""
        return self.held.override if self.held else None

    @property
    def cause(self) -> Cause | None:
        """The cause people are told; none where it was met."""
        if not self.status.asks_why:
            return None
        return self.override.cause if self.override else self.computed_cause

    @property
    def evidence(self) -> dict[str, Any]:
        """What it was judged by."""
        if self.now is not None:
            return self.now.facts | ({"cause": self.now.why.facts} if self.now.why else {})
        return self.held.entry.evidence if self.held else {}


def read_day(desk: Desk, day: date, unit: str | None, now: datetime) -> list[Line]:
    """Return the lines of *day* as they stand at *now* (aware), of one *unit* or of all.

    Raises:
        Transient: the provincial database is away.
    """
    due = cut_off(day)
    entries = desk.store.entries(Search(first=due, last=due, unit=unit))
    held = {one.key: one for one in standings(entries)}
    opened = [duty_of(one.key, one.evidence) for one in entries if one.kind is Kind.OPENED]
    wanted = opened or [one for one in desk.duties.due(day) if unit in {None, one.key.unit}]
    with closing(desk.look()) as look:
        return list(_lines(wanted, held, look, now))


def _lines(
    duties: Iterable[Duty], held: Mapping[Key, Standing], witness: Witness, now: datetime
) -> Iterator[Line]:
    """Yield the duties by dataset; what has no verdict is judged now."""
    for _, group in groupby(sorted(duties, key=_by_dataset), key=lambda one: one.key.dataset):
        yield from _judged(list(group), held, witness, now)


def _by_dataset(duty: Duty) -> tuple[str, str, str]:
    return duty.key.dataset, duty.key.scope, duty.key.unit


def _judged(
    duties: Sequence[Duty], held: Mapping[Key, Standing], witness: Witness, now: datetime
) -> Iterator[Line]:
    told = {duty.key: held.get(duty.key) for duty in duties}
    waiting = [duty for duty in duties if not _is_final(told[duty.key])]
    late = bool(waiting) and now >= waiting[0].alert_at
    known = witness.know(waiting, now, deep=late) if waiting else {}
    for duty in duties:
        entry = told[duty.key]
        said = known.get(duty.key)
        judged = None if said is None else judge(duty, said, now, _alerted(entry))
        yield Line(duty=duty, held=entry, now=judged)


def _is_final(held: Standing | None) -> bool:
    return held is not None and held.final


def _alerted(held: Standing | None) -> Cause | None:
    """The cause it was told of by, as the judge would take it."""
    return held.entry.cause if held is not None and held.entry.kind is Kind.ALERT else None
