"""The book as people and as programs read it: labels in Vietnamese from the code lists, or JSON."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache, partial
from itertools import groupby
from typing import Any

from consumers.ledger.obligations.duties import ALERT, BREACH
from consumers.ledger.obligations.entries import Entry
from consumers.ledger.obligations.league import Line as Place
from consumers.ledger.obligations.words import WHOLE, Cause, Status
from schemas.calendar.book import Calendar
from schemas.calendar.cutoff import VIETNAM, cut_off
from schemas.codes import read_codes
from suoi.obligations.book import Line
from suoi.obligations.desk import Desk


@dataclass(frozen=True, kw_only=True, slots=True)
class Labels:
    """What officers read for each code."""

    statuses: Mapping[str, str]
    causes: Mapping[str, str]
    communes: Mapping[str, str]
    whole: str

    def scope(self, scope: str) -> str:
        """Return the commune's name; of a whole dataset, so."""
        return self.whole if scope == WHOLE else self.communes.get(scope, scope)


@cache
def labels(language: str = "vi") -> Labels:
    """Read the labels of codes/, in *language* (vi, en)."""
    lists = partial(read_codes().labels, language=language)
    return Labels(
        statuses=lists("obligation_status"),
        causes=lists("delay_cause"),
        communes=lists("commune_dvhc2025"),
        whole="toàn bộ" if language == "vi" else "whole dataset",
    )


def document(desk: Desk, day: date, lines: list[Line]) -> dict[str, Any]:
    """Return the answer of `suoi obligations --json`."""
    calendar: Calendar = desk.duties.calendar
    due = cut_off(day)
    return {
        "date": day,
        "working": calendar.works(day),
        "due": due,
        "alert_at": due + ALERT,
        "breach_at": due + BREACH,
        "computed_at": datetime.now(UTC),
        "begun": desk.store.begun(),
        "sums": _sums(one.status for one in lines),
        "causes": _sums(one.cause for one in lines if one.cause),
        "obligations": [_line(desk, one) for one in lines],
    }


def _line(desk: Desk, one: Line) -> dict[str, Any]:
    key, entry = one.duty.key, one.held.entry if one.held else None
    dataset = desk.law.get(key.dataset)
    return {
        "unit": key.unit,
        "dataset": key.dataset,
        "title": dataset.title if dataset else key.dataset,
        "scope": key.scope,
        "commune": None if key.scope == WHOLE else labels().scope(key.scope),
        "window": {"after": one.duty.after, "through": key.due},
        "status": one.status,
        "status_vi": labels().statuses[one.status],
        "final": one.final,
        "cause": one.cause,
        "cause_vi": labels().causes.get(one.cause or ""),
        "cause_computed": one.computed_cause,
        "override": entry_document(one.override) if one.override else None,
        "correction": entry_document(entry) if entry and entry.said else None,
        "entry": entry.id if entry else None,
        "judged_at": entry.judged_at if entry and one.final else None,
        "evidence": one.evidence,
    }


def entry_document(entry: Entry) -> dict[str, Any]:
    """Return one entry of the book, with who said it and why where a person did."""
    said = entry.said
    return {
        "entry": entry.id,
        "kind": entry.kind,
        "status": entry.status,
        "cause": entry.cause,
        "names": entry.names,
        "at": entry.judged_at,
        "by": said.by if said else None,
        "reason": said.reason if said else None,
        "key": said.key if said else None,
        "evidence": entry.evidence,
    }


def place_document(place: Place, title: str) -> dict[str, Any]:
    """Return one unit of the league."""
    return {
        "place": place.place,
        "unit": place.unit,
        "title": title,
        "on_time": place.on_time,
        "late": place.late,
        "missing": place.missing,
        "aside": place.aside,
        "total": place.total,
        "share": None if place.share is None else str(place.share),
        "causes": {str(cause): n for cause, n in place.causes},
    }


def day_lines(desk: Desk, day: date, lines: list[Line]) -> Iterator[str]:
    """Yield the book of *day* for a person: each dataset, and what of it is not met, by cause."""
    if not desk.duties.calendar.works(day):
        yield f"{day:%d/%m/%Y} không phải ngày làm việc: không có nghĩa vụ nào đến hạn."
        return
    yield f"Sổ nghĩa vụ ngày {day:%d/%m/%Y}, giờ chốt 17:00: {len(lines)} nghĩa vụ"
    for name, group in groupby(lines, key=lambda one: one.duty.key.dataset):
        yield from _dataset(desk, name, list(group))


def _dataset(desk: Desk, name: str, lines: list[Line]) -> Iterator[str]:
    dataset, counted = desk.law.get(name), Counter(one.status for one in lines)
    told = ", ".join(f"{labels().statuses[status]}: {n}" for status, n in sorted(counted.items()))
    yield f"{name} ({dataset.title if dataset else name}; {lines[0].duty.key.unit}): {told}"
    open_ = [one for one in lines if one.status.asks_why and one.cause is not None]
    for (status, cause), group in groupby(sorted(open_, key=_order), key=_order):
        same = list(group)
        places = ", ".join(labels().scope(one.duty.key.scope) for one in same[:6])
        more = f" và {len(same) - 6} nơi khác" if len(same) > 6 else ""  # noqa: PLR2004  the same six
        yield f"  {labels().statuses[status]}: {labels().causes[cause]}: {places}{more}"


def _order(one: Line) -> tuple[Status, Cause]:
    return one.status, one.cause or Cause.TECHNICAL


def local(moment: datetime) -> str:
    """Return a moment as officers read it."""
    return f"{moment.astimezone(VIETNAM):%H:%M %d/%m/%Y}"


def _sums(words: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(map(str, words)).items()))
