"""Burrow's rules over a sliding window, one table."""

import pytest

from infra.lag.sample import Sample
from infra.lag.window import State, state_of

NOW = 1_000.0


def looks(*pairs: tuple[int, int], alive: str = "", apart: float = 10.0) -> list[Sample]:
    """Make looks (taken, end) of which the last is now; *alive* has a letter for each, y or n."""
    begun = NOW - apart * (len(pairs) - 1)
    lives = alive or "y" * len(pairs)
    return [
        Sample(at=begun + apart * number, taken=taken, end=end, alive=lives[number] == "y")
        for number, (taken, end) in enumerate(pairs)
    ]


@pytest.mark.parametrize(
    ("samples", "wanted"),
    [
        pytest.param(looks((5, 5), (5, 5), (5, 5)), State.OK, id="idle"),
        pytest.param(looks((1, 9), (1, 9), (9, 9)), State.OK, id="level now"),
        pytest.param(looks((1, 9), (4, 9), (9, 9), (10, 12)), State.OK, id="was level once"),
        pytest.param(looks((1, 9), (4, 11), (7, 12)), State.OK, id="catches up somewhere"),
        pytest.param(looks((1, 9), (2, 10), (3, 12)), State.WARN, id="follows and falls back"),
        pytest.param(looks((1, 9), (2, 10), (3, 11)), State.WARN, id="never gets nearer"),
        pytest.param(looks((4, 9), (4, 9), (4, 9)), State.STALL, id="lives and does not move"),
        pytest.param(looks((4, 9), (4, 10), (4, 30)), State.STALL, id="nor when more comes"),
        pytest.param(looks((6, 9), (4, 9), (5, 9)), State.REWIND, id="went back"),
        pytest.param(looks((6, 9), (6, 9), (4, 9), (9, 9)), State.OK, id="went back and is done"),
        pytest.param(looks((4, 9), (4, 9), (4, 9), alive="nnn"), State.STOP, id="never was there"),
        pytest.param(
            looks((4, 9), (4, 9), (4, 9), (4, 9), alive="yynn"), State.STOP, id="gone long enough"
        ),
        pytest.param(
            looks((4, 9), (5, 9), (6, 9), (6, 9), alive="yyyn"), State.OK, id="gone a moment ago"
        ),
        pytest.param(
            looks((4, 4), (4, 4), (4, 6), alive="ynn"), State.OK, id="what waits has just come"
        ),
        pytest.param(looks((4, 9), (4, 9)), State.UNKNOWN, id="too few looks"),
        pytest.param(looks((4, 9), (4, 9), (4, 9), apart=1.0), State.UNKNOWN, id="too short"),
        pytest.param(
            looks((4, 9), (4, 9), (4, 9), alive="nny"), State.UNKNOWN, id="has only just come back"
        ),
        pytest.param([], State.UNKNOWN, id="none"),
        pytest.param([Sample(at=NOW), Sample(at=NOW)], State.UNKNOWN, id="nobody could tell"),
    ],
)
def test_a_consumer_is_judged_by_its_window(samples: list[Sample], wanted: State) -> None:
    assert state_of(samples, NOW) is wanted


def test_what_lies_before_the_window_is_not_judged() -> None:
    old = [Sample(at=NOW - 500, taken=9, end=9, alive=True)]
    stuck = looks((4, 9), (4, 9), (4, 9))
    assert state_of([*old, *stuck], NOW) is State.STALL
