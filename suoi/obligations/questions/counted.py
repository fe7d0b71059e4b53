"""What arrived in a window, by commune: from the ledger's counts and the quarantine."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from consumers.ledger.obligations.duties import Duty
from consumers.ledger.obligations.evidence import Arrived, Reason
from consumers.ledger.obligations.judging import SETTLE
from consumers.ledger.obligations.words import UNASSIGNED, WHOLE
from infra.postgres import Connection
from infra.queries import read_queries
from schemas.calendar.cutoff import cut_off, plain_day


@dataclass(slots=True)
class _Sum:
    """The parts of one scope while they are read."""

    clean: int = 0
    refused: int = 0
    lacking: int = 0
    reasons: dict[tuple[str, str], int] = field(default_factory=dict)

    def arrived(self) -> Arrived:
        """Return it as a value."""
        found = tuple(Reason(*names, rows) for names, rows in sorted(self.reasons.items()))
        return Arrived(clean=self.clean, refused=self.refused, lacking=self.lacking, reasons=found)


@dataclass(frozen=True, kw_only=True, slots=True)
class Counted:
    """The rows of one dataset and due time, by scope; the whole dataset's under `*`."""

    in_time: Mapping[str, Arrived]
    by_now: Mapping[str, Arrived]
    last: Mapping[str, datetime]

    @property
    def unassigned(self) -> int:
        """Rows of the window whose commune could not be resolved."""
        return self.in_time.get(UNASSIGNED, Arrived()).events


def counted(connection: Connection, duty: Duty, now: datetime) -> Counted:
    """Count what arrived for the dataset of *duty*: in its window, and by *now* or the breach.

    A row that was refused counts as such until it is put right; for the window that is asked as of
    the cut-off, and a minute for the way.
    """
    days = plain_day(duty.after), duty.day
    late = min(plain_day(now), plain_day(duty.breach_at))
    return Counted(
        in_time=_window(connection, duty, days, duty.key.due + SETTLE),
        by_now=_window(connection, duty, (days[0], max(late, days[1])), duty.breach_at + SETTLE),
        last=_last(connection, duty),
    )


def _window(
    connection: Connection, duty: Duty, days: tuple[date, date], at: datetime
) -> dict[str, Arrived]:
    asked = {"dataset": duty.key.dataset, "after": days[0], "through": days[1], "at": at}
    sums: dict[str, _Sum] = {}
    with connection.transaction():
        for scope, clean in _ask(connection, "arrived", asked):
            for one in _of(sums, scope):
                one.clean += int(clean)
        for scope, refused, lacking in _ask(connection, "refused", asked):
            for one in _of(sums, scope):
                one.refused, one.lacking = one.refused + refused, one.lacking + lacking
        for scope, name, code, rows in _ask(connection, "reasons", asked):
            for one in _of(sums, scope):
                one.reasons[name, code] = one.reasons.get((name, code), 0) + rows
    return {scope: one.arrived() for scope, one in sums.items()}


def _of(sums: dict[str, _Sum], scope: str | None) -> Iterable[_Sum]:
    """The sums a row of *scope* is part of: its commune's, and the whole dataset's."""
    names = (scope or UNASSIGNED, WHOLE)
    return [sums.setdefault(name, _Sum()) for name in names]


def _last(connection: Connection, duty: Duty) -> dict[str, datetime]:
    asked = {"dataset": duty.key.dataset, "through": duty.day}
    with connection.transaction():
        rows = _ask(connection, "last_events", asked)
    found = {scope: cut_off(day).astimezone(UTC) for scope, day in rows}
    return found | ({WHOLE: max(found.values())} if found else {})


def _ask(connection: Connection, name: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    return connection.execute(read_queries("obligation_evidence")[name], values).fetchall()
