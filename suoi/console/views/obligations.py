"""The book of obligations of a month: a calendar, results by dataset, causes, and the league.

Only what the book says stands here; nothing is judged for a page. One unit's prints as a report.
"""

from calendar import Calendar as Grid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import groupby
from urllib.parse import urlencode

from typing_extensions import TypedDict

from consumers.ledger.obligations.entries import Standing
from consumers.ledger.obligations.league import Line, league
from consumers.ledger.obligations.words import Status
from infra.errors import Trouble, Usage
from schemas.calendar.book import CalendarUnknown, read_calendar
from schemas.calendar.cutoff import plain_day
from suoi.console.accounts import User
from suoi.console.page import Query
from suoi.console.refusal import Fault, Refusal
from suoi.console.services import Services
from suoi.console.snapshot import Snapshot
from suoi.obligations.asked import chosen_month, today
from suoi.obligations.words import labels

Found = Sequence[Standing] | str
"""How the duties stand by the book, by due time; a text = why nobody knows."""
ENDS = ("met", "late", "missing", "pending", "aside")
"""How a duty may have ended, as people count it."""
_ENDS = {
    Status.PENDING: "pending",
    Status.LATE: "late",
    Status.PARTIAL: "missing",
    Status.MISSED: "missing",
}


class Day(TypedDict):
    """One day of the calendar."""

    day: date
    number: int
    title: str
    """Of a holiday or a swapped day."""
    state: str
    """off, future, none, met, late, missing, pending or aside: the worst that happened."""
    state_text: str
    ends: dict[str, int]
    url: str
    """Its duties, where it has any; today's too, which may be attested for before they are due."""


class Result(TypedDict):
    """What became of the duties of one dataset."""

    dataset: str
    title: str
    total: int
    ends: dict[str, int]


class Cause(TypedDict):
    """Why duties were not met."""

    cause: str
    text: str
    count: int


class Place(TypedDict):
    """One unit of the league; *share* is the part of its duties met in time, 0 to 1."""

    place: int | None
    unit: str
    title: str
    share: float | None
    met: int
    late: int
    missing: int
    aside: int


class Obligations(TypedDict):
    """The answer; *weeks* go from Monday, null is a day of another month."""

    month: str
    before: str
    after: str
    """Addresses of the months beside it."""
    unit: str
    weeks: list[list[Day | None]]
    ends: dict[str, int]
    datasets: list[Result]
    causes: list[Cause]
    league: list[Place]
    """Empty for whoever sees one unit."""
    choices: dict[str, str]
    away: str


def find(services: Services, seen: Snapshot, _user: User, query: Query) -> Found:
    """Read the entries of the month asked for, of the reader's unit or of the one chosen.

    Raises:
        Refusal: there is no such unit, or it is no month.
    """
    days, unit = _month(query), seen.unit or query.choice("unit", services.units)
    try:
        return services.hands.duties(days, unit)
    except Trouble as trouble:
        return str(trouble)


def view(seen: Snapshot, _user: User, query: Query) -> Obligations:
    """Return the book of one month.

    Raises:
        Refusal: the working calendar does not know that year.
    """
    days = _month(query)
    held: Sequence[Standing] = () if isinstance(query.found, str) else query.found
    unit = seen.unit or query.values.get("unit", "")
    titles = {book.unit.id: book.unit.title for book in seen.units or ()}
    return {
        "month": f"{days[0]:%Y-%m}",
        "before": _address(_beside(days[0], -1), unit, seen),
        "after": _address(_beside(days[0], 1), unit, seen),
        "unit": unit,
        "weeks": _weeks(days[0], held, query, _asked(unit, seen)),
        "ends": _ends(held),
        "datasets": _datasets(seen, held),
        "causes": _causes(held, query),
        "league": [] if unit else [_place(one, titles) for one in league(held, titles)],
        "choices": titles,
        "away": query.words("away.province") if isinstance(query.found, str) else "",
    }


def end_of(status: Status) -> str:
    """Return how a duty of *status* is counted: one of ENDS."""
    return "met" if status.met else _ENDS.get(status, "aside")


def _month(query: Query) -> tuple[date, date]:
    try:
        return chosen_month(query.values.get("month") or None)
    except Usage:
        given = query.values["month"][:80]
        raise Refusal(400, "query", {"month": Fault("month", {"given": given})}) from None


def _beside(first: date, months: int) -> date:
    number = first.year * 12 + first.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def _address(first: date, unit: str, seen: Snapshot) -> str:
    return "/obligations?" + urlencode({"month": f"{first:%Y-%m}", **_asked(unit, seen)})


def _asked(unit: str, seen: Snapshot) -> dict[str, str]:
    """Return what narrows a page to *unit*; who sees one unit alone has nothing to ask."""
    return {"unit": unit} if unit and not seen.unit else {}


def _weeks(
    first: date, held: Sequence[Standing], query: Query, asked: Mapping[str, str]
) -> list[list[Day | None]]:
    address = "?" + urlencode(asked) if asked else ""
    due = {day: list(group) for day, group in groupby(held, key=lambda one: plain_day(one.key.due))}
    try:
        return [
            [
                _day(day, due.get(day, []), query, address) if day.month == first.month else None
                for day in week
            ]
            for week in Grid().monthdatescalendar(first.year, first.month)
        ]
    except CalendarUnknown:
        fault = Fault("year", {"given": first.year})
        raise Refusal(400, "query", {"month": fault}) from None


def _day(day: date, held: Sequence[Standing], query: Query, address: str) -> Day:
    calendar, ends = read_calendar(), _ends(held)
    exceptional = calendar.days.get(day)
    if held:
        state = next(name for name in ("missing", "late", "pending", "met", "aside") if ends[name])
    else:
        state = "off" if not calendar.works(day) else "future" if day > today() else "none"
    return {
        "day": day,
        "number": day.day,
        "title": exceptional.title if exceptional else "",
        "state": state,
        "state_text": query.words(f"duty.{state}"),
        "ends": ends,
        "url": f"/obligations/{day}{address}" if held or day == today() else "",
    }


def _ends(held: Iterable[Standing]) -> dict[str, int]:
    counted = Counter(end_of(one.status) for one in held)
    return {name: counted[name] for name in ENDS}


def _datasets(seen: Snapshot, held: Iterable[Standing]) -> list[Result]:
    mine: dict[str, list[Standing]] = {}
    for one in held:
        mine.setdefault(one.key.dataset, []).append(one)
    return [
        {
            "dataset": name,
            "title": seen.title(name),
            "total": len(duties),
            "ends": _ends(duties),
        }
        for name, duties in sorted(mine.items())
    ]


def _causes(held: Iterable[Standing], query: Query) -> list[Cause]:
    counted = Counter(one.told_cause for one in held if one.told_cause is not None)
    return [
        {"cause": cause, "text": labels(query.words.language).causes[cause], "count": count}
        for cause, count in counted.most_common()
    ]


def _place(one: Line, titles: dict[str, str]) -> Place:
    return {
        "place": one.place,
        "unit": one.unit,
        "title": titles.get(one.unit, one.unit),
        "share": None if one.share is None else float(one.share),
        "met": one.on_time,
        "late": one.late,
        "missing": one.missing,
        "aside": one.aside,
    }
