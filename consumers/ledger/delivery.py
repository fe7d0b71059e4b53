"""Delivered or not: the stage of every entry of the register, and the sums that follow.

DOMAIN.md 12. Nothing here is a typed number: an entry with a contract is computed from evidence,
one without carries its declared stage, marked as assumed. Stage 4 is proved by a reconciliation, 5
by the book of obligations: one due time at which all that was owed of the dataset was met in time.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from schemas.contract import Dataset
from schemas.register.book import DELIVERED, VERTICAL, Entry, Register, Tenure, Unit

COMPUTED, ASSUMED = "computed", "assumed"
REGISTERED, LOADED, COMPLETE, RECONCILED = 1, 2, 3, 4
_HALF = Decimal("0.5")


@dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    """What the running chain knows of one dataset; all of it at one moment."""

    loaded: bool
    """Its first full load is finished."""
    clean: int = 0
    """Rows whose newest version is clean."""
    refused: int = 0
    """Rows whose newest version waits in quarantine."""
    lacking: int = 0
    """Rows among the refused that lack a mandatory field (field.missing*, rule.all_or_nothing)."""
    holes: int = 0
    """Mandatory fields missing in the refused rows, all together."""
    reconciled: bool = False
    """Source and target were once proved equal."""
    on_time: bool = False
    """One cycle was met in time, whole."""
    fresh: bool = False
    """So was the newest cycle that was judged."""

    @property
    def rows(self) -> int:
        """All rows of the source that we know of."""
        return self.clean + self.refused


@dataclass(frozen=True, kw_only=True, slots=True)
class Stage:
    """How far one dataset is, how we know, and what keeps it there."""

    number: int | None
    """0 to 5; None = nothing is declared for that day."""
    source: str
    """computed or assumed."""
    since: date | None = None
    """The day of the declaration; None where it is computed."""
    cause: str | None = None
    """A code of codes/delay_cause.csv; None where no cause of delay applies."""
    awaits: str = ""
    """What the next stage needs, in words."""
    fresh: bool = True
    """Its newest cycle was met too; a declared stage 5 is taken as fresh, as declared."""

    @property
    def delivered(self) -> bool:
        """Whether it counts as delivered."""
        return self.number == DELIVERED


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """One entry as it stands on a day."""

    entry: Entry
    tenure: Tenure | None
    stage: Stage

    @property
    def state(self) -> str:
        """delivered, unknown, to_connect (a ministry's own system: never late) or late."""
        if self.stage.number is None:
            return "unknown"
        if self.stage.delivered:
            return "delivered"
        return "to_connect" if self.entry.source_kind == VERTICAL else "late"


@dataclass(frozen=True, kw_only=True, slots=True)
class UnitBook:
    """What one unit owes on a day."""

    unit: Unit
    standings: tuple[Standing, ...]

    @property
    def delivered(self) -> int:
        """How many of its datasets are delivered."""
        return sum(item.stage.delivered for item in self.standings)

    @property
    def complete(self) -> bool:
        """Whether all it owes is delivered and fresh (DOMAIN.md 12)."""
        fresh = all(item.stage.fresh for item in self.standings)
        return bool(self.standings) and fresh and self.delivered == len(self.standings)


@dataclass(frozen=True, kw_only=True, slots=True)
class Sums:
    """The figures to be set beside the published ones."""

    datasets: int
    delivered: int
    units: int
    units_complete: int
    to_connect: int
    """Those of a ministry's own system that are not connected yet."""
    late: int
    """All others that are not delivered."""


class Delivery:
    """The stages of one moment: contracts that can be read, and figures where a chain runs."""

    def __init__(
        self, contracts: Mapping[str, Dataset], figures: Mapping[str, Figures] | None = None
    ) -> None:
        """*figures* by dataset; None where no chain was asked, so that nothing past 1 is known."""
        self._contracts = contracts
        self._figures = figures

    def stage(self, entry: Entry, day: date) -> Stage:
        """Return the stage of *entry*: computed now where it has a contract, else as declared."""
        if entry.contract is None:
            return declared(entry, day)
        dataset = self._contracts.get(entry.contract)
        if dataset is None:
            return _computed(0, "a contract that can be read (`suoi contract check`)")
        if self._figures is None and dataset.captured:
            return _computed(REGISTERED, "a running stack, asked for its loads")
        return computed(dataset, (self._figures or {}).get(dataset.id))

    def books(self, register: Register, day: date) -> tuple[UnitBook, ...]:
        """Return what each unit owes on *day*, in the order of the units."""
        return tuple(
            UnitBook(
                unit=unit,
                standings=tuple(
                    Standing(entry=entry, tenure=entry.tenure(day), stage=self.stage(entry, day))
                    for entry in register.of_unit(unit.id, day)
                ),
            )
            for unit in register.units.values()
        )


def declared(entry: Entry, day: date) -> Stage:
    """Return the stage that *entry* was declared to have, unknown before the declaration."""
    if day < entry.since:
        return Stage(number=None, source=ASSUMED, awaits="a stage declared for that day")
    return Stage(number=entry.stage, source=ASSUMED, since=entry.since, cause=entry.cause)


def computed(dataset: Dataset, figures: Figures | None) -> Stage:
    """Return the stage that *figures* prove; None = the chain has no way in for its source yet."""
    if figures is None and dataset.source_kind == VERTICAL:
        # No successful exchange, or not opened (DOMAIN.md 11, cause 1).
        return _computed(REGISTERED, "an exchange with the ministry's system", "BLOCKED_MINISTRY")
    if figures is None:
        return _computed(REGISTERED, f"a way in for its source, {dataset.source}")
    if not figures.loaded:
        return _computed(REGISTERED, "the end of its first load", "VOLUME")
    least = Decimal(dataset.completeness_min)
    if not figures.rows:
        return _computed(LOADED, "at least one row: an empty table is not complete")
    if completeness(dataset, figures) < least:
        return _computed(LOADED, f"{least} of its rows clean and filled", _why(figures))
    return _proved(figures)


def _proved(figures: Figures) -> Stage:
    """Return the stage of a complete dataset: what was reconciled, what was met in time."""
    if not figures.reconciled:
        return _computed(COMPLETE, "reconciliation with its source")
    if not figures.on_time:
        return _computed(RECONCILED, "one cycle in time (`suoi obligations`)")
    return Stage(number=DELIVERED, source=COMPUTED, fresh=figures.fresh)


def completeness(dataset: Dataset, figures: Figures) -> Decimal:
    """Return the lesser share: of rows that are clean, of mandatory fields that are filled."""
    rows, mandatory = figures.rows, sum(item.requirement == "M" for item in dataset.fields)
    clean = Decimal(figures.clean) / rows
    filled = 1 - Decimal(figures.holes) / (rows * mandatory) if mandatory else Decimal(1)
    return min(clean, filled)


def sums(books: Iterable[UnitBook]) -> Sums:
    """Add up *books*."""
    books = tuple(books)
    standings = [item for book in books for item in book.standings]
    return Sums(
        datasets=len(standings),
        delivered=sum(item.stage.delivered for item in standings),
        units=len(books),
        units_complete=sum(book.complete for book in books),
        to_connect=sum(item.state == "to_connect" for item in standings),
        late=sum(item.state == "late" for item in standings),
    )


def _computed(number: int, awaits: str, cause: str | None = None) -> Stage:
    return Stage(number=number, source=COMPUTED, cause=cause, awaits=awaits)


def _why(figures: Figures) -> str:
    """Which of the last two causes holds: half of the refused rows lack something, or not."""
    lacking = Decimal(figures.lacking) / figures.refused if figures.refused else Decimal(0)
    return "MISSING_MANDATORY" if lacking >= _HALF else "NOT_STANDARDISED"
