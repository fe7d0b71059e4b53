"""The way out: a verdict becomes the records that clean, reject and open receive.

Values are Avro in Confluent's wire format (byte 0, schema id, body); keys are text, because a
schema id in the key would change its partition. A `_key` is never a header (invariant 6).
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property, lru_cache
from typing import Any

import msgspec
import orjson

from schemas import topics
from schemas.avro import clean_schema, open_schema
from schemas.avro_code import Encode, compile_encoder
from schemas.contract import Dataset
from schemas.records import Accepted, Change, Problem, Rejected
from schemas.replay import GENERATION, RULESET
from streams.envelope import RawRecord
from streams.judge import Judged, place
from streams.projection import Opening

Headers = list[tuple[str, str | bytes | None]]
_BLOCK = 64
"""Bytes that SHA-256 takes at a time."""


class Message(msgspec.Struct, frozen=True, gc=False):
    """One record to be sent."""

    topic: str
    key: bytes
    value: bytes | None
    headers: Headers


class Writer:
    """Writes the records of one dataset."""

    def __init__(self, dataset: Dataset, schema_ids: Mapping[str, int], secret: bytes) -> None:
        """*schema_ids* names the registered schema of each topic; *secret* keys the open hash."""
        self._clean_topic = topics.clean(dataset)
        self._reject_topic = topics.reject(dataset)
        self._dataset, self._head = dataset, head(schema_ids[self._clean_topic])
        self._open = Opener(dataset, schema_ids, secret) if dataset.open_columns else None

    @cached_property
    def _encode(self) -> Encode:
        """Made when the first clean row comes: most of many datasets are silent."""
        return compile_encoder(clean_schema(self._dataset), self._head)

    def messages(self, record: RawRecord, judged: Judged) -> list[Message]:
        """Return what *judged* sends; a filtered record sends nothing but its line in the books."""
        match judged.verdict:
            case Accepted() as verdict if verdict.values is not None:
                return self._accepted(verdict, judged.opening)
            case Accepted() as verdict:
                found = [self._deleted(verdict)]
            case Rejected() as verdict:
                found = [self._rejected(record, verdict)]
            case _:
                return []
        if self._open and judged.opening and verdict.change:
            raw = place(verdict.change.origin)
            found.append(self._open.message(verdict.change, raw, judged.opening))
        return found

    def _accepted(self, verdict: Accepted, opening: Opening | None) -> list[Message]:
        change = verdict.change
        raw, key = place(change.origin), change.key.encode()
        value = self._encode(verdict.values or (), system_values(verdict, raw))
        headers: Headers = [("suoi.op", change.op), ("suoi.raw", raw)]
        found = [Message(self._clean_topic, key, value, headers)]
        if self._open and opening:
            found.append(self._open.message(change, raw, opening))
        return found

    def _deleted(self, verdict: Accepted) -> Message:
        change = verdict.change
        headers: Headers = [("suoi.op", change.op), ("suoi.raw", place(change.origin))]
        headers += _tombstone_headers(verdict)
        return Message(self._clean_topic, change.key.encode(), None, headers)

    def _rejected(self, record: RawRecord, verdict: Rejected) -> Message:
        """Send the raw bytes unchanged, with why and whence in headers.

        Where the source gave no key (a truncate) an empty one stands: a null key would choose its
        partition by chance, and a repeat could not be known.
        """
        origin = verdict.origin
        headers: Headers = [
            ("__connect.errors.topic", origin.topic),
            ("__connect.errors.partition", str(origin.partition)),
            ("__connect.errors.offset", str(origin.offset)),
            ("suoi.dataset", verdict.dataset),
            ("suoi.scope", verdict.scope),
            ("suoi.problems", _problems(verdict)),
        ]
        if verdict.change is not None:
            headers.append(("suoi.op", verdict.change.op))
            headers += order_headers(verdict.change)
        else:  # no order, and yet it may be judged again
            headers += [(RULESET, str(self._dataset.revision)), *_generation(record)]
        return Message(self._reject_topic, record.key or b"", record.value, headers)


class Opener:
    """Writes the open topic of one dataset."""

    def __init__(self, dataset: Dataset, schema_ids: Mapping[str, int], secret: bytes) -> None:
        """See Writer."""
        self._topic = topics.open_(dataset)
        self._dataset, self._head = dataset, head(schema_ids[self._topic])
        self._hash = keyed_hash(secret)

    @cached_property
    def _encode(self) -> Encode:
        return compile_encoder(open_schema(self._dataset), self._head)

    def message(self, change: Change, raw: str, opening: Opening) -> Message:
        """Return the public version of a row, or the tombstone that closes it.

        *raw* is the place of the raw record, as headers write it.
        """
        key = self._hash(change.key)
        headers: Headers = [("suoi.op", change.op), ("suoi.raw", raw)]
        if opening.values is None:
            return Message(self._topic, key, None, headers + order_headers(change))
        value = self._encode(opening.values, (*change.order, change.source_ts))  # Invariant 6
        return Message(self._topic, key, value, headers)


def head(schema_id: int) -> bytes:
    """Return what a record begins with in Confluent's wire format."""
    return b"\x00" + schema_id.to_bytes(4, "big")


