"""Who may do what in Kafka, computed from the contracts.

What is not granted here is denied (DOMAIN.md 15, S2).
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from schemas import topics
from schemas.contract import Dataset

PRINCIPALS = (
    *("admin", "connect", "capture", "streams", "province"),
    *("quarantine", "findings", "portal", "reader", "operator"),
)

_READ = ("READ", "DESCRIBE")
_WRITE = ("WRITE", "DESCRIBE")
_BOTH = ("READ", "WRITE", "DESCRIBE")


class Grant(NamedTuple):
    """One permission on a topic, group or cluster; a *prefixed* name covers all that begin so."""

    principal: str
    resource: str
    name: str
    operation: str
    prefixed: bool = False


def grants(datasets: Iterable[Dataset]) -> list[Grant]:
    """Every permission our components need for the captured of *datasets*, and no more."""
    datasets = tuple(dataset for dataset in datasets if dataset.captured)
    return [
        *(*_admin(), *_connect(), *_capture(datasets), *_streams(datasets)),
        *(*_sinks(datasets), *_reader(datasets), *_operator(datasets)),
    ]


def closed(datasets: Iterable[Dataset]) -> list[Grant]:
    """Permissions that go: nobody writes to a version that another one has replaced.

    A worker of the release before that is still alive is refused by the broker from then on.
    """
    return [
        Grant(principal, "topic", name, "WRITE")
        for dataset in datasets
        if dataset.captured
        for topic, sink in ((topics.clean, "province"), (topics.open_, "portal"))
        for name in topics.former(dataset, topic)
        for principal in ("streams", sink, "operator")
    ]


def _admin() -> Iterator[Grant]:
    """The operator, and the checks an operator runs."""
    for resource in ("topic", "group"):
        yield Grant("admin", resource, "*", "ALL")
    yield Grant("admin", "cluster", "kafka-cluster", "ALL")


def _connect() -> Iterator[Grant]:
    own = ("READ", "WRITE", "CREATE", "DESCRIBE", "DESCRIBE_CONFIGS")
    for operation in own:
        yield Grant("connect", "topic", "_connect", operation, prefixed=True)
    for prefix in ("raw.", "notifications.", "__debezium-heartbeat."):
        for operation in _WRITE:
            yield Grant("connect", "topic", prefix, operation, prefixed=True)
    for operation in ("READ", "WRITE", "DESCRIBE", "DESCRIBE_CONFIGS"):
        yield Grant("connect", "topic", "history.", operation, prefixed=True)
    yield Grant("connect", "group", "connect", "READ")
    yield Grant("connect", "group", "raw.", "READ", prefixed=True)  # schema history's consumer
    yield Grant("connect", "cluster", "kafka-cluster", "IDEMPOTENT_WRITE")


def _capture(datasets: tuple[Dataset, ...]) -> Iterator[Grant]:
    """The watch over the sources: it remembers what they showed, and holds their datasets."""
    for name in (topics.SOURCES, topics.CONTROL):
        yield from _each("capture", name, ("READ", "WRITE", "DESCRIBE"))
    for source in _sources(datasets):
        yield from _each("capture", topics.notifications(source), _READ)
    yield Grant("capture", "group", "capture", "READ")
    yield Grant("capture", "cluster", "kafka-cluster", "IDEMPOTENT_WRITE")


def _streams(datasets: tuple[Dataset, ...]) -> Iterator[Grant]:
    beside = [
        name(source) for source in _sources(datasets) for name in (topics.heartbeat, topics.signal)
    ]
    for name in (*map(topics.raw, datasets), *beside, topics.REPLAY, topics.CONTROL):
        yield from _each("streams", name, _READ)
    for dataset in datasets:
        for name in (topics.clean(dataset), topics.reject(dataset), *_open(dataset)):
            yield from _each("streams", name, _WRITE)
        for name in (*topics.clean_versions(dataset), topics.reject(dataset)):
            yield from _each("streams", name, ("READ",))  # what was sent before a kill (past.py)
    yield from _each("streams", topics.BOOKS, _WRITE)
    yield from _each("streams", topics.CONTROL, ("WRITE",))  # it pauses what it cannot judge
    yield Grant("streams", "group", "streams", "READ")
    yield Grant("streams", "cluster", "kafka-cluster", "IDEMPOTENT_WRITE")


def _sinks(datasets: tuple[Dataset, ...]) -> Iterator[Grant]:
    for dataset in datasets:
        # Sinks write again what must be the last record of its key (DESIGN.md 2)
        yield from _each("province", topics.clean(dataset), _BOTH)
        for name in topics.clean_versions(dataset):
            yield from _each("findings", name, _READ)  # of which it reads the keys
        for name in topics.former(dataset, topics.clean):
            yield from _each("province", name, _READ)  # what it had not taken yet
        yield from _each("quarantine", topics.reject(dataset), _READ)
        for name in _open(dataset):
            yield from _each("portal", name, _BOTH)
    for principal in ("province", "quarantine", "portal"):
        yield Grant(principal, "group", principal, "READ")
    # Never joins it; its client asks for the group's coordinator all the same
    yield Grant("findings", "group", "findings", "DESCRIBE")


def _reader(datasets: tuple[Dataset, ...]) -> Iterator[Grant]:
    """What `suoi status`, `suoi lag` and `suoi ledger check` look at."""
    for dataset in datasets:
        for name in (
            topics.raw(dataset),
            *topics.clean_versions(dataset),
            topics.reject(dataset),
            *_open(dataset),
            *topics.former(dataset, topics.open_),
        ):
            yield from _each("reader", name, _READ)
    for source in _sources(datasets):
        for name in (topics.heartbeat(source), topics.signal(source), topics.notifications(source)):
            yield from _each("reader", name, _READ)
    for name in (topics.BOOKS, topics.CONTROL, topics.SOURCES, topics.REPLAY):
        yield from _each("reader", name, _READ)
    yield Grant("reader", "group", "reader", "READ", prefixed=True)
    for group in ("streams", "province", "quarantine", "portal"):
        yield Grant("reader", "group", group, "DESCRIBE")


def _operator(datasets: tuple[Dataset, ...]) -> Iterator[Grant]:
    """`suoi reject replay` and `approve`: what is judged again, and approved tombstones."""
    for dataset in datasets:
        for name in (topics.reject(dataset), topics.raw(dataset)):
            yield from _each("operator", name, _READ)
        for name in (topics.clean(dataset), *_open(dataset)):
            yield from _each("operator", name, _WRITE)
    yield from _each("operator", topics.REPLAY, _WRITE)
    yield Grant("operator", "group", "operator", "READ")
    yield Grant("operator", "cluster", "kafka-cluster", "IDEMPOTENT_WRITE")


def _each(principal: str, topic: str, operations: tuple[str, ...]) -> Iterator[Grant]:
    for operation in operations:
        yield Grant(principal, "topic", topic, operation)


def _open(dataset: Dataset) -> tuple[str, ...]:
    return (topics.open_(dataset),) if dataset.open_columns else ()


def _sources(datasets: tuple[Dataset, ...]) -> list[str]:
    return sorted({dataset.source for dataset in datasets})
