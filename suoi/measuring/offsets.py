"""Ends of partitions and commits of groups, by the names of kafka_exporter."""

from collections import Counter
from collections.abc import Iterator

from infra.metrics.family import Sample
from schemas import topics
from suoi.measuring.families import (
    CAPTURED,
    GROUP_AT,
    GROUP_LAG,
    GROUP_LAG_SUM,
    TOPIC_END,
    TOPIC_LOW,
)
from suoi.measuring.ground import Ground


def measure(ground: Ground) -> Iterator[Sample]:
    """Look at Kafka, and tell what was seen.

    Raises:
        Transient: Kafka does not answer.
    """
    ground.look()
    for place, end in ground.glance.ends.items():
        yield from TOPIC_END.of(end, place.topic, str(place.partition))
        low = ground.glance.lows.get(place)
        yield from TOPIC_LOW.of(low, place.topic, str(place.partition))
    for name in ground.groups:
        yield from _group(ground, name)
    yield from _captured(ground)


def _group(ground: Ground, name: str) -> Iterator[Sample]:
    """Tell of one group; a commit beyond the end (a topic made anew) is no lag that we know."""
    together: Counter[str] = Counter()
    for place, offset in ground.groups[name].commits.items():
        yield from GROUP_AT.of(offset, name, place.topic, str(place.partition))
        behind = ground.glance.ends.get(place, -1) - offset
        if behind >= 0:
            yield from GROUP_LAG.of(behind, name, place.topic, str(place.partition))
            together[place.topic] += behind
    for topic, behind in together.items():
        yield from GROUP_LAG_SUM.of(behind, name, topic)


def _captured(ground: Ground) -> Iterator[Sample]:
    ends: Counter[str] = Counter()
    for place, end in ground.glance.ends.items():
        ends[place.topic] += end
    for dataset in ground.books.catalogue.values():
        name = topics.raw(dataset)
        if name in ends:
            yield from CAPTURED.of(ends[name], dataset.id)
