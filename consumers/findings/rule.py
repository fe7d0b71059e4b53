"""What a rule over several rows is: which rows it groups by what, and when a group is found.

A rule is a value; the statements that serve it are composed from it, so a new one is one entry of
`rules.RULES`. Equal rows contradict each other by being two; a subject contradicts a limit of its
group once its measure is later than the limit's.
"""

from dataclasses import dataclass
from typing import NamedTuple

EQUAL, SUBJECT, LIMIT = "equal", "subject", "limit"


class By(NamedTuple):
    """What the rows of one group share: their values in *columns*, and their folded *words*.

    Words are compared as one folded text (DOMAIN.md 2), so "LÒ THỊ" is "Lò Thị". A row with a null
    column, or without a letter in all its words, is in no group.
    """

    columns: tuple[str, ...]
    words: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Side:
    """The rows of one dataset that a rule looks at."""

    dataset: str
    by: tuple[By, ...]
    """Each is a group the row is in: a marriage is in its husband's and in its wife's."""
    where: tuple[tuple[str, str], ...] = ()
    """Column and the code it must hold."""
    role: str = EQUAL
    measure: str | None = None
    """A date, or a partial one, which is read as its last day."""
    grace_days: int = 0
    """Added to the measure."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column of the table that is read, each once."""
        grouped = [name for by in self.by for name in (*by.columns, *by.words)]
        measured = [self.measure] if self.measure else []
        return tuple(dict.fromkeys((*grouped, *measured, *(name for name, _ in self.where))))


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """One way in which live rows contradict each other; asked for in the contract of *dataset*."""

    dataset: str
    reason: str
    """Of schemas/reasons.csv: it holds the Vietnamese sentence."""
    field: str
    """The field it is reported on."""
    words: str
    """What was expected, in Vietnamese."""
    sides: tuple[Side, ...]

    @property
    def name(self) -> str:
        """The rule's own name: no dataset has two of one reason."""
        return f"{self.dataset}.{self.reason}"
