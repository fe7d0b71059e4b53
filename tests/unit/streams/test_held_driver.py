"""The driver and a held topic, without a broker: what it fetches, drops and goes back to."""

# ruff: noqa: SLF001  what the driver does with Faust's inside is what is tested

import asyncio
import logging
from collections import defaultdict
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka.errors import TopicAuthorizationFailedError  # type: ignore[import-untyped]
from faust.transport.drivers import aiokafka as stock
from faust.types import TP

from streams import ending
from streams.deliveries import Deliveries
from streams.transport import Consumer

HELD, FREE = TP("raw.a", 0), TP("raw.b", 0)


class Thread:
    """In place of the thread that speaks to Kafka: it notes what it is asked."""

    def __init__(self) -> None:
        self.fetched: list[set[TP]] = []
        self.sought: list[dict[TP, int]] = []
        self.away = False

    async def getmany(self, active: set[TP], timeout: float) -> dict[TP, Any]:  # noqa: ASYNC109
        """Fetch nothing."""
        assert timeout > 0
        self.fetched.append(active)
        return {}

    async def seek_wait(self, places: dict[TP, int]) -> None:
        """Go there, unless a rebalance comes between."""
        if self.away:
            message = "no longer assigned"
            raise RuntimeError(message)
        self.sought.append(dict(places))

    def assignment(self) -> set[TP]:
        """Both partitions are ours."""
        return {HELD, FREE}


@pytest.fixture
def consumer() -> Any:  # noqa: ANN401  no type knows what was left out
    made: Any = object.__new__(Consumer)
    made._deliveries = Deliveries()
    made._read_offset = defaultdict(lambda: None)
    made._thread = Thread()
    made.flow_active = True
    made.log = logging.getLogger("test")
    made._deliveries.hold(HELD.topic)
    return made


def records(first: int) -> list[Any]:
    return [SimpleNamespace(offset=offset) for offset in range(first, first + 3)]


def test_a_held_topic_is_not_fetched(consumer: Any, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ANN401
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr(consumer, "sleep", sleep, raising=False)
    asyncio.run(consumer._getmany({HELD, FREE}, 1.0))
    assert asyncio.run(consumer._getmany({HELD}, 1.0)) == {}
    assert consumer._thread.fetched == [{FREE}]  # never with an empty set: Faust takes it for all
    assert len(slept) == 1


def test_what_was_under_way_is_dropped_and_read_again(consumer: Any) -> None:  # noqa: ANN401
    assert consumer._delivery(HELD, records(40)) is None
    assert consumer._delivery(HELD, records(43)) is None
    consumer._deliveries.release(HELD.topic)
    asyncio.run(consumer._go_on())
    assert consumer._thread.sought == [{HELD: 40}]
    assert not consumer._deliveries.holds(HELD.topic)


def test_nothing_goes_on_before_the_consumer_stands_where_it_stopped(consumer: Any) -> None:  # noqa: ANN401
    consumer._delivery(HELD, records(40))
    consumer._deliveries.release(HELD.topic)
    consumer.flow_active = False  # a rebalance is under way
    asyncio.run(consumer._go_on())
    consumer.flow_active, consumer._thread.away = True, True
    asyncio.run(consumer._go_on())
    assert consumer._deliveries.holds(HELD.topic)
    consumer._thread.away = False
    asyncio.run(consumer._go_on())
    assert consumer._thread.sought == [{HELD: 40}]
    assert not consumer._deliveries.holds(HELD.topic)


def test_a_read_that_kafka_refuses_ends_the_worker(
    consumer: Any,  # noqa: ANN401
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said: list[str] = []
    monkeypatch.setattr(ending, "die", said.append)

    async def refused(*_: Any) -> None:  # noqa: ANN401
        raise TopicAuthorizationFailedError(FREE.topic)

    monkeypatch.setattr(stock.Consumer, "_drain_messages", refused)
    asyncio.run(consumer._drain_messages(None))
    assert said == ["Kafka does not let this worker read on (TopicAuthorizationFailedError)."]
