"""Raw records for the benchmarks of the judge: the demo's registers, as Debezium would send them.

Rows are drawn from one seed by the writers of `suoi.demo`, so they have the habits of real clerks
(capitals, marks typed apart, doubled spaces, TCVN3); a share of them is spoiled on purpose.
"""

import json
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any, NamedTuple
from uuid import UUID

from schemas import topics
from schemas.catalogue import Catalogue, read_catalogue
from schemas.codes import CodeLists, read_codes
from schemas.contract import Dataset
from schemas.records import Row
from streams.plan import wire_of
from suoi.demo.desk import Desk
from suoi.demo.registers import REGISTERS, Register, write_row

NOW = datetime(2026, 3, 11, 9, 30, 15)  # noqa: DTZ001  departments keep local time without zone
COMMIT = 1_773_200_000_000_000
"""2026-03-11 03:33:20 UTC in µs: a little after NOW, on the same day in Việt Nam."""
SEED = "bench"


class Raw(NamedTuple):
    """One record as a Kafka client hands it over."""

    topic: str
    partition: int
    offset: int
    key: bytes
    value: bytes
    headers: list[tuple[str, bytes]]


def catalogue() -> Catalogue:
    """Return the product's contracts."""
    return read_catalogue()


def codes() -> CodeLists:
    """Return the product's lists, with 099, the invented place of test people."""
    return read_codes(("099",))


def images(register: Register, count: int, dirty: float) -> list[Row]:
    """Return *count* row images as Debezium's JSON has them, a share *dirty* of them spoiled."""
    rng = Random(f"{SEED} {register.dataset}")  # noqa: S311  chance with a seed, not secrets
    desk = Desk(rng=rng, now=NOW)
    dataset, defects = catalogue()[register.dataset], register.defects
    rows = []
    for number in range(count):
        spoiled = (number * 7919) % 1000 < dirty * 1000
        defect = desk.rng.choice(defects) if spoiled else None
        row = {"id": number, "uuid": f"{number:036}"} | write_row(register, desk, defect)
        rows.append(_image(dataset, row, number))
    return rows


def _image(dataset: Dataset, row: Row, number: int) -> Row:
    zoned = {
        name
        for item in dataset.fields
        for name in item.columns
        if wire_of(item.source_type) == "instant"
    }
    found = {name: _wire(row.get(name), zoned=name in zoned) for name in dataset.source_columns}
    for name in dataset.source_key:  # a key is its own record's
        if found[name] is None:
            found[name] = number
    return found


def _wire(value: Any, *, zoned: bool) -> Any:  # noqa: ANN401  a column's value
    match value:
        case datetime() if zoned:
            return f"{value - timedelta(hours=7):%Y-%m-%dT%H:%M:%S.%f}Z"
        case datetime():
            return int((value - datetime(1970, 1, 1)).total_seconds()) * 1_000_000  # noqa: DTZ001
        case date():
            return (value - date(1970, 1, 1)).days
        case UUID() | Decimal():
            return str(value)
        case _:
            return value


def records(register: Register, rows: list[Row]) -> list[Raw]:
    """Return *rows* as the raw records of inserts, keys and envelope included."""
    dataset = catalogue()[register.dataset]
    topic = topics.raw(dataset)
    return [_record(dataset, topic, row, number) for number, row in enumerate(rows)]


def _record(dataset: Dataset, topic: str, row: Row, number: int) -> Raw:
    key = {name: row[name] for name in dataset.source_key}
    envelope = {
        "before": None,
        "after": row,
        "source": _source(dataset, number),
        "transaction": None,
        "op": "c",
        "ts_ms": 1_773_200_000_050,
        "ts_us": 1_773_200_000_050_000,
        "ts_ns": 1_773_200_000_050_000_000,
    }
    return Raw(topic, 0, number, _bytes(key), _bytes(envelope), [("suoi.generation", b"1")])


def _source(dataset: Dataset, number: int) -> Row:
    """Return Debezium's source block, every member of it: the reader must pass over them."""
    schema, _, table = dataset.table.rpartition(".")
    told = {
        "version": "3.3.1.Final", "name": f"raw.{dataset.source}", "ts_ms": COMMIT // 1000,
        "snapshot": "false", "db": dataset.source, "table": table, "ts_us": COMMIT,
        "ts_ns": COMMIT * 1000,
    }  # fmt: skip
    if dataset.source_kind == "cdc_mariadb":
        return {"connector": "mariadb"} | told | {
            "server_id": 1, "gtid": f"0-1-{number}", "file": "mariadb-bin.000003",
            "pos": 56_902 + number, "row": 0, "thread": None, "query": None,
        }  # fmt: skip
    return {"connector": "postgresql"} | told | {
        "sequence": f'["{5_505_459_032 + number}","{5_505_459_088 + number}"]',
        "schema": schema, "txId": 756 + number, "lsn": 5_505_459_088 + number, "xmin": None,
    }  # fmt: skip


def _bytes(value: Any) -> bytes:  # noqa: ANN401  any JSON
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


__all__ = ("COMMIT", "REGISTERS", "Raw", "Register", "catalogue", "codes", "images", "records")
