"""The window of a day, as instants: it ends at the cut-off, 17:00 in Việt Nam (DOMAIN.md 11)."""

from datetime import UTC, date, datetime
from typing import NamedTuple

from schemas.calendar.cutoff import DAY, cut_off


class Span(NamedTuple):
    """Instants from *after*, which does not belong to it, to *through*, which does."""

    after: datetime
    through: datetime


def window(day: date) -> Span:
    """Return the window of *day*: plain days, as counts are kept; a receipt is made of each."""
    through = cut_off(day)
    return Span(through - DAY, through)


def last_closed(now: datetime) -> date:
    """Return the newest day whose window has ended at *now* (an aware datetime)."""
    today = now.astimezone(UTC).date()
    return today if window(today).through <= now else today - DAY


def instant(moment: datetime) -> str:
    """Write an instant in UTC with six decimals: of two such texts the later is the greater."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
