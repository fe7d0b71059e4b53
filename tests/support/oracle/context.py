"""What a field may ask about the rest of its record."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from schemas.codes import CodeLists
from support.oracle import dates
from support.oracle.cell import Cell


class Context:
    """What a field may ask about the rest of its record."""

    def __init__(
        self,
        cell: Callable[[str], Cell],
        column: Callable[[str], Any],
        codes: CodeLists,
        source_ts: int,
    ) -> None:
        """*cell* answers for a canonical field, *column* for a source column."""
        self.cell = cell
        self.column = column
        self.codes = codes
        self.now = dates.MIDNIGHT + timedelta(microseconds=source_ts)
        self.today: date = self.now.astimezone(dates.LOCAL).date()

    def day_of(self, name: str | None) -> date | None:
        """The event date named: None where it is null or refused."""
        if name in (None, "event_day"):
            return self.today
        value = self.cell(name).value
        if isinstance(value, str):
            return dates.earliest(value)
        if value is None:
            return None
        if abs(value) > 10_000_000:  # a moment
            moment: datetime = dates.MIDNIGHT + timedelta(microseconds=value)
            return moment.astimezone(dates.LOCAL).date()
        return dates.EPOCH + timedelta(days=value)
