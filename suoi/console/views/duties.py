"""The duties of one day: how each stands by the book, and why, as computed and as people say."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from typing_extensions import TypedDict

from consumers.ledger.obligations.entries import Standing
from consumers.ledger.obligations.words import WHOLE, Kind
from suoi.console.accounts import User
from suoi.console.page import Query
from suoi.console.refusal import Refusal
from suoi.console.services import Services
from suoi.console.snapshot import Snapshot
from suoi.console.views.obligations import ENDS, Found, end_of, read
from suoi.obligations.words import labels


class Duty(TypedDict):
    """One duty."""

    entry: int
    unit: str
    dataset: str
    title: str
    commune: str | None
    """None where it is owed for the whole dataset."""
    status: str
    status_text: str
    end: str
    final: bool
    cause: str | None
    cause_text: str
    computed_text: str
    """The cause as computed, where a person has put another beside it."""
    signed: str
    """Who corrected it or put another cause beside it, and why."""
    evidence: dict[str, str]
    judged_at: datetime | None


class Duties(TypedDict):
    """The answer: the duties of one day."""

    day: date
    duties: list[Duty]
    chosen: dict[str, str]
    ends: dict[str, str]
    choices: dict[str, str]
    away: str


def find(services: Services, seen: Snapshot, _user: User, query: Query) -> Found:
    """Read the entries of the day in the path, of the reader's unit or of the one chosen.

    Raises:
        Refusal: it is no day, or there is no such unit.
    """
    day = _day(query)
    return read(services, (day, day), seen.unit or query.choice("unit", services.units))


def view(seen: Snapshot, _user: User, query: Query) -> Duties:
    """Return the duties of one day, those that ended as asked for.

    Raises:
        Refusal: none can end so.
    """
    held: Sequence[Standing] = () if isinstance(query.found, str) else query.found
    end = query.choice("end", ENDS)
    duties = [_duty(seen, one) for one in held]
    return {
        "day": _day(query),
        "duties": [one for one in duties if end in {None, one["end"]}],
        "chosen": {"unit": seen.unit or query.values.get("unit", ""), "end": end or ""},
        "ends": {name: query.words(f"duty.{name}") for name in ENDS},
        "choices": {book.unit.id: book.unit.title for book in seen.units or ()},
        "away": query.words("away.province") if isinstance(query.found, str) else "",
    }


def _day(query: Query) -> date:
    given = query.path["day"]
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise Refusal(404, "no_day", name=given[:20]) from None


def _duty(seen: Snapshot, one: Standing) -> Duty:
    key, facts, told = one.key, seen.datasets.get(one.key.dataset), labels()
    said = (one.override or one.entry).said
    cause = one.told_cause
    return {
        "entry": one.entry.id,
        "unit": key.unit,
        "dataset": key.dataset,
        "title": facts.title if facts else key.dataset,
        "commune": None if key.scope == WHOLE else told.scope(key.scope),
        "status": one.status,
        "status_text": told.statuses[one.status],
        "end": end_of(one.status),
        "final": one.final,
        "cause": cause,
        "cause_text": told.causes[cause] if cause else "",
        "computed_text": told.causes.get(one.cause or "", "") if one.override else "",
        "signed": f"{said.by}: {said.reason}" if said else "",
        "evidence": _evidence(one.entry.evidence),
        "judged_at": None if one.entry.kind is Kind.OPENED else one.entry.judged_at,
    }


def _evidence(found: Mapping[str, Any]) -> dict[str, str]:
    """Return what the cause was told by: names and numbers, never a value of a row."""
    facts = found.get("cause")
    return {name: str(value) for name, value in facts.items()} if isinstance(facts, dict) else {}
