"""The duties of one day: how each stands by the book, and why, as computed and as people say."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import NamedTuple
from urllib.parse import urlencode

from typing_extensions import TypedDict

from consumers.ledger.obligations.duties import Key
from consumers.ledger.obligations.entries import Standing
from consumers.ledger.obligations.papers import Paper
from consumers.ledger.obligations.words import WHOLE, Kind
from infra.errors import Trouble
from schemas.calendar.cadence import MANDATORY
from suoi.console.accounts import User
from suoi.console.page import Query
from suoi.console.refusal import Refusal
from suoi.console.roles import may
from suoi.console.services import Services
from suoi.console.snapshot import Snapshot
from suoi.console.views.evidence import Fact
from suoi.console.views.evidence import told as told_facts
from suoi.console.views.known import Action
from suoi.console.views.obligations import ENDS, Found, end_of
from suoi.obligations.asked import today
from suoi.obligations.sofar import SoFar
from suoi.obligations.words import labels


class Attestation(TypedDict):
    """What somebody of the unit has signed: nothing happened there on that day."""

    paper: int
    dataset: str
    title: str
    commune: str
    by: str
    reason: str
    signed_at: datetime
    actions: list[Action]


class Silent(TypedDict):
    """A commune that has sent nothing; *url* attests for it, empty where the reader may not."""

    commune: str
    url: str


class Register(TypedDict):
    """A register on a day that is not in the book yet: how many communes have what, so far."""

    dataset: str
    title: str
    arrived: int
    refused: int
    """Whose rows were all refused."""
    attested: int
    silent: list[Silent]


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
    evidence: list[Fact]
    judged_at: datetime | None
    actions: list[Action]


class Duties(TypedDict):
    """The answer: the duties of one day, and what was attested for it."""

    day: date
    duties: list[Duty]
    attested: list[Attestation]
    so_far: list[Register]
    """Of a day that the book does not hold: it has the duties once they are due."""
    actions: list[Action]
    chosen: dict[str, str]
    ends: dict[str, str]
    choices: dict[str, str]
    away: str


class Book(NamedTuple):
    """What the book has for a day."""

    held: Found
    papers: Sequence[Paper] = ()
    so_far: Sequence[SoFar] = ()

    @property
    def attested(self) -> set[tuple[str, str]]:
        """Datasets and communes that somebody has attested for."""
        return {(one.body.dataset, one.body.scope) for one in self.papers}


def find(services: Services, seen: Snapshot, _user: User, query: Query) -> Book:
    """Read the entries of the day in the path, of the reader's unit or of the one chosen.

    Raises:
        Refusal: it is no day, or there is no such unit.
    """
    day, unit = day_of(query), seen.unit or query.choice("unit", services.units)
    try:
        held = services.hands.duties((day, day), unit)
        papers = services.hands.attestations(day, unit)
        early = not held and day <= today()
        return Book(held, papers, services.hands.so_far(day, unit, papers) if early else ())
    except Trouble as trouble:
        return Book(str(trouble))


def view(seen: Snapshot, user: User, query: Query) -> Duties:
    """Return the duties of one day, those that ended as asked for.

    Raises:
        Refusal: none can end so.
    """
    book: Book = query.found
    held: Sequence[Standing] = () if isinstance(book.held, str) else book.held
    end = query.choice("end", ENDS)
    duties = [_duty(seen, query, one, _next(user, query, one, book)) for one in held]
    return {
        "day": day_of(query),
        "duties": [one for one in duties if end in {None, one["end"]}],
        "attested": [_attested(seen, user, query, one) for one in book.papers],
        "so_far": _so_far(seen, user, query, book.so_far),
        "actions": _on_the_day(seen, user, query),
        "chosen": {"unit": seen.unit or query.values.get("unit", ""), "end": end or ""},
        "ends": {name: query.words(f"duty.{name}") for name in ENDS},
        "choices": {book.unit.id: book.unit.title for book in seen.units or ()},
        "away": query.words("away.province") if isinstance(book.held, str) else "",
    }


def day_of(query: Query) -> date:
    """Return the day in the path.

    Raises:
        Refusal: it is none.
    """
    given = query.path["day"]
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise Refusal(404, "no_day", name=given[:20]) from None


def attestable(seen: Snapshot) -> Mapping[str, str]:
    """Return the datasets where silence is never zero: id -> title."""
    return {one.id: one.title for one in seen.datasets.values() if one.frequency == MANDATORY}


def _attested(seen: Snapshot, user: User, query: Query, one: Paper) -> Attestation:
    told = one.body
    address = f"/attestations/{one.id}/withdraw"
    return {
        "paper": one.id,
        "dataset": told.dataset,
        "title": seen.title(told.dataset),
        "commune": labels(query.words.language).scope(told.scope),
        "by": told.by,
        "reason": told.reason,
        "signed_at": one.stored_at,
        "actions": _act("duty.withdraw", address, query)
        if _speaks(user, told.unit, "duty.withdraw")
        else [],
    }


def _so_far(seen: Snapshot, user: User, query: Query, found: Sequence[SoFar]) -> list[Register]:
    registers = []
    for name, group in groupby(found, key=lambda one: one.key.dataset):
        mine = list(group)
        register: Register = {
            "dataset": name,
            "title": seen.title(name),
            "arrived": sum(one.clean > 0 for one in mine),
            "refused": sum(one.refused > 0 and not one.clean for one in mine),
            "attested": sum(one.attested for one in mine),
            "silent": [_silent(user, query, one.key) for one in mine if one.silent],
        }
        registers.append(register)
    return registers


def _silent(user: User, query: Query, key: Key) -> Silent:
    commune = labels(query.words.language).scope(key.scope)
    return {"commune": commune, "url": _address(query, key) if _speaks(user, key.unit) else ""}


def _speaks(user: User, unit: str, act: str = "duty.attest") -> bool:
    """Say whether the reader is one of *unit*'s own people who may do *act* for it."""
    return user.unit == unit and may(user.role, act)


