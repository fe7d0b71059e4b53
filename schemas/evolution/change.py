"""One change between two contracts of a dataset, and whom it concerns."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

Holds = Callable[[Any, Any], bool]
"""Asked of the value before and after: does what was promised still hold."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One difference: *what* is a stable code, *before* and *after* are texts (None = absent)."""

    what: str
    field: str
    """The field, by its new name; empty where the change is the whole dataset's."""
    before: str | None
    after: str | None
    why: str
    """One sentence for an operator: what follows."""
    wire: bool = True
    """The registry lets a new reader read old bytes (Avro schema resolution)."""
    meaning: bool = True
    """A subscriber of today still finds what it reads, meaning what it meant."""
    rows: bool = True
    """Rows already stored stay right; False = they must be judged again (invariant 7: a null that
    nobody sent must not stand there as a value)."""

    @property
    def readers(self) -> bool:
        """Whether readers of clean and open go on as they are."""
        return self.wire and self.meaning


class Aspect(NamedTuple):
    """One thing a contract says, how to read it, and when a change of it is harmless."""

    what: str
    read: Callable[[Any], Any]
    meaning: Holds
    rows: Holds
    why: str

    def compare(self, field: str, old: Any, new: Any) -> Change | None:  # noqa: ANN401  Field or Dataset
        """Return the change of this aspect from *old* to *new*, if there is one."""
        before, after = self.read(old), self.read(new)
        if before == after:
            return None
        return Change(
            what=self.what,
            field=field,
            before=shown(before),
            after=shown(after),
            why=self.why,
            meaning=self.meaning(before, after),
            rows=self.rows(before, after),
        )


def always(_before: object, _after: object) -> bool:
    """Hold whatever the change is."""
    return True


def never(_before: object, _after: object) -> bool:
    """Break at any change."""
    return False


def shown(value: object) -> str | None:
    """Return *value* as an answer shows it: lists joined, booleans and numbers as text."""
    if value is None or value == ():
        return None
    if isinstance(value, tuple | frozenset):
        parts = sorted(map(str, value)) if isinstance(value, frozenset) else map(str, value)
        return ", ".join(parts)
    return str(value)
