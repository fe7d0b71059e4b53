"""The last 24 hours of a few figures, in memory, a point a minute: what the plots show.

It begins anew when the console does; nothing but this process keeps it.
"""

import threading
from array import array
from collections.abc import Iterable
from typing import NamedTuple

KEPT_S = 24 * 3600
STEP_S = 60
_UNKNOWN = float("nan")


class Point(NamedTuple):
    """Figures of one dataset at one moment, epoch seconds; None = not known then."""

    at: float
    lag_s: float | None
    captured: float | None
    waiting: float | None


class History:
    """Points by dataset, oldest first; written by the sampler, read by any thread."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._lock = threading.Lock()
        self._points: dict[str, array[float]] = {}
        self._last = 0.0

    def is_due(self, now: float) -> bool:
        """Say whether a minute has passed since the last points."""
        return now - self._last >= STEP_S

    def add(self, now: float, points: Iterable[tuple[str, Point]]) -> None:
        """Take the points of one moment; those older than a day are let go."""
        with self._lock:
            self._last = now
            for dataset, point in points:
                kept = self._points.setdefault(dataset, array("d"))
                kept.extend(_UNKNOWN if value is None else value for value in point)
                while kept and kept[0] < now - KEPT_S:
                    del kept[: len(Point._fields)]

    def read(self, dataset: str) -> list[Point]:
        """Return the points of *dataset*."""
        with self._lock:
            kept = list(self._points.get(dataset, ()))
        width = len(Point._fields)
        rows = (kept[start : start + width] for start in range(0, len(kept), width))
        return [Point(at, *map(_known, rest)) for at, *rest in rows]


def _known(value: float) -> float | None:
    return None if value != value else value  # noqa: PLR0124  NaN alone differs from itself
