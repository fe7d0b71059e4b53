"""What one gathered scene says of every hop and worker: pure, so each lie it could tell is a test.

Idle is proved or unknown: a heartbeat of the source has gone the same way not long ago, the group
that takes has a living member, the place it is brought to answers (invariant 9).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

from infra.kafka_reader import Place
from infra.lag.history import Hops
from infra.lag.sample import Hop, Sample, behind
from schemas import topics
from schemas.catalogue import Catalogue
from schemas.contract import Dataset

FRESH_S = 60.0
"""A heartbeat older than this proves nothing of a hop in which nothing waits."""

Stretches = dict[Place, tuple[int, int]]
"""Partition -> [where its taker goes on, end)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Scene:
    """All that the lag is told from, at one moment; what did not answer is None or absent."""

    at: float
    """Epoch seconds."""
    bounds: Mapping[str, Stretches] | None = None
    """Topic of ours that is there -> partition -> first offset kept and end."""
    alive: Mapping[str, bool | None] = field(default_factory=dict)
    """Group -> whether a living member serves it."""
    judged: Mapping[Place, int] | None = None
    """What the group `streams` has committed."""
    shown: Mapping[Place, int] | None = None
    """What the group `portal` has committed; None also where Redis does not answer."""
    delivered: Mapping[str, Mapping[Place, int]] | None = None
    """Consumer of the ledger -> where it goes on; None where the province does not answer."""
    heard: Mapping[str, datetime | None] = field(default_factory=dict)
    """Source -> its newest heartbeat that is captured for good."""
    paused: frozenset[str] = frozenset()
    """Datasets that stand still because somebody said so."""
    silent: Mapping[str, str] = field(default_factory=dict)
    """Part that did not answer -> what it was that it did not do, a sentence."""


def waiting(scene: Scene, catalogue: Catalogue) -> Stretches:
    """What waits in each partition where something does: the first of each tells the age."""
    found: Stretches = {}
    for dataset in catalogue.values():
        ways = (_judging(scene, dataset), _delivery(scene, dataset), _showing(scene, dataset))
        for stretches in (*ways, _beating(scene, dataset.source)):
            found |= {place: it for place, it in (stretches or {}).items() if it[0] < it[1]}
    return found


def hops_of(scene: Scene, catalogue: Catalogue, stamps: Mapping[Place, float]) -> Hops:
    """Every hop of every dataset; *stamps* is when the first waiting record of a partition came."""
    return {dataset.id: dict(_hops(scene, dataset, stamps)) for dataset in catalogue.values()}


def workers_of(scene: Scene, catalogue: Catalogue) -> dict[str, Sample]:
    """How far each worker is in all it takes; paused datasets are left out: nobody takes them."""
    moving = [one for one in catalogue.values() if one.id not in scene.paused]
    ways: dict[str, list[Stretches | None]] = {
        "streams": [
            *(_judging(scene, one) for one in moving),
            *(_beating(scene, source) for source in catalogue.sources),
        ],
        "province_sink": [_applying(scene, one) for one in moving],
        "quarantine_sink": [_refusing(scene, one) for one in moving],
        "portal_cache": [_showing(scene, one) for one in moving if one.open_columns],
        "findings": [_finding(scene)],
    }
    return {name: _whole(scene, GROUPS.get(name), found) for name, found in ways.items()}


GROUPS = {
    "streams": "streams",
    "province_sink": "province",
    "quarantine_sink": "quarantine",
    "portal_cache": "portal",
}
"""Worker -> the consumer group whose members it is; the finder joins none."""


def _hops(
    scene: Scene, dataset: Dataset, stamps: Mapping[Place, float]
) -> Iterator[tuple[Hop, Sample]]:
    beat = scene.heard.get(dataset.source)
    age = None if beat is None else max(round(scene.at - beat.timestamp(), 3), 0.0)
    yield Hop.COMMIT_TO_RAW, Sample(at=scene.at, seconds=age)
    streams = scene.alive.get("streams")
    beats = _beating(scene, dataset.source)
    fresh = beats is not None and age is not None and age <= FRESH_S
    late = {place: stamps[place] for place in beats or () if place in stamps}
    judging = Way(_judging(scene, dataset), streams, fresh and bool(streams), late)
    yield Hop.RAW_TO_VERDICT, _sample(scene, judging, stamps)
    sinks = _both(scene.alive.get("province"), scene.alive.get("quarantine"))
    yield Hop.VERDICT_TO_APPLIED, _sample(scene, Way(_delivery(scene, dataset), sinks), stamps)
    if dataset.open_columns:
        portal = scene.alive.get("portal")
        yield Hop.APPLIED_TO_PORTAL, _sample(scene, Way(_showing(scene, dataset), portal), stamps)


