"""The answer of a benchmark, as `suoi bench` prints it (DESIGN.md 9)."""

import json
import statistics
import sys
from argparse import Namespace
from collections.abc import Sequence
from typing import Any

from bench.laps import Lap
from bench.machine import facts, load, quiet
from bench.ratios import spread


class Figures:
    """Ratios by name, rates by name, and every lap behind them."""

    def __init__(self, given: Namespace) -> None:
        """Begin; *given* is what was asked on the command line."""
        self._given = vars(given)
        self._machine = facts()
        self._loads: list[float] = []
        self._ratios: dict[str, dict[str, Any]] = {}
        self._laps: dict[str, list[dict[str, float]]] = {}

    def note(self, name: str, lap: Lap) -> Lap:
        """Keep *lap* of contender *name*, and say it."""
        self._loads.append(load())
        self._laps.setdefault(name, []).append(
            {
                "rate": round(lap.rate),
                "cpu_us": round(lap.cpu_us, 2),
                "database_us": round(lap.database_cpu_s / lap.records * 1e6, 2),
                "wal_bytes_a_record": round(lap.wal_bytes / lap.records, 1),
                "rss_mb": round(lap.rss_mb, 1),
                "records": round(lap.records),
                "seconds": round(lap.seconds, 3),
            }
        )
        quiet(
            f"{name:16}{lap.rate:10,.0f}/s{lap.cpu_us:9.1f} µs (database "
            f"{lap.database_cpu_s / lap.records * 1e6:.1f}){lap.rss_mb:7.0f} MB"
        )
        return lap

    def ratio(self, name: str, values: Sequence[float], what: str) -> None:
        """Keep the ratios *name*, one a round; *what* says of what to what."""
        if values:
            self._ratios[name] = {**spread(values), "what": what}
            quiet(f"{name}: {self._ratios[name]}")

    def whole(self) -> dict[str, Any]:
        """Return the whole answer."""
        loads = {"low": min(self._loads), "high": max(self._loads)} if self._loads else {}
        rates = {
            name: round(statistics.median(lap["rate"] for lap in laps))
            for name, laps in self._laps.items()
        }
        cpu = {
            name: round(statistics.median(lap["cpu_us"] for lap in laps), 2)
            for name, laps in self._laps.items()
        }
        return {
            "machine": {**self._machine, "load_1m_during": loads},
            "given": self._given,
            "ratios": self._ratios,
            "rates": rates,
            "cpu_us": cpu,
            "laps": self._laps,
        }

    def say(self) -> None:
        """Print the answer: one JSON document."""
        indent = None if self._given.get("json") else 1
        sys.stdout.write(json.dumps(self.whole(), indent=indent) + "\n")
