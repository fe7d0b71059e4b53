"""Through which moment each dataset is complete, in the province and in the portal's cache.

What was proved stays proved: where a new proof does not come, the moment stands still and its age
grows. The portal is through T when Redis holds every open record there was once T was proved.
"""

import time
from collections.abc import Iterator, Mapping
from typing import cast

from consumers.cache.keys import cache_keys
from infra.errors import Transient
from infra.metrics.family import Sample
from infra.redis_client import asking
from schemas import topics
from schemas.contract import Dataset
from suoi.figures import Books
from suoi.measuring.families import (
    PORTAL_AGE,
    PORTAL_KNOWN,
    THROUGH,
    THROUGH_KNOWN,
    WATERMARK_AGE,
)
from suoi.measuring.ground import Ground, speaking

_PATIENCE_S = 1.0
"""How long a busy chain is waited for; at the next turn there is a newer heartbeat to prove."""


class Through:
    """Remembers the newest proof of each dataset."""

    def __init__(self) -> None:
        """Begin with nothing proved."""
        self._province: dict[str, float] = {}
        self._portal: dict[str, float] = {}

    def __call__(self, ground: Ground) -> Iterator[Sample]:
        """Prove again, and tell how old each newest proof is.

        Raises:
            Transient: Kafka, Connect or the province does not answer.
        """
        with speaking():
            found = ground.books.complete_through(ground.glance.sample, _PATIENCE_S)
        proved = {name: moment.timestamp() for name, moment in found.items()}
        _advance(self._province, proved)
        ground.glance.look()
        _advance(self._portal, dict(_shown(ground, proved)))
        yield from self._told(ground.books)

    def _told(self, books: Books) -> Iterator[Sample]:
        now = time.time()
        for dataset in books.catalogue.values():
            through = self._province.get(dataset.id)
            yield from THROUGH_KNOWN.of(through is not None, dataset.id)
            yield from THROUGH.of(through, dataset.id)
            yield from WATERMARK_AGE.of(_age(now, through), dataset.id)
            if dataset.open_columns:
                shown = self._portal.get(dataset.id)
                yield from PORTAL_KNOWN.of(shown is not None, dataset.id)
                yield from PORTAL_AGE.of(_age(now, shown), dataset.id)


def _age(now: float, moment: float | None) -> float | None:
    return None if moment is None else now - moment


def _advance(held: dict[str, float], proved: Mapping[str, float]) -> None:
    for name, moment in proved.items():
        held[name] = max(moment, held.get(name, moment))


def _shown(ground: Ground, proved: Mapping[str, float]) -> Iterator[tuple[str, float]]:
    """Name the datasets of *proved* whose cache holds every open record there is by now."""
    for name, moment in proved.items():
        dataset = ground.books.catalogue[name]
        if dataset.open_columns and _holds_all(ground, dataset):
            yield name, moment


def _holds_all(ground: Ground, dataset: Dataset) -> bool:
    topic = topics.open_(dataset)
    ends = {place: end for place, end in ground.glance.ends.items() if place.topic == topic}
    offsets = cache_keys(dataset, str(dataset.major)).offsets
    try:
        with asking():
            held = cast("dict[bytes, bytes]", ground.books.redis.hgetall(offsets))
    except Transient:
        return False  # the portal's age then grows; what is proved of the province stays told
    taken = {int(number): int(offset) for number, offset in held.items()}
    return bool(ends) and all(taken.get(place.partition, -1) >= end for place, end in ends.items())
