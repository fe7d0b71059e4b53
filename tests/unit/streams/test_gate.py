"""The gate: what is paused is held before the first chunk, and what must stop is written down."""

import asyncio
from collections import Counter
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from support.contracts import a_dataset

from infra.errors import Transient
from schemas import control, topics
from schemas.control import Standing
from streams import gate as gates
from streams.carrier import Carrier
from streams.deliveries import Deliveries
from streams.gate import Gate
from streams.structure import Stop
from streams.workshop import Refined

DATASET = a_dataset()
RAW = topics.raw(DATASET)
STOP = Stop(DATASET, RAW, 1, 7, ("nam",))
TOPICS = {"thu": RAW, "khac": "raw.so_thu.thu.khac"}


class Topic:
    """The control topic in memory: written first, seen when it is read."""

    def __init__(self) -> None:
        self.standings: dict[str, Standing] = {}
        self.written: list[Standing] = []
        self.away = False
        self.before_reading: Callable[[], None] = lambda: None

    def follow(self, wait_s: float) -> None:
        """Take in all."""
        assert wait_s > 0
        self.catch_up()

    def catch_up(self) -> None:
        """Take in all."""
        self.before_reading()
        self.standings.update((one.dataset, one) for one in self.written)

    async def write(self, standing: Standing) -> None:
        """Write one."""
        if self.away:
            message = "Kafka did not take a record"
            raise Transient(message)
        self.written.append(standing)


@pytest.fixture
def topic() -> Topic:
    return Topic()


@pytest.fixture
def deliveries() -> Deliveries:
    return Deliveries()


@pytest.fixture
def gate(topic: Topic, deliveries: Deliveries) -> Gate:
    made = Gate(topic, topic.write, TOPICS)
    made.guard(deliveries)
    return made


def pause() -> Standing:
    return control.paused("thu", control.vanished(DATASET, ("nam",), STOP.at), "streams")


def resume() -> Standing:
    return control.resumed(pause(), control.decided("đã trao đổi với Sở"), "lan")


def test_what_is_paused_is_held_before_the_first_chunk(
    topic: Topic, deliveries: Deliveries, capsys: pytest.CaptureFixture[str]
) -> None:
    topic.written.append(pause())
    Gate(topic, topic.write, TOPICS).guard(deliveries)
    assert deliveries.holds(RAW)
    assert not deliveries.holds(TOPICS["khac"])
    said = capsys.readouterr().out
    assert said.count("dataset.paused") == 1
    assert "nam" in said


def test_others_pause_and_resume_and_each_is_said_once(
    gate: Gate, topic: Topic, deliveries: Deliveries, capsys: pytest.CaptureFixture[str]
) -> None:
    topic.written.append(pause())
    for _ in range(3):
        topic.catch_up()
        gate.heed()
    assert deliveries.holds(RAW)
    topic.written.append(resume())
    for _ in range(3):
        topic.catch_up()
        gate.heed()
    assert deliveries.freed() == {RAW}
    said = capsys.readouterr().out
    assert (said.count("dataset.paused"), said.count("dataset.resumed")) == (1, 1)


def test_a_standing_of_a_dataset_we_do_not_judge_is_passed_over(gate: Gate, topic: Topic) -> None:
    topic.written.append(control.paused("xa_la", control.decided("x"), "lan"))
    topic.catch_up()
    gate.heed()


def test_a_stop_is_held_written_and_said(  # Invariant 10
    gate: Gate, topic: Topic, deliveries: Deliveries
) -> None:
    asyncio.run(gate.stop(STOP))
    assert deliveries.holds(RAW)
    assert deliveries.freed() == frozenset()
    (written,) = topic.written
    assert (written.paused, written.by, written.cause.columns) == (True, "streams", ("nam",))
    assert written.cause.at == STOP.at


def test_a_stop_that_another_worker_wrote_first_is_not_written_again(
    gate: Gate, topic: Topic, deliveries: Deliveries
) -> None:
    topic.written.append(pause())
    asyncio.run(gate.stop(STOP))
    assert topic.written == [pause_ := topic.written[0]]
    assert pause_.paused
    assert deliveries.holds(RAW)


def test_a_stop_that_was_accepted_meanwhile_goes_on(
    gate: Gate, topic: Topic, deliveries: Deliveries
) -> None:
    topic.written.append(resume())
    asyncio.run(gate.stop(STOP))
    assert len(topic.written) == 1
    assert deliveries.freed() == {RAW}


def test_a_stop_is_held_before_anybody_is_asked(
    gate: Gate, topic: Topic, deliveries: Deliveries
) -> None:
    held: list[bool] = []
    topic.before_reading = lambda: held.append(deliveries.holds(RAW))
    asyncio.run(gate.stop(STOP))
    assert held[0]


