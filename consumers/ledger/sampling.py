"""Takes the samples that law 2 is judged on, so that the sum is exact while everything runs.

The order matters. (1) The ledger is read in one snapshot. (2) We wait until streams has committed
past every raw offset the ledger has seen, so that no counted record is missing from the books.
(3) The books are read up to that commit. (4) What lies between the ledger's offsets and the ends
of clean and reject is on its way to a sink; of it only what streams has decided is counted.

A partition that was set back keeps the commit it had: what is judged again is outside the sum.
"""

import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
from confluent_kafka import Consumer

from consumers.again import is_again
from consumers.ledger.checkpoint import read_checkpoint, write_checkpoint
from consumers.ledger.conservation import Sample
from consumers.ledger.verdicts import Read
from consumers.record_code import raw_origin, read_record
from consumers.reemitted import is_reemitted
from infra import kafka_reader
from infra.errors import Transient
from infra.kafka_reader import Place
from infra.queries import read_queries
from schemas import topics
from schemas.catalogue import Catalogue
from schemas.contract import Dataset
from schemas.marks import decided

_PATIENCE_S = 15.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Ledger:
    """The ledger in one snapshot."""

    progress: dict[Place, int]
    """Next offset a sink will take, by clean or reject partition."""
    seen: dict[tuple[Place, Place], int]
    """Highest raw offset met, by (output partition, raw partition)."""
    counted: dict[Place, dict[tuple[str, str], int]]
    """(verdict, outcome) -> records, by raw partition."""


def read_ledger(connection: psycopg.Connection) -> Ledger:
    """Read progress, repeats and outcomes of the two sinks that keep the books, at one moment."""
    queries = read_queries("books")
    with connection.transaction():
        connection.execute("set transaction isolation level repeatable read, read only")
        progress = connection.execute(queries["progress"])
        known = {Place(topic, number): following for topic, number, following in progress}
        rows = connection.execute(queries["seen"])
        seen = {(Place(*row[:2]), Place(*row[2:4])): row[4] for row in rows}
        counted: dict[Place, dict[tuple[str, str], int]] = defaultdict(dict)
        for topic, number, verdict, outcome, n in connection.execute(queries["outcomes"]):
            counted[Place(topic, number)][verdict, outcome] = n
    return Ledger(progress=known, seen=seen, counted=counted)


class Sampler:
    """Samples every raw partition: those of the datasets, and of heartbeats and signals."""

    def __init__(self, catalogue: Catalogue, reader: Consumer, streams: Consumer) -> None:
        """*reader* reads topics, *streams* looks up the offsets of the group of that name."""
        self._catalogue, self._reader, self._streams = catalogue, reader, streams

    def take(self, connection: psycopg.Connection, checkpoint: Path | None = None) -> list[Sample]:
        """Sample all, going on from the file *checkpoint*, moved on where nothing lacks.

        Raises:
            Transient: Kafka does not answer, or streams did not commit within 15 s.
        """
        owners = dict(_raw_topics(self._catalogue))
        places = [
            place for topic in owners for place in kafka_reader.partitions(self._reader, topic)
        ]
        ledger = read_ledger(connection)
        committed = _settled(self._streams, places, ledger)
        known = read_checkpoint(checkpoint)
        books = Read(self._reader, known, committed)
        waiting = _read_waiting(self._catalogue, self._reader, ledger, committed)
        if checkpoint:
            with suppress(OSError):  # a full disk costs the next check time, not this its answer
                write_checkpoint(checkpoint, books.end, books.verdicts, known)
        return [
            Sample(
                dataset=owners[place.topic],
                topic=place.topic,
                partition=place.partition,
                end=kafka_reader.bounds(self._reader, place)[1],
                verdicts=books.verdicts[place],
                expired=books.expired(place),
                counted=ledger.counted.get(place, {}),
                waiting=waiting.get(place, {}),
            )
            for place in places
        ]


def _raw_topics(catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    for dataset in catalogue.values():
        yield topics.raw(dataset), dataset.id
    for source in catalogue.sources:
        yield topics.heartbeat(source), ""
        yield topics.signal(source), ""


def _settled(streams: Consumer, places: list[Place], ledger: Ledger) -> dict[Place, int]:
    """Wait until the commit is past every raw offset the ledger has met; then it is exact."""
    met: dict[Place, int] = {}
    for (_, raw), highest in ledger.seen.items():
        if raw in places:  # a dataset that is held is not waited for
            met[raw] = max(met.get(raw, -1), highest)
    deadline = time.monotonic() + _PATIENCE_S
    while True:
        notes = kafka_reader.committed_marks(streams, places)
        committed = {place: decided(*note) for place, note in notes.items()}
        if all(committed.get(raw, 0) > highest for raw, highest in met.items()):
            return committed
        if time.monotonic() > deadline:
            message = (
                f"streams has not committed within {_PATIENCE_S:g} s what the ledger already "
                "holds, so law 2 cannot be judged now. Is the stream worker alive (suoi status)?"
            )
            raise Transient(message)
        time.sleep(0.1)


def _read_waiting(
    catalogue: Catalogue, reader: Consumer, ledger: Ledger, committed: dict[Place, int]
) -> dict[Place, dict[str, int]]:
    """Count decided records beyond the ledger as the sinks will: repeats and second ones left out.

    Results of one raw partition come in order, so the highest offset met says what is a repeat.
    """
    waiting: dict[Place, Counter[str]] = defaultdict(Counter)
    for verdict, topic in _outputs(catalogue.values()):
        highest = dict(ledger.seen)
        places = kafka_reader.partitions(reader, topic)
        ends = {place: kafka_reader.bounds(reader, place) for place in places}
        stretches = {
            place: (max(low, ledger.progress.get(place, 0)), end)
            for place, (low, end) in ends.items()
        }
        for message in kafka_reader.read(reader, stretches):
            record = read_record(message)
            if is_again(record) or is_reemitted(record):
                continue
            raw = raw_origin(record)
            place = Place(raw.topic, raw.partition)
            if raw.offset <= highest.get((record.place, place), -1):
                continue
            highest[record.place, place] = raw.offset  # Invariant 2: each raw record once
            waiting[place][verdict] += raw.offset < committed.get(place, 0)
    return {place: dict(counts) for place, counts in waiting.items()}


def _outputs(datasets: Iterable[Dataset]) -> Iterator[tuple[str, str]]:
    for dataset in datasets:
        for name in topics.clean_versions(dataset):
            yield "clean", name
        yield "reject", topics.reject(dataset)
