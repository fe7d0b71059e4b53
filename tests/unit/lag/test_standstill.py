"""Since when a worker stands still, and what is done about it."""

import pytest

from infra.lag.sample import Sample
from infra.lag.standstill import ONCE_S, Deed, decide, stands_since


def at(moment: float, taken: int | None, end: int | None) -> Sample:
    return Sample(at=moment, taken=taken, end=end)


@pytest.mark.parametrize(
    ("samples", "wanted"),
    [
        ([at(1, 4, 9), at(2, 4, 9), at(3, 4, 12)], 1.0),
        ([at(1, 3, 9), at(2, 4, 9), at(3, 4, 9)], 2.0),
        ([at(1, 4, 4), at(2, 4, 9), at(3, 4, 9)], 2.0),  # idle before: it did not stand
        ([at(1, 4, 9), at(2, None, None), at(3, 4, 9)], 3.0),  # unknown is no standstill
        ([at(1, 4, 9), at(2, 4, 9), at(3, None, None)], None),
        ([at(1, 4, 9), at(2, 9, 9)], None),
        ([], None),
    ],
)
def test_a_standstill_begins_at_the_first_look_that_found_it_there(
    samples: list[Sample], wanted: float | None
) -> None:
    assert stands_since(samples) == wanted


@pytest.mark.parametrize(
    ("since", "restarted_at", "wanted"),
    [
        (None, None, Deed.NOTHING),
        (9_950.0, None, Deed.NOTHING),
        (9_940.0, None, Deed.RESTART),
        (9_940.0, 10_000.0 - ONCE_S + 1, Deed.REPORT),
        (9_940.0, 10_000.0 - ONCE_S, Deed.RESTART),
    ],
)
def test_a_worker_is_restarted_once_an_hour_at_most(
    since: float | None, restarted_at: float | None, wanted: Deed
) -> None:
    assert decide(since, 10_000.0, 60.0, restarted_at) is wanted
