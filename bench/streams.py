"""Our driver against a bare confluent-kafka loop and against stock Faust, interleaved in one run.

    .venv/bin/python -m bench.streams [--rounds 7] [--records 100000]

A plain broker is started and filled; then in each round every contender carries the whole topic in
a process of its own. Ratios are of one round; their median, lowest and highest are printed with the
machine's facts (DESIGN.md 9, `suoi bench streams`).

driver_cost_touch: CPU a record of our driver / the bare loop, doing nothing with it
driver_cost_judge: the same, doing the whole work of the stream worker
driver_over_stock: records a second of our driver / stock Faust, doing nothing with them
"""

import argparse
import json
import statistics
import subprocess
import sys
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from confluent_kafka import Producer

from bench.machine import facts
from bench.ratios import spread
from schemas import topics
from schemas.catalogue import read_catalogue
from schemas.contract import Dataset
from tests.support.rows import BIRTH

PARTITIONS = 2
CHANGED_MICROS = 1_773_200_000_000_000
STOCK_SHARE = 5
"""Stock Faust carries a fifth of the records: its rate does not depend on how many."""
CONTENDERS = [(way, "touch") for way in ("driver", "bare", "stock")]
CONTENDERS += [("driver", "judge"), ("bare", "judge")]


def births() -> Dataset:
    """Return the contract the records follow."""
    return read_catalogue()["tp_khai_sinh"]


TOPIC = topics.raw(births())


def main() -> None:
    """Measure, and print one JSON document."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--json", action="store_true", help="on one line")
    given = parser.parse_args()
    sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
    from support.plain_broker import make_topic, plain_broker  # noqa: PLC0415  only to run

    with TemporaryDirectory() as directory, plain_broker(Path(directory)) as bootstrap:
        for name in (TOPIC, topics.clean(births()), topics.reject(births()), topics.BOOKS):
            make_topic(bootstrap, name, PARTITIONS)
        fill(bootstrap, given.records)
        rounds = [play(bootstrap, given.records, number) for number in range(given.rounds)]
    said = {"given": vars(given), **report(rounds)}
    sys.stdout.write(json.dumps(said, indent=None if given.json else 1) + "\n")


def play(bootstrap: str, records: int, number: int) -> dict[str, Any]:
    """Let every contender carry the topic once; the order turns from round to round."""
    turn = number % len(CONTENDERS)
    found = {}
    for way, work in CONTENDERS[turn:] + CONTENDERS[:turn]:
        share = records // STOCK_SHARE if way == "stock" else records
        found[f"{way}_{work}"] = measure(way, work, bootstrap, share)
    return found


def measure(way: str, work: str, bootstrap: str, records: int) -> dict[str, float]:
    """Run one contender in a process of its own, in a group of its own."""
    measure.turns += 1  # type: ignore[attr-defined]
    group = f"bench-{measure.turns}"  # type: ignore[attr-defined]
    command = [sys.executable, "-m", "bench.contender", way, work, bootstrap, str(records), group]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=300)  # noqa: S603
    said = done.stdout.splitlines()[-1]
    result: dict[str, float] = json.loads(said[said.index("{") :])  # Faust hides the cursor before
    sys.stderr.write(f"{way:7}{work:7}{result['rate']:12,.0f}/s {result['cpu_us']:8.2f} µs\n")
    return result


measure.turns = 0  # type: ignore[attr-defined]


def report(rounds: list[dict[str, Any]]) -> dict[str, Any]:
    """Put the rounds together as `suoi bench` prints them."""
    ratios = {
        "driver_cost_touch": quotients(rounds, "driver_touch", "bare_touch", "cpu_us"),
        "driver_cost_judge": quotients(rounds, "driver_judge", "bare_judge", "cpu_us"),
        "driver_over_stock": quotients(rounds, "driver_touch", "stock_touch", "rate"),
    }
    rates = {name: round(statistics.median(r[name]["rate"] for r in rounds)) for name in rounds[0]}
    cpu = {
        name: round(statistics.median(r[name]["cpu_us"] for r in rounds), 2) for name in rounds[0]
    }
    memory = {name: max(r[name]["rss_mb"] for r in rounds) for name in rounds[0]}
    return {
        "machine": facts(),
        "ratios": {name: spread(values) for name, values in ratios.items()},
        "rates": rates,
        "cpu_us": cpu,
        "rss_mb": memory,
    }


def quotients(rounds: list[dict[str, Any]], one: str, other: str, what: str) -> list[float]:
    """*what* of contender *one* over that of *other*, round by round."""
    return [found[one][what] / found[other][what] for found in rounds]


def days(text: str) -> int:
    """Days since the epoch: how Debezium writes a date."""
    return (date.fromisoformat(text) - date(1970, 1, 1)).days


def fill(bootstrap: str, records: int) -> None:
    """Write *records* inserts of one invented birth, each with a key of its own."""
    wire = dict.fromkeys(births().source_columns) | BIRTH | {"sua_luc": CHANGED_MICROS}
    wire |= {name: days(BIRTH[name]) for name in ("ngay_dk", "ngaysinh")}
    config = {"bootstrap.servers": bootstrap, "linger.ms": 20, "compression.type": "lz4"}
    producer = Producer(config)
    for number in range(records):
        row = wire | {"id": number}
        source = {
            "connector": "postgresql", "ts_ms": 1_773_200_000_000,
            "sequence": f'["{number + 1}","{number}"]', "lsn": number, "db": "so_tu_phap",
            "schema": "ho_tich", "table": "khai_sinh", "txId": number, "snapshot": None,
        }  # fmt: skip
        envelope = {"op": "c", "before": None, "after": row, "source": source}
        producer.produce(
            TOPIC,
            key=json.dumps({"id": number}).encode(),
            value=json.dumps(
                envelope | {"ts_ms": 1_773_200_000_050, "ts_us": 1_773_200_000_050_000},
                ensure_ascii=False,
            ).encode(),
            headers=[("suoi.generation", b"1")],
        )
        producer.poll(0)
    producer.flush(60)


if __name__ == "__main__":
    main()
