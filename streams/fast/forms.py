"""How a column writes its days, found by asking the reader of dates."""

from functools import lru_cache

from streams.dates import parse_date
from streams.takers.days import Forms

_ASCII = [chr(code) for code in range(128)]
_YEARS = range(1800, 2200)
"""The years whose days a taker knows."""


@lru_cache(maxsize=64)  # one table for all columns that declare the same
def forms_of(formats: tuple[str, ...], kind: str) -> Forms:
    """Return how days are written where *formats* are declared, by asking `parse_date`."""

    def read(text: str) -> str:
        return parse_date(text, formats, kind).text

    return Forms(
        days="".join(mark for mark in _ASCII if read(f"07{mark}3{mark}2026") == "2026-03-07"),
        months="".join(mark for mark in _ASCII if read(f"3{mark}2026") == "2026-03"),
        years=[year for year in _YEARS if read(f"{year}") == f"{year}"],
        compact=read("20260307") == "2026-03-07",
    )
