"""What is kept of the samples, and how a file that is not whole is read."""

from itertools import pairwise
from pathlib import Path

import pytest

from infra.lag.history import (
    FAR_S,
    NEAR_S,
    History,
    history_file,
    read_history,
    thinned,
    write_history,
)
from infra.lag.sample import Hop, Sample, behind
from infra.lag.standstill import Standstill


def test_every_sample_of_the_last_minutes_is_kept_and_one_a_minute_of_the_hour_before() -> None:
    kept: list[Sample] = []
    for number in range(2_000):
        kept = thinned([*kept, Sample(at=number * 5.0)])
    newest = kept[-1].at
    near = [one for one in kept if newest - one.at <= NEAR_S]
    far = [one for one in kept if newest - one.at > NEAR_S]
    assert len(near) == 31
    assert 55 <= len(far) <= 60
    assert all(later.at - one.at >= 60 for one, later in pairwise(far))
    assert newest - kept[0].at <= FAR_S


def test_a_clock_set_back_leaves_no_sample_of_the_future() -> None:
    assert thinned([Sample(at=900.0), Sample(at=100.0)]) == [Sample(at=100.0)]


def test_a_history_is_read_as_it_was_written(tmp_path: Path) -> None:
    history = History()
    history.add({"a": {Hop.RAW_TO_VERDICT: Sample(at=1, taken=1, end=2)}}, {"w": Sample(at=1)}, 1)
    history.add({"a": {Hop.RAW_TO_VERDICT: Sample(at=2, taken=2, end=2)}}, {"w": Sample(at=2)}, 2)
    history.standstills["w"] = Standstill(worker="w", since=1, waiting=3)
    write_history(history_file(tmp_path), history)
    read = read_history(history_file(tmp_path))
    assert read == history
    assert [one.messages for one in read.hops["a"][Hop.RAW_TO_VERDICT]] == [1, 0]
    read.add({}, {}, 3)
    assert (read.hops, read.workers) == ({}, {})


@pytest.mark.parametrize("text", [None, "", "{", '{"at": "x"}'])
def test_a_history_that_cannot_be_read_is_empty(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        history_file(tmp_path).write_text(text)
    assert read_history(history_file(tmp_path)) == History()


@pytest.mark.parametrize(
    ("now", "wanted"), [(100.0, True), (160.0, True), (161.0, False), (9, False)]
)
def test_a_history_is_fresh_for_a_while(now: float, *, wanted: bool) -> None:
    assert History(at=100.0).fresh(now, 60.0) is wanted


@pytest.mark.parametrize(
    ("oldest", "waiting", "proved", "wanted"),
    [
        (7.5, 3, True, 7.5),
        (7.5, 3, False, 7.5),
        (None, 3, True, None),  # something waits, and nobody could read how old it is
        (None, 0, True, 0.0),
        (None, 0, False, None),  # Invariant 9: nothing waits, and nothing proves that all is well
        (None, 0, None, None),
        (0.4, 0, True, 0.4),  # a heartbeat is on its way
    ],
)
def test_idle_is_proved_or_unknown(
    oldest: float | None,
    waiting: int,
    *,
    proved: bool | None,
    wanted: float | None,
) -> None:
    assert behind(oldest, waiting, proved=proved) == wanted
