"""What a sink receives: records as Kafka gave them, and how far each partition moves."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple, Protocol

import msgspec

from infra.errors import Fatal, Transient
from infra.kafka_reader import Place
from schemas.records import OrderKey

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


def moves(records: Iterable[Record], starts: Mapping[Place, int]) -> dict[Place, Move]:
    """Say how *records* move their partitions from *starts*; a gap is compacted records."""
    ends: dict[tuple[str, int], int] = {}
    for record in records:
        ends[record.topic, record.partition] = record.offset + 1
    return {(place := Place(*where)): Move(starts[place], end) for where, end in ends.items()}


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


def malformed(record: Record, what: str) -> Fatal:
    """Say that a record of ours cannot be read; its content is never quoted."""
    return Fatal(
        f"{record.topic}[{record.partition}]@{record.offset} {what}: it was not written by our "
        "streams, or by another release. Look at its headers; nothing past it was delivered."
    )
