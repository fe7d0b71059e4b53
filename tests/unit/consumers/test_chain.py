"""The watermark stands still when any hop is stuck, and advances on an idle table (DESIGN.md 6)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from support.contracts import a_dataset

from consumers.ledger import watermark
from consumers.ledger.watermark import MARGIN, Beat, Chain, settled
from infra import kafka_reader
from infra.kafka_reader import Place
from schemas import topics

DATASET = a_dataset()
RAW, CLEAN, REJECT = (
    Place(name, 0) for name in (topics.raw(DATASET), topics.clean(DATASET), topics.reject(DATASET))
)
NOON = datetime(2026, 3, 11, 12, 0, tzinfo=UTC)


class World:
    """Ends of topics, offsets of the group, places of the sinks; *after* changes it meanwhile."""

    def __init__(self) -> None:
        self.ends = {RAW: 10, CLEAN: 8, REJECT: 2}
        self.committed = {RAW: 10}
        self.progress = {("province", CLEAN): 8, ("quarantine", REJECT): 2}
        self.asked: list[str] = []
        self.after: dict[str, Callable[[], None]] = {}

    def bounds(self, _: object, place: Place) -> tuple[int, int]:
        """As kafka_reader.bounds."""
        self._note(f"end of {place.topic}")
        return 0, self.ends[place]

    def offsets(self, _: object, places: list[Place]) -> dict[Place, int]:
        """As kafka_reader.committed_offsets."""
        self._note("committed")
        return {place: self.committed[place] for place in places if place in self.committed}

    def execute(self, query: Any) -> list[tuple[str, int, int]]:  # noqa: ANN401
        """The ledger, as the query asks for it."""
        self._note("ledger")
        assert "'province', 'quarantine'" in query.as_string(None)
        return [(*place, following) for (_, place), following in self.progress.items()]

    def rollback(self) -> None:
        """End the question."""

    def _note(self, what: str) -> None:
        self.asked.append(what)
        self.after.pop(what, lambda: None)()


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    made = World()
    monkeypatch.setattr(kafka_reader, "partitions", lambda _, topic: [Place(topic, 0)])
    monkeypatch.setattr(kafka_reader, "bounds", made.bounds)
    monkeypatch.setattr(kafka_reader, "committed_offsets", made.offsets)
    monkeypatch.setattr(watermark, "time", SimpleNamespace(monotonic=count(), sleep=lambda _: None))
    return made


def count() -> Callable[[], float]:
    """A clock that moves by a tenth of a second whenever it is looked at."""
    now = [0.0]

    def monotonic() -> float:
        now[0] += 0.1
        return now[0]

    return monotonic


def through(world: World, beat: datetime = NOON) -> datetime | None:
    chain = Chain(None, None, world)  # type: ignore[arg-type]
    return chain.complete_through({DATASET.id: (DATASET, beat)}, 2.0).get(DATASET.id)


def test_a_chain_that_has_followed_is_complete_through_the_beat(world: World) -> None:
    assert through(world) == NOON  # Invariant 9


def test_an_idle_table_advances_by_heartbeat_alone(world: World) -> None:
    first = through(world)
    later = settled([Beat(at=NOON + timedelta(minutes=5), position=(7,))], (7,))
    assert later is not None
    assert first is not None
    assert through(world, later) == first + timedelta(minutes=5) - MARGIN


def test_it_stands_still_when_the_connector_has_not_committed() -> None:
    old, new = Beat(at=NOON, position=(5,)), Beat(at=NOON + timedelta(hours=1), position=(9,))
    assert settled([old, new], (8,)) == NOON - MARGIN  # hop (a)
    assert settled([new], (8,)) is None


def test_it_stands_still_when_streams_is_stuck(world: World) -> None:
    world.committed[RAW] = 9  # hop (c)
    assert through(world) is None
    world.committed.clear()  # and when it never committed anything
    assert through(world) is None


@pytest.mark.parametrize("stuck", [("province", CLEAN), ("quarantine", REJECT)])
def test_it_stands_still_when_a_sink_is_stuck(world: World, stuck: tuple[str, Place]) -> None:
    world.progress[stuck] -= 1  # hop (d)
    assert through(world) is None
    del world.progress[stuck]
    assert through(world) is None


def test_another_consumer_of_clean_says_nothing_about_the_sinks() -> None:
    """Which consumers are asked is the query's matter: see World.execute."""
    world = World()
    assert world.execute(watermark.PROGRESS)


def test_outputs_are_sampled_only_after_streams_has_committed(world: World) -> None:
    """A result that is sent while we wait belongs to the raw records we wait for."""
    world.committed[RAW] = 9

    def judged() -> None:
        world.committed[RAW], world.ends[CLEAN] = 10, 9

    world.after["committed"] = judged
    assert through(world) is None  # hop (c) before (d): the ninth clean record is not delivered
    world.progress["province", CLEAN] = 9
    assert through(world) == NOON
    assert world.asked.index("committed") < world.asked.index(f"end of {CLEAN.topic}")


def test_raw_that_comes_after_the_sample_keeps_nobody_waiting(world: World) -> None:
    def more() -> None:
        world.ends[RAW] = 50

    world.after["committed"] = more  # hop (b): the ends were taken before
    assert through(world) == NOON
