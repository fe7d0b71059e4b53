"""The life of a watch over one source: what fails in a look is said once, and never ends it."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest
from structlog.testing import capture_logs

from connectors.desk import Desk
from connectors.sources import read_sources
from connectors.watch import Post
from infra.errors import Fatal, Transient
from infra.local.home import Home
from suoi import watch as subject
from suoi.watch import Life

SOURCE = read_sources()["so_tu_phap"]


@dataclass
class Day:
    """So many looks of one watch, each of which asks for lost loads."""

    looks: int
    failures: list[Exception] = field(default_factory=list)
    taken: int = 0
    opened: int = 0
    closed: int = 0
    desks: list[tuple[int, int]] = field(default_factory=list)
    """Generation, and number of the connection, of each desk a load was asked for at."""
    stop: threading.Event = field(default_factory=threading.Event)

    def look(self, post: Post, _keeper: object, _patience: object) -> None:
        """Take one look."""
        self.taken += 1
        if self.taken == self.looks:
            self.stop.set()
        post.ask_again(4)

    def open(self, *_: object) -> "Connection":
        """Open the source."""
        self.opened += 1
        return Connection(self, self.opened)

    def ask_again(self, desk: Desk) -> tuple[str, ...]:
        """Ask at *desk*."""
        connection = cast("Connection", desk.database)
        self.desks.append((desk.source.generation, connection.number))
        if self.failures:
            raise self.failures.pop(0)
        return ()


@dataclass
class Connection:
    """An open source."""

    day: Day
    number: int

    def close(self) -> None:
        """Close it."""
        self.day.closed += 1


@dataclass
class Made:
    """What a desk is made of, as far as this test looks at it."""

    source: Any
    database: Any


@pytest.fixture
def live(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[Day], list[Any]]:
    """Live a day to its end; returns the lines logged."""

    def living(day: Day) -> list[Any]:
        monkeypatch.setattr(subject, "look", day.look)
        monkeypatch.setattr(subject, "open_captured", day.open)
        monkeypatch.setattr(subject, "ask_again", day.ask_again)
        nobody: Any = None
        home = Home(tmp_path)
        (home.root / "secrets" / "connect").mkdir(parents=True)
        life = Life(home, SOURCE, nobody, nobody, cast("Callable[..., Desk]", Made))
        with capture_logs() as lines:
            life.go_on(0.0, day.stop)
        return lines

    return living


def test_loads_are_asked_for_over_the_open_connection_in_the_generation_given(
    live: Callable[[Day], list[Any]],
) -> None:
    day = Day(looks=3)
    assert live(day) == []
    assert (day.taken, day.desks, day.opened, day.closed) == (3, [(4, 1)], 1, 1)


@pytest.mark.parametrize("kind", [Transient, Fatal])
def test_loads_that_cannot_be_asked_for_are_said_once_and_the_watch_goes_on(
    kind: type[Exception], live: Callable[[Day], list[Any]]
) -> None:  # Invariant 8
    day = Day(looks=5, failures=[kind("Kafka is away."), kind("Kafka is away.")])
    lines = live(day)
    assert [(one["event"], one["reason"]) for one in lines] == [("source.unseen", "Kafka is away.")]
    assert day.taken == 5
    assert day.desks == [(4, 1), (4, 2), (4, 3)]  # anew each time, then once a minute
