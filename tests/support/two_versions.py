"""A dataset whose contract was raised: its registry, and its topics in a real broker."""

import dataclasses
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, cast

import psycopg
from confluent_kafka import Consumer, Producer
from confluent_kafka.admin import AdminClient
from msgspec.structs import replace

from consumers.batch import Record, order_key
from consumers.decoding import Decoder
from consumers.filling import Delivers, Filling, Project
from consumers.ledger.sampling import _read_waiting, read_ledger
from consumers.province import Province
from consumers.record_code import read_record
from consumers.reemitted import Means
from infra import kafka_reader
from infra.kafka import producer_config
from infra.kafka_reader import ALONE, Place
from infra.postgres import Database
from infra.posting import Post
from schemas import avro, topics
from schemas.catalogue import Catalogue
from schemas.contract import Dataset
from support.deliveries import OCOP, Pen
from support.plain_broker import make_topic
from support.plain_postgres import Server
from support.waiting import until

RAISED: Dataset = dataclasses.replace(
    OCOP, version="2.0.0", partitions=4, revision=OCOP.revision + 1
)
OLD, NEW = topics.clean(OCOP), topics.clean(RAISED)
TOPICS = {OLD: 2, NEW: 4, topics.reject(OCOP): 2}
IDS = {
    7: avro.clean_schema(OCOP),
    8: avro.open_schema(OCOP),
    17: avro.clean_schema(RAISED),
    18: avro.open_schema(RAISED),
}


class BothVersions:
    """The registry's double: the schemas of both versions, by id and by themselves."""

    def schema(self, number: int) -> dict[str, Any]:
        """Give one of them."""
        return IDS[number]

    def known_id(self, _subject: str, schema: Mapping[str, Any]) -> int:
        """Give the id of *schema*."""
        return next(number for number, known in IDS.items() if known == schema)


def raised(record: Record) -> Record:
    """*record* as streams writes it under the raised contract."""
    value = record.value and record.value[:1] + (17).to_bytes(4, "big") + record.value[5:]
    return replace(record, topic=NEW, value=value)


class World:
    """A broker with the topics of both versions, and the province."""

    def __init__(self, broker: str, server: Server) -> None:
        """Make the topics."""
        self.broker, self._server = broker, server
        for name, count in TOPICS.items():
            make_topic(broker, name, count)
        self.config = {"bootstrap.servers": broker, "log_level": 0}
        own = {"partitioner": "murmur2_random"}
        self._streams = Producer(self.config | own)
        self.newest: dict[bytes, int] = {}
        self.decided = 0
        self.taken: set[int] = set()
        self.dsn = server.dsn()
        self.bases: list[Database] = []

    def close(self) -> None:
        """Let go of the province, and of the topics: the next world's are empty."""
        for base in self.bases:
            base.close()
        admin = AdminClient(self.config)
        for future in admin.delete_topics(list(TOPICS)).values():
            future.result(20)
        until(lambda: not TOPICS.keys() & admin.list_topics(timeout=10).topics.keys())

    def put(self, record: Record) -> None:
        """Write *record* as streams does: its key chooses the partition."""
        headers = list(record.headers.items())
        self._streams.produce(record.topic, record.value, record.key, headers=headers)
        assert self._streams.flush(10) == 0
        key = record.key or b""
        self.newest[key] = max(self.newest.get(key, 0), position(record))
        self.decided += 1

    def sink(self, dataset: Dataset) -> Pen:
        """A provincial sink of the release that has *dataset* for its contract."""
        self.bases.append(Database("test", self._server.dsn("province_sink")))
        means = Means(BothVersions(), Post(producer_config() | self.config))
        pen = Pen(Province(self.bases[-1], BothVersions(), [dataset], means))
        names = topics.clean_versions(dataset)
        with self.reading() as reader:
            pen.begin(*(one for name in names for one in kafka_reader.partitions(reader, name)))
        return pen

    def drain(self, pen: Pen, most: int | None = None, size: int = 1_000) -> None:
        """Give *pen* what its topics hold, in flushes of *size*; at most *most* records."""
        left = most
        while found := self._next(pen, size if left is None else min(left, size)):
            pen.write(*found)
            left = None if left is None else left - len(found)

    def _next(self, pen: Pen, size: int) -> list[Record]:
        with self.reading() as reader:
            stretches = {
                place: (start, kafka_reader.bounds(reader, place)[1])
                for place, start in pen.places.items()
            }
            return [read_record(one) for one in kafka_reader.read(reader, stretches)][:size]

    @contextmanager
    def reading(self) -> Iterator[Consumer]:
        """A reader outside any group."""
        reader = Consumer(self.config | {"group.id": "reader"} | ALONE)
        yield reader
        reader.close()

    @contextmanager
    def filling(
        self, posts: Delivers | None = None, project: Project | None = None
    ) -> Iterator[Filling]:
        """One run of the fill, as a process of its own would have it."""
        with psycopg.connect(self._server.dsn(), autocommit=True) as connection:
            posts = posts or Post(producer_config() | self.config)
            yield Filling(RAISED, connection, BothVersions(), posts, project)

    def records(self, topic: str) -> list[Record]:
        """All of *topic*."""
        with self.reading() as reader:
            places = kafka_reader.partitions(reader, topic)
            ends = {place: kafka_reader.bounds(reader, place) for place in places}
            return [read_record(message) for message in kafka_reader.read(reader, ends)]

    def compacted(self) -> dict[bytes, Record]:
        """What compaction leaves of the version in force; a key lies in one partition alone."""
        records = self.records(NEW)
        places = {(one.key, one.partition) for one in records}
        assert len(places) == len({key for key, _ in places})
        return {one.key or b"": one for one in records}

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """Ask the province."""
        with psycopg.connect(self._server.dsn()) as connection:
            return connection.execute(query).fetchall()  # type: ignore[arg-type]

    def law_2(self) -> tuple[int, int]:
        """Records counted, and records on their way, as `suoi ledger check` sees them."""
        catalogue = cast("Catalogue", {RAISED.id: RAISED})
        with self.reading() as reader, psycopg.connect(self._server.dsn()) as connection:
            ledger = read_ledger(connection)
            raws = {Place(topics.raw(OCOP), number): 10_000 for number in (0, 1)}
            waiting = _read_waiting(catalogue, reader, ledger, raws)
        counted = sum(n for outcomes in ledger.counted.values() for n in outcomes.values())
        return counted, sum(n for counts in waiting.values() for n in counts.values())


def position(record: Record) -> int:
    """Where in the history of its row *record* stands."""
    if record.value is None:
        return order_key(record.headers).position
    return int(_DECODER.decode(record.value)["_position"])


def number_of(key: bytes) -> int:
    """The product that *key* names."""
    return int(json.loads(key)[0])


_DECODER = Decoder(BothVersions())
