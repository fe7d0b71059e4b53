"""One look at one hop of one dataset, or at all that one worker takes: what a lag is told from.

A part that could not be asked leaves None: unknown, and never read as 0 (invariant 9).
"""

from enum import StrEnum

import msgspec


class Hop(StrEnum):
    """The four hops of a change, in their order (DESIGN.md 6)."""

    COMMIT_TO_RAW = "commit_to_raw"
    RAW_TO_VERDICT = "raw_to_verdict"
    VERDICT_TO_APPLIED = "verdict_to_applied"
    APPLIED_TO_PORTAL = "applied_to_portal"


class Sample(msgspec.Struct, frozen=True, array_like=True):
    """What one look found.

    *at* is our clock, seconds since the epoch. *seconds* is how far behind it was. *taken* and
    *end* are offsets, added up over its partitions: everything before *taken* is done, and *end*
    is the next to be written; the source's hop has none. *alive* says whether somebody takes.
    """

    at: float
    seconds: float | None = None
    taken: int | None = None
    end: int | None = None
    alive: bool | None = None

    @property
    def messages(self) -> int | None:
        """How many records wait; None where nobody could tell."""
        if self.taken is None or self.end is None:
            return None
        return max(self.end - self.taken, 0)


def behind(oldest_s: float | None, waiting: int, *, proved: bool | None) -> float | None:
    """Tell how many seconds a hop is behind.

    Where something waits it is the age of the oldest, which grows while nothing is taken. Where
    nothing waits it is 0 only if that is *proved*: a heartbeat went the same way, its taker lives.
    """
    if waiting:
        return oldest_s
    return (oldest_s or 0.0) if proved else None  # Invariant 9
