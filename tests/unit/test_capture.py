"""The capture of every source, asked at once: a silent part makes an operator wait only once."""

from pathlib import Path
from threading import Barrier

import pytest

from connectors.sources import Source
from connectors.status import UNKNOWN, Status
from infra.local.home import Home
from schemas.catalogue import Catalogue
from suoi import capture
from suoi.departments import sources_of
from suoi.law import read_captured


def test_sources_are_asked_at_the_same_time(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    catalogue = read_captured()
    names = [source.id for source in sources_of(catalogue)]
    together = Barrier(len(names), timeout=10)

    def silent(_home: Home, _catalogue: Catalogue, source: Source) -> Status:
        together.wait()  # broken, and so the test, where one waits for another
        return Status(
            source=source.id,
            connector=UNKNOWN,
            task=UNKNOWN,
            cause="",
            log={},
            problems=(),
            loads=(),
        )

    monkeypatch.setattr(capture, "status_at", silent)
    monkeypatch.setattr(Home, "refuse_absent", lambda _home: None)
    found = capture.statuses(Home(tmp_path), catalogue)
    assert [one.source for one in found] == names
    assert len(names) > 1
