"""What is wrong, from the snapshot alone: codes and facts, sorted by consequence.

Sentences are the words' matter (`problem.CODE`, `next.CODE`). What has one cause is one problem:
datasets of a source that nothing can be proved of are counted, not listed one by one.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby
from urllib.parse import quote

from connectors.guards import Refusal
from infra.local.state import Standing as Component
from suoi.console.snapshot import Snapshot, Waiting

LOSS, STILL, HELD, LATE, UNSEEN, WORK = "loss", "still", "held", "late", "unseen", "work"
LEVELS = (LOSS, STILL, HELD, LATE, UNSEEN, WORK)
"""Consequences, the worst first: data may be lost; nothing moves; one dataset is held; it comes
late; we cannot see; rows wait for people."""

BEHIND_S = 300.0
"""A hop this many seconds behind is a problem by itself."""
_LOSING = frozenset({"slot", "wal", "timeline", "server", "mark", "log_end", "publication"})
"""Guards whose refusal means that changes pass by, or soon will."""
_WELL = frozenset({"ready", "done"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """One thing that is wrong."""

    code: str
    level: str
    where: str
    """Component, source, dataset or unit."""
    since: datetime | None = None
    facts: Mapping[str, object] = field(default_factory=dict)
    evidence: tuple[tuple[str, str], ...] = ()
    """Label (words `evidence.*`) and what was seen; the latter may be an operator's English."""
    url: str = ""
    """The page where the next step is taken."""


def problems(seen: Snapshot, now: datetime | None = None) -> list[Problem]:
    """Return what is wrong in *seen*, by consequence, then by how long it lasts."""
    moment = now or datetime.now(UTC)
    found = [one for source in _SOURCES for one in source(seen)]
    return sorted(found, key=lambda one: (LEVELS.index(one.level), one.since or moment, one.where))


def _stack(seen: Snapshot) -> Iterator[Problem]:
    if seen.unit is None and seen.phase not in {None, "ready"}:
        is_down = seen.phase in {"stopped", "failed"}
        code = "stack.down" if is_down else "stack.moving"
        yield Problem(code=code, level=STILL, where="stack", facts={"phase": seen.phase})


def _components(seen: Snapshot) -> Iterator[Problem]:
    if seen.phase in {"stopped", "starting", "stopping"}:
        return  # said once, of the whole stack
    for name, one in (seen.components or {}).items():
        if trouble := _component_trouble(one):
            evidence = (("state", one.state), ("restarts", str(one.restarts)), *trouble)
            yield Problem(
                code="component",
                level=STILL,
                where=name,
                since=_moment(one.since),
                facts={"component": name},
                evidence=evidence,
            )


def _component_trouble(one: Component) -> tuple[tuple[str, str], ...]:
    if one.state not in _WELL:
        return (("trouble", one.problem or one.state),)
    is_alive = one.process is None or one.process.lives()
    return () if is_alive else (("trouble", "dead"),)


def _capture(seen: Snapshot) -> Iterator[Problem]:
    for source, status in (seen.connectors or {}).items():
        by_guard = sorted(status.troubles, key=lambda said: said.guard)
        for guard, said in groupby(by_guard, key=lambda one: one.guard):
            yield _refused(source, guard, list(said))


def _refused(source: str, guard: str, said: list[Refusal]) -> Problem:
    level = LOSS if guard in _LOSING else HELD if all(one.dataset for one in said) else STILL
    about = ", ".join(sorted({one.dataset for one in said if one.dataset})) or source
    return Problem(
        code=f"capture.{guard}",
        level=level,
        where=source,
        facts={"source": source, "about": about},
        evidence=tuple(("seen", one.sentence) for one in said[:3]),
        url=f"/connectors/{quote(source)}",
    )


