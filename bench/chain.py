"""Commit at the source -> row visible in the province, at a steady rate, on a running stack.

    .venv/bin/python -m bench.chain --home .suoi --rate 100 --seconds 30

A writer commits one birth at a time at the department; a watcher asks the province, every few
milliseconds, for the versions that are still out. The clock starts before COMMIT is sent.
"""

import argparse
import json
import statistics
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psycopg

from bench.machine import facts
from tests.support.rows import BIRTH

_INSERT = "insert into ho_tich.khai_sinh ({}) values ({})"


class Writer(threading.Thread):
    """Commits *rate* births a second for *seconds*; notes when each COMMIT was sent."""

    def __init__(self, dsn: str, rate: float, seconds: float, out: dict[str, float]) -> None:
        """Prepare a writer that fills *out*: version -> time of its commit."""
        super().__init__(daemon=True)
        self._dsn, self._rate, self._seconds, self._out = dsn, rate, seconds, out

    def run(self) -> None:
        """Keep to the beat; a late commit is not made up by a burst."""
        names = ", ".join(BIRTH)
        insert = _INSERT.format(names, ", ".join(["%s"] * len(BIRTH)))
        stamp = time.time_ns()
        with psycopg.connect(self._dsn) as connection:
            beat = time.monotonic()
            for number in range(int(self._rate * self._seconds)):
                version = f"B{stamp}-{number}"
                connection.execute(insert, tuple((BIRTH | {"so_gcs": version}).values()))
                self._out[version] = time.monotonic()
                connection.commit()
                beat = max(beat + 1 / self._rate, time.monotonic())
                time.sleep(max(0.0, beat - time.monotonic()))


def watch(dsn: str, out: dict[str, float], writer: Writer, pause: float = 0.004) -> list[float]:
    """Ask for what is still out until the writer has ended and all has come, or 30 s passed."""
    seen: dict[str, float] = {}
    end = float("inf")
    with psycopg.connect(dsn, autocommit=True) as connection:
        while time.monotonic() < end:
            waiting = [version for version in list(out) if version not in seen]
            rows = connection.execute(
                "select so_giay_chung_sinh from clean.tp_khai_sinh "
                "where so_giay_chung_sinh = any(%s)",
                (waiting,),
            )
            now = time.monotonic()
            for (version,) in rows:
                seen[version] = now - out[version]
            if not writer.is_alive():
                end = min(end, now + 30)
                if len(seen) == len(out):
                    break
            time.sleep(pause)
    return sorted(seen.values())


def quantile(sorted_values: Sequence[float], share: float) -> float:
    """Value below which *share* of the values lie, in the unit of the values."""
    return sorted_values[min(len(sorted_values) - 1, int(len(sorted_values) * share))]


def main() -> None:
    """Run once and print one JSON document; times in milliseconds."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--home", type=Path, default=Path(".suoi"))
    words.add_argument("--rate", type=float, default=100)
    words.add_argument("--seconds", type=float, default=30)
    words.add_argument("--warm", type=float, default=10, help="seconds before the clock counts")
    given = words.parse_args()
    env = json.loads((given.home / "env.json").read_text())
    measure(env, given.rate, given.warm)  # the engine's virtual machines compile what is hot
    print(json.dumps(measure(env, given.rate, given.seconds), indent=1))


def measure(env: dict[str, Any], rate: float, seconds: float) -> dict[str, Any]:
    """Measure commit -> visible on the stack described by `suoi env --json`."""
    machine = facts()
    out: dict[str, float] = {}
    writer = Writer(env["sources"]["so_tu_phap"]["dsn"], rate, seconds, out)
    with psycopg.connect(env["province"]["dsn"], autocommit=True) as owner:
        owner.execute(
            "create index if not exists bench_version on clean.tp_khai_sinh (so_giay_chung_sinh)"
        )
    writer.start()
    took = watch(env["province"]["dsn"], out, writer)
    figures = {f"p{int(share * 100)}": quantile(took, share) for share in (0.5, 0.95, 0.99)}
    return {
        "machine": machine,
        "committed": len(out),
        "visible": len(took),
        "rate": rate,
        "milliseconds": {name: round(value * 1000, 1) for name, value in figures.items()}
        | {"mean": round(statistics.mean(took) * 1000, 1), "max": round(took[-1] * 1000, 1)},
    }


if __name__ == "__main__":
    main()
