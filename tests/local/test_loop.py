"""The loop against a real broker: it starts where the sink stands, waits, hands over, and stops."""

import threading
from collections.abc import Callable, Iterator

import pytest
from confluent_kafka import Consumer, TopicPartition
from support.looping import running, send
from support.memory_sink import MemorySink, Shelf
from support.plain_broker import make_topic, plain_broker
from support.waiting import until

from infra.errors import Fatal, NotOwner, Transient
from infra.kafka_reader import Place
from infra.settings import Timing


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with plain_broker(tmp_path_factory.mktemp("broker")) as address:
        yield address


@pytest.fixture
def topic(broker: str, request: pytest.FixtureRequest) -> str:
    name = request.node.name[:100]
    make_topic(broker, name, 2)
    return str(name)


def test_records_are_written_and_the_place_is_shown_to_kafka(broker: str, topic: str) -> None:
    shelf = Shelf()
    send(broker, topic, range(100))
    with running(broker, topic, MemorySink(shelf)) as loop:
        until(lambda: shelf.places.get(Place(topic, 0)) == 100)
        send(broker, topic, range(50), partition=1)
        until(lambda: shelf.places.get(Place(topic, 1)) == 50)
        until(lambda: loop.beats > 2)
    assert loop.trouble is None
    with_group = Consumer({"bootstrap.servers": broker, "group.id": topic})
    (committed,) = with_group.committed([TopicPartition(topic, 0)], timeout=10)
    with_group.close()
    assert committed.offset == 100


def test_the_sink_says_where_to_start_not_kafka(broker: str, topic: str) -> None:
    send(broker, topic, range(10))
    shelf = Shelf()
    with running(broker, topic, MemorySink(shelf)):
        until(lambda: shelf.places.get(Place(topic, 0)) == 10)
    shelf.places[Place(topic, 0)] = 4  # as a database restored from a backup
    shelf.rows.clear()
    shelf.orders.clear()
    with running(broker, topic, MemorySink(shelf)):
        until(lambda: len(shelf.rows) == 6)
    assert shelf.rows[b"4"] == b"4"


def test_an_offset_that_no_longer_exists_stops_the_sink(broker: str, topic: str) -> None:
    send(broker, topic, range(3))
    shelf = Shelf()
    shelf.places[Place(topic, 0)] = 1_000
    with running(broker, topic, MemorySink(shelf)) as loop:
        until(loop.ended)
    assert isinstance(loop.trouble, Fatal)  # Invariant 10
    assert "no longer exists" in str(loop.trouble)


def striking(times: int, trouble: Exception) -> tuple[Callable[[], None], list[int]]:
    struck: list[int] = []

    def strike() -> None:
        if len(struck) < times:
            struck.append(1)
            raise trouble

    return strike, struck


def test_a_transient_fault_is_waited_out_and_nothing_is_skipped(broker: str, topic: str) -> None:
    shelf = Shelf()
    strike, struck = striking(4, Transient("the place is away"))
    with running(broker, topic, MemorySink(shelf, strike)) as loop:
        send(broker, topic, range(100))
        until(lambda: len(struck) == 4)
        send(broker, topic, range(100, 200))
        until(lambda: shelf.places.get(Place(topic, 0)) == 200)
    assert loop.trouble is None
    assert sorted(shelf.rows.values()) == [b"193", b"194", b"195", b"196", b"197", b"198", b"199"]


def test_a_fault_longer_than_patience_ends_uncommitted(broker: str, topic: str) -> None:
    shelf = Shelf()
    impatient = Timing(session_timeout=6.0, heartbeat=1.0, patience=1.0)
    strike, _ = striking(1_000, Transient("the place is away"))
    send(broker, topic, range(5))
    with running(broker, topic, MemorySink(shelf, strike), impatient) as loop:
        until(loop.ended)
    assert isinstance(loop.trouble, Transient)
    assert shelf.places[Place(topic, 0)] == 0


def test_a_place_that_was_emptied_is_filled_from_its_start(broker: str, topic: str) -> None:
    shelf = Shelf()
    send(broker, topic, range(7))
    with running(broker, topic, MemorySink(shelf)) as loop:
        until(lambda: shelf.places.get(Place(topic, 0)) == 7)
        shelf.rows.clear()
        shelf.orders.clear()
        shelf.places.clear()
        send(broker, topic, range(7, 8))
        until(lambda: shelf.places.get(Place(topic, 0)) == 8)
    assert len(shelf.rows) == 7
    assert loop.trouble is None


def test_a_second_sink_takes_its_share_and_all_of_it_in_the_end(broker: str, topic: str) -> None:
    shelf = Shelf()
    first_sink, second_sink = MemorySink(shelf), MemorySink(shelf)
    with running(broker, topic, second_sink) as second:
        with running(broker, topic, first_sink) as first:
            for start in range(0, 300, 30):
                send(broker, topic, range(start, start + 30), partition=0)
                send(broker, topic, range(start, start + 30), partition=1)
            until(lambda: first_sink.batches > 0 or second_sink.batches > 0)
        send(broker, topic, range(300, 310))
        until(lambda: shelf.places.get(Place(topic, 0)) == 310)
        until(lambda: shelf.places.get(Place(topic, 1)) == 300)
    assert first.trouble is None
    assert second.trouble is None


def test_a_sink_whose_place_was_moved_leaves(broker: str, topic: str) -> None:
    shelf = Shelf()
    send(broker, topic, range(5))
    with running(broker, topic, MemorySink(shelf)) as loop:
        until(lambda: shelf.places.get(Place(topic, 0)) == 5)
        shelf.places[Place(topic, 0)] = 9
        send(broker, topic, range(5, 6))
        until(loop.ended)
    assert isinstance(loop.trouble, NotOwner)


def test_a_process_that_stood_still_past_its_session_leaves(broker: str, topic: str) -> None:
    shelf = Shelf()
    brief = Timing(session_timeout=6.0, heartbeat=1.0, patience=20.0)
    release = threading.Event()
    sink = MemorySink(shelf, lambda: release.wait(7) and None)  # frozen inside its write
    send(broker, topic, range(5))
    with running(broker, topic, sink, brief) as loop:
        until(loop.ended, 30)
    assert isinstance(loop.trouble, NotOwner)
    assert "stood still" in str(loop.trouble)
