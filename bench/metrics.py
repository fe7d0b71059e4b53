"""What it costs to be measured: `suoi run metrics` over many datasets, and one scrape of its page.

    PYTHONPATH=tests .venv/bin/python -m bench.metrics [--datasets 200] [--rounds 5] [--json]

Real PostgreSQL (ledger filled), real broker (every topic), real Redis (empty). Each part is
measured several times; its share of a core is its CPU, ours and PostgreSQL's, divided by its turn.
A scrape is asked over HTTP, every 60 s. The target: all together at most 3 % of a core.

Left out: what asks a department or Connect (four short questions a turn); the broker's own work.
"""

import argparse
import json
import statistics
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psycopg
from support.measured import alike, make_topics, measured_ground, write_looks
from support.plain_broker import plain_broker
from support.plain_postgres import Server, plain_province
from support.plain_redis import plain_redis
from support.waiting import until

from bench.machine import facts, quiet, told
from bench.processes import cpu_s
from infra.errors import Transient
from infra.metrics.family import Sample
from infra.metrics.server import open_server
from infra.metrics.shelf import Shelf
from infra.postgres import Database
from infra.settings import Timing
from schemas import topics
from schemas.catalogue import Catalogue
from suoi.measuring import conservation, datasets, hops, ledger, offsets, pauses, portal
from suoi.measuring.ground import Ground
from suoi.measuring.through import Through

SCRAPE_S = 60.0
OPEN_ITEMS = 50
"""Open items of quarantine for each dataset."""
_USUAL, _SELDOM, _RARELY = Timing().metrics, 4 * Timing().metrics, 20 * Timing().metrics
"""Turns in seconds, as in suoi/measuring/lanes.py."""
Measure = Callable[[], Iterable[Sample]]


