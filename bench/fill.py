"""A clean topic filled beforehand: our own encoder, rows of the demo's register, 20 % updates.

Record n of 5 m + 2 is a new version of an earlier row drawn by chance, every other one a row of
its own, so that rows = 0.8 × records at any place, and the last records are always new rows.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from random import Random
from typing import Any, NamedTuple

from confluent_kafka import Producer

from bench.clones import ORIGINAL
from bench.records import COMMIT, REGISTERS, catalogue, codes, images
from infra.kafka import Headers
from schemas import topics
from schemas.avro import clean_schema
from schemas.avro_code import Encode, compile_encoder
from schemas.contract import Dataset
from streams.compiler import compile_dataset
from streams.output import head, row_hash

TEMPLATES = 2000
FRESH = 0.8
"""Rows a record."""
_PERIOD, _UPDATE = 5, 2


class Filling(NamedTuple):
    """One record of a filled topic."""

    key: str
    value: bytes
    headers: Headers
    partition: int


def last_keys(records: int, partitions: int) -> list[str]:
    """Keys whose rows show that all of *records* have been written, one for each partition."""
    assert records % (2 * _PERIOD) == 0
    return [f"[{records - 1 - place}]" for place in range(partitions)]


def first_keys(partitions: int) -> list[str]:
    """Keys of the first rows of each partition."""
    return [f"[{place}]" for place in range(partitions)]


@cache
def judged_rows(count: int = TEMPLATES) -> list[tuple[Any, ...]]:
    """Return the canonical values of *count* rows, judged clean by our judge."""
    register = next(one for one in REGISTERS if one.dataset == ORIGINAL)
    validator = compile_dataset(catalogue()[ORIGINAL], codes())
    found = [validator.judge(row, COMMIT) for row in images(register, count, 0.0)]
    return [one.values for one in found if not one.problems]


def fillings(dataset: Dataset, records: int, schema_id: int) -> Iterator[Filling]:
    """Make *records* clean records of *dataset*, in the order in which streams would send them."""
    encode = compile_encoder(clean_schema(dataset), head(schema_id))
    rows, rng = judged_rows(), Random(ORIGINAL)  # noqa: S311  chance with a seed
    for number in range(records):
        updates = number % _PERIOD == _UPDATE
        key = _earlier(rng, number) if updates else number
        yield _filling(encode, dataset, rows, (number, key, updates))


def _earlier(rng: Random, number: int) -> int:
    found = rng.randrange(number)
    return found - 1 if found % _PERIOD == _UPDATE else found


def _filling(
    encode: Encode,
    dataset: Dataset,
    rows: Sequence[tuple[Any, ...]],
    place: tuple[int, int, bool],
) -> Filling:
    number, key, updates = place
    values = rows[number * 7 % len(rows)]
    partition = key % dataset.partitions
    raw, key_text = f"{topics.raw(dataset)}:{partition}:{number}", f"[{key}]"
    commit = COMMIT + number * 100
    order = (1, 5_505_459_032 + number * 56, 5_505_459_088 + number * 56, 1)
    system = (key_text, dataset.source, *order, commit, commit + 50_000)
    # no flags and no originals: the rival cannot write such columns, so they are empty for both
    body = encode((*values, *system, (), {}, row_hash(values), raw))
    return Filling(
        key_text, body, [("suoi.op", "u" if updates else "c"), ("suoi.raw", raw)], partition
    )


def fill(client: dict[str, Any], dataset: Dataset, records: int, schema_id: int) -> None:
    """Write *records* to the clean topic of *dataset* and wait until the broker has them."""
    producer = Producer(
        {**client, "linger.ms": 20, "compression.type": "lz4", "enable.idempotence": True}
    )
    topic = topics.clean(dataset)
    for one in fillings(dataset, records, schema_id):
        while True:
            try:
                producer.produce(
                    topic, one.value, one.key, headers=one.headers, partition=one.partition
                )
                break
            except BufferError:
                producer.poll(0.1)
        producer.poll(0)
    assert producer.flush(60) == 0