def _paused(seen: Snapshot) -> Iterator[Problem]:
    for name, one in (seen.standings or {}).items():
        if one.paused and name in seen.datasets:
            facts = {"dataset": seen.datasets[name].title, "by": one.by}
            yield Problem(
                code="paused",
                level=HELD,
                where=name,
                since=_moment(one.since),
                facts=facts | {"cause_vi": one.cause.vi, "cause_en": one.cause.en},
                evidence=(("cause", one.cause.code), *(_at(one.cause.at))),
                url=f"/datasets/{quote(name)}",
            )


def _at(place: str) -> tuple[tuple[str, str], ...]:
    return (("record", place),) if place else ()


def _unproved(seen: Snapshot) -> Iterator[Problem]:
    """Name the sources whose datasets are complete through no moment that can be proved."""
    if seen.through is None:
        return
    is_paused = {name for name, one in (seen.standings or {}).items() if one.paused}
    lacking: dict[str, list[str]] = {}
    for name, one in seen.datasets.items():
        if name not in seen.through and name not in is_paused:
            lacking.setdefault(one.source, []).append(name)
    for source, names in lacking.items():
        yield Problem(
            code="unproved",
            level=LATE,
            where=source,
            facts={"source": source, "count": len(names)},
            evidence=(("datasets", _few(names)),),
            url=f"/datasets/{quote(names[0])}" if len(names) == 1 else f"/connectors/{source}",
        )


def _behind(seen: Snapshot) -> Iterator[Problem]:
    late: dict[str, list[tuple[float, str]]] = {}
    for name, hops in (seen.hops or {}).items():
        for hop, one in hops.items():
            if one.seconds is not None and one.seconds >= BEHIND_S and name in seen.datasets:
                late.setdefault(hop, []).append((one.seconds, name))
    for hop, found in late.items():
        worst_s, name = max(found)
        yield Problem(
            code=f"behind.{hop}",
            level=LATE,
            where=name,
            facts={"count": len(found), "minutes": round(worst_s / 60)},
            evidence=(("datasets", _few([one for _, one in found])),),
            url=f"/datasets/{quote(name)}",
        )


def _findings(seen: Snapshot) -> Iterator[Problem]:
    if seen.behind is not None:
        yield Problem(code="findings", level=LATE, where="findings", since=seen.behind)


def _contracts(seen: Snapshot) -> Iterator[Problem]:
    for name, fault in seen.faults.items():
        evidence = (("seen", fault),)
        yield Problem(
            code="contract", level=HELD, where=name, facts={"contract": name}, evidence=evidence
        )


def _silent(seen: Snapshot) -> Iterator[Problem]:
    if seen.phase in {"stopped", "failed"}:
        return
    for part, known in seen.silent.items():
        shown = () if seen.unit else (("seen", known.trouble or ""),)
        yield Problem(
            code=f"silent.{part}",
            level=UNSEEN,
            where=part,
            since=known.since,
            evidence=shown,
        )


def _waiting(seen: Snapshot) -> Iterator[Problem]:
    whole = sorted((one for one in seen.waiting or () if one.code is None), key=lambda it: it.unit)
    for unit, rows in groupby(whole, key=lambda one: one.unit):
        yield _waiting_of(unit, list(rows))


def _waiting_of(unit: str, rows: list[Waiting]) -> Problem:
    facts = {"unit": unit, "items": sum(one.items for one in rows), "datasets": len(rows)}
    return Problem(
        code="waiting",
        level=WORK,
        where=unit,
        since=min(one.oldest for one in rows),
        facts=facts,
        evidence=(("datasets", _few([one.dataset for one in rows])),),
        url=f"/quarantine?unit={quote(unit)}",
    )


_SOURCES: tuple[Callable[[Snapshot], Iterable[Problem]], ...] = (
    _stack,
    _components,
    _capture,
    _paused,
    _contracts,
    _unproved,
    _behind,
    _findings,
    _silent,
    _waiting,
)
"""Where problems come from; a new sort is a function and a line."""


def _few(names: list[str]) -> str:
    shown = ", ".join(sorted(names)[:5])
    return shown if len(names) <= 5 else f"{shown} … (+{len(names) - 5})"  # noqa: PLR2004  as above


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
