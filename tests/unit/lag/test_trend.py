"""Where a lag is going, and when it will be clear."""

import pytest

from infra.lag.sample import Sample
from infra.lag.trend import Growth, Trend, clears_in_s, growth_of, trend_of


def waiting(*counts: int | None, apart: float = 5.0, moves: bool = True) -> list[Sample]:
    """Make samples in which so many records wait, behind a taker that moves or stands."""
    return [
        Sample(at=apart * number)
        if count is None
        else Sample(at=apart * number, taken=number if moves else 0, end=count + number * moves)
        for number, count in enumerate(counts)
    ]


def aged(*seconds: float | None, apart: float = 5.0) -> list[Sample]:
    """Make samples of the source's hop, which counts no records."""
    return [Sample(at=apart * number, seconds=age) for number, age in enumerate(seconds)]


@pytest.mark.parametrize(
    ("samples", "wanted"),
    [
        (waiting(0, 0, 0, 0), Trend.STEADY),
        (waiting(10, 20, 30, 40), Trend.GROWING),
        (waiting(40, 30, 20, 10), Trend.SHRINKING),
        (waiting(100, 103, 99, 101), Trend.STEADY),
        (waiting(7, 7, 7, moves=False), Trend.GROWING),  # what is stuck gets older
        (waiting(3, 9), Trend.GROWING),
        (waiting(5), Trend.UNKNOWN),
        (waiting(5, 6, None), Trend.UNKNOWN),
        ([], Trend.UNKNOWN),
        (aged(1, 11, 3, 9, 2), Trend.STEADY),  # a heartbeat every 10 s
        (aged(3, 8, 13, 18), Trend.GROWING),
        (aged(60, 40, 20, 2), Trend.SHRINKING),
        (aged(3, None), Trend.UNKNOWN),
    ],
)
def test_a_trend_compares_the_older_half_with_the_newer(
    samples: list[Sample], wanted: Trend
) -> None:
    assert trend_of(samples) is wanted


def test_what_lies_before_the_window_is_not_compared() -> None:
    assert trend_of(waiting(900, 10, 20, 30), window_s=11) is Trend.GROWING


@pytest.mark.parametrize(
    ("samples", "wanted"),
    [
        (waiting(0, 0), 0.0),
        (waiting(40, 30, 20, 10), 5.0),  # 2 a second
        (waiting(10, 20), None),
        (waiting(10, 10), None),
        (aged(3, 2), None),
        (waiting(40, None), None),
        ([], None),
    ],
)
def test_the_time_to_clear_is_told_only_of_what_shrinks(
    samples: list[Sample], wanted: float | None
) -> None:
    assert clears_in_s(samples) == wanted


def backlog(*counts: int, rate: int = 600) -> list[Sample]:
    """Make a look a minute in which so many records waited, and *rate* were taken in each."""
    return [
        Sample(at=60.0 * number, taken=rate * number, end=rate * number + count)
        for number, count in enumerate(counts)
    ]


@pytest.mark.parametrize(
    ("samples", "minutes"),
    [
        (backlog(*range(100, 1700, 100)), 15),
        (backlog(0, 0, 10, 20, 30), 2),  # it began to wait two minutes ago
        (backlog(500, 100, 200, 300), 2),  # it had caught up in between
        (backlog(100, 200, 195, 300), 3),  # a dip of a few is none
        (backlog(100, 200, 300, rate=0), 0),  # nothing is taken: it stands, that is no volume
        (backlog(300, 200, 100), 0),
        (backlog(100, 100, 100), 0),
        (backlog(5), 0),
    ],
)
def test_a_backlog_grows_while_all_work(samples: list[Sample], minutes: int) -> None:
    found = growth_of(samples)
    assert found == Growth(60.0 * minutes, 10.0 if minutes else 0.0)


def test_looks_a_few_seconds_apart_are_compared_minute_by_minute() -> None:
    near = [
        Sample(at=at, taken=int(at), end=int(at) + 100 + int(at) // 10)
        for at in (0.0, 60.0, 120.0, *range(125, 185, 5))
    ]
    assert growth_of(near) == Growth(180.0, 1.0)


@pytest.mark.parametrize("samples", [[], aged(3, 8), waiting(5, None)])
def test_growth_of_what_is_not_counted_is_unknown(samples: list[Sample]) -> None:
    assert growth_of(samples) is None  # Invariant 9
