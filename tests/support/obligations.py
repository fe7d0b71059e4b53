"""Duties and evidence for the tests: an invented commune, one day, everything alive."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from consumers.ledger.obligations.duties import Duty, Key
from consumers.ledger.obligations.entries import Entry, Standing, standing
from consumers.ledger.obligations.evidence import (
    Arrived,
    Attested,
    Channel,
    Evidence,
    Load,
    Reason,
)
from consumers.ledger.obligations.papers import Act, Body, Paper
from consumers.ledger.obligations.words import WHOLE, Cause, Kind, Status
from schemas.calendar.book import read_calendar
from schemas.calendar.cutoff import cut_off, plain_day

DUE = datetime(2026, 11, 23, 10, tzinfo=UTC)
"""Monday, 17:00 in Việt Nam."""
AFTER = datetime(2026, 11, 20, 10, tzinfo=UTC)
KEY = Key(DUE, "so_tu_phap", "tp_khai_sinh", "03646")
DUTY = Duty(key=KEY, after=AFTER, mandatory=True, completeness_min="0.98")
ALIVE = Channel(connector="RUNNING", heartbeat_age_s=3.0)
QUIET = Evidence(
    complete_through=DUE + timedelta(days=30), channel=ALIVE, load=Load(whole=True, done=9, total=9)
)
"""All is alive, all is proved, and nothing happened."""
LACKING = Arrived(clean=1, refused=2, lacking=1, reasons=(Reason("me_ho_ten", "field.missing", 1),))
CODES = Arrived(clean=1, refused=3, lacking=1, reasons=(Reason("dan_toc", "code.unknown", 3),))
CLEAN = Arrived(clean=4)


def at(hours: float, seconds: float = 0) -> datetime:
    """Return so many hours and seconds after the cut-off."""
    return DUE + timedelta(hours=hours, seconds=seconds)


def known(**facts: Any) -> Evidence:  # noqa: ANN401  the fields of Evidence
    """Return QUIET with other *facts*; rows that arrived are still there now."""
    if "arrived" in facts:
        facts.setdefault("by_now", facts["arrived"])
    return replace(QUIET, **facts)


def attested(hours: float) -> Attested:
    """Return an attestation given so many hours after the cut-off."""
    return Attested(at=at(hours), way="register")


def entry(number: int, status: Status | None, cause: Cause | None = None, **more: Any) -> Entry:  # noqa: ANN401  the fields of Entry
    """Return an entry of the book."""
    held: dict[str, Any] = {"kind": Kind.VERDICT, "key": KEY, "names": None, "evidence": {}} | more
    return Entry(id=number, status=status, cause=cause, judged_at=at(number / 100), **held)


def stands(unit: str, status: Status, cause: Cause | None = None, **more: Any) -> Standing:  # noqa: ANN401  the fields of Entry
    """Return how a duty of *unit* stands."""
    key = replace(KEY, unit=unit)
    return standing(key, [entry(1, status, cause, key=key, **more)])


MARCH = date(2026, 3, 1), date(2026, 3, 31)


def a_month() -> list[Standing]:
    """Return how duties of two units stand by the book at the end of March 2026, by due time."""
    return [
        standing(key, _ended(key, number))
        for number, day in enumerate(read_calendar().working_days(*MARCH))
        for key in _owed(cut_off(day))
    ]


def _owed(due: datetime) -> Iterator[Key]:
    yield Key(due, "so_nnmt", "nnmt_ocop", WHOLE)
    for dataset in ("tp_khai_sinh", "tp_khai_tu"):
        for commune in ("03646", "03670"):
            yield Key(due, "so_tu_phap", dataset, commune)


def _ended(key: Key, number: int) -> list[Entry]:
    """Met on most days; the tenth day is late, the eleventh missed, the last not judged yet."""
    held: dict[str, Any] = {"key": key, "evidence": {}}
    late = held | {"evidence": {"cause": CODES.facts()}}
    if key.due > cut_off(date(2026, 3, 30)):
        return [entry(1, Status.PENDING, kind=Kind.OPENED, **held)]
    if number == 9 and key.scope == "03646":
        return [entry(1, Status.LATE, Cause.TECHNICAL, **late)]
    if number == 10 and key.scope == "03646":
        missed = entry(1, Status.MISSED, Cause.NOT_STANDARDISED, **late)
        other = entry(2, None, Cause.TECHNICAL, kind=Kind.OVERRIDE, said=_paper(key), **held)
        return [missed, other]
    return [entry(1, Status.MET_NO_CHANGE if key.scope == WHOLE else Status.MET_CHANGED, **held)]


def an_attestation() -> Paper:
    """Return what the unit so_tu_phap has signed for the last day of March 2026."""
    key = Key(cut_off(MARCH[1]), "so_tu_phap", "tp_khai_tu", "03670")
    body = _paper(key, act=Act.ATTEST, by="lan.anh", reason="không phát sinh")
    return Paper(id=5, body=body, stored_at=key.due - timedelta(hours=1))


def _paper(key: Key, **told: Any) -> Body:  # noqa: ANN401  the fields of Body
    day = plain_day(key.due).isoformat()
    said: dict[str, Any] = {"act": Act.OVERRIDE, "by": "tho", "reason": "mất điện <script>"} | told
    return Body(
        unit=key.unit,
        dataset=key.dataset,
        scope=key.scope,
        first_day=day,
        last_day=day,
        at="2026-03-17T02:00:00.000000Z",
        key="0" * 16,
        **said,
    )
