"""What a sink receives: records as Kafka gave them, and how far each partition moves."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple, Protocol, cast

import msgspec
from confluent_kafka import Message

from infra.errors import Fatal, Transient
from infra.kafka_reader import Place
from schemas.records import OrderKey, Origin

Headers = dict[str, str]
_place = lru_cache(maxsize=4096)(Place)


class Record(msgspec.Struct, frozen=True, gc=False):
    """One Kafka record; a value of None is a tombstone. *timestamp* is Kafka's, in ms.

    A struct, as are the values made of each record: a named tuple costs four times as much to make.
    """

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Headers
    timestamp: int

    @property
    def place(self) -> Place:
        """The partition it lies in."""
        return _place(self.topic, self.partition)


class Move(NamedTuple):
    """How a partition moves: from the offset its owner started from to the next one to be read."""

    start: int
    next: int


class Batch(NamedTuple):
    """Records in the order of their offsets within each partition, and the moves they make."""

    records: list[Record]
    moves: dict[Place, Move]


class Bounds(NamedTuple):
    """First offset kept and the next one to be written, when a partition was assigned."""

    low: int
    high: int


class Lost(Transient):
    """The place no longer knows our offsets; ask it where to start again."""


class _Whole(Protocol):
    """A message that is no error: all of it is there, which the client's types do not say."""

    def topic(self) -> str: ...
    def partition(self) -> int: ...
    def offset(self) -> int: ...
    def key(self) -> bytes | None: ...
    def value(self) -> bytes | None: ...
    def headers(self) -> list[tuple[str, bytes | None]] | None: ...
    def timestamp(self) -> tuple[int, int]: ...


class Sink(Protocol):
    """A destination: it keeps its own offsets, in the same write as the rows (invariant 1)."""

    def starts(self, places: Mapping[Place, Bounds]) -> dict[Place, int]:
        """Say where to read on in each partition; one met for the first time starts at its low."""

    def write(self, batch: Batch) -> Mapping[str, int]:
        """Write rows and moves durably, both or neither; count how the records ended.

        Raises:
            Transient: nothing is known to be written; the same batch may be given again.
            Lost: the place was emptied; `starts` says where to begin.
            NotOwner: another process has moved one of these partitions.
        """


def read_record(message: Message) -> Record:
    """Take what we need of a message that is not an error."""
    whole = cast("_Whole", message)
    headers = {name: _text(value) for name, value in whole.headers() or ()}
    place = whole.topic(), whole.partition(), whole.offset()
    return Record(*place, whole.key(), whole.value(), headers, whole.timestamp()[1])


def moves(records: Iterable[Record], starts: Mapping[Place, int]) -> dict[Place, Move]:
    """Say how *records* move their partitions from *starts*; a gap is compacted records."""
    ends: dict[Place, int] = {}
    for record in records:
        ends[record.place] = record.offset + 1
    return {place: Move(starts[place], end) for place, end in ends.items()}


def order_key(headers: Mapping[str, str]) -> OrderKey:
    """Read the order key that a tombstone or a reject carries.

    Raises:
        KeyError: one of its four headers is absent.
    """
    return OrderKey(
        int(headers["suoi.generation"]),
        int(headers["suoi.position"]),
        int(headers["suoi.step"]),
        int(headers["suoi.ruleset"]),
    )


def raw_origin(record: Record) -> Origin:
    """Read which raw record a record of clean, open or reject came from.

    A reject says it under Kafka Connect's names, the others in `suoi.raw` (DESIGN.md 2, Topics).

    Raises:
        Fatal: it does not say, so it cannot be counted.
    """
    headers = record.headers
    try:
        if "suoi.raw" in headers:
            parts = headers["suoi.raw"].rsplit(":", 2)
        else:
            parts = [headers[f"__connect.errors.{one}"] for one in Origin._fields]
        topic, partition, offset = parts
        return Origin(topic, int(partition), int(offset))
    except (KeyError, ValueError) as error:
        raise malformed(record, "does not name its raw record") from error


def malformed(record: Record, what: str) -> Fatal:
    """Say that a record of ours cannot be read; its content is never quoted."""
    return Fatal(
        f"{record.topic}[{record.partition}]@{record.offset} {what}: it was not written by our "
        "streams, or by another release. Look at its headers; nothing past it was delivered."
    )


def _text(value: bytes | None) -> str:
    return value.decode("utf-8", "replace") if value else ""
