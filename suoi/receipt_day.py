"""Which day a receipt is asked for."""

from datetime import UTC, date, datetime

from consumers.ledger.receipts.window import last_closed, window
from infra.errors import Usage


def chosen_day(text: str | None, now: datetime | None = None) -> date:
    """Return the day *text*; without one the newest whose window has ended at *now*.

    Raises:
        Usage: it is no day, or one whose window has not begun.
    """
    moment = now or datetime.now(UTC)
    if text is None:
        return last_closed(moment)
    try:
        day = date.fromisoformat(text)
        begun = window(day).after < moment
    except (ValueError, OverflowError):
        message = f"{text!r} is not a day; write it like 2026-03-31."
        raise Usage(message) from None
    if not begun:
        message = f"the window of {day} has not begun; it opens at 17:00 of the day before."
        raise Usage(message)
    return day
