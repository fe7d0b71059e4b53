"""kill -9 around the acknowledgement: a real broker, a real PostgreSQL, the sink a process."""

import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import psycopg
import pytest
from confluent_kafka import Consumer, Producer
from support.deliveries import OCOP, Registered, Writer
from support.plain_broker import make_topic, plain_broker
from support.plain_postgres import Server, plain_province
from support.waiting import until

from consumers.batch import Record, order_key
from consumers.decoding import Decoder
from consumers.ledger.sampling import _read_waiting, read_ledger
from consumers.record_code import read_record
from consumers.reemitted import is_reemitted
from infra import kafka_reader
from infra.errors import Transient
from infra.kafka import producer_config
from infra.kafka_reader import ALONE, Place
from infra.posting import Letter, Post
from schemas import topics
from schemas.catalogue import Catalogue

ROOT = Path(__file__).parents[2]
TOPIC = topics.clean(OCOP)
DECODER = Decoder(Registered())
POINTS = ("before_reemission", "after_reemission", "before_commit", "after_commit")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with plain_province(OCOP) as running:
        yield running


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[str]:
    with plain_broker(tmp_path) as address:
        make_topic(address, TOPIC, 2)
        make_topic(address, topics.reject(OCOP), 2)
        yield address


@contextmanager
def running(broker: str, server: Server, faults: Path) -> Iterator[subprocess.Popen[bytes]]:
    paths = os.pathsep.join((str(ROOT), str(ROOT / "tests")))
    surroundings = os.environ | {"PYTHONPATH": paths, "SUOI_FAULTS": str(faults)}
    dsn = server.dsn("province_sink")
    command = [sys.executable, "-m", "support.newest_process", broker, dsn]
    process = subprocess.Popen(command, env=surroundings, cwd=ROOT)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


@contextmanager
def reading(broker: str) -> Iterator[Consumer]:
    reader = Consumer({"bootstrap.servers": broker, "group.id": "reader"} | ALONE)
    yield reader
    reader.close()


def everything(broker: str) -> list[Record]:
    with reading(broker) as reader:
        places = kafka_reader.partitions(reader, TOPIC)
        ends = {place: kafka_reader.bounds(reader, place) for place in places}
        return [read_record(message) for message in kafka_reader.read(reader, ends)]


def position(record: Record) -> int:
    if record.value is None:
        return order_key(record.headers).position
    return int(DECODER.decode(record.value)["_position"])


def caught_up(broker: str, server: Server) -> bool:
    with reading(broker) as reader, psycopg.connect(server.dsn()) as connection:
        ends = {
            place: kafka_reader.bounds(reader, place)[1]
            for place in kafka_reader.partitions(reader, TOPIC)
        }
        return read_ledger(connection).progress == ends


def decided_and_ended(broker: str, server: Server, decided: int) -> tuple[int, int]:
    """What law 2 sees: records counted, and records on their way."""
    catalogue = cast("Catalogue", {OCOP.id: OCOP})
    with reading(broker) as reader, psycopg.connect(server.dsn()) as connection:
        ledger = read_ledger(connection)
        raws = {Place(topics.raw(OCOP), number): decided for number in (0, 1)}
        waiting = _read_waiting(catalogue, reader, ledger, raws)
    counted = sum(n for outcomes in ledger.counted.values() for n in outcomes.values())
    return counted, sum(n for counts in waiting.values() for n in counts.values())


def ask(server: Server, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(server.dsn()) as connection:
        return connection.execute(query).fetchall()  # type: ignore[arg-type]


def send(broker: str, seed: int) -> tuple[int, dict[bytes, int]]:
    """Write versions of six products in any order; give how many, and the newest of each."""
    chance, newest = random.Random(seed), {}  # type: tuple[random.Random, dict[bytes, int]]
    writers = {number: Writer(number) for number in (0, 1)}
    producer = Producer({"bootstrap.servers": broker})
    versions = chance.sample(range(10, 60), 30)
    for version in versions:
        number = chance.randrange(6)
        writer = writers[number % 2]
        change = writer.clean_gone if chance.random() < 0.2 else writer.clean
        record = change(number, version)
        newest[record.key or b""] = max(newest.get(record.key or b"", 0), version)
        headers = list(record.headers.items())
        producer.produce(TOPIC, record.value, record.key, record.partition, headers=headers)
    assert producer.flush(10) == 0
    return len(versions), newest


@pytest.mark.parametrize("point", POINTS)
def test_a_sink_killed_around_its_commit_leaves_the_newest_last(
    broker: str, server: Server, tmp_path: Path, point: str
) -> None:  # Invariants 1, 2, 8
    with psycopg.connect(server.dsn(), autocommit=True) as connection:
        connection.execute(
            "truncate clean.nnmt_ocop, ledger.progress, ledger.seen, ledger.outcome, ledger.count"
        )
    decided, newest = send(broker, 7)
    armed = tmp_path / f"province.{point}"
    armed.write_text("KILL")
    with running(broker, server, tmp_path) as killed:
        assert killed.wait(60) == -signal.SIGKILL
    assert armed.with_name(armed.name + ".struck").exists()
    written_again = sum(map(is_reemitted, everything(broker)))
    assert (written_again > 0) == (point != "before_reemission")
    assert sum(decided_and_ended(broker, server, decided)) == decided  # while some are on their way
    with running(broker, server, tmp_path):
        until(lambda: caught_up(broker, server))
    records = everything(broker)
    assert {one.key: position(one) for one in records} == newest
    assert decided_and_ended(broker, server, decided) == (decided, 0)
    stored = {
        key.encode(): place
        for key, place in ask(server, "select _key, _position from clean.nnmt_ocop")
    }
    assert stored == newest


def test_a_post_says_where_each_letter_lies_and_never_pretends(tmp_path: Path) -> None:
    with plain_broker(tmp_path) as address:
        make_topic(address, TOPIC, 2)
        post = Post(producer_config() | {"bootstrap.servers": address, "log_level": 0}, 2.0)
        letters = [Letter(TOPIC, 1, b"[1]", b"a", []), Letter(TOPIC, 0, b"[2]", None, [])]
        assert post.send(letters) == [0, 0]
        assert post.send([letters[0], letters[0]]) == [1, 2]
    with pytest.raises(Transient, match="did not take 1 records"):  # Invariant 1
        post.send(letters[:1])
