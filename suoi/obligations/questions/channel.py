"""Whether the way from a department to us is alive: its connector, its heartbeat, its guards."""

from contextlib import closing, suppress
from dataclasses import replace
from datetime import datetime

from consumers.ledger.obligations.evidence import Channel
from consumers.ledger.watermark import read_beats
from infra.connect import ConnectorState
from infra.errors import Transient
from infra.local.access import connect_client
from infra.local.home import Home
from infra.memory import MemoryReader
from schemas.control import BROKEN, EXPIRED, UNJUDGED, Standing
from suoi.figures import Books
from suoi.generation import written_generation

_PATIENCE_S = 2.0
_OURS = (BROKEN, EXPIRED, UNJUDGED)
"""Why a dataset is paused by no fault of its unit."""


def channel(books: Books, source: str, standing: Standing | None, now: datetime) -> Channel:
    """Look at the way from *source* at *now*; what does not answer is named as unreachable."""
    found = Channel()
    try:
        found = replace(found, connector=_state(connector(books.home, source)))
    except Transient:
        found = replace(found, unreachable=("connect",))
    try:
        beats = [beat.at for beat in read_beats(books.reader, source)]
        age = (now - max(beats)).total_seconds() if beats else None
        found = replace(found, heartbeat_age_s=age, broken=_broken(books, source))
    except Transient:
        found = replace(found, unreachable=(*found.unreachable, "kafka"))
    if standing is not None and standing.paused and standing.cause.code in _OURS:
        found = replace(found, broken=found.broken or standing.cause.en)
    return found


def connector(home: Home, source: str) -> ConnectorState | None:
    """Ask Connect how the connector of *source* is; None = there is none.

    Raises:
        Transient: Connect does not answer.
    """
    with closing(connect_client(home, _PATIENCE_S)) as client:
        return client.state(source)


def _state(found: ConnectorState | None) -> str:
    if found is None:
        return "ABSENT"
    return found.task if found.connector == "RUNNING" else found.connector


def _broken(books: Books, source: str) -> str:
    memory = MemoryReader(books.reader).read()
    seen = None
    with suppress(KeyError):  # a source that has no file is not watched
        seen = memory.seen(source, memory.generation(source, written_generation(source)))
    return seen.broken if seen else ""
