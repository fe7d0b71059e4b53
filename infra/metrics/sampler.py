"""Measures in the background, each lane in a thread of its own, so that none waits for another.

A lane opens what its parts share (a database, a reader of Kafka) and measures them in turn. What
it meets on the way is no end of it: the part is said to be unknown, everything is closed, and it is
opened anew at the next turn (invariant 8).
"""

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from typing import Any, Generic, NamedTuple, TypeVar

import structlog

from infra.errors import Trouble
from infra.metrics.family import Sample
from infra.metrics.shelf import Shelf

Opened = TypeVar("Opened")
_log = structlog.get_logger()


class Turn(NamedTuple, Generic[Opened]):
    """One part: how it is measured from what the lane has opened, and how often, in seconds."""

    every_s: float
    measure: Callable[[Opened], Iterable[Sample]]


class Lane(Generic[Opened]):
    """Parts that are measured one after another because they share what is open."""

    def __init__(
        self,
        open_: Callable[[], AbstractContextManager[Opened]],
        parts: Mapping[str, Turn[Opened]],
    ) -> None:
        """*open_* gives what the *parts* are measured from; parts by the name they are known by."""
        self._open, self.parts = open_, dict(parts)
        self._said: dict[str, str] = {}

    def go_on(self, shelf: Shelf, stop: threading.Event) -> None:
        """Measure until *stop* is set."""
        due = dict.fromkeys(self.parts, 0.0)
        while not stop.is_set():
            try:
                with self._open() as opened:
                    self._take_turns(opened, shelf, due, stop)
            except Trouble as trouble:  # Invariant 8: open again, for ever
                self._lose(shelf, list(self.parts), str(trouble))
            stop.wait(min(turn.every_s for turn in self.parts.values()))

    def _take_turns(
        self, opened: Opened, shelf: Shelf, due: dict[str, float], stop: threading.Event
    ) -> None:
        """Measure what is due until one fails, or *stop* is set."""
        whole = True
        while whole and not stop.is_set():
            for name, turn in self.parts.items():
                if due[name] <= time.monotonic():
                    due[name] = time.monotonic() + turn.every_s
                    whole &= self._measure(opened, shelf, name)
            if whole:
                stop.wait(max(min(due.values()) - time.monotonic(), 0.0))

    def _measure(self, opened: Opened, shelf: Shelf, name: str) -> bool:
        begun = time.monotonic()
        try:
            samples = list(self.parts[name].measure(opened))
        except Trouble as trouble:  # Invariant 10: said, and the other parts go on
            self._lose(shelf, [name], str(trouble))
            return False
        shelf.put(name, samples, time.monotonic() - begun)
        self._said.pop(name, None)
        return True

    def _lose(self, shelf: Shelf, names: Iterable[str], reason: str) -> None:
        """Take them off the page, and say why, once."""
        for name in names:
            shelf.lose(name)
            if self._said.get(name) != reason:
                _log.warning("part.unknown", part=name, reason=reason)
            self._said[name] = reason


def shelf_of(lanes: Iterable[Lane[Any]]) -> Shelf:
    """Make the shelf that holds every part of *lanes*."""
    return Shelf({name: turn.every_s for lane in lanes for name, turn in lane.parts.items()})
