"""What one flush costs the provincial sink and its backend, without Kafka: CPU, in µs a record.

    .venv/bin/python -m bench.sink_write [--records 20000] [--rounds 3] [--tables 1 10 329]

Flushes of 5,000 records in memory go through `Province.write` into a PostgreSQL of its own, spread
over so many tables. `first` fills them, `repeat` brings the same raw records again, `stale` the
same versions under new raw offsets. CPU, not time: it says the same on a machine others use too.
"""

import argparse
import dataclasses
import json
import sys
import time
from pathlib import Path
from random import Random
from typing import Any

import psycopg
from msgspec.structs import replace

from bench.machine import facts
from bench.sink_alone import DATASET, values
from bench.sink_alone_process import Schemas, backend_seconds
from consumers.batch import Batch, Bounds, Record, moves
from consumers.province import Province
from infra import heap
from infra.kafka_reader import Place
from infra.postgres import Database
from schemas import topics
from schemas.avro import clean_schema
from schemas.avro_code import compile_encoder
from schemas.contract import Dataset

FLUSH = 5_000
_BOOKS = "ledger.progress, ledger.seen, ledger.outcome, ledger.count"


def datasets(count: int) -> list[Dataset]:
    """Make *count* datasets alike, each with its table and topic."""
    return [dataclasses.replace(DATASET, id=f"{DATASET.id}_{number}") for number in range(count)]


def records(tables: list[Dataset], count: int) -> list[Record]:
    """Make *count* clean records, dealt round to *tables*; every fifth updates an earlier key."""
    encode = compile_encoder(clean_schema(DATASET), b"\x00\x00\x00\x00\x07")
    chance, made, newest = Random(1), [], 0  # noqa: S311  chance with a seed, not secrets
    for position in range(count):
        if position % 5 == 4 and position > FLUSH:  # noqa: PLR2004
            number = chance.randrange(newest)
        else:
            number, newest = newest, newest + 1
        topic, offset = topics.clean(tables[number % len(tables)]), position // len(tables)
        headers = {"suoi.op": "u", "suoi.raw": f"{topics.raw(DATASET)}:0:{position}"}
        body = encode(values(chance, number, position))
        made.append(Record(topic, 0, offset, f"[{number}]".encode(), body, headers, 0))
    return made


def shifted(given: list[Record], by: int) -> list[Record]:
    """Give the same versions again, under other raw offsets."""
    return [
        replace(one, headers=one.headers | {"suoi.raw": f"{topics.raw(DATASET)}:0:{place + by}"})
        for place, one in enumerate(given)
    ]


def played(dsn: str, tables: list[Dataset], given: list[Record]) -> dict[str, Any]:
    """Deliver *given* through a new sink; places start at zero."""
    database = Database("bench", dsn)
    sink = Province(database, Schemas(clean_schema(DATASET)), tables)
    places = sink.starts({Place(topics.clean(one), 0): Bounds(0, 0) for one in tables})
    pid = database.connection().info.backend_pid
    heap.settle()
    for start in range(0, len(given), FLUSH):
        if start <= FLUSH:  # the first flush compiles and plans; it is not counted
            begin, client, backend = time.monotonic(), time.process_time(), backend_seconds(pid)
        flush = given[start : start + FLUSH]
        batch = Batch(flush, moves(flush, places))
        sink.write(batch)
        places |= {place: move.next for place, move in batch.moves.items()}
    counted = len(given) - FLUSH
    found = {
        "client_us": (time.process_time() - client) / counted * 1e6,
        "backend_us": (backend_seconds(pid) - backend) / counted * 1e6,
        "wall_us": (time.monotonic() - begin) / counted * 1e6,
        "backend_mb": _memory(pid),
    }
    database.close()
    return {name: round(value, 2) for name, value in found.items()}


def _memory(pid: int) -> float:
    """Private memory of the backend, MiB."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text("utf-8").splitlines()
    return sum(int(one.split()[1]) for one in lines if one.startswith("Private")) / 1024


def main() -> None:
    """Print the least of each figure, one JSON line for each number of tables and kind."""
    sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
    from support.plain_postgres import plain_province  # noqa: PLC0415  only to run

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--tables", type=int, nargs="*", default=[1])
    options = parser.parse_args()
    print(json.dumps(facts()))
    for count in options.tables:
        tables = datasets(count)
        given = records(tables, options.records)
        kinds = {"first": given, "repeat": given, "stale": shifted(given, len(given))}
        found: dict[str, list[dict[str, Any]]] = {kind: [] for kind in kinds}
        names = ", ".join(f"clean.{one.id}" for one in tables)
        with (
            plain_province(*tables) as server,
            psycopg.connect(server.dsn(), autocommit=True) as admin,
        ):
            for _ in range(options.rounds):
                for kind, these in kinds.items():
                    emptied = {"first": f"{names}, {_BOOKS}", "repeat": "ledger.progress"}
                    admin.execute(f"truncate {emptied.get(kind, _BOOKS)}")  # type: ignore[arg-type]
                    admin.execute("checkpoint")
                    ((start,),) = admin.execute("select pg_current_wal_lsn()").fetchall()
                    figures = played(server.dsn("province_sink"), tables, these)
                    asked = "select (pg_current_wal_lsn() - %s::pg_lsn)::float"
                    ((wal,),) = admin.execute(asked, [start]).fetchall()  # type: ignore[arg-type]
                    found[kind].append(figures | {"wal_bytes": round(wal / len(these), 1)})
        for kind, rounds in found.items():
            least = {name: min(one[name] for one in rounds) for name in rounds[0]}
            print(json.dumps({"tables": count, "kind": kind} | least), flush=True)


if __name__ == "__main__":
    main()
