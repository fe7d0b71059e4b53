"""The window of a day, as instants: it ends at the cut-off, 17:00 in Việt Nam (DOMAIN.md 11)."""

from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

CUT_OFF = time(10, tzinfo=UTC)
"""17:00 Asia/Ho_Chi_Minh (UTC+7, no daylight saving), by which ledger.counts counts too."""
_DAY = timedelta(days=1)


class Span(NamedTuple):
    """Instants from *after*, which does not belong to it, to *through*, which does."""

    after: datetime
    through: datetime


def window(day: date) -> Span:
    """Return the window of *day*: plain days, until the working calendar comes."""
    through = datetime.combine(day, CUT_OFF)
    return Span(through - _DAY, through)


def last_closed(now: datetime) -> date:
    """Return the newest day whose window has ended at *now* (an aware datetime)."""
    today = now.astimezone(UTC).date()
    return today if window(today).through <= now else today - _DAY


def instant(moment: datetime) -> str:
    """Write an instant in UTC with six decimals: of two such texts the later is the greater."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
