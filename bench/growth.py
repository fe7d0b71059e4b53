"""What growth costs: records a second against rows in the table, datasets, partitions; CSV, SVG.

    .venv/bin/python -m bench.growth [--records 200000] [--rounds 3] [--largest 5000000]

Writes bench/results/growth.csv (what, size, round, records_per_second) and a picture of each.
"""

import argparse
import csv
import statistics
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from psycopg import sql

from bench import flushes, ours, sink_shapes
from bench.clones import write_clone
from bench.figures import Figures
from bench.machine import quiet, told
from bench.picture import Curve, draw
from bench.place import Place, placed
from bench.sink_race import filled
from bench.sink_race import ours as carry

RESULTS = Path(__file__).parent / "results"
ROWS = (0, 100_000, 500_000, 1_000_000, 2_000_000, 5_000_000)
DATASETS = (1, 3, 10, 30, 100, 329)
PARTITIONS = (1, 2, 4, 8)
Point = tuple[str, int, int, float]
"""What grows, its size, the round, records a second."""
TITLES = {
    "rows": "Rows in the table (newest keys)",
    "datasets": f"Datasets in flushes of {flushes.FLUSH:,}",
    "partitions": "Partitions of one topic, one sink",
}


def main() -> None:
    """Measure, write both files, print the medians."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--records", type=int, default=200_000)
    words.add_argument("--rounds", type=int, default=3)
    words.add_argument("--largest", type=int, default=ROWS[-1], help="rows of the largest table")
    words.add_argument("--only", default=",".join(TITLES))
    given = words.parse_args()
    figures = Figures(given)
    parts = {"rows": rows, "datasets": datasets, "partitions": partitions}
    points: list[Point] = []
    with TemporaryDirectory() as directory:
        contracts = Path(directory)
        sink_shapes.clones(contracts)
        for count in PARTITIONS:
            write_clone(contracts, f"bench_p{count}", count)
        with placed("sink_plan", contracts) as place:
            for name in given.only.split(","):
                points += parts[name](place, figures, given)
    write(points)
    figures.say()


def rows(place: Place, figures: Figures, given: argparse.Namespace) -> Iterator[Point]:
    """Lay ever more rows below the same topic."""
    dataset = filled(place, sink_shapes.LARGE, given.records)
    sink_shapes.model(place, dataset, given.records)
    laid = 0
    for size in (one for one in ROWS if one <= given.largest):
        if size > laid:
            quiet(f"laying rows up to {size:,}")
            sink_shapes.lay(place, dataset.id, laid + 1, size)
            laid = size
        for number in range(given.rounds):
            found = figures.note(f"{size} rows", sink_shapes.onto(place, dataset, given.records))
            yield "rows", size, number, found.rate


def datasets(place: Place, figures: Figures, given: argparse.Namespace) -> Iterator[Point]:
    """Spread the same flushes over ever more tables."""
    directory = flushes.tables(place, DATASETS[-1])
    for number in range(given.rounds):
        for size in DATASETS:
            found = figures.note(f"{size} datasets", flushes.flushed(place, directory, size))
            yield "datasets", size, number, found.rate


def partitions(place: Place, figures: Figures, given: argparse.Namespace) -> Iterator[Point]:
    """Carry topics of ever more partitions with one sink."""
    made = {size: filled(place, f"bench_p{size}", given.records) for size in PARTITIONS}
    for number in range(given.rounds):
        for size, dataset in made.items():
            ours.forget(place, sql.Identifier("clean", dataset.id))
            found = figures.note(
                f"{size} partitions", carry(place, dataset, given.records, by_places=True)
            )
            yield "partitions", size, number, found.rate


def write(points: list[Point]) -> None:
    """Write the CSV and the picture."""
    with (RESULTS / "growth.csv").open("w", newline="") as file:
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow(("what", "size", "round", "records_per_second"))
        lines.writerows((*one[:3], round(one[3])) for one in points)
    found = {name: medians(points, name) for name in TITLES}
    curves = [Curve(TITLES[name], curve) for name, curve in found.items() if curve]
    (RESULTS / "growth.svg").write_text(draw(curves), encoding="utf-8")


def medians(points: list[Point], what: str) -> list[tuple[int, float]]:
    """Return (size, median rate) of *what*, by size."""
    sizes = sorted({one[1] for one in points if one[0] == what})
    return [
        (size, statistics.median(one[3] for one in points if one[:2] == (what, size)))
        for size in sizes
    ]


if __name__ == "__main__":
    told(main)
