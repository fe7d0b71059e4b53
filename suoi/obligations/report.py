"""The monthly report of a unit: one HTML file in Vietnamese, to be read, printed or kept as PDF.

It has no script and fetches nothing. Every figure is counted from the book's entries; what the
book does not hold is not in the report.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from consumers.ledger.obligations.entries import Standing
from consumers.ledger.obligations.league import Line
from consumers.ledger.obligations.words import Cause, Status
from schemas.contract import Dataset
from suoi.obligations.words import labels, local

_STATUSES = tuple(Status)


@dataclass(frozen=True, kw_only=True, slots=True)
class Month:
    """What a report is made of."""

    unit: str
    title: str
    first: date
    last: date
    working_days: int
    begun: date | None
    standings: tuple[Standing, ...]
    """Of this unit, by due time."""
    place: Line | None
    units: int
    """How many units can be compared."""
    datasets: Mapping[str, Dataset]


def page(month: Month) -> str:
    """Return the report as one page."""
    pages = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    pages.filters["local"] = local
    return pages.get_template("report.html").render(
        month=month,
        made_at=local(datetime.now(UTC)),
        statuses=[(one, labels().statuses[one]) for one in _STATUSES],
        datasets=[_dataset(month, name, held) for name, held in _by_dataset(month.standings)],
        causes=_causes(month.standings),
        open=[_open(one) for one in month.standings if one.status.asks_why],
        signed=[_signed(one) for one in month.standings if one.entry.said or one.override],
        share=None if month.place is None else _percent(month.place),
    )


def _by_dataset(standings: Iterable[Standing]) -> list[tuple[str, list[Standing]]]:
    ordered = sorted(standings, key=lambda one: (one.key.dataset, one.key))
    return [(name, list(group)) for name, group in groupby(ordered, key=lambda x: x.key.dataset)]


def _dataset(month: Month, name: str, held: list[Standing]) -> dict[str, Any]:
    counted = Counter(one.status for one in held)
    dataset = month.datasets.get(name)
    return {
        "id": name,
        "title": dataset.title if dataset else name,
        "total": len(held),
        "counts": [counted[one] for one in _STATUSES],
    }


def _causes(standings: Iterable[Standing]) -> list[tuple[str, int]]:
    counted = Counter(one.told_cause for one in standings if one.told_cause is not None)
    return [(labels().causes[cause], rows) for cause, rows in _most(counted)]


def _most(counted: Counter[Cause]) -> list[tuple[Cause, int]]:
    return sorted(counted.items(), key=lambda one: (-one[1], one[0]))


def _open(one: Standing) -> dict[str, str]:
    cause, told = one.told_cause, labels()
    return {
        "due": local(one.key.due),
        "dataset": one.key.dataset,
        "scope": told.scope(one.key.scope),
        "status": told.statuses[one.status],
        "cause": told.causes.get(cause or "", "chưa xác định"),
    }


def _signed(one: Standing) -> dict[str, str]:
    """What a person has put beside the machine, or in the place of its verdict."""
    entry = one.override or one.entry
    said = entry.said
    computed = labels().causes.get(one.cause or "", "–")
    return {
        "due": local(one.key.due),
        "dataset": one.key.dataset,
        "scope": labels().scope(one.key.scope),
        "what": "nguyên nhân khác" if one.override else "đính chính kết quả",
        "told": labels().causes.get(entry.cause or "", labels().statuses.get(one.status, "")),
        "computed": computed,
        "by": said.by if said else "không rõ",
        "reason": said.reason if said else "chữ ký không kiểm chứng được",
    }


def _percent(place: Line) -> str | None:
    if place.share is None:
        return None
    return f"{place.share * 100:.2f}".replace(".", ",")
