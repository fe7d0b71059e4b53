"""The usual raw record, read in one go; any other goes to the careful reader (`streams.envelope`).

Usual is a flat row of a size we carry, with both clocks, whole, whose own key is, byte for byte,
the key of its record. Of such a record the careful reader says the same, after asking more.
"""

from collections.abc import Callable
from typing import Final

import msgspec

from schemas.contract import Dataset
from schemas.identity import NAMELESS, key_text
from schemas.records import Change, Filtered, OrderKey, Origin, Rejected, Row
from streams.envelope import (
    LARGEST_ROW,
    MOST_FIELDS,
    FlatEnvelope,
    RawRecord,
    Reader,
    generation,
)
from streams.holes import holed
from streams.position import position

Read = Callable[[RawRecord], Change | Rejected | Filtered]

_WITH_ROW: Final = frozenset("cur")
_decode = msgspec.json.Decoder(FlatEnvelope).decode
_encode = msgspec.json.Encoder().encode


def reader(dataset: Dataset) -> Read:
    """Return what reads the raw records of *dataset*; it never raises."""
    usual, carefully = usual_reader(dataset), Reader(dataset).read

    def read(record: RawRecord) -> Change | Rejected | Filtered:
        value = record.value
        try:
            change = None if value is None else usual(record, value)
        except Exception:  # noqa: BLE001  the careful reader says what is wrong
            change = None
        return carefully(record) if change is None else change

    return read


def usual_reader(dataset: Dataset) -> Callable[[RawRecord, bytes], Change | None]:
    """Return what reads usual records alone.

    Raises:
        Exception: of any kind, from what it returns, instead of None: the record is not usual.
    """
    named = _namer(dataset.source_key)
    name, source_name, revision = dataset.id, dataset.source, dataset.revision

    def usual(record: RawRecord, value: bytes) -> Change | None:
        envelope = _decode(value)
        row, source = envelope.after, envelope.source
        source_ts, captured_ts = source.ts_us, envelope.ts_us
        if (
            row is None
            or source_ts is None
            or captured_ts is None
            or envelope.op not in _WITH_ROW
            or len(row) > MOST_FIELDS
            or len(value) > LARGEST_ROW
            or holed(value)  # Invariant 7
            or not (key := named(row, record.key))
        ):
            return None
        return Change(
            dataset=name,
            op=envelope.op,
            key=key,
            row=row,
            before=envelope.before,
            source=source_name,
            order=OrderKey(generation(record.headers), *position(source), revision),
            source_ts=source_ts,
            captured_ts=captured_ts,
            origin=Origin(record.topic, record.partition, record.offset),
        )

    return usual


def _namer(source_key: tuple[str, ...]) -> Callable[[Row, bytes | None], str]:
    """Return (row, key of its record) -> `_key`, "" where both are not surely the same."""
    if len(source_key) == 1:
        (column,) = source_key

        def named(row: Row, key: bytes | None) -> str:
            value = row[column]
            return (
                key_text((value,)) if value is not None and _encode({column: value}) == key else ""
            )

        return named

    def all_named(row: Row, key: bytes | None) -> str:
        values = {name: row[name] for name in source_key}
        found = key_text([*values.values()]) if _encode(values) == key else ""
        return "" if found == NAMELESS else found

    return all_named
