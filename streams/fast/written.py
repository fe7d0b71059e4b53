"""Written dates of the usual forms, as tables: what stands beside the year -> its ISO tail.

29 February is in none of them: whether it is a day depends on the year, and the refiner knows.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

_MARKS: Final = "/-."
_DAYS: Final = [date(2001, 1, 1) + timedelta(step) for step in range(365)]

YEARS: Final = frozenset(str(year) for year in range(1800, 2200))
ISO_TAILS: Final = frozenset(f"{day:-%m-%d}" for day in _DAYS)
"""What follows the year in ISO form."""
_DAY_HEADS: Final = {
    f"{day}{mark}{month}{mark}": f"{one:-%m-%d}"
    for one in _DAYS
    for day in (str(one.day), f"{one:%d}")
    for month in (str(one.month), f"{one:%m}")
    for mark in _MARKS
}
_MONTH_HEADS: Final = {
    f"{text}{mark}": f"-{month:02}"
    for month in range(1, 13)
    for text in (str(month), f"{month:02}")
    for mark in _MARKS
}


def day_heads() -> dict[str, str]:
    """Return "d/m/" -> "-mm-dd", one or two digits, with each mark."""
    return _DAY_HEADS


@lru_cache(maxsize=64)  # one table for all columns that declare the same
def part_heads(formats: tuple[str, ...]) -> Mapping[str, str]:
    """Return what may stand before the year of a partial date declared in *formats*.

    "" is the bare year, where no other declared form is made of four digits.
    """
    found = dict(_DAY_HEADS) if "dmy" in formats else {}
    if "my" in formats:
        found |= _MONTH_HEADS
    if "y" in formats and "excel_serial" not in formats:
        found[""] = ""
    return found
