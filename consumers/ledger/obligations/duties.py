"""Duties: what each unit owes by the cut-off of a day, one value for each (DOMAIN.md 11).

A contract that is owed daily with attestation (`daily_mandatory`) gives one duty for each commune:
75 communes and three registers are 225 a working day. Every other one gives one duty a period.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache

from consumers.ledger.obligations.words import WHOLE
from schemas.calendar.book import Calendar
from schemas.calendar.cadence import MANDATORY, due_before, is_due
from schemas.calendar.cutoff import cut_off, plain_day
from schemas.codes import CodeLists, CsvRow, read_codes
from schemas.contract import Dataset
from schemas.register.book import Register

ALERT = timedelta(hours=2)
"""How long after the cut-off a pending duty is told of, with its cause."""
BREACH = timedelta(hours=24)
"""How long after the cut-off it may still be met, late."""
_COMMUNES = "codes/commune_dvhc2025"


@dataclass(frozen=True, order=True, slots=True)
class Key:
    """What names a duty in the book."""

    due: datetime
    unit: str
    dataset: str
    scope: str
    """A commune's code (DVHC-2025), or `*` for the whole dataset."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Duty:
    """One thing that a unit owes by a moment."""

    key: Key
    after: datetime
    """Where its window begins: the cut-off that ended the period before."""
    mandatory: bool
    """Silence does not meet it: there is an event, or somebody attests that there was none."""
    vertical: bool = False
    """It comes from a ministry's own system."""
    completeness_min: str = "0.95"
    """Least share of the window's rows that are clean."""

    @property
    def day(self) -> date:
        """The working day whose cut-off it is due at."""
        return plain_day(self.key.due)

    @property
    def alert_at(self) -> datetime:
        """When it is told of if it is still pending."""
        return self.key.due + ALERT

    @property
    def breach_at(self) -> datetime:
        """Until when it may be met late."""
        return self.key.due + BREACH


@dataclass(frozen=True, kw_only=True)
class Duties:
    """Everything that says who owes what, and when."""

    register: Register
    contracts: Mapping[str, Dataset]
    calendar: Calendar
    codes: CodeLists

    def due(self, day: date) -> tuple[Duty, ...]:
        """Return the duties due at the cut-off of *day*, none on a day that is not worked.

        Raises:
            CalendarUnknown: the year of *day* is not in the calendar.
        """
        if not self.calendar.works(day):
            return ()
        return tuple(sorted(self._due(day), key=lambda one: one.key))

    def _due(self, day: date) -> Iterator[Duty]:
        for entry in self.register.entries.values():
            dataset, tenure = self.contracts.get(entry.contract or ""), entry.tenure(day)
            if dataset is None or tenure is None or dataset.internal:
                continue
            cadence = dataset.update_frequency
            if is_due(cadence, day, self.calendar):
                after = cut_off(due_before(cadence, day, self.calendar))
                for scope in self._scopes(dataset, day):
                    key = Key(cut_off(day), tenure.unit, dataset.id, scope)
                    yield _duty(key, after, dataset)

    def _scopes(self, dataset: Dataset, day: date) -> Iterable[str]:
        if dataset.update_frequency != MANDATORY or dataset.scope_field is None:
            return (WHOLE,)
        return (row["code"] for row in self.codes.rows(_COMMUNES) if in_force(row, day))


def _duty(key: Key, after: datetime, dataset: Dataset) -> Duty:
    return Duty(
        key=key,
        after=after,
        mandatory=dataset.update_frequency == MANDATORY,
        vertical=dataset.source_kind == "vertical",
        completeness_min=dataset.completeness_min,
    )


def in_force(row: CsvRow, day: date) -> bool:
    """Say whether the code of *row* is valid on *day* (its dates are in ISO form, or empty)."""
    text = day.isoformat()
    return (row["valid_from"] or text) <= text <= (row["valid_to"] or text)


@cache
def register_of(dataset: str) -> str | None:
    """Return the register of *dataset* as attestations write it (KS, KH, KT); None = it has none.

    codes/register_type.csv says in its note which dataset each register is.
    """
    rows = read_codes().rows("codes/register_type")
    return next((row["code"] for row in rows if row["note"] == f"dataset {dataset}"), None)
