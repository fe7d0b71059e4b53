"""The watermark "complete through T": every commit up to T is captured and decided and delivered.

DESIGN.md 6. It is proved, never read off a clock of ours: (a) a heartbeat row written at T came
through the same connector, and the connector has committed an offset at or past it; (b) the ends
of the raw partitions are sampled then; (c) streams has committed past them, and the ends of clean
and reject are sampled then; (d) the ledger is past those. Where a hop does not follow within the
patience, the answer is unknown, not old.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
import psycopg
from confluent_kafka import Consumer, Message

from infra import kafka_reader
from infra.kafka_reader import Place
from infra.queries import read_queries
from schemas import topics
from schemas.contract import Dataset

MARGIN = timedelta(seconds=1)
"""Commit times are not quite in the order of commits."""

PROGRESS = read_queries("books")["progress"]
"""Places of the two sinks that keep the books: another consumer of clean proves nothing here."""

_TAIL = 50
Position = tuple[int, ...]
Ask = Callable[[list[Place]], dict[Place, int]]
Names = Mapping[str, Sequence[str]]
Sample = Callable[[Names], dict[str, dict[Place, int]]]
"""Sample(key -> names of topics): key -> the end of each of their partitions, all asked now."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Beat:
    """One heartbeat row as captured: when the source wrote it, and where in its log."""

    at: datetime
    position: Position


def settled(beats: Iterable[Beat], committed: Position | None) -> datetime | None:
    """Newest heartbeat the connector has committed an offset past, less the margin; or None."""
    if committed is None:
        return None
    times = [beat.at for beat in beats if beat.position <= committed]
    return max(times) - MARGIN if times else None


def read_beats(reader: Consumer, source: str) -> list[Beat]:
    """Read the last heartbeat rows of *source* from its raw topic."""
    stretches = {}
    for place in kafka_reader.partitions(reader, topics.heartbeat(source)):
        low, end = kafka_reader.bounds(reader, place)
        stretches[place] = (max(low, end - _TAIL), end)
    read = kafka_reader.read(reader, stretches)
    return [beat for message in read if (beat := _beat(message)) is not None]


def _beat(message: Message) -> Beat | None:
    envelope = orjson.loads(message.value() or b"null")
    row = envelope and envelope.get("after")
    if not row:
        return None
    return Beat(at=datetime.fromisoformat(row["ts"]), position=position(envelope["source"]))


def position(place: Mapping[str, Any]) -> Position:
    """Place in the log of a source block or of a connector's stored offset, either engine."""
    if place.get("lsn") is not None:
        return (int(place["lsn"]),)
    number = int(str(place["file"]).rsplit(".", 1)[1])
    return (number, int(place["pos"]))


class Chain:
    """The way from raw to the ledger of some datasets, followed once."""

    def __init__(
        self,
        reader: Consumer,
        streams: Consumer,
        connection: psycopg.Connection,
        sample: Sample | None = None,
    ) -> None:
        """Follow with *reader* (topics), *streams* (that group's offsets) and the ledger.

        *sample* says where topics end at this moment, in place of a question for each partition.
        """
        self._reader, self._streams, self._connection = reader, streams, connection
        self._ends = sample or self._each_end

    def complete_through(
        self, heard: Mapping[str, tuple[Dataset, datetime]], patience_s: float
    ) -> dict[str, datetime]:
        """Prove T for each dataset of *heard* (id -> dataset, its source's settled heartbeat).

        A dataset that does not follow within *patience_s* is absent from the answer.
        """
        deadline = time.monotonic() + patience_s
        ends = self._ends({key: [topics.raw(dataset)] for key, (dataset, _) in heard.items()})
        judged = self._passed(ends, self._committed, deadline)
        outputs = self._ends(
            {
                key: [*topics.clean_versions(dataset), topics.reject(dataset)]
                for key, (dataset, _) in heard.items()
                if key in judged
            }
        )
        delivered = self._passed(outputs, self._delivered, deadline)
        return {key: heard[key][1] for key in delivered}

    def _each_end(self, names: Names) -> dict[str, dict[Place, int]]:
        return {key: kafka_reader.ends(self._reader, some) for key, some in names.items()}

    def _passed(self, ends: dict[str, dict[Place, int]], ask: Ask, deadline: float) -> set[str]:
        waiting, passed = dict(ends), set()
        while waiting:
            now = ask([place for part in waiting.values() for place in part])
            done = {
                key
                for key, part in waiting.items()
                if all(now.get(place, 0) >= end for place, end in part.items())
            }
            passed |= done
            waiting = {key: part for key, part in waiting.items() if key not in done}
            if waiting and time.monotonic() > deadline:
                break
            if waiting:
                time.sleep(0.1)
        return passed

    def _committed(self, places: list[Place]) -> dict[Place, int]:
        return kafka_reader.committed_offsets(self._streams, places)

    def _delivered(self, _places: list[Place]) -> dict[Place, int]:
        rows = self._connection.execute(PROGRESS)
        found = {Place(topic, number): following for topic, number, following in rows}
        self._connection.rollback()
        return found
