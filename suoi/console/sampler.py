"""The sampler: asks every part of the stack again and again, each in a thread of its own.

What it found last is one frozen snapshot; a request reads that and waits for nobody. A part that
hangs holds up itself alone. While nobody looks the stack is asked seldom, enough for the plots.
"""

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, NamedTuple, Protocol

import structlog

from infra.errors import Trouble
from suoi.console.history import Point
from suoi.console.snapshot import Known, Snapshot, empty

LOOKED_S = 60.0
"""So long after somebody looked the parts are asked as often as they want to be."""
IDLE_S = 30.0
"""How often they are asked after that; half a step of the history."""
AGAIN_S = 5.0
"""A part that failed is asked again after so many seconds, however seldom or slow it is."""
REST = 4.0
"""A part rests for so many times as long as its answer took: much to count is counted seldom."""
_log = structlog.get_logger()
_UNEXPECTED = "it answered with something nobody expected; the console's log names the place"


class Asker(Protocol):
    """Who asks one part; whatever it holds open it opens anew after a failure."""

    def ask(self) -> Mapping[str, Any]:
        """Return fields of Snapshot by their names.

        Raises:
            Trouble: the part does not answer, as a sentence.
        """

    def close(self) -> None:
        """Let go of all that is open."""


class Part(NamedTuple):
    """One part of the stack, and how often it is asked."""

    name: str
    every_s: float
    open: Callable[[], Asker]


class Sampler:
    """Keeps the snapshot; whoever subscribes is told when it has changed."""

    def __init__(self, first: Snapshot | None = None, parts: Iterable[Part] = ()) -> None:
        """Begin with *first*; nothing is asked before `start`."""
        self._parts = tuple(parts)
        known = dict.fromkeys((part.name for part in self._parts), Known())
        self._snapshot = replace(first or empty(), known=known)
        self._changing = threading.Lock()
        self._told: list[Callable[[], None]] = []
        self._stop = threading.Event()
        self._nudges = {part.name: threading.Event() for part in self._parts}
        self._threads: list[threading.Thread] = []
        self._looked = time.monotonic()

    @property
    def snapshot(self) -> Snapshot:
        """What is known now."""
        return self._snapshot

    def start(self) -> None:
        """Begin to ask."""
        for part in self._parts:
            thread = threading.Thread(target=self._go_on, args=(part,), name=part.name, daemon=True)
            self._threads.append(thread)
            thread.start()

    def stop(self, patience_s: float = 2.0) -> None:
        """Stop asking; a part that hangs is not waited for longer than *patience_s*."""
        self._stop.set()
        for nudge in self._nudges.values():
            nudge.set()
        deadline = time.monotonic() + patience_s
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))

    def look(self) -> None:
        """Take note that somebody looks; after a pause all parts are asked at once."""
        was_idle = not self._is_looked_at()
        self._looked = time.monotonic()
        if was_idle:
            self.nudge()

    def nudge(self) -> None:
        """Ask all parts now: somebody has just changed something."""
        for nudge in self._nudges.values():
            nudge.set()

    def subscribe(self, told: Callable[[], None]) -> Callable[[], None]:
        """Call *told*, from any thread, after each change; what is returned ends that."""
        self._told.append(told)
        return lambda: self._told.remove(told)

    def put(self, part: str = "", known: Known | None = None, **values: object) -> None:
        """Take *values*, and that *part* is *known* so, into the snapshot; tell who subscribed."""
        with self._changing:
            if known is not None:
                values["known"] = {**self._snapshot.known, part: known}
            self._snapshot = replace(self._snapshot, taken=datetime.now(UTC), **values)  # type: ignore[arg-type]  # names come from parts
        for told in tuple(self._told):
            told()

    def _go_on(self, part: Part) -> None:
        asker: Asker | None = None
        while not self._stop.is_set():
            asked = time.monotonic()
            asker = self._asked(part, asker)
            pause_s = self._pause_s(part, time.monotonic() - asked, failed=asker is None)
            self._nudges[part.name].wait(pause_s)
            self._nudges[part.name].clear()
        _close(asker)

    def _asked(self, part: Part, asker: Asker | None) -> Asker | None:
        """Ask *part* once; returns who asked, None where it failed."""
        try:
            asker = asker or part.open()
            self._answered(part.name, asker.ask())
        except Trouble as trouble:
            self._silent(part.name, str(trouble))
        except Exception as error:  # noqa: BLE001  one part must never end the console
            _log.error("part.failed", part=part.name, error=type(error).__name__)
            self._silent(part.name, _UNEXPECTED)
        else:
            return asker
        _close(asker)
        return None

    def _pause_s(self, part: Part, took_s: float, *, failed: bool) -> float:
        """Return how long *part* rests; one that failed has waited, and counted nothing."""
        wanted = min(part.every_s, AGAIN_S) if failed else max(part.every_s, REST * took_s)
        return max(wanted, 0.0 if self._is_looked_at() else IDLE_S)

    def _is_looked_at(self) -> bool:
        return time.monotonic() - self._looked < LOOKED_S

    def _answered(self, name: str, values: Mapping[str, Any]) -> None:
        self.put(name, Known(at=datetime.now(UTC)), **values)
        self._remember()

    def _silent(self, name: str, trouble: str) -> None:
        before = self._snapshot.known[name]
        since = before.since or datetime.now(UTC)
        self.put(name, Known(before.at, trouble, since))

    def _remember(self) -> None:
        now, seen = time.time(), self._snapshot
        if seen.counts is not None and seen.history.is_due(now):
            seen.history.add(now, ((name, point(seen, name, now)) for name in seen.datasets))


def point(seen: Snapshot, dataset: str, now: float) -> Point:
    """Return the figures of *dataset* as a point of its plots."""
    through = (seen.through or {}).get(dataset)
    captured = (seen.counts or {}).get(dataset, {}).get("captured")
    waiting = None
    if seen.waiting is not None:
        waiting = sum(one.items for one in seen.waiting if one.dataset == dataset)
    return Point(now, None if through is None else now - through.timestamp(), captured, waiting)


def _close(asker: Asker | None) -> None:
    if asker is not None:
        with suppress(Trouble, OSError, RuntimeError):
            asker.close()
