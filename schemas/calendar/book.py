"""The working calendar as a value: Monday to Friday, and the days that differ from them.

DOMAIN.md 11. A year is known when a day of it stands in the file: of another year nobody can say
which days are worked, so it is refused, never guessed (invariant 10).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import NamedTuple

from schemas.calendar.cutoff import DAY, cut_off
from schemas.register.lines import Faults, Line, read_lines

FILE = Path(__file__).with_name("days.csv")
"""The province's own calendar."""
BASES = ("law", "announced", "assumed")
"""How it is known: fixed by law, announced by the government, or assumed until it is."""
_COLUMNS = ("day", "working", "title", "basis", "note")
_WORDS = ("yes", "no")
_SATURDAY = 5
_LONGEST = timedelta(days=31)


class CalendarUnknown(LookupError):
    """A year is not in the calendar; the message says what to add where."""


class Exceptional(NamedTuple):
    """One day that differs from Monday to Friday, or could be thought to."""

    working: bool
    title: str
    basis: str
    note: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Calendar:
    """Which days are worked."""

    days: Mapping[date, Exceptional]

    def covers(self, day: date) -> bool:
        """Say whether the year of *day* is known."""
        return any(one.year == day.year for one in self.days)

    def works(self, day: date) -> bool:
        """Say whether *day* is a working day.

        Raises:
            CalendarUnknown: its year is not in the calendar.
        """
        if day in self.days:
            return self.days[day].working
        if not self.covers(day):
            message = (
                f"the working calendar does not know {day.year}; add its holidays to "
                "schemas/calendar/days.csv."
            )
            raise CalendarUnknown(message)
        return day.weekday() < _SATURDAY

    def working_days(self, first: date, last: date) -> Iterator[date]:
        """Go through the working days from *first* to *last*, both included."""
        day = first
        while day <= last:
            if self.works(day):
                yield day
            day += DAY

    def likely(self, day: date) -> bool:
        """Say as `works` does; beyond the years that are known, Monday to Friday.

        For the edges alone: where the first window begins, whether the last week is over.
        """
        return self.works(day) if self.covers(day) else day.weekday() < _SATURDAY

    def before(self, day: date) -> date:
        """Return the last working day before *day*."""
        earlier = day - DAY
        while not self.likely(earlier):
            if day - earlier > _LONGEST:
                message = f"no working day in the month before {day}: correct days.csv."
                raise CalendarUnknown(message)
            earlier -= DAY
        return earlier

    def window(self, day: date) -> tuple[datetime, datetime]:
        """Return the window of the working day *day*: after the first moment, up to the second."""
        return cut_off(self.before(day)), cut_off(day)


@cache
def read_calendar(path: Path = FILE) -> Calendar:
    """Read the calendar at *path*, strictly.

    Raises:
        RegisterError: a line is wrong; every one is named by file and line.
    """
    faults = Faults()
    days: dict[date, Exceptional] = {}
    for line in read_lines(path, _COLUMNS, faults):
        day = line.day("day")
        if day is None or day in days:
            faults.note(line.place, "day stands twice, or is no day like 2026-03-31")
        else:
            days[day] = _exceptional(line)
    faults.close()
    return Calendar(days=days)


def _exceptional(line: Line) -> Exceptional:
    working = line.known("working", _WORDS, "word (yes or no)") == "yes"
    basis = line.known("basis", BASES, f"basis ({', '.join(BASES)})")
    return Exceptional(working, line.text("title"), basis, line.cells["note"])
