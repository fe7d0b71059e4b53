"""How long a change takes: from just before a clerk sends it until a reader sees its row.

Both moments are read from this machine's clock. A row counts from the first look that finds it, so
a figure is never too small, and too large by at most one look (10 ms).
"""

import math
import threading
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple, Protocol

from infra.errors import Trouble
from suoi.demo.clerk import Deed

LOOK_S = 0.01
_MEASURED = ("insert", "correct")
"""Deeds that make a row appear which was not there; others would need its content compared."""


class Seer(Protocol):
    """Who can say which rows stand in the province."""

    def visible(self, wanted: Mapping[str, Iterable[str]]) -> set[tuple[str, str]]:
        """Return those of the wanted (dataset, key) that are there."""
        ...


class Latency(NamedTuple):
    """Seconds from commit to visible row; None where nothing was measured."""

    measured: int
    p50: float | None
    p99: float | None
    missing: int
    """Rows told of and not yet seen."""


class Watch:
    """Looks at the province on a thread of its own while the clerk works."""

    def __init__(self, province: Seer) -> None:
        """Take the connection to look through; nobody else may use it meanwhile."""
        self._province = province
        self._lock = threading.Lock()
        self._told: dict[tuple[str, str], float] = {}
        self._taken: dict[str, list[float]] = defaultdict(list)
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)
        self.trouble: Trouble | None = None

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def tell(self, deed: Deed) -> None:
        """Take note of a change whose row must now appear."""
        if deed.good and deed.op in _MEASURED:
            with self._lock:
                self._told[deed.dataset, deed.key] = deed.began
        elif deed.op in {"update", "delete"}:
            with self._lock:  # changed again before it was seen: no longer a fair measure
                self._told.pop((deed.dataset, deed.key), None)

    def look(self) -> None:
        """Look once, and note each row that has appeared."""
        with self._lock:
            wanted = defaultdict(list)
            for dataset, key in self._told:
                wanted[dataset].append(key)
        seen = self._province.visible(wanted)
        now = time.time()
        with self._lock:
            for name in seen & self._told.keys():
                self._taken[name[0]].append(now - self._told.pop(name))

    def finish(self, patience_s: float) -> None:
        """Stop looking once every row told of has appeared, or after *patience_s*."""
        until = time.monotonic() + patience_s
        while self._told and time.monotonic() < until and self._thread.is_alive():
            self._done.wait(LOOK_S)
        self._done.set()
        self._thread.join()

    def latency(self, dataset: str | None = None) -> Latency:
        """Return the figures of one dataset, or of all."""
        with self._lock:
            chosen = [dataset] if dataset else list(self._taken)
            taken = sorted(one for name in chosen for one in self._taken.get(name, ()))
            missing = sum(1 for name, _ in self._told if dataset in {None, name})
        return Latency(len(taken), _share(taken, 0.50), _share(taken, 0.99), missing)

    def _run(self) -> None:
        try:
            while not self._done.wait(LOOK_S):
                self.look()
        except Trouble as trouble:
            self.trouble = trouble


def _share(ordered: list[float], share: float) -> float | None:
    """Return the value below or at which *share* of the ordered values lie."""
    return ordered[math.ceil(share * len(ordered)) - 1] if ordered else None
