"""Who writes what is wrong with a record; where it is written is compiled (streams.takers)."""

from functools import lru_cache
from typing import NamedTuple

from schemas.contract import Field
from streams.no_value import ABSENT, BAD
from streams.takers.notes import Fault, Notes


class Pen(NamedTuple):
    """Which field writes: its place in the contract and its names."""

    order: int
    name: str
    title: str
    shows: bool
    """Whether a sentence may hold the value: only pii N."""

    def fault(self, code: str, expected: str | None = None, value: object = None) -> Fault:
        """Return the Fault of this field."""
        if self.shows and value is not None:
            return Fault(self.order, code, self.name, self.title, expected, str(value)[:100])
        return _fault(self, code, expected)


@lru_cache(maxsize=4096)  # one that holds no value comes again and again, with its sentence
def _fault(pen: Pen, code: str, expected: str | None) -> Fault:
    return Fault(pen.order, code, pen.name, pen.title, expected, None)


def pen_of(item: Field, order: int) -> Pen:
    """Return the Pen of *item*, the contract's field number *order*."""
    return Pen(order, item.name, item.title, item.pii == "N")


__all__ = ("ABSENT", "BAD", "Fault", "Notes", "Pen", "pen_of")
