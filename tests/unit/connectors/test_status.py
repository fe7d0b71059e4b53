"""What `suoi connector status` calls a trouble of a load, and what it says is done next."""

from dataclasses import replace

import pytest

from connectors.loads import Load, State
from connectors.status import Status


def status(*loads: Load) -> Status:
    """Make the status of a source that runs."""
    return Status(
        source="so_tu_phap",
        connector="RUNNING",
        task="RUNNING",
        cause="",
        log={"active": "true"},
        problems=(),
        loads=loads,
    )


def load(state: State, cause: str = "") -> Load:
    return Load(table="ho_tich.khai_sinh", state=state, cause=cause)


@pytest.mark.parametrize("state", [State.WAITING, State.LOADING, State.LOADED])
def test_a_load_that_waits_goes_on_or_is_done_is_no_trouble(state: State) -> None:
    assert status(load(state)).healthy


def test_a_lost_load_is_a_trouble_that_says_what_happens_next() -> None:  # Invariant 9
    found = status(load(State.LOST, "Debezium no longer knows of it"))
    assert not found.healthy
    [trouble] = found.troubles
    assert trouble.guard == "load"
    assert "ho_tich.khai_sinh" in trouble.sentence
    assert "Debezium no longer knows of it" in trouble.sentence
    assert "asked for again by itself" in trouble.sentence
    assert "`suoi connector apply`" in trouble.sentence


def test_a_failed_load_is_a_trouble_for_a_person() -> None:
    [trouble] = status(load(State.FAILED, "UNKNOWN_SCHEMA")).troubles
    assert "has failed (UNKNOWN_SCHEMA)" in trouble.sentence
    assert "by itself" not in trouble.sentence


def test_a_load_that_was_broken_off_says_how_often_and_that_it_mends() -> None:
    [trouble] = status(replace(load(State.FAILED, "SQL_EXCEPTION"), failures=3)).troubles
    assert "SQL_EXCEPTION, 3 times in a row" in trouble.sentence
    assert "asked for again by itself" in trouble.sentence
