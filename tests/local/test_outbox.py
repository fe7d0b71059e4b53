"""The outbox against a broker that dies and stays dead: it gives up, once and for everything."""

import asyncio
import contextlib
import random
import time
from pathlib import Path

import pytest
from confluent_kafka import Consumer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic
from support.plain_broker import make_topic, plain_broker

from infra.errors import Transient
from infra.kafka import Outbox, producer_config

PATIENCE_S = 2.0
A_FLUSH_S = 5.0
"""A wait may be under way when the patience ends."""


def test_a_broker_that_stays_dead_is_waited_for_no_longer_than_the_patience(tmp_path: Path) -> None:
    with contextlib.ExitStack() as alive:
        address = alive.enter_context(plain_broker(tmp_path))
        make_topic(address, "clean.ours", 1)
        config = producer_config() | {"bootstrap.servers": address, "log_level": 0}
        outbox = Outbox(config, patience_s=PATIENCE_S)
        outbox.send("clean.ours", b"1", b"before", [])
        asyncio.run(outbox.settle())
    since = time.monotonic()
    outbox.send("clean.ours", b"2", b"after", [])
    with pytest.raises(Transient, match="not acknowledged 1 records in 2 s"):
        asyncio.run(outbox.settle())  # Invariant 1: never a silent success
    assert PATIENCE_S <= time.monotonic() - since < PATIENCE_S + A_FLUSH_S
    with pytest.raises(Transient):
        outbox.send("clean.ours", b"3", b"no gap before me", [])


def test_a_full_queue_before_a_dead_broker_ends_with_the_same_patience(tmp_path: Path) -> None:
    with contextlib.ExitStack() as alive:
        address = alive.enter_context(plain_broker(tmp_path))
        make_topic(address, "clean.ours", 1)
    small = {"queue.buffering.max.messages": 2, "log_level": 0}
    outbox = Outbox(producer_config() | {"bootstrap.servers": address} | small, PATIENCE_S)
    since = time.monotonic()
    for number in b"01":
        outbox.send("clean.ours", b"k", bytes([number]), [])
    with pytest.raises(Transient, match="not acknowledged 2 records"):
        outbox.send("clean.ours", b"k", b"one too many", [])
    assert PATIENCE_S <= time.monotonic() - since < PATIENCE_S + A_FLUSH_S


def test_a_record_the_broker_refuses_is_no_silent_success_and_leaves_no_gap(tmp_path: Path) -> None:
    with plain_broker(tmp_path) as address:
        config = {"bootstrap.servers": address, "log_level": 0}
        narrow = NewTopic("clean.ours", 1, 1, config={"max.message.bytes": "1000"})
        admin = AdminClient(config)
        admin.create_topics([narrow])["clean.ours"].result(20)
        outbox = Outbox(producer_config() | config, PATIENCE_S)
        outbox.send("clean.ours", b"1", b"before", [])
        asyncio.run(outbox.settle())
        outbox.send("clean.ours", b"2", random.Random(1).randbytes(5000), [])
        with pytest.raises(Transient, match="did not take a record"):
            asyncio.run(outbox.settle())  # Invariant 1
        with pytest.raises(Transient):
            outbox.send("clean.ours", b"3", b"no gap before me", [])
        reader = Consumer(config | {"group.id": "any"})
        _, end = reader.get_watermark_offsets(TopicPartition("clean.ours", 0), 20)
        reader.close()
        assert end == 1
