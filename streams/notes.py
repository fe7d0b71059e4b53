"""Who writes what is wrong with a record; `Notes`, where it is written, is compiled."""

from typing import NamedTuple

from schemas.contract import Field
from streams.no_value import ABSENT, BAD
from streams.takers.notes import Notes


class Fault(NamedTuple):
    """A reason that one field gives; its sentence is written only for a record that has faults."""

    order: int
    code: str
    field: str
    title: str
    expected: str | None
    value: str | None
    """As sent; None for every field that is personal (invariant 6)."""


class Pen(NamedTuple):
    """Which field writes: its place in the contract and its names."""

    order: int
    name: str
    title: str
    shows: bool
    """Whether a sentence may hold the value: only pii N."""

    def fault(self, code: str, expected: str | None = None, value: object = None) -> Fault:
        """Return the Fault of this field."""
        said = str(value)[:100] if self.shows and value is not None else None
        return Fault(self.order, code, self.name, self.title, expected, said)


def pen_of(item: Field, order: int) -> Pen:
    """Return the Pen of *item*, the contract's field number *order*."""
    return Pen(order, item.name, item.title, item.pii == "N")


__all__ = ("ABSENT", "BAD", "Fault", "Notes", "Pen", "pen_of")
