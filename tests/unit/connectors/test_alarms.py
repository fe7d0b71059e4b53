"""The guards of a running source, one table: what they measure, and what they make of it."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from structlog.testing import capture_logs
from support.contracts import a_dataset

from connectors.engines import ENGINES
from connectors.guards import rounds as subject
from connectors.guards.alarms import Ages, alarms_of, failing, figures_of
from connectors.guards.pressure import Pressure
from connectors.guards.rounds import Round
from connectors.mariadb.pressure import kept_bytes
from connectors.sources import read_sources
from infra.connect import ConnectorState
from infra.errors import Fatal, Transient
from infra.memory import Memory, _enter
from infra.settings import Limits, read_settings
from schemas.alarms import Alarm, Alarms, Severity
from schemas.vitals import Step, Term, decode, encode, key_of
from suoi.problems import of_alarms

SOURCE = read_sources()["so_tu_phap"]
GB = 2**30
CALM = Pressure(
    source_s=1_000.0,
    heartbeat_age_s=4.0,
    writers=(),
    transaction_s=0.0,
    place="slot suoi_so_tu_phap",
    status="reserved",
    kept_bytes=GB // 10,
    cap_bytes=2 * GB,
)
BIRTH = a_dataset(id="tp_khai_sinh", table="ho_tich.khai_sinh")
W, C = Severity.WARN, Severity.CRITICAL


def judged(pressure: Pressure, skew_s: float = 0.0) -> list[tuple[str, Severity]]:
    return [(one.code, one.severity) for one in alarms_of(SOURCE, pressure, skew_s, Limits())]


def test_a_calm_source_raises_no_alarm() -> None:
    assert judged(CALM) == []


@pytest.mark.parametrize(
    ("facts", "wanted"),
    [
        ({"kept_bytes": GB // 2 - 1}, []),
        ({"kept_bytes": GB // 2}, [("slot.lag", W)]),
        ({"kept_bytes": int(GB * 0.8) - 1}, [("slot.lag", W)]),
        ({"kept_bytes": int(GB * 0.8) + 1}, [("slot.lag", C)]),
        ({"kept_bytes": 3 * GB, "cap_bytes": None}, [("slot.lag", W)]),
        ({"kept_bytes": None, "cap_bytes": None}, []),
        ({"behind_s": 86_399.0, "keep_s": 4 * 86_400.0}, []),
        ({"behind_s": 86_400.0, "keep_s": 4 * 86_400.0}, [("slot.lag", W)]),
        ({"behind_s": 1e9, "keep_s": None}, []),
        ({"status": "extended"}, []),
        ({"status": "unreserved"}, [("slot.unreserved", C)]),
        ({"status": "lost", "lost": True, "kept_bytes": None}, [("slot.lost", C)]),
        ({"has_place": False, "kept_bytes": None}, [("slot.missing", C)]),
        ({"ahead": True}, [("slot.ahead", C)]),
        ({"unpublished": ((BIRTH, "ho_tich.khai_sinh"),)}, [("publication.table", C)]),
        ({"transaction_s": 899.0}, []),
        ({"transaction_s": 900.0}, [("transaction.long", W)]),
        ({"transaction_s": 3600.0}, [("transaction.long", C)]),
        ({"transaction_s": None}, []),
        ({"heartbeat_age_s": 59.0}, []),
        ({"heartbeat_age_s": 60.0}, [("heartbeat.age", W)]),
        ({"heartbeat_age_s": 120.0}, [("heartbeat.age", C)]),
        ({"heartbeat_age_s": None}, [("heartbeat.none", C)]),
    ],
)
def test_a_guard_alarms_from_its_threshold_on(
    facts: dict[str, Any], wanted: list[tuple[str, Severity]]
) -> None:
    assert judged(replace(CALM, **facts)) == wanted


@pytest.mark.parametrize(
    ("skew_s", "wanted"),
    [
        (4.9, []),
        (-4.9, []),
        (5.0, [("clock.skew", W)]),
        (-5.0, [("clock.skew", W)]),
        (-60.0, [("clock.skew", C)]),
    ],
)
def test_a_clock_that_differs_alarms_whichever_is_ahead(
    skew_s: float, wanted: list[tuple[str, Severity]]
) -> None:
    assert judged(CALM, skew_s) == wanted


def test_a_stopped_connector_alarms_before_half_of_the_cap_is_used() -> None:
    assert Limits().slot_critical < 0.5
    [alarm] = alarms_of(SOURCE, replace(CALM, kept_bytes=GB - 1), 0.0, Limits())
    assert (alarm.code, alarm.severity) == ("slot.lag", C)
    assert alarm.evidence["share"] == pytest.approx(0.5, abs=1e-3)


def test_every_alarm_says_what_is_wrong_and_what_to_do() -> None:
    wild = replace(
        CALM,
        kept_bytes=3 * GB,
        status="unreserved",
        ahead=True,
        lost=True,
        has_place=False,
        transaction_s=9e3,
        heartbeat_age_s=9e3,
        unpublished=((BIRTH, "ho_tich.khai_sinh"),),
    )
    found = alarms_of(SOURCE, wild, 99.0, Limits())
    assert len({one.code for one in found}) == len(found) == 9
    for one in found:
        assert one.sentence
        assert one.next_step
        assert one.source == "so_tu_phap"


def test_a_slow_heart_is_given_three_beats() -> None:
    slow = replace(SOURCE, heartbeat_ms=60_000)
    found = alarms_of(slow, replace(CALM, heartbeat_age_s=170.0), 0.0, Limits())
    assert found == []


def test_what_is_unknown_is_no_figure() -> None:  # Invariant 9
    blank = Pressure(source_s=0.0, heartbeat_age_s=None)
    assert figures_of(blank, 0.0) == {"clock_skew_seconds": 0.0}
    assert figures_of(CALM, -1.5)["slot_cap_bytes"] == 2 * GB


def test_every_figure_can_be_written_down_and_read_again() -> None:
    followed = replace(CALM, slot=True, active=False)
    told = Alarms(source="s", at="2026-11-23T00:00:00Z", figures=figures_of(followed, 0.5))
    assert decode(key_of(told), encode(told)) == told
    assert told.figures["slot_present"] == 1


def test_a_transaction_is_as_old_as_it_has_been_seen() -> None:
    ages = Ages()
    assert ages.oldest_s(("7", "9"), 100.0) == 0.0
    assert ages.oldest_s(("9", "12"), 160.0) == 60.0
    assert ages.oldest_s(("12",), 170.0) == 10.0
    assert ages.oldest_s((), 180.0) == 0.0
    assert ages.oldest_s(("9",), 190.0) == 0.0


@pytest.mark.parametrize(
    ("offset", "wanted"),
    [
        ({"file": "bin.000009", "pos": 100}, 900 + 500),
        ({"file": "bin.000010", "pos": 100}, 400),
        ({"file": "bin.000001", "pos": 4}, None),
        (None, None),
    ],
)
def test_a_binlog_is_kept_from_our_position_to_its_end(
    offset: dict[str, Any] | None, wanted: int | None
) -> None:
    binlogs = {"bin.000008": 77, "bin.000009": 1000, "bin.000010": 500}
    assert kept_bytes(binlogs, offset) == wanted


class Told:
    """Keeps what a round tells."""

    def __init__(self) -> None:
        self.records: list[Alarms] = []

    def tell(self, alarms: Alarms) -> None:
        """Keep it."""
        self.records.append(alarms)

    def codes(self) -> list[list[str]]:
        """Codes of each record."""
        return [[one.code for one in record.alarms] for record in self.records]


@pytest.fixture
def told() -> Told:
    return Told()


def a_round(told: Told, monkeypatch: pytest.MonkeyPatch, *found: Pressure | Exception) -> Round:
    """Make a round over a source that shows *found*, one after another, a second apart."""
    now = iter(range(1_000))
    waiting = list(found)

    def read(*_: object) -> Pressure:
        one = waiting.pop(0)
        if isinstance(one, Exception):
            raise one
        return one

    engine = replace(ENGINES["postgres"], read_pressure=read)
    monkeypatch.setattr(subject, "engine_of", lambda _: engine)
    monkeypatch.setattr(subject, "skew_seconds", lambda *_: 0.0)
    return Round(SOURCE, (), Limits(), told, clock=lambda: float(next(now)))


NOBODY: Any = None


def test_a_round_tells_what_changes_at_once_and_the_rest_every_few_seconds(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = replace(CALM, transaction_s=950.0, writers=None)
    one = a_round(told, monkeypatch, CALM, CALM, late, replace(late, transaction_s=951.0), CALM)
    with capture_logs() as lines:
        for _ in range(5):
            one.go(NOBODY, lambda: None)
    assert told.codes() == [[], ["transaction.long"], []]
    assert [line["alarms"] for line in lines] == [["transaction.long"], []]


@pytest.mark.parametrize("age_s", [None, 40_000.0])
def test_an_old_heart_is_silent_only_since_we_listen(
    told: Told, monkeypatch: pytest.MonkeyPatch, age_s: float | None
) -> None:
    now = [0.0]
    old = replace(CALM, heartbeat_age_s=age_s)
    one = a_round(told, monkeypatch, *[old] * 4)
    one.clock = lambda: now[0]
    for moment in (0.0, 59.0, 61.0, 121.0):
        now[0] = moment
        one.go(NOBODY, lambda: None)
    code = "heartbeat.none" if age_s is None else "heartbeat.age"
    assert told.codes()[:2] == [[], []]
    assert [record.alarms[0].code for record in told.records[2:]] == [code] * 2


@pytest.mark.parametrize("kind", [Transient, Fatal])
def test_a_source_that_does_not_answer_or_refuses_is_an_alarm_itself(
    told: Told, monkeypatch: pytest.MonkeyPatch, kind: type[Exception]
) -> None:
    a_round(told, monkeypatch, kind("It is away.")).go(NOBODY, lambda: None)
    [[alarm]] = [record.alarms for record in told.records]
    assert (alarm.code, "It is away." in alarm.sentence) == ("source.unreachable", True)
    assert told.records[0].figures == {}


def test_what_others_found_is_told_with_it(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    more = failing(SOURCE, ConnectorState("RUNNING", "FAILED", "ConnectException"), 3)
    one = a_round(told, monkeypatch, CALM)
    one.go(NOBODY, lambda: None, more)
    one.blind("It is away.", more)
    assert told.codes() == [["connector.failing"], ["source.unreachable", "connector.failing"]]
    assert "ConnectException" in more.sentence


def test_the_time_a_question_takes_is_no_skew() -> None:
    assert subject.skew_seconds(100.5, 100.0, 101.0) == 0.0
    assert subject.skew_seconds(107.0, 100.0, 101.0) == 6.0
    assert subject.skew_seconds(90.0, 100.0, 101.0) == -10.0


def test_alarms_are_kept_beside_what_was_seen() -> None:
    alarm = Alarm(code="a", source="s", severity=W, sentence="b", next_step="c", evidence={"x": 1})
    record = Alarms(source="s", at="2026-11-23T00:00:00+00:00", alarms=(alarm,), figures={"y": 2.5})
    assert key_of(record) == b"s:alarms"
    assert decode(key_of(record), encode(record)) == record
    memory = Memory()

    class Message:
        """A record of the topic."""

        def key(self) -> bytes:
            """Its key."""
            return key_of(record)

        def value(self) -> bytes:
            """Its value."""
            return encode(record)

    message: Any = Message()
    _enter(memory, message)
    assert (memory.alarms, memory.looks, memory.terms) == ({"s": record}, {}, {})


def test_thresholds_are_settings() -> None:
    found = read_settings({"SUOI_SLOT_WARN": "0.025", "SUOI_TASK_RESTARTS": "9"}).limits
    assert (found.slot_warn, found.task_restarts, found.slot_critical) == (0.025, 9, 0.40)


def remembering(*alarms: Alarm, at: str | None = None, resetting: bool = False) -> Memory:
    """A memory in which the guards of so_tu_phap found *alarms*."""
    moment = at or datetime.now(UTC).isoformat()
    memory = Memory(alarms={"so_tu_phap": Alarms(source="so_tu_phap", at=moment, alarms=alarms)})
    if resetting:
        memory.terms["so_tu_phap"] = Term(
            source="so_tu_phap", generation=2, step=Step.RESETTING, by="", reason="", since=""
        )
    return memory


def test_status_shows_what_the_guards_found_once() -> None:
    found = alarms_of(SOURCE, replace(CALM, kept_bytes=GB, heartbeat_age_s=130.0), 0.0, Limits())
    memory = remembering(*found)
    said = [one["what"] for one in of_alarms(memory, ())]
    assert [one.rpartition(": ")[2] for one in said] == ["slot.lag)", "heartbeat.age)"]
    [one] = of_alarms(memory, ("so_tu_phap",))  # its capture is a problem already
    assert "slot.lag" in one["what"]
    assert one["hint"]


def test_a_watch_that_no_longer_looks_is_a_problem_of_its_source() -> None:
    memory = remembering(at="2026-01-01T00:00:00+00:00")
    [one] = of_alarms(memory, ())
    assert "the watch is stuck" in one["what"]
    assert list(of_alarms(memory, ("watch",))) == []
    assert list(of_alarms(remembering(at="2026-01-01T00:00:00+00:00", resetting=True), ())) == []
