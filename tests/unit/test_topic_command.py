"""`suoi topic`: what it says, and when it says no."""

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from infra.errors import Fatal, Transient
from suoi import topic_filling
from suoi.topic import _filled, _version, app
from suoi.topic_filling import Work, wait

WHOLE: dict[str, Any] = {
    "dataset": "thu",
    "topic": "clean.thu.v2",
    "partitions": 4,
    "copied": 7,
    "lacking": 0,
    "unread": 0,
    "shown": None,
    "readers": [],
}


@pytest.mark.parametrize("shown", [None, True])
def test_a_version_that_lacks_nothing_is_whole(shown: bool | None) -> None:  # noqa: FBT001
    assert Work.whole(WHOLE | {"shown": shown})
    assert list(_filled(WHOLE))[-1] == "  it is whole"


@pytest.mark.parametrize("change", [{"lacking": 1}, {"unread": 1}, {"shown": False}])
def test_what_is_missing_is_said_and_is_a_no(change: dict[str, Any]) -> None:
    answer = WHOLE | change
    assert not Work.whole(answer)
    said = list(_filled(answer))
    assert len(said) == 2
    assert "whole" not in said[-1]


def test_readers_left_out_are_named() -> None:
    assert "not this one: tay_bac" in "\n".join(_filled(WHOLE | {"readers": ["tay_bac"]}))


def test_a_version_says_what_it_lacks_and_what_it_replaced() -> None:
    former = [{"topic": "clean.thu.v1", "unread": 3}]
    one = {"dataset": "thu", "topic": "clean.thu.v2", "open": "open.thu.v2", "partitions": 4}
    lines = list(_version(one | {"lacking": 5, "former": former}))
    assert lines[0].endswith("4 partitions, lacks 5 rows: suoi topic fill thu")
    assert lines[1] == "  clean.thu.v1: replaced, 3 records are still to be taken"


def test_a_sink_that_does_not_come_along_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(topic_filling, "_LOOK_S", 0)
    with pytest.raises(Transient, match=r"the sinks have not .* within 0 s.*the same command"):
        wait(lambda: False, 0.0, "the sinks have not taken all")


@pytest.mark.parametrize("words", [["list"], ["fill", "tp_khai_sinh"]])
def test_without_a_stack_both_say_so(words: list[str], tmp_path: Path) -> None:
    done = CliRunner().invoke(app, [*words, "--home", str(tmp_path / "none")])
    assert isinstance(done.exception, Fatal)