def main() -> None:
    """Measure, and print one JSON document."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--datasets", type=int, default=200)
    asked.add_argument("--rounds", type=int, default=5)
    asked.add_argument("--json", action="store_true", help="on one line")
    given = asked.parse_args()
    with ground(alike(given.datasets)) as (found, server, book):
        answer = measure(parts(found, book), server, given.rounds)
    machine: dict[str, Any] = {"machine": facts(), "datasets": given.datasets}
    sys.stdout.write(json.dumps(machine | answer, indent=None if given.json else 1) + "\n")


@contextmanager
def ground(catalogue: Catalogue) -> Iterator[tuple[Ground, Server, ledger.Ledger]]:
    """Start the servers, fill the ledger, and open all that is measured."""
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        bootstrap = stack.enter_context(plain_broker(directory))
        server = stack.enter_context(plain_province())
        redis = stack.enter_context(plain_redis())
        quiet(f"{len(catalogue)} datasets: topics and ledger are made")
        make_topics(bootstrap, catalogue)
        fill(server.dsn(), catalogue)
        dsn = server.dsn("province_reader")
        opened = measured_ground(directory, bootstrap, dsn, redis.access("portal"), catalogue)
        database = Database("bench", dsn)
        stack.callback(database.close)
        found = stack.enter_context(opened)
        write_looks(found.books.home, catalogue, *_an_hour(time.time()))
        until(lambda: _looks(found), 60)  # topics made just now have no leaders yet
        yield found, server, ledger.Ledger(database, catalogue)


def _an_hour(now: float) -> list[tuple[float, int, int]]:
    """What a sentinel keeps: a look a minute, and of the last minutes one every five seconds."""
    apart = [*range(3600, 150, -60), *range(150, 0, -5), 0]
    return [(now - ago, 10_000 - ago, 10_020 - ago) for ago in apart]


def _looks(found: Ground) -> bool:
    try:
        found.look()
    except Transient:
        return False
    return True


def fill(dsn: str, catalogue: Catalogue) -> None:
    """Fill the ledger as a province has it after some months."""
    names = list(catalogue)
    raws = [topics.raw(dataset) for dataset in catalogue.values()]
    with psycopg.connect(dsn, autocommit=True) as admin:
        admin.execute(
            "insert into ledger.outcome select case outcome when 'quarantined' then 'reject'"
            " else 'clean' end, topic, number, outcome, 100000 from unnest(%s::text[]) topic,"
            " generate_series(0, 2) number,"
            " unnest(array['applied', 'superseded', 'replayed', 'quarantined']) outcome",
            [raws],
        )
        admin.execute(
            "insert into quarantine.item (dataset, key, op, problems, owner_unit, generation,"
            " position, step, ruleset, raw_topic, raw_partition, raw_offset, reject_topic,"
            " reject_partition, reject_offset, status) select dataset, n::text, 'u',"
            """ '[{"code": "field.missing"}, {"code": "id.cccd_shape"}]', 'so_tu_phap', 1, n,"""
            " 0, 1,"
            " 'raw', 0, n, 'reject', 0, n, 'open'"
            " from unnest(%s::text[]) dataset, generate_series(1, %s) n",
            [names, OPEN_ITEMS],
        )
        admin.execute(
            "insert into ledger.refused (raw_topic, raw_partition, raw_offset, verdict, dataset,"
            " moved) select topic, 0, n, 'reject', 'd', case when n %% 10 = 0 then 'applied' end"
            " from unnest(%s::text[]) topic, generate_series(1, 1000) n",
            [raws],
        )
        admin.execute("analyze")


def parts(found: Ground, book: ledger.Ledger) -> dict[str, tuple[float, Measure]]:
    """Name each part, its turn in seconds, and how it is measured."""
    through = Through()
    return {
        "offsets": (_USUAL, lambda: offsets.measure(found)),
        "hops": (_USUAL, lambda: hops.measure(found.books.home, found.books.catalogue)),
        "through": (_USUAL, lambda: through(found)),
        "pauses": (_USUAL, lambda: pauses.measure(found)),
        "portal": (_USUAL, lambda: portal.measure(found)),
        "datasets": (_USUAL, lambda: datasets.measure(found.books.catalogue)),
        "outcomes": (_USUAL, lambda: ledger.outcomes(book)),
        "quarantine": (_SELDOM, lambda: ledger.quarantine(book)),
        "receipts": (_SELDOM, lambda: ledger.receipts(book)),
        "conservation": (_RARELY, lambda: conservation.measure(found.books)),
    }


def measure(asked: dict[str, tuple[float, Measure]], server: Server, rounds: int) -> dict[str, Any]:
    """Measure every part *rounds* times, then scrape the page as often; medians."""
    shelf = Shelf({name: every_s for name, (every_s, _) in asked.items()})
    costs: dict[str, dict[str, float]] = {}
    for name, (every_s, ask) in asked.items():
        found = [cost(server, lambda: shelf.put(name, ask())) for _ in range(rounds)]  # noqa: B023
        costs[name] = shares(found, every_s)
        quiet(f"{name}: {costs[name]}")
    page = shelf.page()
    with served(shelf) as address:
        found = [cost(server, lambda: scrape(address)) for _ in range(rounds)]
    costs["scrape"] = shares(found, SCRAPE_S)
    idle = idling(server)
    total = sum(part["share"] for part in costs.values()) + idle
    return {
        "page": {
            "bytes": len(page),
            "samples": sum(line[:1] != b"#" for line in page.splitlines()),
        },
        "parts": costs,
        "idle_share": round(idle, 5),
        "share_of_a_core": round(total, 4),
        "target": 0.03,
    }


def cost(server: Server, ask: Callable[[], object]) -> tuple[float, float, float]:
    """Do it once: seconds of CPU of ours, of PostgreSQL, and of the wall."""
    ours, theirs, begun = time.process_time(), cpu_s(server.pid), time.monotonic()
    ask()
    wall = time.monotonic() - begun
    return time.process_time() - ours, cpu_s(server.pid) - theirs, wall


def shares(found: list[tuple[float, float, float]], every_s: float) -> dict[str, float]:
    """Medians of *found*; share = CPU of both, every so many seconds."""
    ours, theirs = (statistics.median(one[place] for one in found) for place in (0, 1))
    wall = statistics.median(one[2] for one in found)
    return {
        "cpu_s": round(ours, 4),
        "postgres_s": round(theirs, 4),
        "wall_s": round(wall, 3),
        "share": round((ours + theirs) / every_s, 5),
    }


def idling(server: Server, seconds: float = 10.0) -> float:
    """Share of a core that all that is open costs while nobody asks."""
    ours, theirs = time.process_time(), cpu_s(server.pid)
    threading.Event().wait(seconds)
    return (time.process_time() - ours + cpu_s(server.pid) - theirs) / seconds


@contextmanager
def served(shelf: Shelf) -> Iterator[str]:
    """Serve the page, and say where."""
    server = open_server("127.0.0.1", 0, shelf.page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/metrics"
    finally:
        server.shutdown()
        server.server_close()


def scrape(address: str) -> int:
    """Ask for the page as Prometheus does, compressed; its size."""
    asked = urllib.request.Request(address, headers={"Accept-Encoding": "gzip"})  # noqa: S310
    with urllib.request.urlopen(asked, timeout=10) as answer:  # noqa: S310  our own
        return len(answer.read())


if __name__ == "__main__":
    told(main)
