"""What vanished in a gap, shown; and whether it may be removed on what a person has said: pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from consumers.sweep import Vanished

MOST_SHARE = 0.1
"""A sweep of more than this part of a dataset's rows is a mistake until its number is given."""
_FEW = 10
"""So many rows are swept without their number, however small their dataset is."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What the person wants."""

    reason: str
    sweep: bool
    rows: int | None
    patience_s: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the command found and did."""

    vanished: tuple[Vanished, ...] = ()
    removed: dict[str, int] = field(default_factory=dict)
    waiting: tuple[str, ...] = ()
    """Why it is not done yet, in sentences."""

    def document(self) -> dict[str, Any]:
        """Return it for JSON."""
        vanished = {one.dataset: one.rows for one in self.vanished}
        return {"vanished": vanished, "removed": self.removed, "waiting": list(self.waiting)}

    def lines(self) -> Iterator[str]:
        """Yield it for a person."""
        for one in self.vanished:
            removed = self.removed.get(one.dataset, 0)
            end = f", {removed} removed" if removed else ""
            yield f"{one.dataset}: {one.rows} of {one.living} rows vanished in the gap{end}"
        yield from self.waiting


def not_to_sweep(found: Sequence[Vanished], asked: Asked, *, shown: bool) -> tuple[str, ...]:
    """Say why nothing is removed now; empty where it may be, or where nothing vanished.

    *shown*: an earlier run of the command may have told how many; without, only their number does.
    """
    total = sum(one.rows for one in found)
    if not found:
        return ()
    if not asked.sweep or (not shown and asked.rows is None):
        said = f"{total} rows wait to be swept"
        return (f"{said}: look at them, then run it again with --sweep.",)
    if asked.rows == total:
        return ()
    if asked.rows is not None:
        said = f"--rows {asked.rows} is not what vanished: {total} rows did."
        return (f"{said} Nothing was removed.",)
    return tuple(_doubts(found, total))


def _doubts(found: Sequence[Vanished], total: int) -> Iterator[str]:
    """Say of each dataset why its rows are not removed without their number."""
    for one in found:
        if one.share > MOST_SHARE and one.rows > _FEW:
            part = f"{one.rows} of {one.living} rows of {one.dataset} ({one.share:.0%}) vanished"
            yield f"{part}: if that is right, run it again with --sweep --rows {total}."
        elif one.nameless:
            part = f"{one.nameless} rejects of {one.dataset} have no readable key"
            yield (
                f"{part}, and some of its {one.rows} vanished rows may be among them: look at "
                f"`suoi reject list`; if all is well, --sweep --rows {total}."
            )
