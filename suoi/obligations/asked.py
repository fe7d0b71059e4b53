"""What a person asks for, checked: units, datasets, communes, days and months; else a sentence."""

from datetime import UTC, date, datetime, timedelta

from consumers.ledger.obligations.duties import Duties, Duty
from consumers.ledger.obligations.words import WHOLE
from infra.errors import Usage
from schemas.calendar.book import Calendar, CalendarUnknown
from schemas.calendar.cutoff import VIETNAM
from schemas.contract import Dataset
from suoi.nearest import unknown

_COMMUNES = "commune_dvhc2025"


def chosen_unit(duties: Duties, unit: str | None) -> str | None:
    """Return *unit* if it is one.

    Raises:
        Usage: it is none; the sentence names the nearest.
    """
    if unit is not None and unit not in duties.register.units:
        raise Usage(unknown("unit", unit, duties.register.units))
    return unit


def owed_dataset(duties: Duties, name: str) -> Dataset:
    """Return the contract of *name* if it is owed.

    Raises:
        Usage: there is none, or nobody owes it.
    """
    owed = [one.contract for one in duties.register.entries.values() if one.contract]
    found = duties.contracts.get(name)
    if found is None or name not in owed:
        raise Usage(unknown("dataset that is owed by contract,", name, owed))
    return found


def chosen_scope(duties: Duties, dataset: Dataset, commune: str | None) -> str:
    """Return the commune asked for, or `*`.

    Raises:
        Usage: it is no commune of 2025, or the dataset is not owed by communes.
    """
    if commune is None:
        return WHOLE
    known = duties.codes.labels(_COMMUNES)
    if commune not in known:
        raise Usage(unknown("commune", commune, known))
    if dataset.scope_field is None or dataset.update_frequency != "daily_mandatory":
        message = f"{dataset.id} is not owed commune by commune; leave --commune out."
        raise Usage(message)
    return commune


def chosen_day(text: str | None, calendar: Calendar) -> date:
    """Return the day *text*; without one today in Việt Nam, or the last working day before.

    Raises:
        Usage: it is no day, or the calendar does not know its year.
    """
    try:
        if text is not None:
            day = date.fromisoformat(text)
            calendar.works(day)
            return day
        found = today()
        return found if calendar.works(found) else calendar.before(found)
    except CalendarUnknown as error:
        raise Usage(str(error)) from None
    except ValueError:
        message = f"{text!r} is not a day; write it like 2026-03-31."
        raise Usage(message) from None


def due_on(duties: Duties, day: date) -> tuple[Duty, ...]:
    """Return what is due at the cut-off of *day*.

    Raises:
        Usage: the calendar does not know its year.
    """
    try:
        return duties.due(day)
    except CalendarUnknown as error:
        raise Usage(str(error)) from None


def moment() -> datetime:
    """Return this moment: the one clock of these commands."""
    return datetime.now(UTC)


def today() -> date:
    """Return the day it is in Việt Nam."""
    return moment().astimezone(VIETNAM).date()


def chosen_days(text: str) -> tuple[date, date]:
    """Return the days *text*, one like 2026-03-31 or a stretch like 2026-03-01..2026-03-31.

    Raises:
        Usage: it is no such thing, or ends before it begins.
    """
    first, _, last = text.partition("..")
    try:
        found = date.fromisoformat(first), date.fromisoformat(last or first)
    except ValueError:
        message = f"{text!r} is no day or stretch of days; write 2026-03-01..2026-03-31."
        raise Usage(message) from None
    if found[0] > found[1]:
        message = f"{text!r} ends before it begins; write the earlier day first."
        raise Usage(message)
    return found


def chosen_month(text: str | None) -> tuple[date, date]:
    """Return the first and the last day of the month *text*, like 2026-03; else of this one.

    Raises:
        Usage: it is no month.
    """
    told = text or f"{today():%Y-%m}"
    try:
        first = datetime.strptime(f"{told}-01 +0000", "%Y-%m-%d %z").date()
    except ValueError:
        message = f"{text!r} is not a month; write it like 2026-03."
        raise Usage(message) from None
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
