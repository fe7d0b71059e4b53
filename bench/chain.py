"""The whole chain against Debezium's JDBC sink straight from Debezium's topic: P5, P6, P12.

    .venv/bin/python -m bench.chain [--rounds 7] [--records 300000] [--only P5,P6] [--json]

A department's PostgreSQL, a real Debezium that captures one table twice (our JSON, the rival's
Avro), our stream worker and our sinks as `suoi up` runs them. See bench/README.md.
"""

import argparse
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import chain_race, chain_rejects
from bench.figures import Figures
from bench.machine import told
from bench.place import Place, placed

Part = Callable[[Place, Figures, argparse.Namespace], None]
PARTS: dict[str, Part] = {
    "P12": chain_rejects.rejects,
    "P5": chain_race.throughput,
    "P6": chain_race.delay,
}
"""In the order they are measured: the delay is measured when everything is warm."""


def main() -> None:
    """Measure, and print one JSON document."""
    given = _asked()
    figures = Figures(given)
    asked = given.only.split(",")
    with TemporaryDirectory() as directory:
        contracts = Path(directory)
        chain_race.contract(contracts)
        chain_rejects.clones(contracts)
        with placed("chain_plan", contracts) as place:
            for name, part in PARTS.items():
                if name in asked:
                    part(place, figures, given)
    figures.say()


def _asked() -> argparse.Namespace:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--rounds", type=int, default=7)
    words.add_argument("--records", type=int, default=300_000)
    words.add_argument("--warm", type=int, default=3, help="passes of each rival before any counts")
    words.add_argument("--rate", type=float, default=100, help="P6: commits a second")
    words.add_argument("--seconds", type=float, default=20, help="P6: of each round")
    words.add_argument("--only", default="P5,P6,P12", help="such as P5,P6")
    words.add_argument("--json", action="store_true", help="on one line")
    given = words.parse_args()
    if unknown := set(given.only.split(",")) - set(PARTS):
        words.error(f"there is no {', '.join(sorted(unknown))}; there is {', '.join(PARTS)}")
    if given.records <= 0 or given.rounds <= 0:
        words.error("--records and --rounds must be at least 1")
    return given


if __name__ == "__main__":
    told(main)
