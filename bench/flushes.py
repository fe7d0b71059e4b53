"""Flushes of 5,000 records over many tables or few: P7, written by our sink as the loop hands them.

Kafka is left out here: from many topics it hands records over in runs, and how long a run is would
be measured instead. `Province.write` is given batches of 5,000 records, taken from the tables in
turn; the transaction, with rows, counts and offsets, is the real one, in a process of its own:

    python -m bench.flushes HOME TABLES FLUSHES    (PG* and SUOI_CONTRACTS in the environment)
"""

import json
import os
import subprocess
import sys
import time
from argparse import Namespace
from collections.abc import Sequence
from itertools import count, cycle, islice
from pathlib import Path
from typing import Any

from psycopg import sql

from bench.clones import write_clone
from bench.figures import Figures
from bench.fill import fillings
from bench.laps import Lap
from bench.machine import quiet
from bench.ours import forget
from bench.place import ROOT, Place
from bench.processes import cpu_s, peak_rss_mb
from consumers.batch import Batch, Bounds, Record, moves
from consumers.province import Province
from infra.kafka_reader import Place as Partition
from infra.local.access import environment
from infra.migrations import make_tables
from infra.postgres import Database
from infra.roles import ROLES, set_roles
from schemas import topics
from schemas.avro import clean_schema
from schemas.catalogue import read_catalogue
from schemas.contract import Dataset

MANY, FEW = 329, 10
FLUSH = 5_000
_TIMED, _UNTIMED = 10, 8
"""Flushes of a lap; those before it open tables, and PostgreSQL plans each statement five times
before it keeps a plan: a sink runs for weeks."""


def many_tables(place: Place, figures: Figures, given: Namespace) -> None:
    """P7: the same flushes over 329 tables and over 10."""
    directory = tables(place, MANY)
    found: dict[int, list[Lap]] = {MANY: [], FEW: []}
    for number in range(given.rounds):
        for many in (MANY, FEW) if number % 2 else (FEW, MANY):
            found[many].append(figures.note(f"{many} tables", flushed(place, directory, many)))
    figures.ratio(
        "P7",
        [one.rate / other.rate for one, other in zip(found[MANY], found[FEW], strict=True)],
        f"flushes of {FLUSH:,} over {MANY} tables / over {FEW}, records/s",
    )


def tables(place: Place, many: int) -> Path:
    """Make *many* datasets and their tables; returns the directory of their contracts."""
    directory = place.root / "many"
    quiet(f"making {many} datasets")
    made = [write_clone(directory, f"bench_m{number:04}", 1) for number in range(many)]
    with place.province() as province:
        make_tables(province, made)
        set_roles(province, {role: place.home.secret(f"pg_{role}") for role in ROLES})
    return directory


def flushed(place: Place, directory: Path, many: int) -> Lap:
    """Measure one process that writes flushes over the first *many* tables."""
    names = sorted(path.name.split(".")[0] for path in directory.iterdir())[:many]
    forget(place, *(sql.Identifier("clean", name) for name in names))
    environ = os.environ | environment(place.home, "province_sink")
    environ["SUOI_CONTRACTS"] = str(directory)
    command = [sys.executable, "-m", "bench.flushes", str(place.pid("province")), str(many)]
    done = subprocess.run(  # noqa: S603  ours
        command, env=environ, cwd=ROOT, check=True, capture_output=True, text=True, timeout=300
    )
    return Lap(**json.loads(done.stdout))


def main() -> None:
    """Write, and print the lap."""
    database, many = int(sys.argv[1]), int(sys.argv[2])
    catalogue = read_catalogue(Path(os.environ["SUOI_CONTRACTS"]))
    datasets = [catalogue[name] for name in list(catalogue)[:many]]
    records = _records(datasets, (_TIMED + _UNTIMED) * FLUSH)
    sink = Province(Database("suoi-bench"), _Known(datasets), datasets)
    low = {Partition(topics.clean(one), 0): Bounds(0, 0) for one in datasets}
    places = dict(sink.starts(low))
    cpu = start = theirs = 0.0
    for number in range(_TIMED + _UNTIMED):
        if number == _UNTIMED:
            cpu, theirs, start = time.process_time(), cpu_s(database), time.monotonic()
        part = records[number * FLUSH : (number + 1) * FLUSH]
        batch = Batch(part, moves(part, places))
        sink.write(batch)
        places |= {place: move.next for place, move in batch.moves.items()}
    seconds = time.monotonic() - start
    theirs = cpu_s(database) - theirs
    ours = time.process_time() - cpu
    found = Lap(_TIMED * FLUSH, seconds, ours + theirs, theirs, 0, peak_rss_mb(os.getpid()))
    sys.stdout.write(json.dumps(found._asdict()))


def _records(datasets: Sequence[Dataset], wanted: int) -> list[Record]:
    """Make *wanted* records, one of each dataset in turn."""
    each = [
        _of_one(dataset, -(-wanted // len(datasets)), number)
        for number, dataset in enumerate(datasets)
    ]
    return list(islice((next(one) for one in cycle(each)), wanted))


def _of_one(dataset: Dataset, wanted: int, number: int) -> Any:  # noqa: ANN401  an iterator
    topic, offsets = topics.clean(dataset), count()
    for one in fillings(dataset, wanted, number):
        headers = {name: str(value) for name, value in one.headers}
        yield Record(topic, 0, next(offsets), one.key.encode(), one.value, headers, 0)


class _Known:
    """The registry's stand-in: the schema of each dataset by its place in the list."""

    def __init__(self, datasets: Sequence[Dataset]) -> None:
        self._datasets = datasets

    def schema(self, number: int) -> dict[str, Any]:
        """Give the schema with id *number*."""
        return clean_schema(self._datasets[number])


if __name__ == "__main__":
    main()
