"""What the provincial sink does a second when nothing else runs: broker and PostgreSQL alone.

    .venv/bin/python -m bench.sink_alone [--records 200000] [--rounds 3] [--tree DIR …]

A plain broker is filled once with clean records of nnmt_ocop (every fifth updates an earlier
key); each round empties the table and runs the sink in a process of its own, `--tree` by `--tree`,
so that two states of the code are measured in the same minute. `repeat` delivers the topic again
with `ledger.seen` kept, `stale` without it. CPU in µs a record: client with Kafka's threads,
backend.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import psycopg
from confluent_kafka import Producer

from bench.machine import facts
from schemas import topics
from schemas.avro import clean_schema
from schemas.avro_code import compile_encoder
from schemas.catalogue import read_catalogue

ROOT = Path(__file__).parents[1]
DATASET = read_catalogue()["nnmt_ocop"]
TOPIC = topics.clean(DATASET)
NOON = 20_000 * 86_400_000_000
_BOOKS = "ledger.progress, ledger.outcome, ledger.count"


class Ground(NamedTuple):
    """The servers a round runs on, and how many records wait."""

    broker: str
    dsn: str
    admin: str
    records: int


def values(chance: Random, number: int, position: int) -> tuple[Any, ...]:
    """Make the wire values of one product's row: three fields in four are filled."""
    made: dict[str, Any] = {
        "text": f"Mận hậu {number % 997} bản Nà Cang",
        "integer": number % 5,
        "boolean": number % 2 == 0,
        "date": 19_000 + number % 700,
        "timestamp": NOON + number * 1_000_003,
        "decimal": f"{number % 9_000}.5",
    }
    canonical = [
        None if index % 4 == 3 else made[column.type]  # noqa: PLR2004  one field in four
        for index, column in enumerate(DATASET.columns)
    ]
    at = NOON + position * 1_000
    digest = f"{chance.getrandbits(256):064x}"
    raw = f"{topics.raw(DATASET)}:0:{position}"
    return (
        *canonical,
        *(f"[{number}]", DATASET.source, 1, 5_505_459_032 + position, 5_505_459_088 + position, 1),
        *(at, at + 40_000, (), {}, digest, raw),
    )


def fill(broker: str, records: int) -> None:
    """Send *records* clean records; every fifth is a newer version of an earlier key."""
    encode = compile_encoder(clean_schema(DATASET), b"\x00\x00\x00\x00\x07")
    chance, producer = Random(1), Producer({"bootstrap.servers": broker, "linger.ms": 20})  # noqa: S311
    newest = 0
    for position in range(records):
        if position % 5 == 4:  # noqa: PLR2004
            number = chance.randrange(newest)
        else:
            number, newest = newest, newest + 1
        body = encode(values(chance, number, position))
        headers = [("suoi.op", "u"), ("suoi.raw", f"{topics.raw(DATASET)}:0:{position}")]
        while True:
            try:
                producer.produce(TOPIC, body, f"[{number}]", partition=0, headers=headers)
            except BufferError:
                producer.poll(0.1)
            else:
                break
        producer.poll(0)
    assert producer.flush(60) == 0


@contextmanager
def ground(records: int) -> Iterator[Ground]:
    """Start broker and PostgreSQL, make the tables, fill the topic."""
    sys.path.insert(0, str(ROOT / "tests"))
    from support.plain_broker import make_topic, plain_broker  # noqa: PLC0415  only to run
    from support.plain_postgres import plain_province  # noqa: PLC0415

    with (
        tempfile.TemporaryDirectory() as folder,
        plain_broker(Path(folder)) as broker,
        plain_province(DATASET) as server,
    ):
        make_topic(broker, TOPIC, 1)
        fill(broker, records)
        yield Ground(broker, server.dsn("province_sink"), server.dsn(), records)


def played(one: Ground, tree: Path, kind: str) -> dict[str, float]:
    """Run the sink of *tree* once over the whole topic; tables as *kind* wants them."""
    with psycopg.connect(one.admin, autocommit=True) as connection:
        kept = {
            "first": f"clean.{DATASET.id}, ledger.seen, ",
            "repeat": "",
            "stale": "ledger.seen, ",
        }
        connection.execute(f"truncate {kept[kind]} {_BOOKS}")  # type: ignore[arg-type]
        connection.execute("checkpoint")
        start = connection.execute("select pg_current_wal_lsn()").fetchone()
        given = json.dumps(one._asdict())
        done = subprocess.run(  # noqa: S603  our own module
            [sys.executable, "-m", "bench.sink_alone_process", given],
            cwd=tree, env=os.environ | {"PYTHONPATH": str(tree)}, check=True, capture_output=True,
        )  # fmt: skip
        written = connection.execute("select pg_current_wal_lsn() - %s::pg_lsn", start).fetchone()
        assert written is not None
        rows = connection.execute(
            f"select count(*), max(_position), sum(hashtext(t::text)) from clean.{DATASET.id} t"  # type: ignore[arg-type]  # noqa: S608
        ).fetchone()
        outcomes = dict(connection.execute("select outcome, n from ledger.outcome").fetchall())
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found | {
        "wal_bytes": round(float(written[0]) / one.records, 1),
        "table": str(rows),
        "outcomes": outcomes,
    }


def main() -> None:
    """Play the rounds and print one JSON line each, then the best of each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--kinds", nargs="*", default=["first", "repeat", "stale"])
    parser.add_argument("--tree", nargs="*", type=Path, default=[ROOT])
    given = parser.parse_args()
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    with ground(given.records) as one:
        for _ in range(given.rounds):
            for tree in given.tree:
                for kind in given.kinds:
                    figures = played(one, tree.absolute(), kind)
                    found.setdefault((tree.name, kind), []).append(figures)
                    print(json.dumps({"tree": tree.name, "kind": kind} | figures), flush=True)
    best = [{"tree": tree, "kind": kind} | _best(all_) for (tree, kind), all_ in found.items()]
    print(json.dumps({"machine": facts(), "best": best}))


def _best(figures: Sequence[dict[str, Any]]) -> dict[str, float]:
    """Take the best of each figure: what the machine gives when nobody else uses it."""
    least = {name: min(one[name] for one in figures) for name in ("client_us", "backend_us")}
    return least | {
        "records_s": max(one["records_s"] for one in figures),
        "wal_bytes": min(one["wal_bytes"] for one in figures),
        "rss_mb": max(one["rss_mb"] for one in figures),
    }


if __name__ == "__main__":
    main()
