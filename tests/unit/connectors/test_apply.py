"""Applying: twice is harmless, a refused dataset stops alone, a position comes first."""

from dataclasses import dataclass, field, replace
from typing import Any, cast

import pytest

from connectors import apply as subject
from connectors import desk as desks
from connectors.apply import Outcome, apply, ask_again
from connectors.capture import seeding
from connectors.desk import Desk
from connectors.engines import ENGINES
from connectors.guards import Refusal
from connectors.loads import State
from connectors.notifications import Notification
from connectors.place import Place
from connectors.sources import read_sources
from infra.connect import Connect, ConnectorState
from infra.errors import Fatal, Transient
from schemas.contract import Dataset
from schemas.vitals import NO_MARK, Seen, Vitals

RUNNING = ConnectorState("RUNNING", "RUNNING", "")
SOURCE = read_sources()["so_tu_phap"]
NOW = Vitals(server="7", timeline=1, log_end=100, mark=5)


@dataclass
class FakeConnect:
    """Connect that remembers what it was given; it commits a position once our tables run."""

    configs: list[dict[str, str]] = field(default_factory=list)
    position: dict[str, int] | None = None
    runs: bool = True
    stopped: bool = False
    calls: list[str] = field(default_factory=list)

    def config(self, _name: str) -> dict[str, str] | None:
        """The configuration it was given last."""
        return self.configs[-1] if self.configs else None

    def configure(self, _name: str, config: dict[str, str]) -> None:
        """Take a configuration."""
        self.calls.append("configure")
        self.configs.append(dict(config))

    def state(self, _name: str) -> ConnectorState:
        """Running, stopped, or failed."""
        if self.stopped:
            return ConnectorState("STOPPED", "UNASSIGNED", "")
        return RUNNING if self.runs else ConnectorState("RUNNING", "FAILED", "ConnectException")

    def offset(self, _name: str) -> dict[str, int] | None:
        """The position committed."""
        return self.position

    def stop(self, _name: str) -> None:
        """Stop."""
        self.calls.append("stop")
        self.stopped = True

    def resume(self, _name: str) -> None:
        """Run again."""
        self.calls.append("resume")
        self.stopped = False

    def restart_failed(self, _name: str) -> None:
        """Nothing here heals by that."""


@dataclass
class FakeSource:
    """A source whose signal table and heart we watch."""

    connect: FakeConnect
    signals: list[dict[str, Any]] = field(default_factory=list)

    def ask(self, _database: object, name: str, values: dict[str, Any] | None) -> list[Any]:
        """Answer one named question."""
        if name == "beat":
            self.connect.position = {"lsn": 10}
        if name == "signal" and values:
            self.connect.calls.append("signal")
            self.signals.append(values)
        return [(row["id"], row["data"]) for row in self.signals] if name == "signals" else []


@pytest.fixture
def source(monkeypatch: pytest.MonkeyPatch) -> FakeSource:
    fake = FakeSource(FakeConnect())
    monkeypatch.setattr(desks, "read_notifications", lambda *_: [])
    engine = replace(
        ENGINES[SOURCE.engine],
        ask=fake.ask,
        read_facts=lambda *_: None,
        read_vitals=lambda *_: NOW,
        refusals=lambda *_: iter(()),
    )
    monkeypatch.setattr(desks, "engine_of", lambda _: engine)
    monkeypatch.setattr(subject, "_ASK_EVERY_S", 0.001)
    return fake


@pytest.fixture
def desk(source: FakeSource, birth: Dataset, death: Dataset, place: Place) -> Desk:
    return Desk(
        source=SOURCE,
        datasets=(birth, death),
        place=place,
        database=cast("Any", None),
        connect=cast("Connect", source.connect),
        reader=cast("Any", None),
        patience_s=0.05,
    )


def refuse(desk: Desk, monkeypatch: pytest.MonkeyPatch, *refusals: Refusal) -> None:
    engine = replace(desk.engine, refusals=lambda *_: iter(refusals))
    monkeypatch.setattr(desks, "engine_of", lambda _: engine)


def tables(config: dict[str, str]) -> str:
    return config["table.include.list"]


def test_the_first_time_it_is_seeded_then_captures_then_loads(
    desk: Desk, source: FakeSource
) -> None:
    applied = apply(desk)
    seed, whole = source.connect.configs
    assert tables(seed) == r"cdc\.heartbeat,cdc\.signal"  # Invariant 8
    assert whole == desk.wanted
    assert (applied.outcome, applied.signalled) == (Outcome.CREATED, desk.tables)


def test_the_seeding_task_is_gone_before_another_one_is_asked_for_a_load(
    desk: Desk, source: FakeSource
) -> None:
    apply(desk)
    # a signal taken by the old task made MariaDB's connector write a history it cannot read
    assert source.connect.calls == ["configure", "stop", "configure", "resume", "signal"]


def test_a_connector_that_a_killed_apply_left_stopped_runs_again(
    desk: Desk, source: FakeSource
) -> None:
    apply(desk)
    source.connect.stopped = True
    assert apply(desk).outcome is Outcome.UNCHANGED
    assert not source.connect.stopped


def test_the_second_time_nothing_happens(desk: Desk, source: FakeSource) -> None:
    apply(desk)
    again = apply(desk)
    assert (again.outcome, again.signalled) == (Outcome.UNCHANGED, ())
    assert (len(source.connect.configs), len(source.signals)) == (2, 1)


def test_an_empty_stored_position_is_no_position(desk: Desk, source: FakeSource) -> None:
    source.connect.position = {}
    apply(desk)
    assert tables(source.connect.configs[0]) == r"cdc\.heartbeat,cdc\.signal"


