"""The watch: what it does at each look, whatever was killed before, over fakes of all it asks."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import pytest
from structlog.testing import capture_logs

from connectors import watch as subject
from connectors.engines import ENGINES
from connectors.guards import Refusal
from connectors.sources import read_sources
from connectors.watch import SHUT, Patience, Post, Sparing, look
from infra.connect import Connect, ConnectorState
from infra.errors import Transient
from infra.memory import Memory
from schemas.vitals import Seen, Step, Term, Vitals

SOURCE = read_sources()["so_tu_phap"]
RUNS = ConnectorState("RUNNING", "RUNNING", "")
FAILED = ConnectorState("RUNNING", "FAILED", "ConnectException")
STOPPED = ConnectorState("STOPPED", "UNASSIGNED", "")


@dataclass
class World:
    """A source, Connect and Kafka as plain values; also the keeper."""

    mark: int = 5
    log_end: int = 100
    state: ConnectorState | None = RUNS
    away: bool = False
    gaps: tuple[Refusal, ...] = ()
    known: Memory = field(default_factory=Memory)
    done: list[str] = field(default_factory=list)
    lost: tuple[str, ...] = ()
    asked: list[int] = field(default_factory=list)

    def ask_again(self, generation: int) -> tuple[str, ...]:
        """Ask for the loads that are lost."""
        self.asked.append(generation)
        self.names()
        if self.lost:
            self.done.append("ask again")
        return self.lost

    def names(self) -> list[str]:
        """Names of the connectors."""
        if self.away:
            message = "Connect is away"
            raise Transient(message)
        return ["so_tu_phap"]

    def offset(self, _name: str) -> Mapping[str, Any]:
        """The position committed."""
        return {"lsn": 10}

    def find_state(self, _name: str) -> ConnectorState | None:
        """How the connector is."""
        self.names()
        return self.state

    def stop(self, _name: str) -> None:
        """Stop it."""
        self.done.append("stop")
        self.state = STOPPED

    def restart_failed(self, _name: str) -> None:
        """Start it anew."""
        self.done.append("start")

    def ask(self, _database: object, name: str, values: dict[str, Any] | None) -> list[Any]:
        """Answer one named question."""
        if name == "advance" and values and self.mark >= values["n"]:
            self.done.append("mark")
            self.mark += 1
        return [(self.mark,)]

    def vitals(self, _database: object) -> Vitals:
        """What the source is now."""
        return Vitals(server="7", timeline=1, log_end=self.log_end, mark=self.mark)

    def memory(self) -> Memory:
        """All that is known."""
        return self.known

    def remember(self, seen: Seen) -> None:
        """Keep it."""
        self.done.append("remember")
        self.known.looks[seen.source] = seen

    def hold(self, source: str, sentence: str) -> None:
        """Hold its datasets."""
        self.done.append(f"hold {source}")
        assert sentence


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    world = World()

    def gaps(*_: object) -> Iterator[Refusal]:
        return iter(world.gaps)

    engine = replace(ENGINES["postgres"], ask=world.ask, read_vitals=world.vitals, gaps=gaps)
    monkeypatch.setattr(subject, "engine_of", lambda _: engine)
    return world


@pytest.fixture
def post(world: World, tmp_path: Path) -> Post:
    return Post(
        source=SOURCE,
        database=cast("Any", None),
        connect=cast("Connect", Face(world)),
        gate_file=tmp_path / "gate.properties",
        ask_again=world.ask_again,
    )


@dataclass
class Face:
    """Connect as the watch asks it."""

    world: World

    def state(self, name: str) -> ConnectorState | None:
        """How the connector is."""
        return self.world.find_state(name)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401, D105  whatever the world has
        return getattr(self.world, name)


def see(post: Post, world: World) -> Seen | None:
    world.done.clear()
    return look(post, world, Patience())


def gate(post: Post) -> str:
    return post.gate_file.read_text()


def test_a_sound_source_is_marked_then_the_gate_opens_then_it_is_remembered(
    post: Post, world: World
) -> None:
    seen = see(post, world)
    assert seen is not None
    assert (seen.vitals.mark, seen.broken) == (6, "")
    assert "n >= 6" in gate(post)
    assert world.done == ["mark", "remember"]


def test_a_kill_after_the_mark_raises_no_alarm(post: Post, world: World) -> None:  # Invariant 8
    see(post, world)
    world.mark += 3  # raised, and the watch was killed before it remembered
    seen = see(post, world)
    assert seen is not None
    assert not seen.broken


@pytest.mark.parametrize("fact", ["mark", "log_end"])
def test_a_source_that_fell_behind_is_stopped_held_and_never_marked_again(
    post: Post, world: World, fact: str
) -> None:  # Invariant 10
    see(post, world)
    setattr(world, fact, 1)
    seen = see(post, world)
    assert seen is not None
    assert seen.guard == fact
    assert world.done == ["remember", "hold so_tu_phap", "stop"]
    assert SHUT in gate(post)
    world.mark, world.log_end = 900, 900  # it caught up: nothing is forgotten
    seen = see(post, world)
    assert seen is not None
    assert seen.broken
    assert world.done == ["hold so_tu_phap"]


def test_what_it_held_before_it_broke_is_what_is_kept(post: Post, world: World) -> None:
    see(post, world)
    world.mark = 1
    seen = see(post, world)
    assert seen is not None
    assert seen.vitals.mark == 6


def test_a_gap_in_the_log_breaks_it_too(post: Post, world: World) -> None:
    world.gaps = (Refusal("slot", "slot is gone"),)
    seen = see(post, world)
    assert seen is not None
    assert (seen.guard, seen.broken) == ("slot", "slot is gone")


def test_a_failed_task_is_started_only_after_a_sound_look(post: Post, world: World) -> None:
    world.state = FAILED
    see(post, world)
    assert world.done == ["mark", "remember", "start"]
    world.mark = 0
    see(post, world)
    assert "start" not in world.done


def test_a_task_that_fails_again_and_again_waits_longer_each_time() -> None:
    now = [0.0]
    patience = Patience(allowed=5, clock=lambda: now[0])
    started = []
    while now[0] < 20:
        if patience.due(FAILED):
            started.append(now[0])
        now[0] += 0.5
    assert started == [0, 1, 3, 7, 15]
    patience.forget()
    now[0] = 1000
    assert patience.due(FAILED)


def test_a_task_is_started_three_times_in_ten_minutes_then_it_is_a_persons() -> None:
    now = [0.0]
    patience = Patience(clock=lambda: now[0])
    started = []
    while now[0] < 700:
        if patience.due(FAILED):
            started.append(now[0])
        if len(started) == 3 and now[0] < 600:
            assert (patience.failed is FAILED) is (now[0] > 3)
        if now[0] == 100:
            patience.forget()  # it ran for a moment: what it cost is not forgotten
            assert patience.failed is None
        now[0] += 0.5
    assert started[:3] == [0, 1, 3]
    assert started[3] > 600  # Invariant 8: it is tried again all the same


def test_without_connect_the_offset_is_unknown_and_only_the_server_is_judged(
    post: Post, world: World
) -> None:
    world.away, world.gaps = True, (Refusal("slot", "ahead of an older offset"),)
    seen = see(post, world)
    assert seen is not None
    assert not seen.broken
    world.mark = 0
    with pytest.raises(Transient):
        see(post, world)
    assert world.known.looks["so_tu_phap"].broken
    assert world.done == ["remember", "hold so_tu_phap"]
    assert SHUT in gate(post)


def test_while_it_is_regenerated_nothing_is_judged_or_started(post: Post, world: World) -> None:
    world.known.terms["so_tu_phap"] = Term(
        source="so_tu_phap", generation=2, step=Step.RESETTING, by="", reason="", since=""
    )
    world.state = FAILED
    assert see(post, world) is None
    assert world.done == []


def test_a_look_under_way_when_it_is_begun_anew_stops_nothing(post: Post, world: World) -> None:
    see(post, world)
    world.mark = 1
    remember = world.remember

    def begun(seen: Seen) -> None:
        remember(seen)
        world.known.terms["so_tu_phap"] = Term(
            source="so_tu_phap", generation=2, step=Step.RESETTING, by="", reason="", since=""
        )

    world.remember = begun  # type: ignore[method-assign]
    assert see(post, world) is None
    assert world.done == ["remember"]


def test_a_new_generation_begins_with_what_the_server_is_now(post: Post, world: World) -> None:
    see(post, world)
    world.mark, world.log_end = 1, 1
    see(post, world)
    world.known.terms["so_tu_phap"] = Term(
        source="so_tu_phap", generation=2, step=Step.LOADING, by="", reason="", since=""
    )
    seen = see(post, world)
    assert seen is not None
    assert (seen.generation, seen.broken, seen.vitals.mark) == (2, "", 2)


def test_a_source_restored_between_the_look_and_the_mark_is_not_marked(
    post: Post, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    see(post, world)
    ask = world.ask

    def restored(database: object, name: str, values: dict[str, Any] | None) -> list[Any]:
        if name == "advance":
            world.mark = 2
        return ask(database, name, values)

    engine = replace(post.engine, ask=restored)
    monkeypatch.setattr(subject, "engine_of", lambda _: engine)
    with pytest.raises(Transient):
        see(post, world)
    assert world.mark == 2


def test_lost_loads_are_asked_for_after_a_sound_look_and_said(post: Post, world: World) -> None:
    world.lost = ("ho_tich.khai_sinh",)  # Invariant 8
    with capture_logs() as lines:
        see(post, world)
    assert world.done == ["mark", "remember", "ask again"]
    assert world.asked == [1]
    [line] = lines
    assert (line["event"], line["source"]) == ("load.asked_again", "so_tu_phap")
    assert line["tables"] == ["ho_tich.khai_sinh"]


def test_where_nothing_is_lost_nothing_is_said(post: Post, world: World) -> None:
    with capture_logs() as lines:
        see(post, world)
    assert (world.asked, lines) == ([1], [])


def test_loads_are_asked_for_in_the_generation_in_force(post: Post, world: World) -> None:
    world.known.terms["so_tu_phap"] = Term(
        source="so_tu_phap", generation=2, step=Step.LOADING, by="", reason="", since=""
    )
    see(post, world)
    assert world.asked == [2]


@pytest.mark.parametrize(
    "state", [None, FAILED, STOPPED, ConnectorState("RUNNING", "UNASSIGNED", "")]
)
def test_unless_connector_and_task_run_no_load_is_asked_for(
    post: Post, world: World, state: ConnectorState | None
) -> None:
    world.state = state
    see(post, world)
    assert world.asked == []


def test_while_connect_is_away_no_load_is_asked_for(post: Post, world: World) -> None:
    world.away = True
    assert see(post, world) is not None
    assert world.asked == []


def test_no_load_of_a_broken_source_is_asked_for(post: Post, world: World) -> None:
    see(post, world)
    world.asked.clear()
    world.mark = 1
    world.stop = lambda _: None  # type: ignore[method-assign]  # Connect takes its time
    see(post, world)
    assert (world.state, world.asked) == (RUNS, [])  # Invariant 10


def test_a_look_whose_loads_cannot_be_asked_for_has_been_taken(post: Post, world: World) -> None:
    def refuse(_: int) -> tuple[str, ...]:
        raise Transient

    with pytest.raises(Transient):
        see(replace(post, ask_again=refuse), world)
    assert world.done == ["mark", "remember"]


def test_loads_are_asked_about_once_a_minute_and_after_a_failure_at_once(world: World) -> None:
    now = [0.0]
    sparing = Sparing(world.ask_again, clock=lambda: now[0])
    world.away = True
    for _ in range(2):
        with pytest.raises(Transient):
            sparing(1)
    world.away, world.lost = False, ("ho_tich.khai_sinh",)
    assert sparing(1) == world.lost
    world.asked.clear()
    now[0] = 59.9
    assert (sparing(1), world.asked) == ((), [])
    now[0] = 60.0
    assert sparing(1) == world.lost
