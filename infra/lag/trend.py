"""Whether a hop falls back, and when it will have caught up: told from its last samples."""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from infra.lag.sample import Sample

WINDOW_S = 120.0
_NOISE = 0.1
"""A change of less than this share of what waits is none."""
_MINUTE_S = 55.0
"""Looks so far apart are compared: kept are one a minute, more or less."""
_TIED = 0.5
"""Seconds that grow by at least this share of the time that passed are of a hop that stands."""


class Trend(StrEnum):
    """Where the lag of a hop is going."""

    GROWING = "growing"
    STEADY = "steady"
    SHRINKING = "shrinking"
    UNKNOWN = "unknown"


def trend_of(samples: Sequence[Sample], window_s: float = WINDOW_S) -> Trend:
    """Compare the older half of the last *window_s* seconds with the newer one.

    A hop in which the same records wait on and on is growing: what is stuck gets older.
    """
    seen = _recent(samples, window_s)
    counted = [one for one in seen if one.messages is not None]
    if len(counted) > 1:
        return _of_messages(counted)
    timed = [one for one in seen if one.seconds is not None]
    return _of_seconds(timed) if len(timed) > 1 else Trend.UNKNOWN


def clears_in_s(samples: Sequence[Sample], window_s: float = WINDOW_S) -> float | None:
    """Tell in how many seconds nothing will wait, if all goes on as now; None = not to be told."""
    counted = [one for one in _recent(samples, window_s) if one.messages is not None]
    if not counted:
        return None
    left = counted[-1].messages or 0
    if left == 0:
        return 0.0
    if trend_of(samples, window_s) is not Trend.SHRINKING:
        return None
    gained = (counted[0].messages or 0) - left
    passed_s = counted[-1].at - counted[0].at
    return left * passed_s / gained if gained > 0 and passed_s > 0 else None


class Growth(NamedTuple):
    """A backlog that grows although records are taken all the while."""

    seconds: float
    rate: float
    """Records taken, a second."""


def growth_of(samples: Sequence[Sample]) -> Growth | None:
    """Tell for how long what waits has grown, minute by minute, at full throughput; None = unknown.

    A minute in which nothing was taken, or nothing waited, ends the stretch: who stands still, or
    catches up now and then, has no volume too large for it (DOMAIN.md 11, cause 3).
    """
    if not samples or samples[-1].messages is None:
        return None
    newest = begun = samples[-1]
    for one in reversed(samples):
        if begun.at - one.at < _MINUTE_S:
            continue
        if not one.messages or (begun.messages or 0) < one.messages * (1 - _NOISE):
            break
        if (begun.taken or 0) <= (one.taken or 0):
            break
        begun = one
    passed = newest.at - begun.at
    if not passed or (newest.messages or 0) <= (begun.messages or 0):
        return Growth(0.0, 0.0)
    return Growth(passed, ((newest.taken or 0) - (begun.taken or 0)) / passed)


def _recent(samples: Sequence[Sample], window_s: float) -> list[Sample]:
    """Take the samples of the window; what lies before a look that failed is not compared."""
    if not samples or (samples[-1].messages is None and samples[-1].seconds is None):
        return []
    return [one for one in samples if samples[-1].at - one.at <= window_s]


def _of_messages(counted: Sequence[Sample]) -> Trend:
    before, after = _halves([float(one.messages or 0) for one in counted])
    if abs(after - before) > max(before, after) * _NOISE:
        return Trend.GROWING if after > before else Trend.SHRINKING
    stands = counted[0].taken == counted[-1].taken and counted[-1].messages
    return Trend.GROWING if stands else Trend.STEADY


def _of_seconds(timed: Sequence[Sample]) -> Trend:
    """A heartbeat's age is a sawtooth: only what grows with the clock, or falls as fast, counts."""
    gained = (timed[-1].seconds or 0.0) - (timed[0].seconds or 0.0)
    passed = timed[-1].at - timed[0].at
    if abs(gained) < passed * _TIED or passed <= 0:
        return Trend.STEADY
    return Trend.GROWING if gained > 0 else Trend.SHRINKING


def _halves(values: Sequence[float]) -> tuple[float, float]:
    middle = len(values) // 2
    older, newer = values[:middle], values[-middle:]
    return sum(older) / len(older), sum(newer) / len(newer)
