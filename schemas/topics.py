"""The names of our topics, and how each is kept: DESIGN.md 2, Topics."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from schemas.contract import Dataset

DAY_MS = 86_400_000
LARGEST_RAW = str(16 * 1024 * 1024)
LARGEST_REJECT = str(17 * 1024 * 1024)
"""A reject is its raw record and headers: with the same limit the largest raw record could not be
refused."""

BOOKS = "books.streams"
REPLAY = "replay.raw"
CONTROL = "control.datasets"
SOURCES = "control.sources"
HEARTBEAT_TABLE = "cdc.heartbeat"
SIGNAL_TABLE = "cdc.signal"

_LARGE = {"max.message.bytes": LARGEST_RAW}
_LARGER = {"max.message.bytes": LARGEST_REJECT}
# A row of 1 MiB may keep as much again in `_originals`; were it refused, its worker would stop.
_ROW = {"max.message.bytes": str(4 * 1024 * 1024)}
_COMPACT = {
    "cleanup.policy": "compact",
    "min.compaction.lag.ms": str(7 * DAY_MS),
    "max.compaction.lag.ms": str(14 * DAY_MS),
    "segment.ms": str(DAY_MS),
    "delete.retention.ms": str(30 * DAY_MS),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Topic:
    """A topic we make: its name, its partition count (never changed later) and its settings."""

    name: str
    partitions: int
    config: dict[str, str]
    versioned: bool = True
    """Another count is another version; False = it has none, and keeps the count it was made with.
    Raw and reject always have the same."""


def raw_prefix(source: str) -> str:
    """Debezium's `topic.prefix`; it keys the stored offsets, so it never changes."""
    return f"raw.{source}"


def raw(dataset: Dataset) -> str:
    """Topic that holds the captured changes of *dataset*'s table."""
    return f"{raw_prefix(dataset.source)}.{qualified(dataset)}"


def qualified(dataset: Dataset) -> str:
    """Name the table as Debezium does; MariaDB's schema is the database, named like its source."""
    return dataset.table if "." in dataset.table else f"{dataset.source}.{dataset.table}"


def clean(dataset: Dataset) -> str:
    """Topic of accepted rows."""
    return f"clean.{dataset.id}.v{dataset.major}"


def reject(dataset: Dataset) -> str:
    """Topic of refused records."""
    return f"reject.{dataset.id}"


def open_(dataset: Dataset) -> str:
    """Topic of the public projection."""
    return f"open.{dataset.id}.v{dataset.major}"


def former(dataset: Dataset, topic: Callable[[Dataset], str]) -> tuple[str, ...]:
    """Names that *topic* (`clean`, `open_`) had under the majors before; some never were."""
    stem = topic(dataset).rpartition(".v")[0]
    return tuple(f"{stem}.v{major}" for major in range(1, dataset.major))


def clean_versions(dataset: Dataset) -> tuple[str, ...]:
    """Name the clean topic in force, then those it replaced, which may still hold what counts."""
    return (clean(dataset), *former(dataset, clean))


def major_of(name: str) -> int:
    """Version of the clean or open topic *name*."""
    return int(name.rpartition(".v")[2])


def heartbeat(source: str) -> str:
    """Topic of the heartbeat table's rows."""
    return f"{raw_prefix(source)}.{HEARTBEAT_TABLE}"


def signal(source: str) -> str:
    """Topic of the signal table's rows (Debezium publishes them like any table's)."""
    return f"{raw_prefix(source)}.{SIGNAL_TABLE}"


def notifications(source: str) -> str:
    """Topic of Debezium's notifications: how far a load has come."""
    return f"notifications.{source}"


def history(source: str) -> str:
    """Topic of MariaDB's schema history; losing it stops the connector."""
    return f"history.{source}"


def connector_heartbeat(source: str) -> str:
    """Topic of Debezium's own heartbeat messages."""
    return f"__debezium-heartbeat.{raw_prefix(source)}"


def dataset_topics(dataset: Dataset) -> Iterator[Topic]:
    """Yield the topics one dataset needs."""
    count = dataset.partitions
    yield Topic(name=raw(dataset), partitions=count, config=_kept(30) | _LARGE, versioned=False)
    yield Topic(name=clean(dataset), partitions=count, config=_COMPACT | _ROW)
    refused = _kept(90) | _LARGER
    yield Topic(name=reject(dataset), partitions=count, config=refused, versioned=False)
    if dataset.open_columns:
        yield Topic(name=open_(dataset), partitions=count, config=_COMPACT | _ROW)


def source_topics(source: str) -> Iterator[Topic]:
    """Yield the topics one department's connector needs beside its tables."""
    for name in (heartbeat(source), signal(source)):
        yield Topic(name=name, partitions=1, config=_kept(30) | _LARGE)
    yield Topic(name=connector_heartbeat(source), partitions=1, config=_kept(30))
    # The history is read whole at each start: it is never compacted and never expires.
    forever = {"cleanup.policy": "delete", "retention.ms": "-1", "retention.bytes": "-1"}
    yield Topic(name=history(source), partitions=1, config=forever)
    # Which tables are loaded is known from here alone, years later too.
    yield Topic(name=notifications(source), partitions=1, config=forever)
    yield Topic(name=raw_prefix(source), partitions=1, config=_kept(30))


def house_topics() -> Iterator[Topic]:
    """Yield the topics the whole house shares."""
    yield Topic(name=BOOKS, partitions=1, config=_kept(90))
    yield Topic(name=REPLAY, partitions=1, config=_kept(30) | _LARGER)
    yield Topic(name=CONTROL, partitions=1, config=dict(_COMPACT))
    # Written every few seconds and read whole at each start: what is old goes within the hour.
    brief = {"min.compaction.lag.ms": "0", "max.compaction.lag.ms": "3600000"}
    kept = {"segment.ms": "600000", "delete.retention.ms": str(DAY_MS)}
    yield Topic(name=SOURCES, partitions=1, config=_COMPACT | brief | kept)


def all_topics(datasets: Iterable[Dataset]) -> list[Topic]:
    """Every topic that the captured of *datasets* and their sources need, by name, each once."""
    datasets = tuple(dataset for dataset in datasets if dataset.captured)
    found = {topic.name: topic for dataset in datasets for topic in dataset_topics(dataset)}
    for source in sorted({dataset.source for dataset in datasets}):
        found |= {topic.name: topic for topic in source_topics(source)}
    return list((found | {topic.name: topic for topic in house_topics()}).values())


def _kept(days: int) -> dict[str, str]:
    return {"cleanup.policy": "delete", "retention.ms": str(days * DAY_MS)}