def test_a_pause_that_kafka_does_not_take_is_trouble(gate: Gate, topic: Topic) -> None:
    topic.away = True
    with pytest.raises(Transient):
        asyncio.run(gate.stop(STOP))


class Stream:
    """A stream of one batch, in place of Faust's."""

    app = SimpleNamespace(should_stop=True)

    def __init__(self, *events: Any) -> None:  # noqa: ANN401
        self.events = events
        self.acked: list[Any] = []

    async def noack_take(self, *_: Any, **__: Any) -> Any:  # noqa: ANN401
        """Give one batch."""
        yield list(self.events)

    async def ack(self, event: Any) -> None:  # noqa: ANN401
        """Take note."""
        self.acked.append(event)


def event(first: int, last: int, topic: str = RAW) -> Any:  # noqa: ANN401
    message = SimpleNamespace(topic=topic, first=first, offset=last, durable=None, void=False)
    return SimpleNamespace(message=message, value=[topic, first, last])


class Bench:
    """A workshop that stops the topic RAW at offset 7, an outbox, and what was asked of them."""

    def __init__(self) -> None:
        self.judged: list[tuple[str, int]] = []
        self.settled = False

    def refine(self, chunk: Any) -> Refined:  # noqa: ANN401
        """Stop where 7 is among the offsets."""
        topic, first, last = chunk
        self.judged.append((topic, first))
        stops = topic == RAW and first <= STOP.offset <= last
        return Refined([], Counter(clean=1), STOP if stops else None)

    def send(self, *_: Any) -> None:  # noqa: ANN401
        """Take nothing."""

    async def settle(self) -> None:
        """Have it."""
        self.settled = True


def carried(gate: Gate | None, *events: Any) -> tuple[Bench, Stream]:  # noqa: ANN401
    bench, stream = Bench(), Stream(*events)
    asyncio.run(Carrier(bench, bench, gate)._carry(stream))  # type: ignore[arg-type]  # noqa: SLF001
    return bench, stream


def test_a_stop_settles_what_is_before_it_and_nothing_after(gate: Gate, topic: Topic) -> None:
    other = TOPICS["khac"]
    batch = event(0, 3), event(4, 9), event(10, 19), event(0, 9, other)
    bench, stream = carried(gate, *batch)
    assert [one.message.durable for one in batch] == [4, 7, None, 10]  # Invariant 1
    assert bench.judged == [(RAW, 0), (RAW, 4), (other, 0)]
    assert stream.acked == list(batch)  # Faust waits for none of them
    assert len(topic.written) == 1
    assert bench.settled


def test_a_void_chunk_is_passed_over(gate: Gate) -> None:
    void = event(0, 3)
    void.message.void = True
    bench, stream = carried(gate, void)
    assert bench.judged == []
    assert void.message.durable is None
    assert stream.acked == [void]


def test_a_pause_that_cannot_be_written_ends_the_worker(
    gate: Gate, topic: Topic, monkeypatch: pytest.MonkeyPatch
) -> None:
    topic.away = True

    def left(code: int) -> None:
        raise SystemExit(code)

    monkeypatch.setattr("os._exit", left)
    with pytest.raises(SystemExit):
        carried(gate, event(0, 9))


def test_the_fault_points_stand_around_the_write(
    gate: Gate, topic: Topic, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[str, int]] = []
    monkeypatch.setattr(gates, "point", lambda name: seen.append((name, len(topic.written))))
    asyncio.run(gate.stop(STOP))
    assert seen == [("streams.before_pause", 0), ("streams.after_pause", 1)]


def test_what_no_judge_can_be_made_of_is_paused_with_its_own_cause(
    gate: Gate, topic: Topic, deliveries: Deliveries
) -> None:
    accepted = resume()
    topic.written.append(accepted)
    gate.heed()
    cause = control.unjudged(DATASET, "KeyError at compiler.py:1", STOP.at)
    asyncio.run(gate.stop(STOP._replace(columns=(), cause=cause)))
    assert topic.written[-1].cause == cause
    assert topic.written[-1].paused
    assert deliveries.holds(RAW)


def test_a_resume_is_told_once_also_where_its_pause_was_never_met(topic: Topic) -> None:
    told: list[tuple[str, str]] = []
    gate = Gate(topic, topic.write, TOPICS, lambda *one: told.append((one[0], str(one[1]))))
    gate.guard(Deliveries())
    topic.written.append(resume())
    for _ in range(3):
        topic.catch_up()
        gate.heed()
    assert [dataset for dataset, _ in told] == ["thu"]
    topic.written += [pause(), msgspec.structs.replace(resume(), since="2099-01-01T00:00:00Z")]
    topic.catch_up()
    gate.heed()
    assert [dataset for dataset, _ in told] == ["thu", "thu"]
    assert told[-1][1] == "2099-01-01 00:00:00+00:00"
