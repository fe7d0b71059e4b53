"""The judge against a pydantic model of the same rules, and against mere decoding; one run.

    .venv/bin/python -m bench.judge [--rounds 15] [--records 2000] [--json]

Rows are the demo's: real clerks' habits, 10 % of them spoiled. The rival (bench.rival) judges
nnmt_ocop; before a number counts, both must have given the same verdict on every row, with the same
problems, and on every clean row the same canonical values.

over_pydantic: CPU a record of the rival / ours (3 or more is due)
over_decoding_DATASET: ours / msgspec's typed decoding of the same record's bytes (3 or less is due)
dirty_rate_DATASET: records a second with 50 % spoiled / with none (0.7 or more is due)
"""

import argparse
import json
import sys
from collections.abc import Callable
from functools import reduce
from operator import or_
from types import NoneType
from typing import Any

import msgspec

from bench import rival
from bench.machine import facts
from bench.ratios import Work, play, quotients, spread, spreads
from bench.records import COMMIT, REGISTERS, Register, catalogue, codes, images, records
from schemas.contract import Dataset
from schemas.records import Row, Severity
from streams.compiler import Validator, compile_dataset
from streams.envelope import Source

DIRTY, HALF = 0.1, 0.5
RIVAL = "nnmt_ocop"


def main() -> None:
    """Measure, and print one JSON document."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--records", type=int, default=2000)
    parser.add_argument("--json", action="store_true", help="on one line")
    given = parser.parse_args()
    found = [measure(one, given.records, given.rounds) for one in REGISTERS]
    said = {
        "machine": facts(),
        "ratios": {name: ratio for part in found for name, ratio in part["ratios"].items()},
        "cpu_us": {name: cpu for part in found for name, cpu in part["cpu_us"].items()},
    }
    sys.stdout.write(json.dumps(said, indent=None if given.json else 1) + "\n")


def measure(register: Register, count: int, rounds: int) -> dict[str, Any]:
    """Measure one dataset: ours, the decoding of its bytes, ours on dirtier rows, the rival."""
    dataset = catalogue()[register.dataset]
    validator = compile_dataset(dataset, codes())
    rows = images(register, count, DIRTY)
    works = {
        "judge": judging(validator, rows),
        "decode": (decoder(dataset, rows), [raw.value for raw in records(register, rows)]),
        "clean": judging(validator, images(register, count, 0)),
        "half": judging(validator, images(register, count, HALF)),
    }
    if register.dataset == RIVAL:
        agree(validator, rows)
        works["pydantic"] = (lambda row: rival.judge(row, COMMIT), rows)
    found = play(works, rounds)
    ratios = {
        f"over_decoding_{dataset.id}": quotients(found["judge"], found["decode"]),
        f"dirty_rate_{dataset.id}": quotients(found["clean"], found["half"]),
    }
    if "pydantic" in found:
        ratios["over_pydantic"] = quotients(found["pydantic"], found["judge"])
    return {
        "ratios": {name: spread(values) for name, values in ratios.items()},
        "cpu_us": {f"{dataset.id}.{name}": one for name, one in spreads(found).items()},
    }


def judging(validator: Validator, rows: list[Row]) -> Work:
    """Return our judge at work on *rows*."""
    judge = validator.judge
    return lambda row: judge(row, COMMIT), rows


def decoder(dataset: Dataset, rows: list[Row]) -> Callable[[bytes], Any]:
    """Return msgspec's decoder of the envelope, with a type for each column as it is sent."""
    columns = [(name, _type(name, rows)) for name in dataset.source_columns]
    row = msgspec.defstruct("Row", columns) | None
    envelope = msgspec.defstruct(
        "Envelope",
        [("op", str), ("source", Source), ("after", row), ("before", row), ("ts_us", int | None)],
    )
    return msgspec.json.Decoder(envelope).decode


def _type(name: str, rows: list[Row]) -> Any:  # noqa: ANN401  a type, or a union of types
    sent = {type(row[name]) for row in rows} | {NoneType}
    return reduce(or_, sorted(sent, key=lambda one: one.__name__))


def agree(validator: Validator, rows: list[Row]) -> None:
    """Assert that the rival's verdicts are ours, on every row.

    Raises:
        AssertionError: they differ; neither figure would mean anything.
    """
    names = {item.columns[0]: item.name for item in validator.dataset.fields}
    places = {one.name: place for place, one in enumerate(validator.dataset.columns)}
    for row in rows:
        ours, other = validator.judge(row, COMMIT), rival.judge(row, COMMIT)
        refused = [(p.field, p.code) for p in ours.problems if p.severity is Severity.REJECT]
        if isinstance(other, list):
            assert other == sorted(refused), (other, refused)
            continue
        assert refused == [], refused
        theirs = {names[name]: one for name, one in other if name in names}
        theirs["ma_xa"] = theirs["ma_xa"][0]
        assert theirs == {name: ours.values[places[name]] for name in theirs}


if __name__ == "__main__":
    main()
