"""The cut-off: 17:00 in Việt Nam ends a day, for counts, receipts and duties (DOMAIN.md 11)."""

from datetime import UTC, date, datetime, time, timedelta, timezone

VIETNAM = timezone(timedelta(hours=7), "Asia/Ho_Chi_Minh")
"""UTC+7, no daylight saving."""
CUT_OFF = time(10, tzinfo=UTC)
"""17:00 in Việt Nam, as a time of day in UTC."""
CUT_OFF_TEXT = "17:00"
"""The same as contracts write it (`timeOfAvailability`)."""
CUT_OFF_US = CUT_OFF.hour * 3_600_000_000
"""The same in microseconds since midnight UTC."""
DAY = timedelta(days=1)


def cut_off(day: date) -> datetime:
    """Return the moment at which *day* ends, UTC; that moment still belongs to it."""
    return datetime.combine(day, CUT_OFF)


def plain_day(moment: datetime) -> date:
    """Return the day in whose 24 hours, up to its cut-off, *moment* (aware) lies."""
    today = moment.astimezone(UTC).date()
    return today if moment <= cut_off(today) else today + DAY
