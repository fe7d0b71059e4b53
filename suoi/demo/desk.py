"""A desk: where one register is written, and the habits of those who write at it.

Everything is drawn from one seed: the same seed on the same day writes the same register.
"""

import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random

from schemas.records import Row
from suoi.demo.places import REFORM, Place, Places, read_places

_NBSP, _ZERO_WIDTH = "\u00a0", "\u200b"


@dataclass(kw_only=True)
class Desk:
    """What a writer needs: a source of chance, the local time, and the number of the last entry.

    *now* is zone-less local time (Asia/Ho_Chi_Minh), as the departments store it.
    """

    rng: Random
    now: datetime
    first: int = 1
    """Number given to the first entry of each book."""
    live: bool = False
    """True while a clerk works: entries are of today; else they are of the last three years."""
    places: Places = field(default_factory=read_places)
    _books: Counter[str] = field(default_factory=Counter)

    def number(self, book: str) -> int:
        """Return the next number of *book*, counted from *first*."""
        self._books[book] += 1
        return self.first + self._books[book] - 1

    def day(self) -> date:
        """Draw a day of registration: today when live, else one of the last three years."""
        today = self.now.date()
        if self.live:
            return today
        if self.rng.random() < 0.6 and today > REFORM:  # noqa: PLR2004  a share
            return REFORM + timedelta(days=self.rng.randrange((today - REFORM).days))
        return today - timedelta(days=self.rng.randint(1, 1100))

    def stamp(self, day: date) -> datetime:
        """Return when an entry of *day* was last touched: in office hours, never in the future."""
        if self.live:
            return self.now.replace(microsecond=0)
        hours = time(self.rng.randint(8, 16), self.rng.randrange(60), self.rng.randrange(60))
        return min(datetime.combine(day, hours), self.now.replace(microsecond=0))

    def place(self, day: date) -> Place:
        """Draw a commune of the list in force on *day*."""
        return self.rng.choice(self.places.in_force(day))


def dmy(rng: Random, day: date) -> str:
    """Write a whole day the way this hand writes it; always at most ten characters."""
    mark = rng.choice("////-.")
    forms = (
        f"{day:%d}{mark}{day:%m}{mark}{day.year}",
        f"{day.day}{mark}{day.month}{mark}{day.year}",
    )
    return rng.choice((*forms, *forms, day.isoformat()))


def loose(rng: Random, day: date) -> str:
    """Write a day of which the hand may know only the month or the year."""
    chance = rng.random()
    if chance < 0.06:  # noqa: PLR2004  a share
        return str(day.year)
    if chance < 0.12:  # noqa: PLR2004  a share
        return f"{day.month}/{day.year}"
    return dmy(rng, day)


def numbered(rng: Random, number: int, year: int, marks: str = "/") -> str:
    """Write a register number: zeros before it and spaces in it are habits, not errors."""
    mark = rng.choice(marks)
    padded = rng.choice((str(number), str(number), f"{number:03d}", f"{number:04d}"))
    return f"{padded}{rng.choice(('', '', ' '))}{mark}{rng.choice(('', '', ' '))}{year}"


def grouped(rng: Random, number: str) -> str:
    """Write a personal number, sometimes in groups."""
    chance = rng.random()
    if chance < 0.08:  # noqa: PLR2004  a share
        return f"{number[:3]} {number[3:6]} {number[6:]}"
    if chance < 0.12:  # noqa: PLR2004  a share
        return f"{number[:3]}.{number[3:]}"
    return number


def place_name(rng: Random, place: Place) -> str:
    """Write a commune's name; capitals and letters of another keyboard are habits."""
    name = place.name
    return rng.choice((name, name, name, name.upper(), unicodedata.normalize("NFD", name)))


def roughen(rng: Random, row: Row, columns: tuple[str, ...], share: float = 0.12) -> None:
    """Leave harmless traces in some texts: other accents, doubled spaces, an invisible character.

    They are repaired on the way and flagged; none is a defect (DOMAIN.md 2, T6 to T9).
    """
    for column in columns:
        text = row[column]
        if isinstance(text, str) and rng.random() < share:
            row[column] = rng.choice(_TRACES)(text)


_TRACES = (
    lambda text: unicodedata.normalize("NFD", text),
    lambda text: text.replace(" ", "  ", 1),
    lambda text: f"{text} ",
    lambda text: text.replace(" ", _NBSP, 1),
    lambda text: text + _ZERO_WIDTH,
)
