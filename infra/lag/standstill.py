"""A worker that stands still while records wait for it: since when, and what is done about it.

A restart heals a frozen or hanging process, and nothing else: so a worker is restarted once, and a
second standstill within the hour is only reported (a person must look).
"""

from collections.abc import Sequence
from enum import StrEnum

import msgspec

from infra.lag.sample import Sample

ONCE_S = 3600.0
"""A worker is restarted at most once in so many seconds."""


class Deed(StrEnum):
    """What is done about one worker now."""

    NOTHING = "nothing"
    RESTART = "restart"
    REPORT = "report"


class Standstill(msgspec.Struct, frozen=True, kw_only=True):
    """One worker that stands still, or that was restarted because it did."""

    worker: str
    since: float
    """Epoch seconds of the first look that found it where it is."""
    waiting: int
    restarted_at: float | None = None
    reported: bool = False
    """A restart did not heal it, or was not ours to make: a person must look."""
    over: bool = False
    """It goes on; kept to know when it was restarted last."""


def stands_since(samples: Sequence[Sample]) -> float | None:
    """Tell since when the worker has not moved although records waited; None = it does move.

    A look that could not tell ends the stretch: what is not known is no standstill.
    """
    since = None
    for one in reversed(samples):
        if not one.messages or one.taken != samples[-1].taken:
            break
        since = one.at
    return since


def decide(since: float | None, now: float, limit_s: float, restarted_at: float | None) -> Deed:
    """Decide about a worker that stands still *since*, with at most *limit_s* allowed."""
    if since is None or now - since < limit_s:
        return Deed.NOTHING
    again = restarted_at is not None and now - restarted_at < ONCE_S
    return Deed.REPORT if again else Deed.RESTART
