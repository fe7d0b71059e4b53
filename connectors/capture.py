"""What every engine's connector configuration shares: names, loads, generation, types, queue.

Each value stands here because its default loses or changes data, or because it was measured:
FACTS 3 and 4.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from connectors.place import Place
from connectors.sources import Source
from schemas import topics
from schemas.contract import Dataset

Config = dict[str, str]

HOUSE_TABLES = (topics.HEARTBEAT_TABLE, topics.SIGNAL_TABLE)
CHUNK_ROWS = 8192
"""Rows one window of a load reads; also what one IN_PROGRESS notification stands for."""

_ALWAYS: Config = {
    "tasks.max": "1",
    # Every load is an incremental snapshot: resumed after a kill, deletes streamed (DESIGN 2).
    "snapshot.mode": "no_data",
    "incremental.snapshot.chunk.size": str(CHUNK_ROWS),
    "incremental.snapshot.watermarking.strategy": "insert_delete",
    "signal.enabled.channels": "source",
    "notification.enabled.channels": "sink,log",
    "transforms": "generation",
    "transforms.generation.type": "org.apache.kafka.connect.transforms.InsertHeader",
    "transforms.generation.header": "suoi.generation",
    "decimal.handling.mode": "string",
    "time.precision.mode": "microseconds",
    "binary.handling.mode": "base64",
    "event.converting.failure.handling.mode": "fail",
    "event.processing.failure.handling.mode": "fail",
    # The default drops truncates.
    "skipped.operations": "none",
    "errors.tolerance": "none",
    # A task whose server went away fails; the watch looks at the source, then starts it again.
    "errors.max.retries": "0",
    # How long one that found no server at its start, or a shut gate, waits before it tries again.
    "retriable.restart.connector.wait.ms": "2000",
    "poll.interval.ms": "20",
    "max.batch.size": "4096",
    "max.queue.size": "16384",
    "max.queue.size.in.bytes": "67108864",
}


def shared(source: Source, datasets: Sequence[Dataset], place: Place) -> Config:
    """Settings that do not depend on the engine. *datasets* are those of this source."""
    return _ALWAYS | {
        "database.hostname": place.host,
        "database.port": str(place.port),
        "database.user": source.role,
        "database.password": place.password,
        "database.initial.statements": place.gate,
        "topic.prefix": topics.raw_prefix(source.id),
        "table.include.list": patterns((*captured(datasets), *HOUSE_TABLES)),
        "signal.data.collection": topics.SIGNAL_TABLE,
        "notification.sink.topic.name": topics.notifications(source.id),
        "transforms.generation.value.literal": str(source.generation),
        "heartbeat.interval.ms": str(place.heartbeat_ms or source.heartbeat_ms),
        **_excluded(datasets),
    }


def seeding(config: Config) -> Config:
    """Derive what a connector runs with until it has committed its first position (invariant 8).

    Killed before that, it begins again at the newest position, and a change it had already sent
    could lose its successor (measured on MariaDB): so it captures our own tables only. And a
    notification sent before there is a position is stored as an empty one, from which MariaDB's
    connector never starts again (measured): so it sends none.
    """
    return config | {
        "table.include.list": patterns(HOUSE_TABLES),
        "notification.enabled.channels": "log",
    }


def captured(datasets: Iterable[Dataset]) -> tuple[str, ...]:
    """The tables of *datasets* as Debezium names them, in order, each once."""
    return tuple(sorted({topics.qualified(dataset) for dataset in datasets}))


def patterns(names: Iterable[str]) -> str:
    """Names as the comma-separated, anchored regular expressions Debezium takes."""
    return ",".join(re.escape(name) for name in names)


def _excluded(datasets: Sequence[Dataset]) -> Config:
    names = tuple(_untaken(datasets))
    return {"column.exclude.list": patterns(names)} if names else {}


def _untaken(datasets: Sequence[Dataset]) -> Iterator[str]:
    """Yield the columns no contract takes: they never leave the department (invariant 6)."""
    for dataset in sorted(datasets, key=topics.qualified):
        yield from (f"{topics.qualified(dataset)}.{column}" for column in sorted(dataset.untaken))