def holes_of(scene: Scene, dataset: Dataset) -> dict[Hop, str]:
    """What retention deleted before it was taken, by hop: the first gap of each, as offsets."""
    progress = scene.delivered or {}
    ways = (
        (Hop.RAW_TO_VERDICT, topics.raw(dataset), scene.judged or {}),
        (Hop.VERDICT_TO_APPLIED, topics.clean(dataset), progress.get("province", {})),
        (Hop.VERDICT_TO_APPLIED, topics.reject(dataset), progress.get("quarantine", {})),
    )
    found: dict[Hop, str] = {}
    for hop, name, taken in ways:
        for place, (low, _) in (scene.bounds or {}).get(name, {}).items():
            if 0 < taken.get(place, 0) < low:
                gap = f"{name}:{place.partition} offsets {taken[place]} to {low - 1}"
                found.setdefault(hop, gap)
    return found


class Way(NamedTuple):
    """One hop of one dataset: what waits in it, who takes it, and what proves that it is idle."""

    stretches: Stretches | None
    alive: bool | None
    proved: bool = True
    late: Mapping[Place, float] = MappingProxyType({})
    """When the oldest heartbeat that waits in the same way came, by partition."""


def _sample(scene: Scene, way: Way, stamps: Mapping[Place, float]) -> Sample:
    if way.stretches is None:
        return Sample(at=scene.at, alive=way.alive)
    waits = [place for place, (start, end) in way.stretches.items() if start < end]
    ages = [scene.at - moment for moment in way.late.values()]
    ages += [scene.at - stamps[place] for place in waits if place in stamps]
    oldest = round(max(*ages, 0.0), 3) if ages else None
    return Sample(
        at=scene.at,
        seconds=behind(oldest, len(waits), proved=bool(way.alive) and way.proved),
        taken=sum(start for start, _ in way.stretches.values()),
        end=sum(end for _, end in way.stretches.values()),
        alive=way.alive,
    )


def _whole(scene: Scene, group: str | None, found: list[Stretches | None]) -> Sample:
    """Add up all that one worker takes; what is unknown in part is unknown."""
    alive = scene.alive.get(group) if group else None
    if any(one is None for one in found):
        return Sample(at=scene.at, alive=alive)
    bounds = [bound for one in found if one is not None for bound in one.values()]
    taken, end = sum(start for start, _ in bounds), sum(end for _, end in bounds)
    return Sample(at=scene.at, taken=taken, end=end, alive=alive)


def _judging(scene: Scene, dataset: Dataset) -> Stretches | None:
    return _stretches(scene, scene.judged, [topics.raw(dataset)])


def _beating(scene: Scene, source: str) -> Stretches | None:
    return _stretches(scene, scene.judged, [topics.heartbeat(source)])


def _delivery(scene: Scene, dataset: Dataset) -> Stretches | None:
    parts = (_applying(scene, dataset), _refusing(scene, dataset))
    return None if None in parts else {**(parts[0] or {}), **(parts[1] or {})}


def _applying(scene: Scene, dataset: Dataset) -> Stretches | None:
    """Follow the clean topic in force, and those before it that are still there."""
    taken = _progress(scene, "province")
    former = [name for name in topics.former(dataset, topics.clean) if name in (scene.bounds or ())]
    return _stretches(scene, taken, [topics.clean(dataset), *former])


def _refusing(scene: Scene, dataset: Dataset) -> Stretches | None:
    return _stretches(scene, _progress(scene, "quarantine"), [topics.reject(dataset)])


def _showing(scene: Scene, dataset: Dataset) -> Stretches | None:
    return _stretches(scene, scene.shown, [topics.open_(dataset)])


def _finding(scene: Scene) -> Stretches | None:
    """The finder follows the sink: it is behind what is written, not what waits to be."""
    if scene.delivered is None:
        return None
    written = scene.delivered.get("province", {})
    begun = scene.delivered.get("findings", {})
    return {
        place: (min(following, written[place]), written[place])
        for place, following in begun.items()
        if place in written
    }


def _progress(scene: Scene, consumer: str) -> Mapping[Place, int] | None:
    return None if scene.delivered is None else scene.delivered.get(consumer, {})


def _stretches(
    scene: Scene, taken: Mapping[Place, int] | None, names: Iterable[str]
) -> Stretches | None:
    """What waits in the topics *names*; None where a topic or its taker's place is not known."""
    if taken is None or scene.bounds is None:
        return None
    found: Stretches = {}
    for name in names:
        if name not in scene.bounds:
            return None
        for place, (low, end) in scene.bounds[name].items():
            found[place] = (min(max(low, taken.get(place, 0)), end), end)
    return found


def _both(one: bool | None, other: bool | None) -> bool | None:
    """Both live, one does not, or it is not known."""
    if False in (one, other):
        return False
    return None if None in (one, other) else True
