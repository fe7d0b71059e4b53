"""The league of the units: how many duties each met in time, late, or not, in a month.

Units with the same share stand at the same place; the next place counts them all (1, 1, 3). What
was late by a fault of ours, exempt, blocked from outside or is still pending is counted, and is no
part of the share: it says nothing of the unit.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, Decimal

from consumers.ledger.obligations.entries import Standing
from consumers.ledger.obligations.words import Cause, Status

_PLACES = Decimal("0.0001")
_FAILED = (Status.PARTIAL, Status.MISSED)


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One unit in the league."""

    place: int | None
    """None where nothing of it can be compared."""
    unit: str
    on_time: int
    late: int
    missing: int
    """PARTIAL and MISSED, by no fault of ours."""
    aside: int
    """Exempt, blocked, pending, or late or missing by a fault of ours."""
    causes: tuple[tuple[Cause, int], ...]
    """Why what was not in time was not, the most frequent first."""

    @property
    def total(self) -> int:
        """Every duty of the month."""
        return self.on_time + self.late + self.missing + self.aside

    @property
    def share(self) -> Decimal | None:
        """Share of the comparable duties met in time, four decimals; None = there are none."""
        compared = self.on_time + self.late + self.missing
        if not compared:
            return None
        return (Decimal(self.on_time) / compared).quantize(_PLACES, ROUND_HALF_EVEN)


def league(standings: Iterable[Standing], units: Iterable[str]) -> tuple[Line, ...]:
    """Return the league of *units*, the best first; a unit that owed nothing stands last."""
    mine: dict[str, list[Standing]] = {unit: [] for unit in units}
    for one in standings:
        mine.setdefault(one.key.unit, []).append(one)
    lines = [_line(unit, held) for unit, held in mine.items()]
    shares = sorted((one.share for one in lines if one.share is not None), reverse=True)
    placed = [_placed(one, shares) for one in lines]
    return tuple(sorted(placed, key=lambda one: (one.place is None, one.place or 0, one.unit)))


def _line(unit: str, held: list[Standing]) -> Line:
    counted = Counter(map(_column, held))
    causes = Counter(one.told_cause for one in held if one.told_cause is not None)
    return Line(
        place=None,
        unit=unit,
        on_time=counted["on_time"],
        late=counted["late"],
        missing=counted["missing"],
        aside=counted["aside"],
        causes=tuple(sorted(causes.items(), key=lambda one: (-one[1], one[0]))),
    )


def _column(one: Standing) -> str:
    if one.status.met:
        return "on_time"
    ours = one.told_cause is not None and one.told_cause.ours
    if one.status is Status.LATE and not ours:
        return "late"
    return "missing" if one.status in _FAILED and not ours else "aside"


def _placed(line: Line, shares: list[Decimal]) -> Line:
    return replace(line, place=None if line.share is None else shares.index(line.share) + 1)
