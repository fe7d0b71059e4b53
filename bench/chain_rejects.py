"""The whole chain with 10 % of its records refused, against none: P12.

Raw topics are written as Debezium writes them (bench.records); stream worker, provincial sink and
quarantine sink run as `suoi up` runs them. The end: every raw record is a row or an item.
"""

import json
from argparse import Namespace
from pathlib import Path
from typing import Any

import psycopg
from confluent_kafka import Producer
from psycopg import sql

from bench import ours
from bench.capture import length
from bench.chain_race import empty_chain
from bench.clones import ORIGINAL, write_clone
from bench.figures import Figures
from bench.laps import Lap, lap
from bench.machine import quiet
from bench.place import Place
from bench.records import REGISTERS, images, records
from infra.local.access import kafka_client
from schemas import topics
from schemas.catalogue import read_catalogue
from schemas.contract import Dataset

SHARES = {"bench_clean": 0.0, "bench_dirty": 0.114}
"""Shares that are spoiled: one in eight of those is repaired, so that 10 % are refused."""
_TEMPLATES = 2000
_WORKERS = ("streams", "province", "quarantine")


def clones(directory: Path) -> None:
    """Write the contracts: one for each share of rejects."""
    for name in SHARES:
        write_clone(directory, name, 2)


def rejects(place: Place, figures: Figures, given: Namespace) -> None:
    """P12: both topics in turn, by the same workers."""
    datasets = {name: read_catalogue(place.contracts)[name] for name in SHARES}
    for name, share in SHARES.items():
        fill(kafka_client(place.home, "admin"), datasets[name], given.records, share)
    found: dict[str, list[Lap]] = {name: [] for name in SHARES}
    for number in range(given.rounds):
        for name in sorted(SHARES, reverse=bool(number % 2)):
            one = figures.note(name, carried(place, datasets[name], given.records))
            found[name].append(one)
    refused = length(place.admin(), topics.reject(datasets["bench_dirty"])) / given.records
    quiet(f"refused: {refused:.1%}")
    figures.ratio(
        "P12",
        [one.rate / other.rate for one, other in zip(*reversed(found.values()), strict=True)],
        f"chain with {refused:.1%} refused / none, records/s",
    )


def carried(place: Place, dataset: Dataset, count: int) -> Lap:
    """Carry the raw topic to its end: rows and items."""
    empty_chain(place, dataset)
    ours.forget(place, sql.Identifier("clean", dataset.id))
    contracts = {"SUOI_CONTRACTS": str(ours.only(place, dataset.id))}
    with place.province() as eye, ours.working(place, _WORKERS, contracts) as processes:
        pids = [one.pid for one in processes]
        return lap(
            place,
            Ended(eye, dataset, count),
            count,
            pids,
            lambda: ours.refuse_ended(place, processes),
        )


class Ended:
    """Looks at the ledger: places in clean by the one sink, in reject by the other."""

    def __init__(self, connection: psycopg.Connection, dataset: Dataset, records: int) -> None:
        """Watch until *records* have ended as one or the other."""
        self._connection, self._records = connection, records
        self._places = (topics.clean(dataset), topics.reject(dataset))

    def begun(self) -> float:
        """See Gauge."""
        query = (
            "select coalesce(sum(next), 0) from ledger.progress where (consumer, topic)"
            " in (('province', %s), ('quarantine', %s))"
        )
        (done,) = self._connection.execute(query, self._places).fetchone() or (0,)
        return int(done)

    def ended(self) -> bool:
        """See Gauge."""
        return self.begun() >= self._records


def fill(client: dict[str, Any], dataset: Dataset, count: int, share: float) -> None:
    """Write *count* raw inserts of *dataset*, a *share* of them spoiled, each key once."""
    register = next(one for one in REGISTERS if one.dataset == ORIGINAL)
    templates = images(register, _TEMPLATES, share)
    producer = Producer(
        {**client, "linger.ms": 20, "compression.type": "lz4", "partitioner": "murmur2_random"}
    )
    topic = topics.raw(dataset)
    quiet(f"filling {topic} with {count:,} records, {share:.0%} of them spoiled")
    for first in range(0, count, _TEMPLATES):
        rows = [
            row | {"id": first + place}
            for place, row in enumerate(templates[: count - first], start=1)
        ]
        for number, raw in enumerate(records(register, rows), start=first):
            value = json.loads(raw.value)
            value["source"] |= {
                "sequence": f'["{5_505_459_032 + number * 56}","{5_505_459_088 + number * 56}"]',
                "table": dataset.id,
            }
            body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
            producer.produce(topic, body, raw.key, headers=raw.headers)
            producer.poll(0)
        producer.flush(30)
    assert producer.flush(60) == 0
