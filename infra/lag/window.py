"""Burrow's rules: how a consumer is, told from a sliding window, without a threshold of messages.

The rules and their order are those of LinkedIn's Burrow ("Consumer Lag Evaluation Rules" in its
wiki). Burrow hears each commit; we look every few seconds, so a look at which the consumer was
alive stands for a commit: one that lives where it was STALLs, one that is gone STOPs.
"""

from collections.abc import Sequence
from enum import StrEnum
from itertools import pairwise

from infra.lag.sample import Sample

WINDOW_S = 60.0
"""How far back the rules look."""
_LEAST, _LEAST_S = 3, 15.0
"""Fewer looks than this, or a shorter stretch of them, say nothing of a consumer that is behind."""


class State(StrEnum):
    """How one consumer of one topic is."""

    OK = "OK"
    WARN = "WARN"
    """It goes on, and falls back or does not catch up."""
    STALL = "STALL"
    """It lives, records wait, and its offset does not move."""
    STOP = "STOP"
    """Records wait and nobody takes them."""
    REWIND = "REWIND"
    """Its offset went back."""
    UNKNOWN = "unknown"


def state_of(samples: Sequence[Sample], now: float, window_s: float = WINDOW_S) -> State:
    """Judge the looks of the last *window_s* seconds before *now*, oldest first."""
    seen = [one for one in samples if one.messages is not None and now - one.at <= window_s]
    if not seen:
        return State.UNKNOWN
    if seen[-1].messages == 0:  # who has nothing to take is never in error
        return State.OK
    commits = [one for one in seen if one.alive]
    if not _tells(seen):
        return State.UNKNOWN
    if _stopped(commits, now) and not _was_level(commits, seen):
        return State.STOP
    if any(one.messages == 0 for one in commits):
        return State.OK
    return _moving(commits) if _tells(commits) else State.UNKNOWN


def _tells(looks: Sequence[Sample]) -> bool:
    """Say whether so many looks, over so long, say anything (Burrow: a window that is complete)."""
    return len(looks) >= _LEAST and looks[-1].at - looks[0].at >= _LEAST_S


def _moving(commits: Sequence[Sample]) -> State:
    """Tell the worst that a window in which records always waited shows."""
    steps = [(after.taken or 0) - (before.taken or 0) for before, after in pairwise(commits)]
    if any(step < 0 for step in steps):
        return State.REWIND
    if not any(steps):
        return State.STALL
    waiting = [one.messages or 0 for one in commits]
    if all(after >= before for before, after in pairwise(waiting)):
        return State.WARN
    return State.OK


def _stopped(commits: Sequence[Sample], now: float) -> bool:
    """Say whether it has been silent for longer than it was heard."""
    if not commits:
        return True
    return now - commits[-1].at > commits[-1].at - commits[0].at


def _was_level(commits: Sequence[Sample], seen: Sequence[Sample]) -> bool:
    """Say whether nothing waited a moment ago: then what waits now has only just come."""
    taken = commits[-1].taken if commits else None
    return taken is not None and any((one.end or 0) <= taken for one in seen)
