"""What was measured last, ready to be handed out: a scrape measures nothing and waits for nobody.

Each part of a page (one module of measurements) is put here as finished text. One that failed, or
that was not measured for three of its turns, is taken off the page and said to be unknown: an old
number that looks like a new one would be a lie (invariant 9).
"""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from infra.metrics.family import Family, Kind, Sample
from infra.metrics.text import write

_TURNS = 3

KNOWN = Family(
    "suoi_part_known",
    "1 where this part of the page was measured in time; 0: its metrics are absent, unknown.",
    ("component",),
)
GATHERED = Family(
    "suoi_part_gathered_timestamp_seconds",
    "When this part was measured last, seconds since the epoch.",
    ("component",),
)
TOOK = Family("suoi_part_seconds", "How long its last measurement took.", ("component",))
REFUSED = Family(
    "suoi_samples_refused_total",
    "Samples left out because a label's value is none of ours; must stay 0.",
    kind=Kind.COUNTER,
)
OWN = (KNOWN, GATHERED, TOOK, REFUSED)


@dataclass(slots=True)
class _Part:
    every_s: float
    text: bytes = b""
    known: bool = False
    measured: float = 0.0
    """By the monotonic clock."""
    at: float = 0.0
    took_s: float = 0.0


class Shelf:
    """Holds the newest text of every part; parts are put by their samplers, taken by scrapes."""

    def __init__(
        self, every_s: dict[str, float], clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Name the parts there are, and how often each is to be measured, in seconds."""
        self._parts = {name: _Part(seconds) for name, seconds in every_s.items()}
        self._clock = clock
        self._refused = 0
        self._lock = threading.Lock()

    def put(self, name: str, samples: Iterable[Sample], took_s: float = 0.0) -> None:
        """Keep what part *name* measured just now; *took_s* is how long that took."""
        page = write(samples)
        with self._lock:
            self._refused += page.refused
            part = self._parts[name]
            part.text, part.known, part.took_s = page.text, True, took_s
            part.measured, part.at = self._clock(), time.time()

    def lose(self, name: str) -> None:
        """Take part *name* off the page: it could not be measured."""
        with self._lock:
            self._parts[name].known = False

    def page(self) -> bytes:
        """Give the whole page as it lies ready."""
        with self._lock:
            texts = [part.text for part in self._parts.values() if self._fresh(part)]
            own = write(list(self._about()))
        return b"".join((*texts, own.text))

    def _fresh(self, part: _Part) -> bool:
        return part.known and self._clock() - part.measured <= _TURNS * part.every_s

    def _about(self) -> Iterator[Sample]:
        for name, part in self._parts.items():
            yield from KNOWN.of(self._fresh(part), name)
            if part.at:
                yield from GATHERED.of(part.at, name)
                yield from TOOK.of(part.took_s, name)
        yield from REFUSED.of(self._refused)
