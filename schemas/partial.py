"""Dates of which only the year, or the month, is known (DOMAIN.md 4): "YYYY", "YYYY-MM"."""

from calendar import monthrange
from datetime import date


def latest(partial: str) -> date:
    """Return the last day that "YYYY", "YYYY-MM" or "YYYY-MM-DD" may mean.

    Raises:
        ValueError: there is no such day, month or year.
    """
    match partial.split("-"):
        case [year]:
            return date(int(year), 12, 31)
        case [year, month]:
            return date(int(year), int(month), monthrange(int(year), int(month))[1])
    return date.fromisoformat(partial)
