"""The register as values: entries, their owners through time, and the figures once published."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

VERTICAL = "vertical"
"""Source kind of a ministry's own system: the province connects to it, it is never late."""
DELIVERED = 5
"""The stage at which a dataset counts as delivered (DOMAIN.md 12, codes/delivery_stage.csv)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Unit:
    """One of the province's units that owe datasets."""

    id: str
    title: str
    assumed: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Tenure:
    """A stretch of time in which one unit owns an entry; both days are part of it."""

    unit: str
    valid_from: date | None
    """None = since ever."""
    valid_to: date | None
    """None = still."""

    def holds(self, day: date) -> bool:
        """Say whether *day* lies in this stretch."""
        return (self.valid_from or date.min) <= day <= (self.valid_to or date.max)


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One dataset owed to the province, whether it has a contract yet or not."""

    id: str
    title: str
    contract: str | None
    """Id of its contract; None = registered without one, so that its stage is only declared."""
    source_kind: str | None
    """A code of codes/source_kind.csv; None = not known yet."""
    cadence: str
    """A code of codes/update_frequency.csv."""
    stage: int
    """The declared stage, 0 to 5; one with a contract is computed instead."""
    since: date
    """The day of the declaration."""
    cause: str | None
    """Why it is not delivered, as declared: a code of codes/delay_cause.csv."""
    tenures: tuple[Tenure, ...]
    """Who owns it, oldest first; no two overlap."""

    def tenure(self, day: date) -> Tenure | None:
        """Return the stretch of its owner on *day*; None where it had none."""
        return next((item for item in self.tenures if item.holds(day)), None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Reported:
    """The figures that were published once, counted by hand."""

    day: date
    datasets: int
    delivered: int
    units: int
    units_complete: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Register:
    """Every entry, the units that owe them, and what was reported."""

    units: Mapping[str, Unit]
    entries: Mapping[str, Entry]
    reported: tuple[Reported, ...]

    def of_unit(self, unit: str, day: date) -> Iterator[Entry]:
        """Go through what *unit* owes on *day*."""
        for entry in self.entries.values():
            tenure = entry.tenure(day)
            if tenure is not None and tenure.unit == unit:
                yield entry

    def unowned(self, day: date) -> tuple[Entry, ...]:
        """Return the entries that no unit owes on *day*."""
        return tuple(item for item in self.entries.values() if item.tenure(day) is None)
