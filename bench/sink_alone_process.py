"""One run of the provincial sink for bench.sink_alone: to the end, then its figures."""

import json
import os
import resource
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
from confluent_kafka import Consumer

from consumers.group import consumer_config
from consumers.loop import Loop
from consumers.province import Province
from infra import heap
from infra.postgres import Database
from infra.settings import Timing
from schemas import topics
from schemas.avro import clean_schema
from schemas.catalogue import read_catalogue

_TICK = os.sysconf("SC_CLK_TCK")


class Schemas:
    """The registry's double: one schema."""

    def __init__(self, schema: dict[str, Any]) -> None:
        """Know *schema* under every id."""
        self._schema = schema

    def schema(self, _number: int) -> dict[str, Any]:
        """Give it, as the registry's JSON would."""
        known: dict[str, Any] = orjson.loads(orjson.dumps(self._schema))
        return known


def backend_seconds(pid: int) -> float:
    """CPU of the PostgreSQL backend *pid* so far."""
    fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICK


def main() -> None:
    """Run the sink until every record is written; print its figures as JSON."""
    given = json.loads(sys.argv[1])
    dataset = read_catalogue()["nnmt_ocop"]
    database = Database("bench", given["dsn"])
    sink = Province(database, Schemas(clean_schema(dataset)), [dataset])
    stop, seen = threading.Event(), {"records": 0, "start": 0.0, "cpu": 0.0, "end": 0.0}
    name = "deliver" if hasattr(sink, "deliver") else "write"
    write = getattr(sink, name)

    def counted(batch: Any) -> Mapping[str, int]:  # noqa: ANN401  either half of a write
        if not seen["start"]:
            seen["start"] = time.monotonic()
        totals: Mapping[str, int] = write(batch)
        seen["records"] += sum(move.next - move.start for move in batch.moves.values())
        seen["end"] = time.monotonic()
        if seen["records"] >= given["records"]:
            stop.set()
        return totals

    setattr(sink, name, counted)
    config = consumer_config(f"bench-{os.getpid()}", Timing()) | {
        "bootstrap.servers": given["broker"]
    }
    loop = Loop(Consumer(config), sink, Timing(), stop)
    heap.settle()  # as `province.run` does
    seen["cpu"] = time.process_time()
    loop.run([topics.clean(dataset)])
    pid = database.connection().info.backend_pid
    records = seen["records"]
    took = seen["end"] - seen["start"]
    figures = {
        "records_s": round(records / took),
        "client_us": round((time.process_time() - seen["cpu"]) / records * 1e6, 2),
        "backend_us": round(backend_seconds(pid) / records * 1e6, 2),
        "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
