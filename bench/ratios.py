"""Figures of one run: CPU a record, and ratios round by round with their spread."""

import gc
import statistics
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

Work = tuple[Callable[[Any], Any], Sequence[Any]]
"""What is called, and what it is called with, one after another."""


def cpu_us(work: Work) -> float:
    """Return the CPU time of one call of *work*, in µs, over all its items."""
    call, items = work
    gc.collect(1)
    begun = time.process_time()
    for item in items:
        call(item)
    return (time.process_time() - begun) / len(items) * 1e6


def play(works: Mapping[str, Work], rounds: int) -> dict[str, list[float]]:
    """Measure every work once a round; the order turns from round to round.

    A first round is played and not counted: memories fill, caches warm.
    """
    names = list(works)
    found: dict[str, list[float]] = {name: [] for name in names}
    for number in range(rounds + 1):
        turn = number % len(names)
        for name in names[turn:] + names[:turn]:
            took = cpu_us(works[name])
            if number:
                found[name].append(took)
    return found


def quotients(one: Iterable[float], other: Iterable[float]) -> list[float]:
    """Return *one* over *other*, round by round."""
    return [first / second for first, second in zip(one, other, strict=True)]


def spread(values: Sequence[float]) -> dict[str, float | int]:
    """Median, lowest, highest, and of how many."""
    return {
        "median": round(statistics.median(values), 3),
        "low": round(min(values), 3),
        "high": round(max(values), 3),
        "rounds": len(values),
    }


def spreads(found: Mapping[str, Sequence[float]]) -> dict[str, dict[str, float | int]]:
    """Return the spread of every work."""
    return {name: spread(values) for name, values in found.items()}
