"""How far the loads of one department's tables are."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from connectors.desk import Desk
from connectors.loads import State
from infra.local.home import Home
from infra.metrics.family import Sample
from schemas import topics
from schemas.catalogue import Catalogue
from suoi.departments import open_desks
from suoi.generation import generation_of
from suoi.measuring.families import LOAD_ESTIMATE, LOAD_RATIO, LOAD_ROWS, LOAD_STATE

_PATIENCE_S = 5.0


@contextmanager
def open_source(home: Home, catalogue: Catalogue, source: str) -> Iterator[Desk]:
    """Open the desk of *source*, as its CDC role.

    Raises:
        Transient: the source does not answer.
    """
    with open_desks(home, catalogue, (source,), _PATIENCE_S) as desks:
        yield desks[0]


def measure(desk: Desk) -> Iterator[Sample]:
    """Tell how far the load of each table is, in the generation in force.

    Raises:
        Transient: Connect, Kafka or the source does not answer.
    """
    generation = generation_of(desk.reader, desk.source.id)
    found = replace(desk, source=replace(desk.source, generation=generation)).loads()
    for dataset in desk.datasets:
        load = found[topics.qualified(dataset)]
        yield from LOAD_STATE.of(1, dataset.id, load.state.value)
        yield from LOAD_ROWS.of(load.scanned, dataset.id)
        yield from LOAD_ESTIMATE.of(load.estimated, dataset.id)
        yield from LOAD_RATIO.of(_ratio(load.state, load.scanned, load.estimated), dataset.id)


def _ratio(state: State, scanned: int, estimated: int | None) -> float | None:
    if state is State.LOADED:
        return 1.0
    return min(scanned / estimated, 1.0) if estimated else None
