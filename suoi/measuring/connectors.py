"""How Connect says that the connectors are; what it says proves no progress (FACTS 4, trap 5)."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from typing import NamedTuple

from infra.connect import Connect
from infra.local.access import connect_client
from infra.local.home import Home
from infra.metrics.family import Sample
from suoi.measuring.families import CONNECTOR, TASK

_ABSENT = "ABSENT"
_PATIENCE_S = 2.0


class Rest(NamedTuple):
    """Connect's REST face, and the connectors that should be there."""

    connect: Connect
    sources: Sequence[str]


@contextmanager
def open_rest(home: Home, sources: Sequence[str]) -> Iterator[Rest]:
    """Open Connect's REST face of the stack at *home*."""
    with closing(connect_client(home, _PATIENCE_S)) as connect:
        yield Rest(connect, sources)


def measure(rest: Rest) -> Iterator[Sample]:
    """Tell the state of each connector and of its task.

    Raises:
        Transient: Connect does not answer.
    """
    for source in rest.sources:
        state = rest.connect.state(source)
        yield from CONNECTOR.of(1, source, state.connector if state else _ABSENT)
        yield from TASK.of(1, source, state.task if state else _ABSENT)
