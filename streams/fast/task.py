"""What a fast path is made for: a field, its refiner, and what is judged beside it."""

import sys
from typing import NamedTuple

from schemas.codes import CodeLists
from streams.beside import Beside
from streams.plan import Plan, Refine


class Task(NamedTuple):
    """One field; *refine* takes (raw, notes, …) with what *beside* gives, and knows all values."""

    plan: Plan
    codes: CodeLists
    refine: Refine
    beside: Beside

    @property
    def name(self) -> str:
        """The field's name."""
        return self.plan.item.name

    @property
    def named(self) -> bool:
        """Whether it is a person's name, which has its capitals."""
        return self.plan.item.kind == "name"

    @property
    def nullable(self) -> bool:
        """Whether null is null, whatever else the record says."""
        return not (self.plan.mandatory or self.plan.item.options.empty)

    @property
    def longest(self) -> int:
        """How long a canonical text may be."""
        item = self.plan.item
        measured = "text.too_long" in item.rules and item.max_length is not None
        return (item.max_length or 0) if measured else sys.maxsize

    @property
    def textual(self) -> bool:
        """Whether the column is text of our own time, in which a number is no value."""
        options = self.plan.item.options
        plain = options.encoding == "utf-8" and not options.numeric_ok
        return self.plan.wire == "text" and plain

    @property
    def wordy(self) -> bool:
        """Whether no placeholder holds a digit, so that no number or date is one."""
        return not any(mark.isdigit() for word in self.plan.nothing for mark in word)

    @property
    def worded(self) -> bool:
        """Whether no placeholder is a number that is not below 0."""
        digits = [word for word in self.plan.nothing if any(mark.isdigit() for mark in word)]
        return all(word.startswith("-") for word in digits)