def keyed_hash(secret: bytes) -> Callable[[str], bytes]:
    """Return `_key` -> its HMAC-SHA256, hex: a business key changes, and is not unique (DESIGN 2).

    The two halves that hold the secret are made once (RFC 2104), not for each record.
    """
    block = (hashlib.sha256(secret).digest() if len(secret) > _BLOCK else secret).ljust(
        _BLOCK, b"\0"
    )
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in block))
    outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in block))

    def keyed(key: str) -> bytes:
        half, whole = inner.copy(), outer.copy()
        half.update(key.encode())
        whole.update(half.digest())
        return whole.hexdigest().encode()

    return keyed


def row_hash(values: tuple[Any, ...]) -> str:
    """SHA-256, hex, over the canonical values as a compact JSON array (`_hash`)."""
    return hashlib.sha256(orjson.dumps(values)).hexdigest()


def order_headers(change: Change) -> Headers:
    """The order key and the commit time, decimal text: a tombstone has no other place for them."""
    order = change.order
    return [
        ("suoi.generation", str(order.generation)),
        ("suoi.position", str(order.position)),
        ("suoi.step", str(order.step)),
        ("suoi.ruleset", str(order.ruleset)),
        ("suoi.source_ts", str(change.source_ts)),
    ]


def _generation(record: RawRecord) -> Iterator[tuple[str, bytes]]:
    return ((name, value) for name, value in record.headers if name == GENERATION)


def _tombstone_headers(verdict: Accepted) -> Headers:
    change = verdict.change
    return [
        *order_headers(change),
        ("suoi.source", change.source),
        ("suoi.captured_ts", str(change.captured_ts)),
        ("suoi.scope", verdict.scope),
    ]


def system_values(verdict: Accepted, raw: str) -> tuple[Any, ...]:
    """Return the values of `schemas.system.CLEAN`, in its order."""
    change = verdict.change
    return (
        change.key,
        change.source,
        *change.order,
        change.source_ts,
        change.captured_ts,
        verdict.flags,
        verdict.originals,
        row_hash(verdict.values or ()),
        raw,
    )


def _problems(verdict: Rejected) -> str:
    """Every problem (invariant 5), as JSON, in Vietnamese."""
    return f"[{','.join(map(_problem, verdict.problems))}]"


@lru_cache(maxsize=4096)  # most sentences are said again and again
def _problem(item: Problem) -> str:
    found = {
        "code": item.code,
        "field": item.field,
        "severity": item.severity.value,
        "message": item.message,
    }
    return json.dumps(found, ensure_ascii=False, separators=(",", ":"))
