"""What the judge says of one record: canonical values, every problem, every repair."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from schemas.reasons import HIDDEN, REASONS
from schemas.records import Problem, Row, Severity
from streams.notes import BAD, Fault, Notes

MOST_PROBLEMS = 100
UNKNOWN_COLUMN = "schema.unknown_field"
_LAST = 1 << 30
"""Columns the contract does not know come after all its fields."""


class Judgement(NamedTuple):
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


def report(notes: Notes, values: Iterable[Any]) -> Judgement:
    """Return the Judgement of a record with faults: all, sorted by field and code (invariant 5)."""
    faults = sorted(notes.faults, key=lambda fault: (fault.order, fault.code))
    warned = [f"{f.code}:{f.field}" for f in faults if REASONS[f.code].severity is Severity.WARN]
    return Judgement(
        tuple(None if value is BAD else value for value in values),
        tuple(map(_problem, faults[:MOST_PROBLEMS])),
        (*notes.flags, *warned),
        notes.originals,
    )


def _problem(fault: Fault) -> Problem:
    shown = fault.value if fault.value is not None else HIDDEN  # Invariant 6
    return REASONS[fault.code].problem(
        fault.field, fault.title, value=shown, expected=fault.expected
    )


def note_unknown(row: Row, known: frozenset[str], notes: Notes) -> None:
    """Write down each column that the contract neither takes nor names as untaken."""
    unknown = sorted(name[:MOST_PROBLEMS] for name in row.keys() - known)
    notes.faults.extend(Fault(_LAST, UNKNOWN_COLUMN, name, name, None, None) for name in unknown)
