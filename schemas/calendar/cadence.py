"""Cadences: which working days end a period, and where that period begins.

codes/update_frequency.csv. A period is due at the cut-off of its last working day; one without a
working day (the week of Tết) owes nothing, and its days belong to the next period's window. What
has no period (`on_change`, `per_season`) is never due.
"""

from collections.abc import Callable, Iterator
from datetime import date

from schemas.calendar.book import Calendar
from schemas.calendar.cutoff import DAY

MANDATORY = "daily_mandatory"
_QUARTER = 3

Period = Callable[[date], object]
"""Names the period in which a day lies; equal names are one period."""

PERIODS: dict[str, Period] = {
    "realtime": lambda day: day,
    "daily": lambda day: day,
    MANDATORY: lambda day: day,
    "weekly": lambda day: day.isocalendar()[:2],
    "monthly": lambda day: (day.year, day.month),
    "quarterly": lambda day: (day.year, (day.month - 1) // _QUARTER),
    "yearly": lambda day: day.year,
}
"""Cadence -> its period. What is real time is asked for at each day's cut-off all the same."""


def is_due(cadence: str, day: date, calendar: Calendar) -> bool:
    """Say whether a period of *cadence* ends with *day*.

    Raises:
        CalendarUnknown: the year of *day* is not in the calendar.
    """
    period = PERIODS.get(cadence)
    if period is None or not calendar.works(day):
        return False
    return not any(calendar.likely(later) for later in _rest(period, day))


def due_before(cadence: str, day: date, calendar: Calendar) -> date:
    """Return the last working day before the period of *day*: there its window begins."""
    period = PERIODS[cadence]
    earlier = calendar.before(day)
    while period(earlier) == period(day):
        earlier = calendar.before(earlier)
    return earlier


def _rest(period: Period, day: date) -> Iterator[date]:
    """Go through the days of the same period after *day*."""
    later = day + DAY
    while period(later) == period(day):
        yield later
        later += DAY
