"""What a receipt costs: made over rows and rejects of one window, made again, and verified.

`python -m bench.receipts [--rows N]` runs a PostgreSQL of its own and prints one JSON document.
"""

import argparse
import json
import resource
import sys
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bench.machine import facts
from consumers.ledger.receipts.book import Book
from consumers.ledger.receipts.document import sign
from consumers.ledger.receipts.evidence import Reading
from consumers.ledger.receipts.making import Maker
from consumers.ledger.receipts.verifying import Question, verify
from consumers.ledger.receipts.words import Fault
from infra.postgres import connect
from schemas.catalogue import read_catalogue

DATASET, DAY = "nnmt_ocop", date(2026, 3, 11)
_FILL = """
insert into clean.nnmt_ocop (_key, _source, _generation, _position, _step, _ruleset, _source_ts,
    _raw)
select '[' || n || ']', 'bench', 1, n, 0, 1, timestamptz '2026-03-10 23:00Z', 'raw:0:' || n
from generate_series(1, %(rows)s) as n
"""
_REFUSE = """
insert into quarantine.item (dataset, key, key_hash, op, problems, owner_unit, generation, position,
    step, ruleset, source_ts, raw_topic, raw_partition, raw_offset, reject_topic, reject_partition,
    reject_offset, status)
select 'nnmt_ocop', '[' || -n || ']', encode(sha256(convert_to('[' || -n || ']', 'UTF8')), 'hex'),
    'u', '[]', 'so_nnmt', 1, n, 0, 1, timestamptz '2026-03-10 23:00Z', 'raw', 0, n, 'reject', 0, n,
    'open' from generate_series(1, %(rows)s / 10) as n
"""


def main() -> None:
    """Fill one window, then measure."""
    sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
    from support.plain_postgres import plain_province  # noqa: PLC0415  only to run

    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=1_000_000)
    rows = options.parse_args().rows
    dataset = read_catalogue()[DATASET]
    with plain_province(dataset) as server:
        with psycopg.connect(server.dsn()) as connection:
            for query in (_FILL, _REFUSE):
                connection.execute(query, {"rows": rows})
            connection.commit()
            connection.autocommit = True
            connection.execute("vacuum analyze")
        reader = connect("bench", server.dsn("province_reader"))
        writer = connect("bench", server.dsn("province_receipt"))
        maker = Maker(book=Book(writer), key=Ed25519PrivateKey.generate())
        proved = {DATASET: datetime(2026, 3, 11, 10, tzinfo=UTC) + timedelta(hours=1)}
        reading = Reading(reader, DAY, proved, lambda *_: None)
        seconds, states = [], []
        for _ in range(3):
            start = time.perf_counter()
            made = maker.make("so_nnmt", [dataset], reading)
            seconds.append(round(time.perf_counter() - start, 2))
            states.append(made.state)
        reader.close()
        writer.close()
    assert states == ["new", "unchanged", "unchanged"]
    (found,) = made.receipt.body.datasets
    assert (found.stored.lines, found.refused.lines) == (rows, rows // 10)
    document = sign(made.receipt.body, maker.key)
    start = time.perf_counter()
    for _ in range(1000):
        assert not isinstance(verify(Question(name="receipt", document=document)), Fault)
    verified = (time.perf_counter() - start) / 1000
    figures = {
        "command": f"python -m bench.receipts --rows {rows}",
        "machine": facts(),
        "rows": rows,
        "rejects": rows // 10,
        "make_seconds": seconds,
        "peak_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "receipt_bytes": len(document),
        "verify_milliseconds": round(verified * 1000, 2),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
