"""Which lines of our processes a journey may not leave behind."""

import json
from pathlib import Path

import pytest
from support.loglines import Lines, is_unexpected


def line(**facts: str) -> str:
    return json.dumps({"level": "error", "event": "worker.stopped"} | facts)


@pytest.mark.parametrize(
    "said",
    [
        line(reason="The worker met a fault of its own; report where."),
        line(event="control.unreadable", reason="Kafka"),
        "Traceback (most recent call last):",
        "ValueError: something",
    ],
)
def test_an_error_nobody_expects_is_seen(said: str) -> None:
    assert is_unexpected(said)


@pytest.mark.parametrize(
    "said",
    [
        "",
        line(reason="Kafka did not take a record"),
        line(level="info"),
        "suoi: a sentence, and why",
    ],
)
def test_what_a_fault_may_cause_is_allowed(said: str) -> None:
    assert not is_unexpected(said)


def test_only_lines_written_since_count(tmp_path: Path) -> None:
    log = tmp_path / "streams.log"
    log.write_text("Traceback before\n")
    since = Lines(tmp_path)
    assert since.unexpected() == []
    with log.open("a") as file:
        file.write("Traceback since\n")
    (tmp_path / "kafka.log").write_text("ERROR is the engine's own matter\n")
    assert since.unexpected() == ["streams: Traceback since"]