def _address(query: Query, key: Key) -> str:
    asked = urlencode({"dataset": key.dataset, "commune": key.scope})
    return f"/obligations/{day_of(query)}/attest?{asked}"


def _act(name: str, url: str, query: Query) -> list[Action]:
    return [{"name": name, "text": query.words(f"act.{name}.title"), "url": url}]


def _on_the_day(seen: Snapshot, user: User, query: Query) -> list[Action]:
    """Return what the reader may do whatever the book holds: attest, if the day has come."""
    day, speaks = day_of(query), user.unit is not None and may(user.role, "duty.attest")
    if not speaks or not attestable(seen) or day > today():
        return []
    return _act("duty.attest", f"/obligations/{day}/attest", query)


def _next(user: User, query: Query, one: Standing, book: Book) -> list[Action]:
    """Return what the reader may do about a duty: attest in its place, or give another cause."""
    key = one.key
    silent = (key.dataset, key.scope) not in book.attested and key.scope != WHOLE
    if silent and not one.final and _speaks(user, key.unit):
        return _act("duty.attest", _address(query, key), query)
    judges = one.told_cause is not None and user.unit is None
    if judges and may(user.role, "duty.override"):
        return _act("duty.override", f"/entries/{one.entry.id}/override", query)
    return []


def _duty(seen: Snapshot, query: Query, one: Standing, actions: list[Action]) -> Duty:
    key, told = one.key, labels(query.words.language)
    said = (one.override or one.entry).said
    cause = one.told_cause
    return {
        "entry": one.entry.id,
        "unit": key.unit,
        "dataset": key.dataset,
        "title": seen.title(key.dataset),
        "commune": None if key.scope == WHOLE else told.scope(key.scope),
        "status": one.status,
        "status_text": told.statuses[one.status],
        "end": end_of(one.status),
        "final": one.final,
        "cause": cause,
        "cause_text": told.causes[cause] if cause else "",
        "computed_text": told.causes.get(one.cause or "", "") if one.override else "",
        "signed": f"{said.by}: {said.reason}" if said else "",
        "evidence": told_facts(one.entry.evidence.get("cause") or {}, query.words),
        "judged_at": None if one.entry.kind is Kind.OPENED else one.entry.judged_at,
        "actions": actions,
    }
