"""The capture of every source, asked at once: a silent part makes an operator wait only once."""

from pathlib import Path
from threading import Barrier
from typing import NoReturn

import pytest

from infra.errors import Transient
from infra.local.home import Home
from suoi import capture
from suoi.departments import sources_of
from suoi.law import read_captured


def test_sources_are_asked_at_the_same_time(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    catalogue = read_captured()
    names = [source.id for source in sources_of(catalogue)]
    together = Barrier(len(names), timeout=10)

    def silent(*_: object) -> NoReturn:
        together.wait()  # broken, and so the test, where one waits for another
        message = "Kafka Connect does not answer."
        raise Transient(message)

    monkeypatch.setattr(capture, "open_desks", silent)
    monkeypatch.setattr(Home, "refuse_absent", lambda _home: None)
    found = capture.statuses(Home(tmp_path), catalogue)
    assert [one.source for one in found] == names
    assert {problem.sentence for one in found for problem in one.problems} == {
        "Kafka Connect does not answer."
    }
    assert len(names) > 1
