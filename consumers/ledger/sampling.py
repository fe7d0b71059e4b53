"""Takes the samples that law 2 is judged on, so that the sum is exact while everything runs.

The order matters. (1) The ledger is read in one snapshot. (2) We wait until streams has committed
past every raw offset the ledger has seen, so that no counted record is missing from the books.
(3) The books are read up to that commit. (4) What lies between the ledger's offsets and the ends
of clean and reject is on its way to a sink; of it only what streams has decided is counted.
"""

import json
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import psycopg
from confluent_kafka import Consumer

from consumers.batch import raw_origin, read_record
from consumers.ledger.conservation import Run, Sample
from infra import kafka_reader
from infra.errors import Transient
from infra.kafka_reader import Place
from schemas import topics
from schemas.catalogue import Catalogue
from schemas.contract import Dataset
from schemas.records import Origin

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
    """Read progress, repeats and outcomes as of one moment."""
    with connection.transaction():
        connection.execute("set transaction isolation level repeatable read, read only")
        progress = connection.execute("select topic, partition, next from ledger.progress")
        known = {Place(topic, number): following for topic, number, following in progress}
        rows = connection.execute(
            "select topic, partition, raw_topic, raw_partition, highest from ledger.seen"
        )
        seen = {(Place(*row[:2]), Place(*row[2:4])): row[4] for row in rows}
        counted: dict[Place, dict[tuple[str, str], int]] = defaultdict(dict)
        for topic, number, verdict, outcome, n in connection.execute(
            "select raw_topic, raw_partition, verdict, outcome, n from ledger.outcome"
        ):
            counted[Place(topic, number)][verdict, outcome] = n
    return Ledger(progress=known, seen=seen, counted=counted)


def take_samples(
    catalogue: Catalogue, reader: Consumer, streams: Consumer, connection: psycopg.Connection
) -> list[Sample]:
    """Sample every raw partition: those of the datasets, and of heartbeats and signals.

    *reader* reads topics, *streams* looks up the offsets of the group of that name.

    Raises:
        Transient: Kafka does not answer, or streams did not commit within 15 s.
    """
    owners = dict(_raw_topics(catalogue))
    places = [place for topic in owners for place in kafka_reader.partitions(reader, topic)]
    ledger = read_ledger(connection)
    committed = _settled(streams, places, ledger)
    runs = _read_books(reader, committed)
    waiting = _read_waiting(catalogue, reader, ledger, committed)
    samples = []
    for place in places:
        low, end = kafka_reader.bounds(reader, place)
        samples.append(
            Sample(
                dataset=owners[place.topic],
                topic=place.topic,
                partition=place.partition,
                low=low,
                committed=max(committed[place], low),
                end=end,
                runs=tuple(runs.get(place, ())),
                counted=ledger.counted.get(place, {}),
                waiting=waiting.get(place, {}),
            )
        )
    return samples


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
        committed = kafka_reader.committed_offsets(streams, places)
        if all(committed.get(raw, 0) > highest for raw, highest in met.items()):
            return committed
        if time.monotonic() > deadline:
            message = (
                f"streams has not committed within {_PATIENCE_S:g} s what the ledger already "
                "holds, so law 2 cannot be judged now. Is the stream worker alive (suoi status)?"
            )
            raise Transient(message)
        time.sleep(0.1)


def _read_books(reader: Consumer, committed: dict[Place, int]) -> dict[Place, list[Run]]:
    stretches = {
        place: kafka_reader.bounds(reader, place)
        for place in kafka_reader.partitions(reader, topics.BOOKS)
    }
    runs: dict[Place, list[Run]] = defaultdict(list)
    for message in kafka_reader.read(reader, stretches):
        book = json.loads(message.value() or b"{}")
        place = Place(book["topic"], book["partition"])
        if book["first"] < committed.get(place, 0):
            runs[place].extend(Run(*run) for run in book["runs"])
    return runs


def _read_waiting(
    catalogue: Catalogue, reader: Consumer, ledger: Ledger, committed: dict[Place, int]
) -> dict[Place, dict[str, int]]:
    """Count decided records beyond the ledger, each raw offset once, repeats left out."""
    waiting: dict[Place, Counter[str]] = defaultdict(Counter)
    met: set[tuple[str, Origin]] = set()
    for verdict, topic in _outputs(catalogue.values()):
        places = kafka_reader.partitions(reader, topic)
        ends = {place: kafka_reader.bounds(reader, place) for place in places}
        stretches = {
            place: (max(low, ledger.progress.get(place, 0)), end)
            for place, (low, end) in ends.items()
        }
        for message in kafka_reader.read(reader, stretches):
            record = read_record(message)
            raw = raw_origin(record)
            place = Place(raw.topic, raw.partition)
            repeated = raw.offset <= ledger.seen.get((record.place, place), -1)
            if repeated or raw.offset >= committed.get(place, 0) or (verdict, raw) in met:
                continue
            met.add((verdict, raw))  # Invariant 2: each raw record once
            waiting[place][verdict] += 1
    return {place: dict(counts) for place, counts in waiting.items()}


def _outputs(datasets: Iterable[Dataset]) -> Iterator[tuple[str, str]]:
    for dataset in datasets:
        yield "clean", topics.clean(dataset)
        yield "reject", topics.reject(dataset)
