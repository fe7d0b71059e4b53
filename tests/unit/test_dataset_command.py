"""`suoi dataset`, and how `suoi status` tells of a dataset that stands still; no stack is asked."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from infra.control import enter
from schemas import control
from schemas.catalogue import read_catalogue
from schemas.control import Standing, encode
from suoi import dataset, problems

NAME = "tp_ket_hon"
CATALOGUE = read_catalogue()
STOPPED = control.paused(
    NAME, control.vanished(CATALOGUE[NAME], ("ngay_dang_ky",), "raw.x.y.z:1:7"), "streams"
)


@pytest.fixture
def topic(monkeypatch: pytest.MonkeyPatch) -> dict[str, Standing]:
    """What stands in control.datasets, and is written there by the commands."""
    held: dict[str, Standing] = {}
    monkeypatch.delenv("SUOI_CONTRACTS", raising=False)
    monkeypatch.setattr(dataset, "standings", lambda _home: held)
    monkeypatch.setattr(
        dataset, "_write", lambda _home, standing: held.update({standing.dataset: standing})
    )
    return held


def typed(*words: str) -> str:
    done = CliRunner().invoke(dataset.app, words)
    assert done.exit_code == 0, done.output
    return done.output


def test_a_pause_keeps_who_and_why(topic: dict[str, Standing]) -> None:
    said = typed("pause", NAME, "--reason", "bảo trì ở nguồn")
    assert f"suoi dataset resume {NAME}" in said
    assert topic[NAME].paused
    assert topic[NAME].by == dataset.who() != ""
    assert topic[NAME].cause.vi == "bảo trì ở nguồn"


def test_what_is_so_already_stays_so(topic: dict[str, Standing]) -> None:
    assert "runs already" in typed("resume", NAME, "--reason", "x")
    assert topic == {}
    topic[NAME] = STOPPED
    assert "paused already" in typed("pause", NAME, "--reason", "x")
    assert topic[NAME] is STOPPED


def test_a_resume_says_what_is_refused_from_now_on(topic: dict[str, Standing]) -> None:
    topic[NAME] = STOPPED
    assert "without ngay_dang_ky are refused" in typed("resume", NAME, "--reason", "x")
    assert topic[NAME].accepted == ("ngay_dang_ky",)
    assert not topic[NAME].paused


def test_every_dataset_is_listed_with_how_it_stands(topic: dict[str, Standing]) -> None:
    topic[NAME] = STOPPED
    found = {one["dataset"]: one for one in json.loads(typed("list", "--json"))}
    assert found["tp_khai_sinh"] == {
        "dataset": "tp_khai_sinh", "state": "running", "since": None, "by": None, "cause": None,
        "accepted": [],
    }  # fmt: skip
    assert found[NAME]["cause"]["columns"] == ["ngay_dang_ky"]
    assert found[NAME].keys() == found["tp_khai_sinh"].keys()
    assert "paused" in typed("list")


def test_status_names_what_where_since_and_how_to_go_on() -> None:  # Invariant 10
    others = {
        "xa_la": control.paused("xa_la", STOPPED.cause, "streams"),
        "tp_khai_sinh": control.resumed(STOPPED, STOPPED.cause, "lan"),
    }
    (found,) = problems.of_pauses(CATALOGUE, {NAME: STOPPED} | others)
    assert found["where"] == NAME
    assert found["since"] == STOPPED.since
    assert "ngay_dang_ky" in found["what"]
    assert f"suoi dataset resume {NAME} --reason" in found["hint"]
    assert "refuses each row" in found["hint"]


class Message:
    """One record of the control topic."""

    def __init__(self, key: bytes | None, value: bytes | None) -> None:
        self._parts = key, value

    def key(self) -> bytes | None:
        """The dataset."""
        return self._parts[0]

    def value(self) -> bytes | None:
        """Its standing."""
        return self._parts[1]

    def offset(self) -> int:
        """Its place."""
        return 3


def test_a_record_that_cannot_be_read_changes_nothing_loudly(
    capsys: pytest.CaptureFixture[str],
) -> None:
    held = {NAME: STOPPED}
    for value in (b"{", encode(control.paused("khac", STOPPED.cause, "streams"))):
        enter(held, Message(NAME.encode(), value))  # type: ignore[arg-type]
    assert held == {NAME: STOPPED}
    assert capsys.readouterr().out.count("control.unreadable") == 2


def test_the_newest_record_is_in_force_and_a_tombstone_means_running() -> None:
    held: dict[str, Standing] = {}
    enter(held, Message(NAME.encode(), encode(STOPPED)))  # type: ignore[arg-type]
    assert held == {NAME: STOPPED}
    enter(held, Message(NAME.encode(), None))  # type: ignore[arg-type]
    enter(held, Message(None, None))  # type: ignore[arg-type]
    assert held == {}


def test_the_commands_need_a_stack(tmp_path: Path) -> None:
    done = CliRunner().invoke(dataset.app, ["list", "--home", str(tmp_path / "none")])
    assert "no stack" in str(done.exception)
