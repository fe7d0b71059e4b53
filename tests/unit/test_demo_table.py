"""The table shows what the books say; the demonstration waits until every record has ended."""

import json
from pathlib import Path

import pytest

from infra.errors import Fatal, Usage
from suoi.demo.command import checked
from suoi.demo.ending import command
from suoi.demo.play import Wish
from suoi.demo.stage import in_flight, read_places, unfinished
from suoi.demo.table import Screen, lines, plain
from suoi.demo.watch import Latency
from suoi.demo.words import Words

HELD = {
    "captured": 10,
    "clean": 7,
    "reject": 2,
    "filtered": 1,
    "applied": 6,
    "superseded": 1,
    "replayed": 0,
    "quarantined": 2,
    "open": None,
}
LATENCY = Latency(4, 0.0421, 0.1, 0)


def test_a_dataset_is_one_line_with_its_reasons() -> None:
    reasons = {"tp_khai_tu": [("code.unknown", 2), ("field.missing", 1), ("date.range", 1)]}
    (line,) = lines({"tp_khai_tu": HELD}, reasons, lambda _name: LATENCY)
    assert plain(line) == (
        "tp_khai_tu: captured=10 clean=7 reject=2 applied=6 open=0 p50=0.042 s p99=0.100 s "
        "code.unknown 2, field.missing 1"
    )


def test_off_a_terminal_the_table_is_plain_lines(capsys: pytest.CaptureFixture[str]) -> None:
    shown = lines({"tp_khai_tu": HELD}, {}, lambda _name: Latency(0, None, None, 0))
    with Screen(Words()) as screen:
        screen.show(shown)
        screen.show(shown)  # so soon again: not repeated
    said = capsys.readouterr().out
    assert said.count("tp_khai_tu: captured=10") == 1
    assert "p50=-" in said


def test_with_json_nothing_but_the_document_goes_to_standard_output(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with Screen(Words(), quiet=True) as screen:
        screen.say("một dòng [không phải markup]")
    said = capsys.readouterr()
    assert said.out == ""
    assert "[không phải markup]" in said.err


def test_all_is_through_when_every_captured_record_has_ended() -> None:
    assert in_flight(HELD) == 0
    assert unfinished({"a": HELD}, {"a": 10}) == []
    assert unfinished({"a": HELD}, {"a": 11}) == ["a"]
    assert unfinished({"a": HELD | {"applied": 5}}, {"a": 10}) == ["a"]
    assert unfinished({}, {"a": 0}) == ["a"]


def test_a_stack_that_never_ran_is_named_with_the_next_step(tmp_path: Path) -> None:
    with pytest.raises(Fatal, match="suoi up"):
        read_places(tmp_path)
    (tmp_path / "env.json").write_text(json.dumps({"portal": {"url": "u"}}))
    assert read_places(tmp_path)["portal"] == {"url": "u"}


@pytest.mark.parametrize(
    "wish",
    [Wish(records=5), Wish(rate=0), Wish(rate=501), Wish(seconds=-1)],
    ids=["too few", "no rate", "too fast", "time backwards"],
)
def test_a_wish_that_cannot_be_played_is_a_wrong_question(wish: Wish) -> None:
    with pytest.raises(Usage, match="--"):
        checked(wish)


def test_the_commands_to_type_next_name_a_stack_that_lives_elsewhere(tmp_path: Path) -> None:
    assert command(Path(".suoi").absolute()) == ".venv/bin/suoi"
    assert command(tmp_path) == f"SUOI_HOME={tmp_path} .venv/bin/suoi"
