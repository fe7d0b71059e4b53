"""The sampler: a part that does not answer keeps its last value and says so; others go on."""

import threading
import time
from collections.abc import Mapping
from typing import Any

import pytest
from support.waiting import until

from infra.errors import Transient
from suoi.console import sampler as console_sampler
from suoi.console.history import KEPT_S, History, Point
from suoi.console.problems import problems
from suoi.console.sampler import Part, Sampler
from suoi.console.snapshot import empty


class Scripted:
    """A part that answers, fails or hangs as it is told."""

    def __init__(self) -> None:
        self.answer: Mapping[str, Any] | Exception = {"phase": "ready"}
        self.opened = 0
        self.asked = 0
        self.hangs = threading.Event()
        self.hangs.set()

    def open(self) -> "Scripted":
        """Count how often."""
        self.opened += 1
        return self

    def ask(self) -> Mapping[str, Any]:
        """Answer as told."""
        self.asked += 1
        self.hangs.wait(10)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def close(self) -> None:
        """Nothing is open."""


def sampling(**parts: Scripted) -> Sampler:
    made = [Part(name, 0.01, part.open) for name, part in parts.items()]
    sampler = Sampler(empty(), made)
    sampler.start()
    return sampler


def test_a_part_that_fails_keeps_its_value_with_its_time() -> None:
    part = Scripted()
    sampler = sampling(stack=part)
    try:
        until(lambda: sampler.snapshot.phase == "ready")
        known = sampler.snapshot.known["stack"].at
        part.answer = Transient("nobody is there")
        until(lambda: sampler.snapshot.known["stack"].silent)
        seen = sampler.snapshot
        assert seen.phase == "ready"
        assert seen.known["stack"].at >= known  # type: ignore[operator]  it has answered
        assert seen.known["stack"].trouble == "nobody is there"
        since = seen.known["stack"].since
        until(lambda: part.opened > 3)  # what failed is opened anew
        assert sampler.snapshot.known["stack"].since == since
        assert [one.code for one in problems(seen)] == ["silent.stack"]  # Invariant 9
        part.answer = {"phase": "stopping"}
        until(lambda: sampler.snapshot.phase == "stopping")
        assert not sampler.snapshot.known["stack"].silent
    finally:
        sampler.stop()


def test_a_part_that_is_asked_seldom_is_asked_again_soon_once_it_failed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(console_sampler, "AGAIN_S", 0.01)
    monkeypatch.setattr(console_sampler, "REST", 3600.0)  # however long its failure took
    part = Scripted()
    part.answer = Transient("its server was restarted")
    sampler = Sampler(empty(), [Part("units", 3600.0, part.open)])
    sampler.start()
    try:
        until(lambda: sampler.snapshot.known["units"].silent)
        part.answer = {"units": ()}
        until(lambda: sampler.snapshot.units == ())
        asked = part.asked
        time.sleep(0.1)
        assert part.asked == asked  # seldom again
    finally:
        sampler.stop()


def test_a_part_that_hangs_holds_up_itself_alone() -> None:
    stuck, other = Scripted(), Scripted()
    stuck.hangs.clear()
    stuck.answer, other.answer = {"counts": {}}, {"phase": "ready"}
    sampler = sampling(books=stuck, stack=other)
    try:
        until(lambda: sampler.snapshot.phase == "ready")
        assert sampler.snapshot.counts is None
        stuck.hangs.set()
        until(lambda: sampler.snapshot.counts == {})
    finally:
        sampler.stop()


def test_what_nobody_expected_ends_no_part() -> None:
    part = Scripted()
    part.answer = KeyError("a row's content")
    sampler = sampling(stack=part)
    try:
        until(lambda: part.opened > 2)
        assert "row's content" not in str(sampler.snapshot.known["stack"].trouble)
    finally:
        sampler.stop()


def test_a_stack_that_nobody_looks_at_is_asked_seldom(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console_sampler, "LOOKED_S", -1.0)
    part = Scripted()
    sampler = sampling(stack=part)
    try:
        until(lambda: part.asked == 1)
        time.sleep(0.1)  # ten times as long as the part would like to wait
        assert part.asked == 1
        sampler.look()
        until(lambda: part.asked == 2)
        monkeypatch.setattr(console_sampler, "LOOKED_S", 60.0)
        sampler.look()
        sampler.nudge()
        until(lambda: part.asked > 5)
    finally:
        sampler.stop()


def test_a_part_that_answers_slowly_is_asked_more_seldom() -> None:
    part, asked = Scripted(), []

    def slowly() -> Mapping[str, Any]:
        asked.append(time.monotonic())
        time.sleep(0.05)
        return part.answer  # type: ignore[return-value]  it is set to fields

    part.ask = slowly  # type: ignore[method-assign]
    sampler = sampling(stack=part)
    try:
        until(lambda: len(asked) == 3)
    finally:
        sampler.stop()
    assert asked[2] - asked[0] > 0.4


def test_whoever_subscribes_is_told_until_they_leave() -> None:
    sampler, told = Sampler(empty()), []
    leave = sampler.subscribe(lambda: told.append(1))
    sampler.put(phase="ready")
    leave()
    sampler.put(phase="stopped")
    assert told == [1]


def test_history_keeps_a_day_and_the_difference_of_unknown_and_nothing() -> None:
    history = History()
    history.add(0.0, [("a", Point(0.0, 1.0, 2.0, 3.0))])
    history.add(KEPT_S, [("a", Point(KEPT_S, None, 0.0, 0.0))])
    assert [one.at for one in history.read("a")] == [0.0, KEPT_S]
    history.add(KEPT_S + 60, [("a", Point(KEPT_S + 60, None, None, None))])
    assert history.read("a")[0] == Point(KEPT_S, None, 0.0, 0.0)
    assert history.read("b") == []
    assert history.is_due(KEPT_S + 121)
    assert not history.is_due(KEPT_S + 100)
