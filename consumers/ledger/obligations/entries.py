"""Entries of the book, and how a duty stands by all of its entries together."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from consumers.ledger.obligations.duties import Duty, Key
from consumers.ledger.obligations.judging import Judgement
from consumers.ledger.obligations.papers import Body
from consumers.ledger.obligations.words import Cause, Kind, Status


@dataclass(frozen=True, kw_only=True, slots=True)
class New:
    """An entry that is to be added by the judge."""

    key: Key
    kind: Kind
    status: Status
    cause: Cause | None
    evidence: dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """An entry as the book holds it."""

    id: int
    key: Key
    kind: Kind
    status: Status | None
    """None of an override, which says nothing of it."""
    cause: Cause | None
    evidence: dict[str, Any]
    names: int | None
    judged_at: datetime
    said: Body | None = None
    """The paper behind it, of a correction or an override."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """How one duty stands by the book."""

    key: Key
    status: Status
    cause: Cause | None
    """As computed, or as the correction in force has it."""
    override: Entry | None
    """The newest cause a person has put beside it."""
    entry: Entry
    """The one in force: the newest correction, else the verdict, the alert, the opening."""
    final: bool

    @property
    def told_cause(self) -> Cause | None:
        """The cause people are told: the person's where there is one; none where it was met."""
        if not self.status.asks_why:
            return None
        return self.override.cause if self.override else self.cause


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """A duty of the book that has no verdict yet."""

    duty: Duty
    alerted: Cause | None
    """The cause it was told of by; None = it was not yet."""


def opening(duty: Duty) -> New:
    """Return the entry that puts *duty* into the book, with what it will be judged by."""
    facts = {
        "after": duty.after.isoformat(),
        "mandatory": duty.mandatory,
        "vertical": duty.vertical,
        "completeness_min": duty.completeness_min,
    }
    return New(key=duty.key, kind=Kind.OPENED, status=Status.PENDING, cause=None, evidence=facts)


def duty_of(key: Key, opened: dict[str, Any]) -> Duty:
    """Return the duty that an opening entry put into the book: a later contract changes nothing."""
    return Duty(
        key=key,
        after=datetime.fromisoformat(opened["after"]),
        mandatory=opened["mandatory"],
        vertical=opened["vertical"],
        completeness_min=opened["completeness_min"],
    )


def entry_of(duty: Duty, judgement: Judgement, now: datetime, *, alerted: bool) -> New | None:
    """Return what *judgement* adds to the book: a verdict, or one alert, or nothing."""
    reason = judgement.why
    facts = judgement.facts | ({"cause": reason.facts} if reason else {})
    cause = reason.cause if reason else None
    if judgement.final:
        kind = Kind.VERDICT
    elif reason is not None and not alerted and now >= duty.alert_at:
        kind = Kind.ALERT
    else:
        return None
    return New(key=duty.key, kind=kind, status=judgement.status, cause=cause, evidence=facts)


def standings(entries: Iterable[Entry]) -> Iterator[Standing]:
    """Fold *entries*, in the order of duties and then of their numbers, into how each stands."""
    for key, mine in groupby(entries, key=lambda one: one.key):
        yield standing(key, list(mine))


def standing(key: Key, entries: list[Entry]) -> Standing:
    """Say how the duty *key* stands by its *entries*, oldest first."""
    judged = [one for one in entries if one.kind is not Kind.OVERRIDE]
    verdicts = [one for one in judged if one.kind in {Kind.VERDICT, Kind.CORRECTION}]
    entry = (verdicts or judged)[-1]
    overrides = [one for one in entries if one.kind is Kind.OVERRIDE]
    return Standing(
        key=key,
        status=entry.status or Status.PENDING,
        cause=entry.cause,
        override=overrides[-1] if overrides else None,
        entry=entry,
        final=bool(verdicts),
    )
