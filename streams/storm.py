"""Reject storms: a dataset of which more is refused than its contract allows stops alone.

Counted by the time of judging, over the last five minutes, for what this worker judges of it: rows
of a load (op r) do not count, nor do records judged again, nor what was captured before a person
last let the dataset go on: one resume covers all that waits behind a storm. What is counted lives
in memory: a worker that starts anew begins with an empty window, and a storm that goes on fills it
again. The pause itself is in `control.datasets`, so no restart ends it (invariant 10).
"""

import time
from collections import deque
from collections.abc import Callable, Iterable
from datetime import datetime
from fractions import Fraction
from typing import Final

from schemas.contract import Dataset
from schemas.control import stormy
from schemas.records import Filtered, Origin, Rejected, Verdict
from streams.structure import Stop

WINDOW_S: Final = 300.0
LEAST: Final = 200
"""Records below which no share is taken for a storm."""

_SLICE_S = 5.0
LOAD: Final = "r"


class Window:
    """What was judged and refused of one dataset lately, in slices of five seconds."""

    def __init__(self, share: Fraction) -> None:
        """Allow *share* of the records to be refused."""
        self.judged = 0
        self.refused = 0
        self._share = share
        self._slices: deque[tuple[float, int, int]] = deque()

    def add(self, now: float, judged: int, refused: int) -> None:
        """Count what was judged at *now* (s), and let go what is older than the window."""
        begun = now - now % _SLICE_S
        if self._slices and self._slices[-1][0] == begun:
            _, before, refused_before = self._slices.pop()
            self._slices.append((begun, before + judged, refused_before + refused))
        else:
            self._slices.append((begun, judged, refused))
        self.judged += judged
        self.refused += refused
        while self._slices[0][0] <= now - WINDOW_S:
            _, judged, refused = self._slices.popleft()
            self.judged -= judged
            self.refused -= refused

    @property
    def storms(self) -> bool:
        """Whether more is refused than the share, of enough records."""
        return self.judged >= LEAST and self.refused > self._share * self.judged


class Storms:
    """The windows of all datasets of one worker."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin with nothing counted; *clock* gives seconds that never go back."""
        self._clock = clock
        self._windows: dict[str, Window] = {}
        self._shares: dict[str, Fraction] = {}
        self._resumed: dict[str, int] = {}
        """When a dataset was let go on, in µs since the epoch."""

    def forget(self, dataset: str, moment: datetime) -> None:
        """Begin anew with *dataset*: a person let go on, at *moment*, what had come by then."""
        self._windows.pop(dataset, None)
        self._resumed[dataset] = round(moment.timestamp() * 1_000_000)

    def after(self, dataset: Dataset, verdicts: Iterable[Verdict], next_: Origin) -> Stop | None:
        """Count *verdicts*; return the Stop at *next_*, the first not judged, once it storms."""
        share = self._shares.get(dataset.id)
        if share is None:
            share = self._shares[dataset.id] = Fraction(dataset.reject_share)
        if share >= 1:
            return None
        judged, refused = counted(verdicts, self._resumed.get(dataset.id, 0))
        if not judged:
            return None
        window = self._windows.setdefault(dataset.id, Window(share))
        window.add(self._clock(), judged, refused)
        if not refused or not window.storms:
            return None
        stop = Stop(dataset, *next_, ())
        return stop._replace(cause=stormy(dataset, window.refused, window.judged, stop.at))


def counted(verdicts: Iterable[Verdict], resumed: int = 0) -> tuple[int, int]:
    """How many of *verdicts* were judged live, and how many of them refused.

    What was captured before *resumed* (µs) is left out; what names no time counts.
    """
    judged = refused = 0
    for verdict in verdicts:
        if isinstance(verdict, Filtered):
            continue
        change = verdict.change
        if change and (change.op == LOAD or change.captured_ts < resumed):
            continue
        judged += 1
        refused += isinstance(verdict, Rejected)
    return judged, refused
