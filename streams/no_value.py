"""Two things a value can be that are no value."""

from enum import Enum


class Mark(Enum):
    """What stands where a value would."""

    BAD = "refused"
    """The field was refused: what reads it is not judged (DOMAIN.md 1)."""
    ABSENT = "absent"
    """The record has no such column, which is not the same as null (invariant 7)."""


BAD = Mark.BAD
ABSENT = Mark.ABSENT
