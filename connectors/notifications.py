"""What Debezium tells of the loads of one source, in a topic of its own."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

import structlog
from confluent_kafka import Consumer, Message

from infra import kafka_reader
from schemas import topics

_KIND = "Incremental Snapshot"
_log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class Notification:
    """One message of Debezium about a load."""

    type: str
    ts_ms: int
    generation: int
    data: Mapping[str, str]


def read_notifications(reader: Consumer, source: str) -> list[Notification]:
    """Read all notifications of *source* there are now, oldest first."""
    stretches = {
        place: kafka_reader.bounds(reader, place)
        for place in kafka_reader.partitions(reader, topics.notifications(source))
    }
    decoded = (_decoded(message) for message in kafka_reader.read(reader, stretches))
    return [notification for notification in decoded if notification is not None]


def _decoded(message: Message) -> Notification | None:
    """Read one record of the notifications topic; None where it is about something else.

    One that cannot be read is passed over, loudly: what it told of is asked for again some day,
    and the watch, which reads them too, must not end by it.
    """
    try:
        value = json.loads(message.value() or b"{}")
        if value.get("aggregate_type") != _KIND:
            return None
        return Notification(
            type=value["type"],
            ts_ms=int(value["timestamp"]),
            generation=_generation(message),
            data=value.get("additional_data") or {},
        )
    except (ValueError, KeyError, AttributeError, TypeError):
        _log.error("notification.unreadable", topic=message.topic(), offset=message.offset())
        return None


def _generation(message: Message) -> int:
    headers = dict(message.headers() or [])
    value = headers.get("suoi.generation") or b"1"
    text = value if isinstance(value, str) else value.decode()
    return int(text.strip('"'))
