"""The stream worker on a real broker: a storm stops its dataset, a replay comes out marked."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from confluent_kafka import Consumer, Producer, TopicPartition
from support.plain_broker import make_topic, plain_broker
from support.raw import PRODUCTS, Raw, change
from support.waiting import until
from support.workshops import CLEAN_ROW, REFUSED_ROW

from consumers.batch import Record
from consumers.record_code import read_record
from infra import kafka_reader
from infra.control import Control, write_standing
from infra.kafka import Outbox, producer_config
from infra.kafka_reader import Place
from schemas import control, topics
from schemas.control import STORM, Standing
from schemas.records import Origin
from schemas.replay import replay_headers
from streams.storm import LEAST
from streams.worker import GROUP
from streams.workshop import LOT

APP = Path(__file__).parents[1] / "support" / "storm_app.py"
ROOT = APP.parents[2]
RAW, REJECT, CLEAN = topics.raw(PRODUCTS), topics.reject(PRODUCTS), topics.clean(PRODUCTS)
OTHERS = (
    *(topics.heartbeat(PRODUCTS.source), topics.signal(PRODUCTS.source), topics.open_(PRODUCTS)),
    *(topics.BOOKS, topics.CONTROL, topics.REPLAY),
)
BAD = 1000


@pytest.fixture(scope="module")
def bootstrap(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with plain_broker(tmp_path_factory.mktemp("broker")) as address:
        for name in (RAW, REJECT, CLEAN, *OTHERS):
            make_topic(address, name, 1)
        yield address


@contextmanager
def worker(bootstrap: str, tmp_path: Path, revision: int = 1) -> Iterator[None]:
    """The worker, killed at the end."""
    environment = os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}"}
    command = [sys.executable, str(APP), bootstrap, str(tmp_path / "data"), str(revision)]
    with (tmp_path / "log").open("ab") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env=environment)
    try:
        yield
        assert process.poll() is None, (tmp_path / "log").read_text()[-2000:]
    finally:
        process.kill()
        process.wait()


def send(bootstrap: str, records: list[Raw]) -> None:
    producer = Producer({"bootstrap.servers": bootstrap})
    for record in records:
        producer.produce(
            record.topic, key=record.key, value=record.value, partition=0, headers=record.headers
        )
    assert producer.flush(30) == 0


def standing(bootstrap: str) -> Standing | None:
    reader = Control({"bootstrap.servers": bootstrap}, "test")
    try:
        reader.catch_up()
        return reader.standings.get(PRODUCTS.id)
    finally:
        reader.close()


def paused(bootstrap: str) -> Standing | None:
    found = standing(bootstrap)
    return found if found is not None and found.paused else None


def resume(bootstrap: str) -> None:
    before = paused(bootstrap)
    assert before is not None
    after = control.resumed(before, control.decided("thử"), "lan")
    outbox = Outbox({"bootstrap.servers": bootstrap} | producer_config())
    asyncio.run(write_standing(outbox, after))


def committed(bootstrap: str) -> int:
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": GROUP})
    try:
        return int(consumer.committed([TopicPartition(RAW, 0)], 10)[0].offset)
    finally:
        consumer.close()


def written(bootstrap: str, topic: str) -> list[Record]:
    config = {"bootstrap.servers": bootstrap, "group.id": "test", **kafka_reader.ALONE}
    reader = kafka_reader.Reader(config)
    try:
        place = Place(topic, 0)
        stretch = kafka_reader.bounds(reader, place)
        return [read_record(one) for one in kafka_reader.read(reader, {place: stretch})]
    finally:
        reader.close()


def offsets(bootstrap: str) -> list[int]:
    """Raw offsets refused so far, in their order."""
    found = written(bootstrap, REJECT)
    return [int(one.headers["__connect.errors.offset"]) for one in found]


def test_a_storm_stops_exactly_and_one_resume_covers_what_waited(
    bootstrap: str, tmp_path: Path
) -> None:  # Invariant 10
    send(bootstrap, [change(PRODUCTS, "u", REFUSED_ROW)] * BAD)
    with worker(bootstrap, tmp_path):
        first = until(lambda: paused(bootstrap), 60)
        assert first is not None
        assert first.cause.code == STORM
        step = until(lambda: committed(bootstrap) >= LEAST and committed(bootstrap))
        assert LEAST <= step < LEAST + LOT
        assert offsets(bootstrap) == list(range(step))  # what was judged is out, and nothing else
    with worker(bootstrap, tmp_path):  # a restart frees nothing
        until(lambda: (tmp_path / "log").read_text().count("partitions.assigned") == 2, 60)
        assert committed(bootstrap) == step
        resume(bootstrap)
        until(lambda: committed(bootstrap) == BAD, 60)  # it went on where it stopped
        assert paused(bootstrap) is None
    assert sorted(set(offsets(bootstrap))) == list(range(BAD))  # Invariant 8


def test_a_replay_comes_out_marked_under_the_new_ruleset(bootstrap: str, tmp_path: Path) -> None:
    given = change(PRODUCTS, "u", CLEAN_ROW | {"clean_from": 2}, offset=7)
    headers = replay_headers(Origin(RAW, 0, 7), 1, 1, 11)
    coded = [(name, str(value).encode()) for name, value in headers]
    if paused(bootstrap):
        resume(bootstrap)
    before = len(written(bootstrap, topics.BOOKS))
    send(bootstrap, [Raw(topics.REPLAY, 0, 0, given.key, given.value, coded)])
    with worker(bootstrap, tmp_path, revision=2):
        (clean,) = until(lambda: written(bootstrap, CLEAN), 60)
    assert clean.headers["suoi.again"] == "1"
    assert clean.headers["suoi.raw"] == f"{RAW}:0:7"
    books = [json.loads(one.value or b"") for one in written(bootstrap, topics.BOOKS)[before:]]
    assert all(page["topic"] != topics.REPLAY for page in books)  # Invariant 2
