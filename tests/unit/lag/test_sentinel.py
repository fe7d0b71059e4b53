"""The sentinel: who is restarted, once, on what evidence; and what `suoi status` says of it."""

import json
import threading
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from infra.lag.history import history_file, read_history, write_history
from infra.lag.sample import Hop, Sample
from infra.local.home import Home
from infra.local.requests import Request, ask_restart, take_requests
from infra.local.state import Standing, State, this_process, write_state
from infra.settings import Timing
from suoi.measure import Scene
from suoi.meter import Look
from suoi.problems import of_lag
from suoi.sentinel import Sentinel, watch

BEGUN = 1_000_000.0
TIMING = Timing(sample=0.0, standstill=60.0)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path)
    home.run.mkdir()
    ready(home)
    return home


def ready(home: Home, since: float = BEGUN, state: str = "ready") -> None:
    """Let the supervisor say how streams is."""
    standing = Standing(state=state, since=datetime.fromtimestamp(since, UTC).isoformat())
    standing.process = this_process()
    known = State(supervisor=this_process(), phase="ready", components={"streams": standing})
    write_state(home.state_file, known)


def look(after_s: float, taken: int | None, end: int | None, worker: str = "streams") -> Look:
    at = BEGUN + after_s
    return Look(Scene(at=at), {}, {worker: Sample(at=at, taken=taken, end=end, alive=True)})


def live(sentinel: Sentinel, *looks: Look) -> list[Any]:
    with capture_logs() as lines:
        for one in looks:
            sentinel.take(one)
    return [line["event"] for line in lines]


def stuck(*moments: float) -> list[Look]:
    return [look(moment, 4, 9) for moment in moments]


def test_a_worker_that_stands_still_while_records_wait_is_restarted_once(home: Home) -> None:
    sentinel = Sentinel(home, TIMING)
    assert live(sentinel, *stuck(0, 30, 59)) == []
    assert live(sentinel, *stuck(60)) == ["worker.restarted"]
    [request] = take_requests(home)
    assert (request.component, request.process) == ("streams", this_process())
    assert "60 s while 5 records waited" in request.reason
    assert list(take_requests(home)) == []
    ready(home, BEGUN + 70)
    assert live(sentinel, *stuck(75, 100, 134)) == []
    assert live(sentinel, *stuck(136, 140)) == ["worker.stands_still"]  # and said once
    assert list(take_requests(home)) == []
    [problem] = of_lag(home, (), ()) if _fresh(home) else []
    assert "stands still while 5 records wait; it was restarted" in problem["what"]
    assert live(sentinel, look(150, 9, 9)) == ["worker.goes_on"]
    _fresh(home)
    assert list(of_lag(home, (), ())) == []


def _fresh(home: Home) -> bool:
    """Make the file look as if it had been written now."""
    history = read_history(history_file(home.run))
    history.at = datetime.now(UTC).timestamp()
    write_history(history_file(home.run), history)
    return True


def test_once_is_remembered_by_the_next_sentinel(home: Home) -> None:  # Invariant 8
    live(Sentinel(home, TIMING), *stuck(0, 30, 60))
    list(take_requests(home))
    assert live(Sentinel(home, TIMING), *stuck(65, 100, 130)) == ["worker.stands_still"]
    assert list(take_requests(home)) == []


@pytest.mark.parametrize(
    "looks",
    [
        [look(0, 4, 9), look(30, 5, 12), look(70, 5, 14)],  # it moved half a minute ago
        [look(0, 9, 9), look(30, 9, 9), look(70, 9, 14)],  # it was idle
        [look(0, 4, 9), look(30, None, None), look(70, 4, 9)],  # the province was away
    ],
)
def test_what_moved_was_idle_or_is_not_known_is_no_standstill(
    home: Home, looks: list[Look]
) -> None:
    assert live(Sentinel(home, TIMING), *looks) == []
    assert list(take_requests(home)) == []


