"""What is written down while one record is judged: faults, flags, and values as they were sent."""

from enum import Enum
from typing import Any, NamedTuple

from schemas.contract import Field
from streams.days import day_of_instant, year_of


class Mark(Enum):
    """Two things a value can be that are no value."""

    BAD = "refused"
    """The field was refused: what reads it is not judged (DOMAIN.md 1)."""
    ABSENT = "absent"
    """The record has no such column, which is not the same as null (invariant 7)."""


BAD = Mark.BAD
ABSENT = Mark.ABSENT


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


class Notes:
    """The notes of one record, and its clock: the commit time at the source, never the wall clock.

    *now* is µs since the epoch; *today* is event_day, in days; *year* its year (DOMAIN.md 0).
    """

    __slots__ = ("faults", "flags", "now", "originals", "today", "year")

    def __init__(self, source_ts: int) -> None:
        self.now = source_ts
        self.today = day_of_instant(source_ts)
        self.year = year_of(self.today)
        self.faults: list[Fault] = []
        self.flags: list[str] = []
        self.originals: dict[str, str] = {}

    def refuse(self, fault: Fault) -> Any:  # noqa: ANN401  BAD stands where a value of any type would
        """Write *fault* down and return what stands for the refused value."""
        self.faults.append(fault)
        return BAD
