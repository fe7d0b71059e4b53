"""The structure of a source seen in its records: which mandatory columns are no longer sent.

Invariant 10: absence is not null (invariant 7). A column that vanished from a captured table makes
every row that follows unjudgeable, so the dataset stops at the first of them instead of refusing
its whole register row by row (DOMAIN.md 1, stage 2). Deletes need only their key; truncates and
tombstones carry no row: none of them ever stops a dataset.
"""

from collections.abc import Collection
from typing import NamedTuple

from schemas.contract import Dataset
from schemas.control import VANISHED, Cause, expired, unjudged
from schemas.records import Origin, Rejected


class Stop(NamedTuple):
    """The raw record at which a dataset stops: it has no verdict, it is in flight."""

    dataset: Dataset
    topic: str
    partition: int
    offset: int
    columns: tuple[str, ...]
    """What a person must accept: vanished columns in the order of the contract, or a gap."""
    cause: Cause | None = None
    """Why, where it is not that columns vanished."""

    @property
    def at(self) -> str:
        """The record as headers and `_raw` write it."""
        return f"{self.topic}:{self.partition}:{self.offset}"


def stop_at(dataset: Dataset, verdict: Rejected, accepted: Collection[str]) -> Stop | None:
    """Return the Stop that *verdict* calls for; None where all that is absent is *accepted*."""
    if not dataset.captured or all(problem.code != VANISHED for problem in verdict.problems):
        return None
    row = (verdict.change and verdict.change.row) or {}
    absent = [name for name in mandatory_columns(dataset) if name not in row]
    columns = tuple(name for name in absent if name not in accepted)
    return Stop(dataset, *verdict.origin, columns) if columns else None


def cannot_judge(dataset: Dataset, origin: Origin, error: Exception) -> Stop:
    """Return the Stop at *origin* of a dataset whose contract gives no judge, for *error*."""
    stop = Stop(dataset, *origin, ())
    return stop._replace(cause=unjudged(dataset, str(error), stop.at))


def stop_at_gap(
    dataset: Dataset, due: Origin, first: int, accepted: Collection[str]
) -> Stop | None:
    """Return the Stop where records from *due* on are gone and *first* is the first one kept.

    None where that gap was *accepted*: it is written `@partition:first-last` among the columns.
    """
    gap = f"@{due.partition}:{due.offset}-{first - 1}"
    stop = Stop(dataset, *due, (gap,))
    return None if gap in accepted else stop._replace(cause=expired(dataset, gap, stop.at))


def mandatory_columns(dataset: Dataset) -> tuple[str, ...]:
    """Return the source columns of the mandatory fields of *dataset*, each once."""
    named = (name for item in dataset.fields if item.requirement == "M" for name in item.columns)
    return tuple(dict.fromkeys(named))
