"""The newest heartbeat of a source that its connector has committed past."""

from datetime import datetime

from confluent_kafka import Consumer

from connectors.engines import engine_of
from connectors.sources import read_sources
from consumers.ledger.watermark import Position, position, read_beats, settled
from infra.connect import Connect
from infra.errors import Trouble


def heard(reader: Consumer, connect: Connect, source: str) -> datetime | None:
    """When *source* wrote it, less the margin of a second; None = unknown.

    Raises:
        Transient: Kafka does not answer. Connect away is no error: then nothing is known.
    """
    return settled(read_beats(reader, source), committed(connect, source))


def committed(connect: Connect, source: str) -> Position | None:
    """Position that the connector of *source* has committed; None = unknown."""
    try:
        offset = connect.offset(source)
    except Trouble:
        return None
    key = engine_of(read_sources()[source]).position_key
    return position(offset) if offset and key in offset else None
