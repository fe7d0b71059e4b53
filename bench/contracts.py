"""Many contracts: what 329 and 3,000 of them cost to have, to judge by, and to begin with.

Run as `python -m bench.contracts`. The contracts are the product's own, again and again under other
ids and tables, in a directory that goes away. Each figure is of a fresh process, from its start:
`ready` reads and checks every contract and seats a judge for each, as the stream worker does
(compiled at its first record); `compiled` compiles every judge too; `start` knows ids and topics of
all, and reads the one contract it is asked for. CPU is user + system, memory is resident (RSS),
less what the same process takes with the product's fifteen.
"""

import argparse
import json
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.machine import facts
from schemas.catalogue import CONTRACTS

ASKED = (("ready", 329), ("compiled", 329), ("start", 3000))
"""What is measured, and of how many contracts."""

_ID = re.compile(r"^(id: |  - name: )(\S+)$", re.MULTILINE)
_TABLE = re.compile(r'^(    physicalName: "?)([^"\s]+)', re.MULTILINE)


def main() -> None:
    """Print the figures: the median of all rounds, and the least and greatest."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    found = {f"{name} {count}": measured(name, count, asked.rounds) for name, count in ASKED}
    if asked.json:
        print(json.dumps({"machine": facts(), "contracts": found}))
        return
    for name, figures in found.items():
        words = ", ".join(f"{key} {value['median']}" for key, value in figures.items())
        print(f"{name}: {words}")


def measured(name: str, count: int, rounds: int) -> dict[str, dict[str, float]]:
    """Figures of *name* with *count* contracts, each over *rounds* fresh processes."""
    with tempfile.TemporaryDirectory(prefix="suoi-bench-") as place:
        write_contracts(Path(place), count)
        runs = [_asked(name, Path(place)) for _ in range(rounds)]
        few = min(_asked(name, CONTRACTS)["rss_kib"] for _ in range(rounds))
    own = len(list(CONTRACTS.rglob("*.odcs.yaml")))
    for run in runs:
        run["kib_each"] = round((run["rss_kib"] - few) / (count - own), 1)
    return {key: _spread([run[key] for run in runs]) for key in runs[0]}


def write_contracts(place: Path, count: int) -> None:
    """Write *count* contracts below *place*, no id and no table twice."""
    texts = [path.read_text("utf-8") for path in sorted(CONTRACTS.rglob("*.odcs.yaml"))]
    for number in range(count):
        text = _ID.sub(rf"\g<1>\g<2>_{number}", texts[number % len(texts)], count=2)
        text = _TABLE.sub(rf"\g<1>\g<2>_{number}", text, count=1)
        (place / f"contract_{number:04}.odcs.yaml").write_text(text, "utf-8")


def _asked(name: str, place: Path) -> dict[str, float]:
    begun = time.perf_counter()
    command = [sys.executable, "-m", "bench.contracts_once", name, str(place)]
    said = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603  ours
    wall = time.perf_counter() - begun
    figures: dict[str, float] = json.loads(said.stdout)
    return figures | {"process_s": round(wall, 2)}


def _spread(values: list[float]) -> dict[str, float]:
    return {"median": statistics.median(values), "low": min(values), "high": max(values)}


if __name__ == "__main__":
    main()
