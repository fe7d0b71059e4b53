"""`suoi reconcile` waits for the watermark of the dataset it compares, and for no other's."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from consumers.ledger.reconcile.report import instant
from infra.local.home import Home
from schemas.catalogue import read_catalogue
from suoi.figures import Books
from suoi.reconcile import settling

NOW = 1_773_200_000_000_000
CATALOGUE = read_catalogue()
DEATHS = CATALOGUE["tp_khai_tu"]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Which datasets were asked about; all of them are complete through NOW."""
    found: list[list[str]] = []

    def complete_through(self: Books) -> dict[str, datetime]:
        found.append(list(self.catalogue))
        return dict.fromkeys(self.catalogue, instant(NOW))

    monkeypatch.setattr(Books, "complete_through", complete_through)
    return found


def books(tmp_path: Path) -> Books:
    clients: dict[str, Any] = dict.fromkeys(("reader", "streams", "portal", "province", "redis"))
    return Books(home=Home(tmp_path), catalogue=CATALOGUE, **clients)


def test_a_paused_neighbour_is_not_waited_for(tmp_path: Path, asked: list[list[str]]) -> None:
    assert settling(books(tmp_path), DEATHS, 0)(NOW)
    assert asked == [["tp_khai_tu"]]


def test_a_moment_the_watermark_has_not_reached_is_not_settled(
    tmp_path: Path,
    asked: list[list[str]],
) -> None:
    assert not settling(books(tmp_path), DEATHS, 0)(NOW + 1)
    assert asked
