"""The whole path of a record in the stream worker, Debezium's bytes to encoded Avro; one run.

    .venv/bin/python -m bench.path [--rounds 15] [--records 2000] [--json]

Rows are the demo's (bench.records), 10 % of them spoiled. No Kafka: what a broker costs is in
bench.streams. `cpu_us` is CPU a record; quiet core or not, its parts stand side by side.

path: `Workshop.refine`, chunks of 500: envelope, judge, clean, reject and open records, books
read, judge, write: its parts
encode: our compiled encoder, from values; fastavro: its writer, from a dict made beforehand
encoder_over_fastavro_DATASET: fastavro / ours (1.5 or more, or it is not worth its lines)
"""

import argparse
import io
import json
import sys
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import fastavro

from bench.machine import facts
from bench.ratios import Work, play, quotients, spread, spreads
from bench.records import REGISTERS, Raw, Register, catalogue, codes, images, records
from infra.heap import settle
from schemas import topics
from schemas.avro import clean_schema
from schemas.avro_code import compile_encoder
from schemas.contract import Dataset
from schemas.records import Accepted, Change
from schemas.system import CLEAN
from streams.compiler import compile_dataset
from streams.conditions import CONDITIONS
from streams.judge import Judge
from streams.output import Writer, system_values
from streams.reading import reader
from streams.workshop import Desk, Workshop

DIRTY, CHUNK, SECRET = 0.1, 500, b"a secret of the benchmark"


def main() -> None:
    """Measure, and print one JSON document."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--records", type=int, default=2000)
    parser.add_argument("--json", action="store_true", help="on one line")
    given = parser.parse_args()
    ratios, costs = {}, {}
    for register in REGISTERS:
        made = works(register, given.records)
        settle()  # as the worker does
        found = play(made, given.rounds)
        found["path"] = [took / CHUNK for took in found["path"]]
        ours, theirs = found["encode"], found["fastavro"]
        ratios[f"encoder_over_fastavro_{register.dataset}"] = spread(quotients(theirs, ours))
        costs |= {f"{register.dataset}.{name}": one for name, one in spreads(found).items()}
    said = {"machine": facts(), "ratios": ratios, "cpu_us": costs}
    sys.stdout.write(json.dumps(said, indent=None if given.json else 1) + "\n")


def works(register: Register, count: int) -> dict[str, Work]:
    """Return the path of one dataset, its parts, and both encoders."""
    dataset = catalogue()[register.dataset]
    raws = records(register, images(register, count, DIRTY))
    desk = seated(dataset)
    read, validator = reader(dataset), compile_dataset(dataset, codes())
    changes = [change for raw in raws if isinstance(change := read(raw), Change)]
    judged = [(raw, desk.judge.judge(raw)) for raw in raws]
    clean = [one.verdict for _, one in judged if isinstance(one.verdict, Accepted)]
    return {
        "path": (workshop(dataset, desk).refine, chunks(raws)),
        "read": (read, raws),
        "judge": (lambda change: validator.judge(change.row, change.source_ts), changes),
        "write": (lambda pair: desk.writer.messages(*pair), judged),
        **encoders(dataset, clean),
    }


def seated(dataset: Dataset) -> Desk:
    """Return who judges and writes for *dataset*, as the worker seats them."""
    condition = CONDITIONS[dataset.open_when] if dataset.open_when else None
    judge = Judge(dataset, compile_dataset(dataset, codes()), condition)
    ids = {topics.clean(dataset): 1, topics.open_(dataset): 2}
    return Desk(judge, Writer(dataset, ids, SECRET))


def workshop(dataset: Dataset, desk: Desk) -> Workshop:
    """Return a workshop of one desk."""
    return Workshop({topics.raw(dataset): desk}, {})


def chunks(raws: Sequence[Raw]) -> list[Sequence[Raw]]:
    """Cut *raws* as the driver does."""
    return [raws[place : place + CHUNK] for place in range(0, len(raws), CHUNK)]


def encoders(dataset: Dataset, clean: Sequence[Accepted]) -> dict[str, Work]:
    """Return both encoders at work on the same rows; their bytes have been compared."""
    schema, head = clean_schema(dataset), b"\x00\x00\x00\x00\x01"
    rows = [(*(one.values or ()), *system_values(one, "topic:0:1")) for one in clean]
    given = [_as_fastavro_wants(dataset, row) for row in rows]
    encode, reference = compile_encoder(schema, head), _reference(schema, head)
    assert list(map(encode, rows)) == list(map(reference, given))
    return {"encode": (encode, rows), "fastavro": (reference, given)}


def _as_fastavro_wants(dataset: Dataset, row: tuple[Any, ...]) -> dict[str, Any]:
    names = [*(one.name for one in dataset.columns), *(one.name for one in CLEAN)]
    named = dict(zip(names, row, strict=True)) | {"_flags": list(row[names.index("_flags")])}
    decimals = [one.name for one in dataset.columns if one.type == "decimal" and named[one.name]]
    return named | {name: Decimal(named[name]) for name in decimals}


def _reference(schema: dict[str, Any], head: bytes) -> Callable[[dict[str, Any]], bytes]:
    parsed = fastavro.parse_schema(schema)

    def encode(row: dict[str, Any]) -> bytes:
        body = io.BytesIO()
        body.write(head)
        fastavro.schemaless_writer(body, parsed, row)
        return body.getvalue()

    return encode


if __name__ == "__main__":
    main()
