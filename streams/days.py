"""Days and instants as whole numbers: days since 1970-01-01, µs since the epoch in UTC.

Việt Nam keeps UTC+7 without daylight saving, so a local day needs no zone database (DOMAIN.md 0,
4).
"""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from schemas.partial import latest as latest_date

ZONE_US = 7 * 3_600_000_000
"""Asia/Ho_Chi_Minh is this far ahead of UTC, in µs."""
DAY_US = 86_400_000_000
FIRST_DAY = date.min.toordinal() - 719_163
LAST_DAY = date.max.toordinal() - 719_163
REFORM_DAY = 20_270
"""2025-07-01, when three levels of administration became two (codes/code_system.csv)."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_ORDINAL = 719_163


def day_of_instant(micros: int) -> int:
    """Return the local day of the instant *micros*: 23:30 UTC belongs to the next one."""
    return (micros + ZONE_US) // DAY_US


def days(text: str) -> int:
    """Return the day that "YYYY-MM-DD" names.

    Raises:
        ValueError: there is no such day.
    """
    return date.fromisoformat(text).toordinal() - _EPOCH_ORDINAL


@lru_cache(maxsize=4096)
def day_text(day: int) -> str:
    """Return *day* (years 0001 to 9999) as "YYYY-MM-DD"."""
    return date.fromordinal(day + _EPOCH_ORDINAL).isoformat()


@lru_cache(maxsize=4096)
def year_of(day: int) -> int:
    """Return the year of *day*, held inside 1 to 9999."""
    return date.fromordinal(min(max(day, FIRST_DAY), LAST_DAY) + _EPOCH_ORDINAL).year


def instant(text: str) -> int:
    """Return the µs of an ISO 8601 instant with its offset.

    Raises:
        ValueError: it is not one.
    """
    return (datetime.fromisoformat(text) - _EPOCH) // timedelta(microseconds=1)


def instant_text(micros: int) -> str:
    """Return *micros* as "YYYY-MM-DDTHH:MM:SS[.ffffff]Z", without trailing zeros (DOMAIN.md 4)."""
    day, rest = divmod(micros, DAY_US)
    seconds, fraction = divmod(rest, 1_000_000)
    minutes, second = divmod(seconds, 60)
    clock = f"{minutes // 60:02}:{minutes % 60:02}:{second:02}"
    tail = f".{fraction:06}".rstrip("0") if fraction else ""
    return f"{day_text(day)}T{clock}{tail}Z"


def earliest(partial: str) -> int:
    """Return the first day that "YYYY", "YYYY-MM" or "YYYY-MM-DD" may mean."""
    return days((partial + "-01-01")[:10])


def latest(partial: str) -> int:
    """Return the last day that "YYYY", "YYYY-MM" or "YYYY-MM-DD" may mean."""
    return latest_date(partial).toordinal() - _EPOCH_ORDINAL
