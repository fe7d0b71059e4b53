"""What the console knows at one moment, as one frozen value; each part says since when it is known.

A part that does not answer keeps its last value, and says so: "unknown" is an answer, an old figure
that looks like a new one is none (invariant 9).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, NamedTuple

from connectors.status import Status
from consumers.ledger.delivery import UnitBook
from infra.lag.sample import Sample
from infra.local.state import Standing as Component
from schemas.control import Standing
from suoi.console.facts import DatasetFacts
from suoi.console.history import History


class Waiting(NamedTuple):
    """Open items of quarantine with one cause."""

    dataset: str
    unit: str
    code: str | None
    """One of reasons.csv; None = all items of the dataset, each counted once."""
    items: int
    oldest: datetime


class Known(NamedTuple):
    """When a part answered last, and what is the matter since then; both None = never asked."""

    at: datetime | None = None
    trouble: str | None = None
    since: datetime | None = None
    """Since when it does not answer."""

    @property
    def silent(self) -> bool:
        """Whether it did not answer when it was asked last."""
        return self.trouble is not None


@dataclass(frozen=True, kw_only=True, slots=True)
class Snapshot:
    """All that pages are made of. Values of parts are None before their first answer."""

    taken: datetime
    datasets: Mapping[str, DatasetFacts]
    known: Mapping[str, Known] = field(default_factory=dict)
    """Part -> when it answered."""
    phase: str | None = None
    """How the local stack stands: starting, ready, stopping, stopped, failed."""
    components: Mapping[str, Component] | None = None
    connectors: Mapping[str, Status] | None = None
    counts: Mapping[str, Mapping[str, Any]] | None = None
    """Dataset -> captured, clean, reject, … as `suoi status --json` has them."""
    through: Mapping[str, datetime] | None = None
    """Dataset -> complete through; one that cannot be proved is absent."""
    hops: Mapping[str, Mapping[str, Sample]] | None = None
    """Dataset -> hop -> the sentinel's newest look."""
    standings: Mapping[str, Standing] | None = None
    waiting: tuple[Waiting, ...] | None = None
    behind: datetime | None = None
    """Since when rows wait for the rules that need other rows; None = none wait, or unknown."""
    units: tuple[UnitBook, ...] | None = None
    faults: Mapping[str, str] = field(default_factory=dict)
    """Contract -> why its dataset is held."""
    history: History = field(default_factory=History)
    unit: str | None = None
    """The one unit it was narrowed to."""

    @property
    def silent(self) -> Mapping[str, Known]:
        """Parts that do not answer now."""
        return {name: one for name, one in self.known.items() if one.silent}

    def title(self, dataset: str) -> str:
        """Return the title of *dataset*; one that is not captured is named as it is."""
        return self.datasets[dataset].title if dataset in self.datasets else dataset

    def of_source(self, source: str) -> list[DatasetFacts]:
        """Return the datasets that *source* gives."""
        return [one for one in self.datasets.values() if one.source == source]


def empty(datasets: Mapping[str, DatasetFacts] | None = None) -> Snapshot:
    """Return what is known before anything was asked."""
    return Snapshot(taken=datetime.now(UTC), datasets=datasets or {})


def narrowed(snapshot: Snapshot, unit: str | None) -> Snapshot:
    """Leave in *snapshot* only what concerns *unit*: the one place where a unit's view is made.

    None leaves it whole. The machines of the province are nobody's own: they are left out.
    """
    if unit is None:
        return snapshot
    mine = {name: one for name, one in snapshot.datasets.items() if one.unit == unit}
    sources = {one.source for one in mine.values()}
    return replace(
        snapshot,
        unit=unit,
        datasets=mine,
        components=None,
        connectors=_connectors(snapshot, mine, sources),
        counts=_kept(snapshot.counts, mine),
        through=_kept(snapshot.through, mine),
        hops=_kept(snapshot.hops, mine),
        standings=_kept(snapshot.standings, mine),
        waiting=_waiting(snapshot, unit),
        behind=None,
        units=None if snapshot.units is None else _units(snapshot.units, unit),
        faults={},
    )


def _kept(values: Mapping[str, Any] | None, mine: Mapping[str, object]) -> Any:  # noqa: ANN401  as it came
    return None if values is None else {name: one for name, one in values.items() if name in mine}


def _waiting(snapshot: Snapshot, unit: str) -> tuple[Waiting, ...] | None:
    if snapshot.waiting is None:
        return None
    return tuple(one for one in snapshot.waiting if one.unit == unit)


def _units(units: tuple[UnitBook, ...], unit: str) -> tuple[UnitBook, ...]:
    return tuple(book for book in units if book.unit.id == unit)


def _connectors(
    snapshot: Snapshot, mine: Mapping[str, DatasetFacts], sources: set[str]
) -> Mapping[str, Status] | None:
    """Leave of each connector of *sources* what is about tables and datasets of *mine*."""
    if snapshot.connectors is None:
        return None
    tables = {one.table for one in mine.values()}
    return {
        name: replace(
            one,
            problems=tuple(said for said in one.problems if said.dataset in {"", *mine}),
            loads=tuple(load for load in one.loads if load.table in tables),
        )
        for name, one in snapshot.connectors.items()
        if name in sources
    }
