"""One batch is made ready while another is written: in order, never past one that failed."""

import threading
from collections.abc import Callable, Iterator

import pytest
from support.looping import TIMING, running, send
from support.memory_sink import Shelf
from support.plain_broker import make_topic, plain_broker
from support.preparing_sink import PreparingSink
from support.waiting import until

from consumers.batch import Batch
from infra.errors import Fatal, NotOwner, Transient
from infra.kafka_reader import Place

DEADLINE_S = 20.0
FULL_BATCH = 5_000
RARELY_S = 3600.0
"""A beat waits for what is under way."""


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with plain_broker(tmp_path_factory.mktemp("broker")) as address:
        yield address


@pytest.fixture
def topic(broker: str, request: pytest.FixtureRequest) -> str:
    name = request.node.name[:100].replace("[", "-").replace("]", "").replace(" ", "-")
    make_topic(broker, name, 2)
    return str(name)


class Gate:
    """Holds the write of the second batch until the third was made ready; then does *then*."""

    def __init__(self, then: Callable[[], None] = lambda: None) -> None:
        self.prepared = threading.Event()
        self.writes = 0
        self.struck = False
        self._then = then
        self._batches = 0

    def prepare(self, _batch: Batch) -> None:
        """Count the batches made ready."""
        self._batches += 1
        if self._batches > 2:
            self.prepared.set()

    def write(self) -> None:
        """Stand in the middle of a write."""
        self.writes += 1
        if self.writes == 2:
            assert self.prepared.wait(DEADLINE_S)
            self.struck = True
            self._then()


def test_a_batch_is_made_ready_while_the_one_before_is_written(broker: str, topic: str) -> None:
    shelf, gate = Shelf(), Gate()
    sink = PreparingSink(shelf, gate.write, gate.prepare)
    with running(broker, topic, sink, TIMING, RARELY_S) as loop:
        send(broker, topic, range(10))
        until(lambda: sink.batches == 1)
        send(broker, topic, range(10, 20))
        until(lambda: feed(broker, topic, gate, 20), DEADLINE_S)
        until(lambda: len(shelf.places) == 2 and shelf.places[Place(topic, 1)] > 0, DEADLINE_S)
    assert gate.struck
    assert sink.overlapped > 0
    assert loop.trouble is None
    assert shelf.places[Place(topic, 0)] == 20
    assert max(map(int, shelf.rows.values())) == 19


def feed(broker: str, topic: str, gate: Gate, position: int) -> bool:
    """Fill the other partition until the gate was passed: less than a batch waits for the write."""
    if not gate.struck:
        send(broker, topic, [number % position for number in range(FULL_BATCH)], partition=1)
    return gate.struck


@pytest.mark.parametrize("trouble", [Fatal("broken"), NotOwner("another")], ids=["fatal", "owner"])
def test_a_batch_behind_one_that_failed_is_never_written(
    broker: str, topic: str, trouble: Exception
) -> None:  # Invariant 1
    def fail() -> None:
        raise trouble

    shelf, gate = Shelf(), Gate(fail)
    sink = PreparingSink(shelf, gate.write, gate.prepare)
    with running(broker, topic, sink, TIMING, RARELY_S) as loop:
        send(broker, topic, range(10))
        until(lambda: sink.batches == 1)
        until(lambda: feed(broker, topic, gate, 10), DEADLINE_S)
        until(loop.ended, DEADLINE_S)
    assert loop.trouble is trouble
    assert sink.batches == 1
    assert gate.writes == 2
    assert shelf.places == {Place(topic, 0): 10, Place(topic, 1): 0}


def test_after_a_transient_fault_what_was_made_ready_is_read_again(broker: str, topic: str) -> None:
    def fail() -> None:
        message = "the place is away"
        raise Transient(message)

    shelf, gate = Shelf(), Gate(fail)
    sink = PreparingSink(shelf, gate.write, gate.prepare)
    with running(broker, topic, sink, TIMING, RARELY_S) as loop:
        send(broker, topic, range(10))
        until(lambda: sink.batches == 1)
        until(lambda: feed(broker, topic, gate, 10), DEADLINE_S)
        send(broker, topic, range(10, 20))
        until(lambda: shelf.places[Place(topic, 0)] == 20, DEADLINE_S)
    assert loop.trouble is None
    assert shelf.rows[b"5"] == b"19"
    ended = [what for what, _ in sink.events]
    before, after = sink.events[: ended.index("failed")], sink.events[ended.index("failed") :]
    failed = after[0][1]
    dropped = [ready for what, ready in before if what == "prepared" and ready.behind]
    dropped = [one for one in dropped if one.batch is not failed.batch]
    assert dropped
    written = [id(ready) for what, ready in after if what == "written"]
    assert not {id(one) for one in dropped} & set(written)


def test_partitions_change_hands_only_when_what_is_under_way_has_ended(
    broker: str, topic: str
) -> None:
    shelf, release = Shelf(), threading.Event()
    standing = threading.Event()

    def stand() -> None:
        if not standing.is_set():
            standing.set()
            assert release.wait(DEADLINE_S)

    sink, other = PreparingSink(shelf, stand), PreparingSink(shelf)
    with running(broker, topic, sink, TIMING, RARELY_S) as first:
        send(broker, topic, range(10))
        until(standing.is_set)
        with running(broker, topic, other, TIMING, RARELY_S) as second:
            send(broker, topic, range(10), partition=1)
            release.set()
            until(lambda: shelf.places.get(Place(topic, 0)) == 10, DEADLINE_S)
            until(lambda: shelf.places.get(Place(topic, 1)) == 10, DEADLINE_S)
    assert first.trouble is None
    assert second.trouble is None


def test_a_batch_that_cannot_be_made_ready_waits_for_its_turn(broker: str, topic: str) -> None:
    refused: list[int] = []

    def away(_batch: Batch) -> None:
        if len(refused) < 2:
            refused.append(1)
            message = "the registry is away"
            raise Transient(message)

    shelf = Shelf()
    with running(broker, topic, PreparingSink(shelf, on_prepare=away), TIMING, RARELY_S) as loop:
        send(broker, topic, range(10))
        until(lambda: shelf.places.get(Place(topic, 0)) == 10)
        send(broker, topic, range(10, 20))
        until(lambda: shelf.places.get(Place(topic, 0)) == 20)
    assert loop.trouble is None
    assert len(refused) == 2