def test_a_worker_that_has_only_just_become_ready_is_given_its_time(home: Home) -> None:
    ready(home, BEGUN + 50)
    assert live(Sentinel(home, TIMING), *stuck(0, 55, 100)) == []
    assert live(Sentinel(home, TIMING), *stuck(115)) == ["worker.restarted"]


def test_a_worker_that_is_being_restarted_is_left_alone(home: Home) -> None:
    ready(home, state="restarting")
    assert live(Sentinel(home, TIMING), *stuck(0, 60, 120)) == []


def test_a_worker_of_another_machine_is_only_reported(home: Home) -> None:
    looks = [look(moment, 4, 9, "portal_cache") for moment in (0, 60, 90)]
    live(Sentinel(home, TIMING), *looks)
    assert list(take_requests(home)) == []
    _fresh(home)
    [problem] = of_lag(home, (), ())
    assert (problem["where"], "restarted" in problem["what"]) == ("portal_cache", False)


def test_one_cause_is_one_problem(home: Home) -> None:
    live(Sentinel(home, TIMING), *stuck(0, 30, 60))
    _fresh(home)
    assert list(of_lag(home, ("streams",), ())) == []  # it is known already that it is frozen


def test_a_hop_that_stalls_alone_is_a_problem_of_its_dataset(home: Home) -> None:
    sentinel = Sentinel(home, TIMING)
    for moment in (0.0, 20.0, 40.0):
        one = look(moment, 4 + int(moment), 99)
        hop = Sample(at=BEGUN + moment, taken=4, end=9, alive=True)
        sentinel.take(Look(one.scene, {"kin": {Hop.RAW_TO_VERDICT: hop}}, one.workers))
    history = read_history(history_file(home.run))
    now = datetime.now(UTC).timestamp()
    shifted = [Sample(at=now - 40 + 20 * n, taken=4, end=9, alive=True) for n in range(3)]
    history.at, history.hops = now, {"kin": {Hop.RAW_TO_VERDICT: shifted}}
    write_history(history_file(home.run), history)
    [problem] = of_lag(home, (), ())
    assert (problem["where"], "raw to verdict is STALL" in problem["what"]) == ("kin", True)
    assert "suoi why kin" in problem["hint"]
    assert list(of_lag(home, (), ("kin",))) == []
    assert list(of_lag(home, ("streams",), ())) == []


def test_a_sentinel_that_is_stuck_is_a_problem_too(home: Home) -> None:
    assert list(of_lag(home, (), ())) == []  # it has only just begun
    live(Sentinel(home, TIMING), *stuck(0))
    [problem] = of_lag(home, (), ())
    assert problem["where"] == "sentinel"
    assert list(of_lag(home, ("sentinel",), ())) == []


def test_a_part_that_does_not_answer_is_said_once(home: Home) -> None:
    silent = look(0, 4, 9)._replace(scene=Scene(at=BEGUN, silent={"redis": "It is away."}))
    again = silent._replace(scene=replace(silent.scene, at=BEGUN + 1))
    assert live(Sentinel(home, TIMING), silent, again) == ["part.silent"]


def test_it_says_ready_after_its_first_look_and_ends_when_told(home: Home) -> None:
    stop, asked = threading.Event(), []

    def one() -> Look:
        asked.append(1)
        if len(asked) == 3:
            stop.set()
        return look(len(asked), 9, 9)

    watch(Sentinel(home, TIMING), one, stop)
    assert len(asked) == 3


@pytest.mark.parametrize("text", ["", "{", "[]", json.dumps({"process": {"pid": 1}})])
def test_a_request_that_cannot_be_read_asks_for_nothing(home: Home, text: str) -> None:
    ask_restart(home, Request(component="streams", process=this_process(), reason="a test"))
    (home.run / "restarts" / "portal.json").write_text(text)
    assert [one.component for one in take_requests(home)] == ["streams"]
    assert list((home.run / "restarts").iterdir()) == []
