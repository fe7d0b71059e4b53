"""Holes: what Debezium sends for an unchanged TOASTed value is never a value (invariant 7)."""

from typing import Any, Final

from schemas.contract import Dataset
from schemas.reasons import REASONS
from schemas.records import Problem, Row

PLACEHOLDERS: Final = (
    "__debezium_unavailable_value",
    "X19kZWJleml1bV91bmF2YWlsYWJsZV92YWx1ZQ==",
)
"""What Debezium sends for an unchanged TOASTed value, as text and as base64 (FACTS.md, trap 2)."""

_TEXT_MARK, _BASE64_MARK = (text.encode() for text in PLACEHOLDERS)
_Z, _EQUALS = b"z="


def holed(value: bytes) -> bool:
    """Say whether one of PLACEHOLDERS stands in a record's bytes.

    A rare byte of it is looked for first: most records have none, and one byte is found soonest.
    """
    return (_Z in value and _TEXT_MARK in value) or (_EQUALS in value and _BASE64_MARK in value)


def unresolved(dataset: Dataset, row: Row) -> tuple[Problem, ...]:
    """Name each column *dataset* takes that came without its value (invariant 7)."""
    reason = REASONS["envelope.toast_unresolved"]
    fields = {name: item for item in reversed(dataset.fields) for name in item.columns}
    return tuple(
        reason.problem(fields[name].name, fields[name].title)
        if name in fields
        else reason.problem("", name)
        for name in dataset.source_columns
        if _is_hole(row.get(name))
    )


def _is_hole(value: Any) -> bool:  # noqa: ANN401  a wire value
    if isinstance(value, list):
        return any(_is_hole(item) for item in value)
    return value in PLACEHOLDERS
