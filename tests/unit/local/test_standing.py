"""What the supervisor's file says, and what is made of it."""

import os
from pathlib import Path

import pytest

from infra.local.health import component_status
from infra.local.home import Home
from infra.local.state import (
    Process,
    Standing,
    State,
    birth,
    read_state,
    this_process,
    write_state,
)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path)
    home.run.mkdir()
    return home


def standing(state: str, **known: object) -> Standing:
    found = Standing(state=state, **known)
    found.process = this_process()
    return found


def written(home: Home, state: State) -> None:
    write_state(home.state_file, state)


def test_a_state_comes_back_as_it_was_written(home: Home) -> None:
    state = State(supervisor=this_process(), phase="ready")
    state.components["kafka"] = standing("ready", restarts=2)
    written(home, state)
    assert read_state(home.state_file) == state


@pytest.mark.parametrize("text", ["", "{", "[]", '{"components": 3}'])
def test_an_unreadable_state_is_a_stack_that_never_ran(home: Home, text: str) -> None:
    home.state_file.write_text(text)
    assert not read_state(home.state_file).runs()


def test_a_process_is_not_mistaken_for_a_later_one_with_its_number() -> None:
    assert this_process().lives()
    assert not Process(pid=os.getpid(), birth="another boot:1").lives()
    assert birth(2**22 + 1) is None


def test_a_stack_that_is_all_ready_is_healthy(home: Home) -> None:
    components = {"kafka": standing("ready"), "prepare_kafka": Standing(state="done")}
    written(home, State(supervisor=this_process(), phase="ready", components=components))
    found = component_status(home)
    assert found["healthy"]
    assert found["components"]["kafka"]["pid"] == os.getpid()


def test_a_component_that_used_up_its_restarts_is_a_problem(home: Home) -> None:
    components = {"kafka": Standing(state="failed", problem="it ended by itself (exit code 1)")}
    written(home, State(supervisor=this_process(), phase="ready", components=components))
    found = component_status(home)
    assert not found["healthy"]
    (problem,) = found["problems"]
    assert problem["where"] == "kafka"
    assert "exit code 1" in problem["what"]
    assert "kafka.log" in problem["hint"]


def test_a_dead_process_is_a_problem_though_its_state_says_ready(home: Home) -> None:
    dead = Standing(state="ready", pid=2**22 + 1, birth="x")
    written(home, State(supervisor=this_process(), phase="ready", components={"kafka": dead}))
    assert [item["where"] for item in component_status(home)["problems"]] == ["kafka"]


def test_a_stack_without_its_supervisor_is_not_healthy(home: Home) -> None:
    gone = Process(pid=2**22 + 1, birth="x")
    written(home, State(supervisor=gone, phase="ready"))
    (problem,) = component_status(home)["problems"]  # Invariant 9
    assert "suoi up" in problem["hint"]
