"""What of a row the public may see: an open version, a closed one, or nothing to say.

The projection happens here so that a personal field never even reaches a process of the portal
(DESIGN.md 2). A version is open when the row is clean, carries no warning of its own and lies
inside `open_when` (DOMAIN.md 10). A row that stops being so is closed by a tombstone.

A refused version leaves the last open one served (DOMAIN.md 1), unless what `open_when` reads was
itself refused, or says that the row is no longer open: then it is closed, because we may not show
what we cannot judge (DESIGN.md 2, Streams).
"""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any, final

import msgspec

from schemas.contract import Dataset
from schemas.records import Problem, Severity
from streams.conditions import Condition
from streams.transforms import TRANSFORMS

Values = tuple[Any, ...]


class Opening(msgspec.Struct, frozen=True, gc=False):
    """What the open topic is to hold for a row: its public columns, or None for a tombstone."""

    values: tuple[Any, ...] | None


CLOSED = Opening(None)


@final
class Projector:
    """Decides what is open of the rows of one dataset."""

    def __init__(self, dataset: Dataset, condition: Condition | None) -> None:
        """Take the public columns from the contract, and the predicate of its `open_when`."""
        places = {column.name: place for place, column in enumerate(dataset.columns)}
        self._public = columns_at([places[column.name] for column in dataset.open_columns])
        self._transforms = tuple(
            (place, TRANSFORMS[column.transform])
            for place, column in enumerate(dataset.open_columns)
            if column.transform
        )
        self._condition = condition
        inputs = [places[name] for name in condition.inputs] if condition else []
        self._inputs = columns_at(inputs)
        self._fields = {dataset.columns[place].field for place in inputs}

    def accepted(self, values: tuple[Any, ...] | None, flags: Iterable[str]) -> Opening:
        """Return the opening of a clean version; None for *values* means deleted."""
        if values is None or warned(tuple(flags)) or not self._holds(values):
            return CLOSED
        public = self._public(values)  # Invariant 6
        return Opening(self._transformed(public) if self._transforms else public)

    def rejected(self, values: tuple[Any, ...], problems: Iterable[Problem]) -> Opening | None:
        """Return the opening of a refused version; None leaves what is served."""
        refused = {item.field for item in problems if item.severity is Severity.REJECT}
        if self._fields & refused or not self._holds(values):
            return CLOSED
        return None

    def unjudged(self) -> Opening | None:
        """Return the opening of a version whose row was not judged at all."""
        return CLOSED if self._condition else None

    def _transformed(self, public: Values) -> Values:
        shown = list(public)
        for place, transform in self._transforms:
            shown[place] = transform(shown[place])
        return tuple(shown)

    def _holds(self, values: tuple[Any, ...]) -> bool:
        if self._condition is None:
            return True
        return self._condition.holds(*self._inputs(values))


def columns_at(places: Sequence[int]) -> Callable[[Values], Values]:
    """Return what takes the values at *places* out of a row."""
    if len(places) > 1:
        return itemgetter(*places)
    first, end = (places[0], places[0] + 1) if places else (0, 0)
    return itemgetter(slice(first, end))


@lru_cache(maxsize=4096)  # rows that were repaired alike carry the same flags
def warned(flags: tuple[str, ...]) -> bool:
    """Tell whether one of a row's flags is its own warning."""
    return any(map(is_warning, flags))


@lru_cache(maxsize=4096)
def is_warning(flag: str) -> bool:
    """Tell a row's own warning from a repair, whose code has no dot, and from the table's.

    An unknown column (`schema.*`) says nothing about the row: it must not close a whole dataset.
    """
    code = flag.partition(":")[0]
    return "." in code and not code.startswith("schema.")