def test_a_refused_source_is_left_as_it_is(
    desk: Desk, source: FakeSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse(desk, monkeypatch, Refusal("slot", "the slot is lost"))
    assert apply(desk).outcome is Outcome.REFUSED
    assert source.connect.configs == []


def seen(mark: int, broken: str = "") -> Seen:
    before = Vitals(server="7", timeline=1, log_end=100, mark=mark)
    return Seen(source=SOURCE.id, generation=1, vitals=before, since="", broken=broken)


@pytest.mark.parametrize(
    "changes",
    [
        {"seen": seen(6)},
        {"seen": seen(5, broken="the slot was gone, and is there again")},
        {"resetting": True},
    ],
)
def test_a_source_that_is_broken_or_half_regenerated_is_not_started(
    desk: Desk, source: FakeSource, changes: dict[str, Any]
) -> None:  # Invariant 10
    applied = apply(replace(desk, **changes))
    assert applied.outcome is Outcome.REFUSED
    assert len(applied.refusals) == 1
    assert source.connect.configs == []


def test_a_source_that_goes_on_is_started(desk: Desk) -> None:
    assert apply(replace(desk, seen=seen(5))).outcome is Outcome.CREATED


@pytest.mark.parametrize("reads", [NO_MARK, None])
def test_a_source_that_nobody_can_look_at_is_not_started(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, reads: int | None
) -> None:
    def read(_: object) -> Vitals:
        if reads is None:
            raise Fatal
        return Vitals(server="7", timeline=1, log_end=100, mark=reads)

    engine = replace(desk.engine, read_vitals=read)
    monkeypatch.setattr(desks, "engine_of", lambda _: engine)
    [refusal] = apply(desk).refusals
    assert "suoi connector dba" in refusal.sentence


def test_a_refused_dataset_stops_alone(
    desk: Desk, source: FakeSource, monkeypatch: pytest.MonkeyPatch
) -> None:  # Invariant 10
    refuse(desk, monkeypatch, Refusal("publication", "not published", "tp_khai_tu"))
    applied = apply(desk)
    assert applied.signalled == ("ho_tich.khai_sinh",)
    assert "khai_tu" not in tables(source.connect.configs[-1])
    assert applied.refusals


def test_a_table_already_captured_is_never_dropped_from_capture(
    desk: Desk, source: FakeSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    apply(desk)
    refuse(desk, monkeypatch, Refusal("identity", "not FULL", "tp_khai_tu"))
    assert apply(desk).outcome is Outcome.REFUSED
    assert "khai_tu" in tables(source.connect.configs[-1])


def test_a_connector_that_does_not_start_is_said_with_its_cause(
    desk: Desk, source: FakeSource
) -> None:
    source.connect.runs = False
    with pytest.raises(Transient, match="FAILED: ConnectException"):
        apply(desk)


def told(kind: str, **data: str) -> Notification:
    return Notification(type=kind, ts_ms=1_795_311_284_866, generation=1, data=data)


BIRTH = "ho_tich.khai_sinh"
CUT = told("IN_PROGRESS", current_collection_in_progress=BIRTH, data_collections=BIRTH)
BROKEN_OFF = told("TABLE_SCAN_COMPLETED", scanned_collection=BIRTH, status="SQL_EXCEPTION")
REFUSED = told("TABLE_SCAN_COMPLETED", scanned_collection=BIRTH, status="UNKNOWN_SCHEMA")


def hear(desk: Desk, monkeypatch: pytest.MonkeyPatch, *said: Notification) -> None:
    """Let a running connector have told *said* minutes ago, and have stored a bare position."""
    connect = cast("FakeConnect", desk.connect)
    connect.configure("", desk.wanted)
    connect.position = {"lsn": 10}
    monkeypatch.setattr(desks, "read_notifications", lambda *_: list(said))
    monkeypatch.setattr(desks.time, "time", lambda: 1_795_311_284.0 + 500)


def test_a_load_that_was_forgotten_is_asked_for_again_alone_and_once(
    desk: Desk, source: FakeSource, monkeypatch: pytest.MonkeyPatch
) -> None:  # Invariant 8
    hear(desk, monkeypatch, CUT)
    found = desk.loads()
    assert [load.state for load in found.values()] == [State.LOST, State.WAITING]
    assert (ask_again(desk), ask_again(desk)) == ((BIRTH,), ())  # the second travels still
    [signal] = source.signals
    assert BIRTH in signal["data"]


def test_a_load_that_was_broken_off_is_asked_for_again_once_it_has_rested(
    desk: Desk, source: FakeSource, monkeypatch: pytest.MonkeyPatch
) -> None:  # Invariant 8
    hear(desk, monkeypatch, *[BROKEN_OFF] * 7)  # rests for 1,920 s
    assert ask_again(desk) == ()
    hear(desk, monkeypatch, BROKEN_OFF)
    assert ask_again(desk) == (BIRTH,)
    assert len(source.signals) == 1


@pytest.mark.parametrize("said", [(), (REFUSED, told("COMPLETED"))])
def test_what_nobody_asked_for_and_what_was_refused_are_not_asked_for_again(
    said: tuple[Notification, ...],
    desk: Desk,
    source: FakeSource,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hear(desk, monkeypatch, *said)
    assert ask_again(desk) == ()
    assert source.signals == []


def test_a_table_that_is_not_captured_now_is_not_asked_for_again(
    desk: Desk, source: FakeSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    hear(desk, monkeypatch, CUT)
    source.connect.configure("", seeding(desk.wanted))
    assert ask_again(desk) == ()
    assert source.signals == []


def test_apply_asks_for_a_forgotten_load_at_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    hear(desk, monkeypatch, CUT)
    assert apply(desk).signalled == desk.tables
