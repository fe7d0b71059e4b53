"""A sink's seat in its consumer group: the consumer, its settings and its name."""

from collections.abc import Iterable
from typing import Any

from confluent_kafka import Consumer

from infra.errors import Usage
from infra.kafka import client_config
from infra.kafka_reader import open_reader, partitions
from infra.membership import claim
from infra.settings import KafkaAccess, Settings, Timing


def sink_consumer(settings: Settings, group: str, topics: Iterable[str]) -> Consumer:
    """Open a consumer of *group* that starts where it is told, and nowhere else.

    It sits there under a name of its own, so that a sink killed and started again goes on at once.

    Raises:
        Usage: the settings do not say where Kafka is.
    """
    if settings.kafka is None:
        message = "SUOI_KAFKA_BOOTSTRAP is not set; a sink needs Kafka."
        raise Usage(message)
    name = claim(group, topics, settings.home / "data" / group)
    config = client_config(settings.kafka) | consumer_config(group, settings.timing)
    return Consumer(config | {"group.instance.id": name})


def standing(access: KafkaAccess, group: str, names: Iterable[str]) -> list[str]:
    """Say which topics of *names* there are: a sink drains the version before, while it stands.

    Raises:
        Transient: Kafka does not answer.
    """
    names = list(names)
    if not names:
        return []
    reader = open_reader(access, group)
    try:
        return [name for name in names if partitions(reader, name)]
    finally:
        reader.close()


def consumer_config(group: str, timing: Timing) -> dict[str, Any]:
    """Settings of a sink's consumer.

    An offset that no longer exists is an error: going on elsewhere skips records (invariant 10).
    One answer of the broker is as large for many partitions as for one: memory stays bounded.
    """
    return {
        "group.id": group,
        "enable.auto.commit": False,
        "enable.auto.offset.store": False,
        "auto.offset.reset": "error",
        "session.timeout.ms": int(timing.session_timeout * 1000),
        "heartbeat.interval.ms": int(timing.heartbeat * 1000),
        "max.poll.interval.ms": int((timing.patience + timing.session_timeout) * 1000),
        "fetch.wait.max.ms": 100,
        "fetch.message.max.bytes": 4_000_000,
        "fetch.max.bytes": 4_000_000,
        "queued.min.messages": 20_000,
        "fetch.queue.backoff.ms": 10,
        "queued.max.messages.kbytes": 16_384,
    }
