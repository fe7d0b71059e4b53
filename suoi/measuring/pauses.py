"""Which datasets stand still, and because of what."""

from collections.abc import Iterator

from infra.control import read_standings
from infra.metrics.family import Sample
from suoi.measuring.families import PAUSED, PAUSED_CAUSE
from suoi.measuring.ground import Ground


def measure(ground: Ground) -> Iterator[Sample]:
    """Tell of each dataset whether it stands; one that never was paused runs.

    Raises:
        Transient: Kafka does not answer.
    """
    known = read_standings(ground.books.reader)
    for name in ground.books.catalogue:
        standing = known.get(name)
        paused = standing is not None and standing.paused
        yield from PAUSED.of(paused, name)
        if standing is not None and paused:
            yield from PAUSED_CAUSE.of(1, name, standing.cause.code)
