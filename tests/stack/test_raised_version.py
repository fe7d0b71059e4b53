"""A contract raised to a new major with another partition count, while its table changes.

The workers are started anew one after another, the fill is killed and run again; the new version
holds what the province holds, the portal turns to it, and the books hold all through.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from confluent_kafka import Consumer
from support.stack import Stack
from support.van_ban import VanBan
from support.waiting import until, until_equal

from consumers.batch import Record, order_key
from consumers.decoding import Decoder
from consumers.record_code import read_record
from infra import kafka_reader
from infra.errors import Transient
from infra.kafka import producer_config
from infra.kafka_reader import ALONE
from infra.local.access import kafka_client
from infra.local.home import Home
from infra.posting import Letter, Post
from infra.registry import Registry
from schemas.records import OrderKey
from schemas.system import ORDER_KEY
from streams.output import keyed_hash

TEXTS = VanBan("doi_ban")
NAME = TEXTS.name
ROWS = """
insert into thu.doi_ban select n, 'D' || n, 'văn bản ' || n, n from generate_series(1, 60) as n;
"""
WORKERS = ("streams", "province_sink", "quarantine_sink", "portal_cache", "findings")


def contract(major: int) -> str:
    text = TEXTS.contract.replace("open, value: none", "open, value: row")
    text = text.replace("openMode, value: none", "openMode, value: row")
    text = text.replace('"1.0.0"', f'"{major}.0.0"').replace(
        "revision, value: 1", f"revision, value: {major}"
    )
    return text.replace("partitions, value: 2", f"partitions, value: {2 * major}")


@contextmanager
def changing(stack: Stack) -> Iterator[list[int]]:
    """Change rows of the department, one after the other; yields how many changes there were."""
    stop, done = threading.Event(), [0]

    def change() -> None:
        with psycopg.connect(stack.justice_dsn, autocommit=True) as connection:
            while not stop.is_set():
                number = done[0] % 30 + 1  # half of the rows stand still
                connection.execute(
                    "update thu.doi_ban set trang = trang + 1 where id = %s", (number,)
                )
                if done[0] % 10 == 0:
                    connection.execute(
                        "delete from thu.doi_ban where id = %s", (30 - done[0] // 10,)
                    )
                done[0] += 1
                stop.wait(0.05)

    thread = threading.Thread(target=change)
    thread.start()
    try:
        yield done
    finally:
        stop.set()
        thread.join()


def reading(stack: Stack) -> Consumer:
    return Consumer(kafka_client(Home(stack.home), "admin") | ALONE | {"group.id": "reader"})


def compacted(stack: Stack, topic: str) -> dict[bytes, Record]:
    reader = reading(stack)
    places = kafka_reader.partitions(reader, topic)
    assert len(places) == 4
    ends = {place: kafka_reader.bounds(reader, place) for place in places}
    found = [read_record(message) for message in kafka_reader.read(reader, ends)]
    reader.close()
    assert len({(one.key, one.partition) for one in found}) == len({one.key for one in found})
    return {one.key or b"": one for one in found}


def standing(stack: Stack) -> dict[str, tuple[OrderKey, bool]]:
    """The rows of the province: key -> order key, and whether they live."""
    columns = ", ".join(ORDER_KEY)
    rows = stack.all(f"select _key, _deleted_at is null, {columns} from clean.{NAME}")  # noqa: S608
    return {key: (OrderKey(*order), alive) for key, alive, *order in rows}


def versions(stack: Stack, topic: str) -> dict[bytes, tuple[OrderKey, bool]]:
    registry = Registry(stack.env["registry"]["url"])
    decoder = Decoder(registry)

    def version(record: Record) -> tuple[OrderKey, bool]:
        if record.value is None:
            return order_key(record.headers), False
        fields = decoder.decode(record.value)
        return OrderKey(*(fields[name] for name in ORDER_KEY)), True

    try:
        return {key: version(one) for key, one in compacted(stack, topic).items()}
    finally:
        registry.close()


def delivered(stack: Stack, source: psycopg.Connection) -> bool:
    [(pages,)] = source.execute("select sum(trang)::int from thu.doi_ban").fetchall()
    query = f"select sum(trang)::int from clean.{NAME} where _deleted_at is null"  # noqa: S608
    return stack.all(query) == [(pages,)]


def hints(stack: Stack) -> list[str]:
    """What `suoi status` advises about our dataset."""
    found = stack.json("status", check=False)["problems"]
    return [one["hint"] for one in found if one["where"] == NAME]


def topic_of(stack: Stack) -> dict[str, Any]:
    return next(one for one in stack.json("topic", "list", check=False) if one["dataset"] == NAME)


def test_a_version_is_raised_and_filled_while_all_goes_on(stack: Stack) -> None:
    source = stack.justice()
    source.execute(TEXTS.made + ROWS)
    TEXTS.flow(stack, contract(1), WORKERS)
    until(lambda: len(standing(stack)) == 60, 90)
    with changing(stack) as done:
        until(lambda: done[0] > 20)
        TEXTS.put_in_force(stack, contract(2))
        for worker in WORKERS:
            stack.restart(worker)
        assert topic_of(stack)["lacking"] >= 30
        assert any("suoi topic fill" in hint for hint in hints(stack))
        assert stack.json("topic", "fill", NAME, "--dry-run", check=False)["copied"] == 0
        with stack.armed("fill.after_copy", seconds=0):
            assert stack.suoi("topic", "fill", NAME, check=False).returncode == -9
        answer = stack.json("topic", "fill", NAME)
        assert answer["copied"] >= 30
        assert (answer["lacking"], answer["unread"], answer["shown"]) == (0, 0, True)
        assert stack.json("ledger", "check")["holds"]  # Invariant 2, while all goes on
    until(lambda: delivered(stack, source), 60)
    assert stack.json("topic", "fill", NAME)["copied"] == 0
    rows = standing(stack)
    until_equal(
        lambda: versions(stack, f"clean.{NAME}.v2"),
        {key.encode(): version for key, version in rows.items()},
    )
    hashed = keyed_hash(Home(stack.home).secret_file("open_key").read_bytes().strip())
    until_equal(
        lambda: versions(stack, f"open.{NAME}.v2"),
        {hashed(key): version for key, version in rows.items()},
    )
    living = sum(alive for _, alive in rows.values())
    until_equal(lambda: stack.json("status", check=False)["datasets"][NAME]["open"], living)
    assert topic_of(stack)["former"] == [{"topic": f"clean.{NAME}.v1", "unread": 0}]
    assert stack.json("ledger", "check")["holds"]


@pytest.mark.parametrize("writer", ["streams", "province", "operator"])
def test_nobody_writes_to_what_was_replaced(stack: Stack, writer: str) -> None:
    topic = f"clean.{NAME}.v1"
    assert topic_of(stack)["former"] == [{"topic": topic, "unread": 0}]
    config = kafka_client(Home(stack.home), writer) | producer_config() | {"log_level": 0}
    with pytest.raises(Transient, match=r"(?i)authoriz"):
        Post(config).send([Letter(topic, 0, b"[0]", None, [("suoi.op", "d")])])
