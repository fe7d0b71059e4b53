"""Home: one sentence for each problem, the worst first, with evidence and one next step."""

from collections.abc import Mapping
from datetime import datetime

from typing_extensions import TypedDict

from suoi.console.accounts import User
from suoi.console.page import Query
from suoi.console.problems import Problem, problems
from suoi.console.snapshot import Snapshot
from suoi.console.views.known import Silence, silences


class Evidence(TypedDict):
    """One thing that was seen."""

    label: str
    text: str


class Said(TypedDict):
    """One problem."""

    code: str
    level: str
    level_text: str
    where: str
    sentence: str
    next: str
    url: str
    since: datetime | None
    evidence: list[Evidence]


class Sums(TypedDict):
    """The whole in a few figures; None = not known yet."""

    datasets: int
    proved: int | None
    paused: int | None
    captured: int | None
    waiting: int | None
    slowest_s: float | None
    """Age of the oldest "complete through" there is, seconds."""


class Home(TypedDict):
    """The answer of the home page."""

    healthy: bool
    """Nothing is wrong that a person of ours must mend; rows that wait for a unit are no fault."""
    problems: list[Said]
    sums: Sums
    silent: list[Silence]


def view(seen: Snapshot, _user: User, query: Query) -> Home:
    """Return what is wrong, sorted by consequence, and the sums."""
    found = problems(seen)
    titles = {book.unit.id: book.unit.title for book in seen.units or ()}
    is_known = seen.phase is not None or seen.counts is not None
    return {
        "healthy": is_known and all(one.level == "work" for one in found),
        "problems": [_said(one, query, titles) for one in found],
        "sums": _sums(seen),
        "silent": silences(seen, query),
    }


def _said(one: Problem, query: Query, titles: Mapping[str, str]) -> Said:
    words = query.words
    facts = {**one.facts, "where": one.where}
    if "unit" in facts:
        facts["unit"] = titles.get(one.where, one.where)
    if "component" in facts:
        facts["component"] = words.best(f"component.{one.where}", one.where)
    if "cause_vi" in facts:
        facts["cause"] = facts[f"cause_{words.language}"]
    general = one.code.partition(".")[0]
    return {
        "code": one.code,
        "level": one.level,
        "level_text": words(f"level.{one.level}"),
        "where": one.where,
        "sentence": words.best(f"problem.{one.code}", f"problem.{general}", **facts),
        "next": words.best(f"next.{one.code}", f"next.{general}", **facts),
        "url": one.url,
        "since": one.since,
        "evidence": [
            {"label": words(f"evidence.{label}"), "text": text} for label, text in one.evidence
        ],
    }


def _sums(seen: Snapshot) -> Sums:
    through, counts, waiting = seen.through, seen.counts, seen.waiting
    paused = None
    if seen.standings is not None:
        paused = sum(one.paused for one in seen.standings.values())
    return {
        "datasets": len(seen.datasets),
        "proved": None if through is None else len(through),
        "paused": paused,
        "captured": None if counts is None else sum(one["captured"] for one in counts.values()),
        "waiting": None if waiting is None else sum(one.items for one in waiting if not one.code),
        "slowest_s": _slowest(seen),
    }


def _slowest(seen: Snapshot) -> float | None:
    if not seen.through:
        return None
    return round((seen.taken - min(seen.through.values())).total_seconds(), 1)
