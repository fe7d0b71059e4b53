"""What the judge says of one record: canonical values, every problem, every repair."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import msgspec

from schemas.reasons import HIDDEN, REASONS
from schemas.records import Problem, Row, Severity
from streams.notes import Fault, Notes

MOST_PROBLEMS = 100
UNKNOWN_COLUMN = "schema.unknown_field"
_GAP = "\0"
"""Stands in a sentence until its value is known."""
_LAST = 1 << 30
"""Columns the contract does not know come after all its fields."""


class Judgement(msgspec.Struct, frozen=True):
    """The verdict on one row image: accepted iff no problem refuses it (`refuses`).

    *values* are canonical, in the order of Dataset.columns, None where a field was refused; *flags*
    are "CODE:field", repairs in capitals and warnings by reason code; *originals* holds the text as
    sent where the canonical form differs.
    """

    values: tuple[Any, ...]
    problems: tuple[Problem, ...]
    flags: tuple[str, ...]
    originals: dict[str, str]

    @property
    def accepted(self) -> bool:
        """Whether the row is clean: warnings do not refuse it."""
        return not any(problem.severity is Severity.REJECT for problem in self.problems)


def report(notes: Notes, values: tuple[Any, ...]) -> Judgement:
    """Return the Judgement of a record with faults: all, sorted by field and code (invariant 5)."""
    return Judgement(*notes.report(values, _told, MOST_PROBLEMS))


def _told(fault: Fault) -> tuple[Problem, str]:
    """Return the problem that *fault* is, and its flag if it only warns."""
    warns = REASONS[fault.code].severity is Severity.WARN
    return _problem(fault), f"{fault.code}:{fault.field}" if warns else ""


def _problem(fault: Fault) -> Problem:
    """Write the sentence of *fault*: the same faults come again and again, but for their value."""
    said = (fault.code, fault.field, fault.title, fault.expected)
    if fault.value is None:
        return _sentence(said, HIDDEN)  # Invariant 6
    usual = _sentence(said, _GAP)
    if usual.message.startswith(_GAP):  # its capital is the value's
        return _sentence(said, fault.value)
    message = usual.message.replace(_GAP, fault.value)
    return Problem(code=fault.code, field=fault.field, severity=usual.severity, message=message)


@lru_cache(maxsize=4096)
def _sentence(said: tuple[Any, ...], value: str) -> Problem:
    code, field, title, expected = said
    return REASONS[code].problem(field, title, value=value, expected=expected)


class Columns:
    """The columns a contract takes or names as untaken, and the sets of them met in rows."""

    __slots__ = ("familiar", "known")

    def __init__(self, known: Iterable[str]) -> None:
        self.known = frozenset(known)
        self.familiar: set[tuple[str, ...]] = set()
        """Columns of rows, in order, in which nothing is unknown: a table sends one such."""

    def note(self, row: Row, notes: Notes) -> None:
        """Write down each column of *row* that the contract neither takes nor names."""
        unknown = sorted(name[:MOST_PROBLEMS] for name in row.keys() - self.known)
        notes.faults.extend(
            Fault(_LAST, UNKNOWN_COLUMN, name, name, None, None) for name in unknown
        )
        if not unknown and len(self.familiar) < MOST_PROBLEMS:
            self.familiar.add(tuple(row))
