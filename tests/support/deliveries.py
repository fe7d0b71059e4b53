"""Records as streams would write them, for the sinks' tests: invented products and nothing else."""

import json
import struct
from collections import defaultdict
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import fastavro

from consumers.batch import Batch, Bounds, Record, Sink, moves
from consumers.decoding import plain
from infra.kafka_reader import Place
from schemas import avro, topics
from schemas.contract import Dataset
from schemas.odcs.contract import read_contract

_CONTRACT = Path(__file__).parents[2] / "schemas" / "datasets" / "so_nnmt" / "nnmt_ocop.odcs.yaml"
OCOP: Dataset = read_contract(_CONTRACT)
CLEAN_ID, OPEN_ID = 7, 8
DAY_US = 86_400_000_000
NOON = 20_000 * DAY_US  # 2024-10-04T00:00Z, before that day's cut-off
PROBLEM = {
    "code": "field.missing",
    "field": "ten",
    "severity": "reject",
    "message": "Thiếu tên sản phẩm.",
}


class KnownSchemas:
    """The registry's double: two schemas, by id."""

    def schema(self, number: int) -> dict[str, Any]:
        """Give one of the two."""
        return {CLEAN_ID: avro.clean_schema, OPEN_ID: avro.open_schema}[number](OCOP)


class Registered(KnownSchemas):
    """It also knows the ids by the schemas."""

    def known_id(self, subject: str, schema: Mapping[str, Any]) -> int:
        """Give the id of *schema*."""
        number = CLEAN_ID if subject.startswith("clean.") else OPEN_ID
        assert self.schema(number) == schema
        return number


class Writer:
    """Writes the records of one output partition of *dataset*, in order, offsets rising."""

    def __init__(self, partition: int = 0) -> None:
        self._partition = partition
        self._offsets: dict[str, int] = defaultdict(int)
        self._raw = 0

    def clean(self, number: int, position: int, **facts: object) -> Record:
        """A live row of product *number*; *facts* name canonical columns, or system columns."""
        raw = facts.pop("raw", None)
        fields = {column.name: None for column in OCOP.columns}
        fields |= _system(number, position) | {"_raw": self._raw_text(raw)}
        fields |= {"ma_san_pham": f"SP{number}", "ten": "Mận hậu", "so_sao": 4} | facts
        body = _encode(CLEAN_ID, avro.clean_schema(OCOP), fields)
        headers = {"suoi.op": "u", "suoi.raw": fields["_raw"]}
        return self._record(topics.clean(OCOP), f"[{number}]".encode(), body, headers)

    def clean_gone(self, number: int, position: int, raw: int | None = None) -> Record:
        """A deleted product, as the tombstone on clean."""
        headers = {
            "suoi.op": "d",
            "suoi.raw": self._raw_text(raw),
            "suoi.source": OCOP.source,
            "suoi.captured_ts": str(NOON + 5),
            "suoi.scope": "unassigned",
        }
        key = f"[{number}]".encode()
        return self._record(topics.clean(OCOP), key, None, headers | _order(position))

    def open(self, number: int, position: int, **facts: object) -> Record:
        """A live row of the public projection."""
        fields = {column.name: None for column in OCOP.open_columns}
        order = {"_generation": 1, "_position": position, "_step": 0, "_ruleset": 1}
        fields |= {"ma_san_pham": f"SP{number}", "ten": "Mận hậu", "so_sao": 4} | order | facts
        fields["_source_ts"] = NOON + position
        body = _encode(OPEN_ID, avro.open_schema(OCOP), fields)
        return self._record(topics.open_(OCOP), _open_key(number), body, {"suoi.op": "u"})

    def open_gone(self, number: int, position: int) -> Record:
        """A row the public may no longer see."""
        headers = {"suoi.op": "d"} | _order(position)
        return self._record(topics.open_(OCOP), _open_key(number), None, headers)

    def reject(self, number: int | None, position: int, **facts: object) -> Record:
        """A refused version of product *number*; None = a record without key or order."""
        topic, partition, offset = self._raw_text(facts.get("raw")).rsplit(":", 2)
        headers = {
            "__connect.errors.topic": topic,
            "__connect.errors.partition": partition,
            "__connect.errors.offset": offset,
            "suoi.dataset": OCOP.id,
            "suoi.problems": json.dumps([PROBLEM]),
        }
        key = None
        if number is not None:
            key = json.dumps({"id": number}).encode()
            headers |= {"suoi.op": "u", "suoi.scope": "03646"} | _order(position)
            headers["suoi.ruleset"] = str(facts.get("ruleset", 1))
        return self._record(topics.reject(OCOP), key, b"{raw bytes}", headers)

    def skip_to(self, topic: str, offset: int) -> None:
        """Leave a gap in the offsets of *topic*, as compaction does."""
        self._offsets[topic] = offset

    def _raw_text(self, raw: int | None) -> str:
        """Raw records come in the order of their offsets unless a test says which one it was."""
        if raw is None:
            raw, self._raw = self._raw, self._raw + 1
        return f"{topics.raw(OCOP)}:{self._partition}:{raw}"

    def _record(
        self, topic: str, key: bytes | None, value: bytes | None, headers: dict[str, str]
    ) -> Record:
        offset = self._offsets[topic]
        self._offsets[topic] += 1
        return Record(topic, self._partition, offset, key, value, headers, NOON // 1000)


class Pen:
    """Gives batches to a sink as the loop does, and remembers where each partition stands."""

    def __init__(self, sink: Sink) -> None:
        self.sink = sink
        self.places: dict[Place, int] = {}

    def begin(self, *places: Place, low: int = 0, high: int = 0) -> None:
        """Be assigned *places*, whose watermarks are *low* and *high*."""
        self.places |= self.sink.starts({place: Bounds(low, high) for place in places})

    def batch(self, *records: Record) -> Batch:
        """Make the batch the loop would make of *records*."""
        return Batch(list(records), moves(records, self.places))

    def write(self, *records: Record) -> dict[str, int]:
        """Write *records* as one batch; the places move if it succeeds."""
        batch = self.batch(*records)
        totals = dict(self.sink.write(batch))
        self.places |= {place: move.next for place, move in batch.moves.items()}
        return totals


def _system(number: int, position: int) -> dict[str, Any]:
    return {
        "_key": f"[{number}]",
        "_source": OCOP.source,
        "_generation": 1,
        "_position": position,
        "_step": 0,
        "_ruleset": 1,
        "_source_ts": NOON + position,
        "_captured_ts": NOON + position + 5,
        "_flags": [],
        "_originals": {},
        "_hash": "0" * 64,
    }


def _order(position: int) -> dict[str, str]:
    return {
        "suoi.generation": "1",
        "suoi.position": str(position),
        "suoi.step": "0",
        "suoi.ruleset": "1",
        "suoi.source_ts": str(NOON + position),
    }


def _open_key(number: int) -> bytes:
    return f"{number:064x}".encode()


def _encode(number: int, schema: dict[str, Any], fields: dict[str, Any]) -> bytes:
    body = BytesIO()
    fastavro.schemaless_writer(body, fastavro.parse_schema(plain(schema)), fields)
    return struct.pack(">bI", 0, number) + body.getvalue()
