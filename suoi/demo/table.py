"""The live table: what was captured, judged, applied and published, and how fast.

On a terminal it is drawn anew in place (rich); elsewhere it is plain lines, one a dataset.
"""

import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from rich.console import Console
from rich.live import Live
from rich.table import Table

from suoi.demo.watch import Latency
from suoi.demo.words import Words

_COUNTS = ("captured", "clean", "reject", "applied", "open")
_REASONS_SHOWN = 2
_PLAIN_EVERY_S = 5.0

Figures = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One dataset's figures at one moment."""

    dataset: str
    counts: tuple[int, ...]
    reasons: tuple[tuple[str, int], ...]
    latency: Latency


def lines(
    figures: Figures,
    reasons: Mapping[str, list[tuple[str, int]]],
    latency: Callable[[str], Latency],
) -> list[Line]:
    """Bring the figures of every dataset together."""
    return [
        Line(
            dataset=dataset,
            counts=tuple(int(held.get(name) or 0) for name in _COUNTS),
            reasons=tuple(reasons.get(dataset, ())[:_REASONS_SHOWN]),
            latency=latency(dataset),
        )
        for dataset, held in figures.items()
    ]


def plain(line: Line) -> str:
    """Write one dataset on one line."""
    counts = " ".join(f"{name}={n}" for name, n in zip(_COUNTS, line.counts, strict=True))
    p50, p99 = seconds(line.latency.p50), seconds(line.latency.p99)
    return f"{line.dataset}: {counts} p50={p50} p99={p99} {_reasons(line)}".rstrip()


def drawn(shown: list[Line], words: Words) -> Table:
    """Draw all datasets as a table."""
    table = Table(title=words.say("table"), title_justify="left")
    table.add_column(words.say("dataset"), no_wrap=True)
    for name in _COUNTS:
        table.add_column(words.say(name), justify="right")
    table.add_column("p50", justify="right", no_wrap=True)
    table.add_column("p99", justify="right", no_wrap=True)
    table.add_column(words.say("reasons"), overflow="fold")
    for line in shown:
        counts = [f"{count:,}".replace(",", ".") for count in line.counts]
        times = (seconds(line.latency.p50), seconds(line.latency.p99))
        table.add_row(line.dataset, *counts, *times, _reasons(line))
    return table


def seconds(value: float | None) -> str:
    """Write seconds; a dash where nothing was measured."""
    return "-" if value is None else f"{value:.3f} s"


def _reasons(line: Line) -> str:
    return ", ".join(f"{code} {count}" for code, count in line.reasons)


class Screen:
    """Where the table appears: redrawn on a terminal, repeated as lines elsewhere."""

    def __init__(self, words: Words, *, quiet: bool = False) -> None:
        """Choose the way by where the output goes; *quiet* takes standard error for it."""
        self._words = words
        self._console = Console(file=sys.stderr if quiet else sys.stdout)
        self._live: Live | None = None
        self._plain_at = -_PLAIN_EVERY_S

    def __enter__(self) -> Self:
        """Nothing is drawn before there is something to show."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Clear the drawing."""
        self._rest()

    def show(self, shown: list[Line]) -> None:
        """Show the figures of this moment; lines no oftener than every five seconds."""
        if self._console.is_terminal:
            if self._live is None:
                self._live = Live(console=self._console, auto_refresh=False, transient=True)
                self._live.start()
            self._live.update(drawn(shown, self._words), refresh=True)
        elif time.monotonic() - self._plain_at >= _PLAIN_EVERY_S:
            self._plain_at = time.monotonic()
            self.keep(shown)

    def keep(self, shown: list[Line]) -> None:
        """Show the figures so that they stay."""
        self._rest()
        if self._console.is_terminal:
            self._console.print(drawn(shown, self._words))
            return
        for line in shown:
            self.say(plain(line))

    def say(self, text: str) -> None:
        """Write one line as it is."""
        self._rest()
        self._console.print(text, markup=False, highlight=False, soft_wrap=True)

    def _rest(self) -> None:
        """Take the drawing away, so that what is written next stays above the following one."""
        if self._live is not None:
            self._live.stop()
            self._live = None
