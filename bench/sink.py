"""Our provincial sink against Debezium's JDBC sink, side by side: P1 to P4, P7 to P11.

    .venv/bin/python -m bench.sink [--rounds 7] [--records 500000] [--only P1,P9] [--json]

One stack of its own in a temporary home; topics are filled beforehand by our own encoder. In each
round every contender carries the whole topic into an emptied table, in an order that turns; before
its figure counts, count, newest position and content hash of its table are those of the others.
See bench/README.md for what each side does.
"""

import argparse
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import flushes, sink_race, sink_shapes
from bench.figures import Figures
from bench.machine import told
from bench.place import Place, placed

Part = Callable[[Place, Figures, argparse.Namespace], None]
PARTS: dict[str, Part] = {
    "P1": sink_race.race,
    "P2": sink_race.race,
    "P3": sink_race.race,
    "P4": sink_race.race,
    "P10": sink_race.race,
    "P7": flushes.many_tables,
    "P8": sink_shapes.large,
    "P9": sink_shapes.pair,
    "P11": sink_shapes.replay,
}


def main() -> None:
    """Measure, and print one JSON document."""
    given = _asked()
    figures = Figures(given)
    with TemporaryDirectory() as directory:
        contracts = Path(directory)
        sink_race.clones(contracts)
        sink_shapes.clones(contracts)
        with placed("sink_plan", contracts) as place:
            for part in dict.fromkeys(PARTS[name] for name in given.only.split(",")):
                part(place, figures, given)
    figures.say()


def _asked() -> argparse.Namespace:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--rounds", type=int, default=7)
    words.add_argument("--records", type=int, default=500_000, help="a multiple of 10")
    words.add_argument("--large", type=int, default=5_000_000, help="rows of P8's large table")
    words.add_argument("--warm", type=int, default=3, help="passes of each rival before any counts")
    words.add_argument("--only", default=",".join(PARTS), help="such as P1,P9")
    words.add_argument("--json", action="store_true", help="on one line")
    given = words.parse_args()
    if unknown := set(given.only.split(",")) - set(PARTS):
        words.error(f"there is no {', '.join(sorted(unknown))}; there is {', '.join(PARTS)}")
    if given.records % 10 or given.records <= 0 or given.rounds <= 0:
        words.error("--records must be a multiple of 10, --rounds at least 1")
    return given


if __name__ == "__main__":
    told(main)
