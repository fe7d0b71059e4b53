"""The way in: raw bytes of one Debezium record become a Change, or the reason why not.

Nothing here raises: what cannot be read is a Rejected, what carries no change is Filtered.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final, Protocol

import msgspec

from schemas.contract import Dataset
from schemas.identity import NAMELESS, key_of, key_text
from schemas.reasons import REASONS
from schemas.records import (
    UNASSIGNED,
    Change,
    Filtered,
    OrderKey,
    Origin,
    Problem,
    Rejected,
    Row,
)
from streams.holes import holed, unresolved
from streams.position import position

LARGEST_ROW: Final = 1024 * 1024
"""Bytes of one decoded row; a larger one is `size.record` (DESIGN.md 2, Topics)."""

MOST_FIELDS: Final = 500
DEEPEST: Final = 20

_OPERATIONS: Final = frozenset("crud")
EXPECTED_SIZE: Final = f"1 MiB, {MOST_FIELDS} trường, {DEEPEST} tầng lồng nhau"
"""The limits in words, for the sentence of `size.record`."""


class RawRecord(Protocol):
    """One record as a Kafka client hands it over, undecoded."""

    @property
    def topic(self) -> str:
        """Name of the raw topic."""

    @property
    def partition(self) -> int:
        """Its partition."""

    @property
    def offset(self) -> int:
        """Place in the partition."""

    @property
    def key(self) -> bytes | None:
        """JSON of the source key."""

    @property
    def value(self) -> bytes | None:
        """JSON envelope; None is a tombstone."""

    @property
    def headers(self) -> Sequence[tuple[str, bytes]]:
        """Headers in order; `suoi.generation` is one."""


class Source(msgspec.Struct):
    """Debezium's `source` block: where in the source's log the change stands."""

    connector: str = ""
    ts_ms: int | None = None
    ts_us: int | None = None
    sequence: str | None = None
    file: str | None = None
    pos: int | None = None
    row: int | None = None


class Envelope(msgspec.Struct):
    """Debezium's envelope, JSON without schemas (DESIGN.md 2, Capture)."""

    op: str
    source: Source
    before: Row | None = None
    after: Row | None = None
    ts_ms: int | None = None
    ts_us: int | None = None


Scalar = str | int | float | bool | None


class FlatEnvelope(Envelope):
    """The usual envelope: no value of a row is a list or an object, so nothing can nest deep."""

    before: dict[str, Scalar] | None = None
    after: dict[str, Scalar] | None = None


_decode_envelope = msgspec.json.Decoder(Envelope).decode
_decode_flat = msgspec.json.Decoder(FlatEnvelope).decode
_encode = msgspec.json.Encoder().encode


class Reader:
    """Reads the raw records of one dataset."""

    def __init__(self, dataset: Dataset) -> None:
        """Take from the contract what every record needs: the key, the revision."""
        self._dataset = dataset
        self._key = dataset.source_key

    def read(self, record: RawRecord) -> Change | Rejected | Filtered:
        """Return the change *record* carries, or the verdict that ends here."""
        origin = Origin(record.topic, record.partition, record.offset)
        if record.value is None:
            return Filtered(origin=origin, rule="tombstone")
        try:
            envelope = open_envelope(record.value)
            if envelope.op == "m":
                return Filtered(origin=origin, rule="message")
            change = self._change(record, envelope, origin)
        except RecursionError:
            return self._refused(origin, None, self._problem("size.record", EXPECTED_SIZE))
        except (msgspec.MsgspecError, ValueError, TypeError, AttributeError, LookupError):
            return self._refused(origin, None, self._problem("envelope.undecodable"))
        return self._checked(record, change, nests=type(envelope) is Envelope)

    def _change(self, record: RawRecord, envelope: Envelope, origin: Origin) -> Change:
        """Build the Change; a ValueError or TypeError means that a part is missing or odd."""
        source = envelope.source
        source_ts = _micros(source.ts_us, source.ts_ms)
        return Change(
            dataset=self._dataset.id,
            op=envelope.op,
            key=self._identity(record, envelope),
            row=envelope.after,
            before=envelope.before,
            source=self._dataset.source,
            order=OrderKey(generation(record.headers), *position(source), self._dataset.revision),
            source_ts=source_ts,
            captured_ts=_micros(envelope.ts_us, envelope.ts_ms, source_ts),
            origin=origin,
        )

    def _identity(self, record: RawRecord, envelope: Envelope) -> str:
        """`_key`: the source key's values, as the event gives them, in the contract's order."""
        if record.key is None and envelope.op not in _OPERATIONS:
            return ""  # a truncate has no key
        return key_of(self._key, record.key or b"{}")

    def _checked(self, record: RawRecord, change: Change, *, nests: bool) -> Change | Rejected:
        """Judge the envelope, cheapest first; one problem here ends the judgement (DOMAIN.md 1)."""
        if change.op == "t":  # Invariant 8: a table is never emptied without a person
            problem = self._problem("envelope.truncate", field=self._dataset.title)
            return self._refused(change.origin, change, problem)
        if change.op not in _OPERATIONS:
            problem = self._problem("envelope.unknown_op", "c, u, d, r, t")
            return self._refused(change.origin, None, problem)
        if change.row is None and change.op != "d":
            return self._refused(change.origin, None, self._problem("envelope.undecodable"))
        if _too_large(record.value or b"", change, nests=nests):
            problem = self._problem("size.record", EXPECTED_SIZE)
            return self._refused(change.origin, change, problem)
        if not self._keys_agree(change):
            problem = self._problem("envelope.key_mismatch")
            return self._refused(change.origin, change, problem)
        return self._whole(record.value or b"", change)

    def _keys_agree(self, change: Change) -> bool:
        """Tell whether the record's key is the key inside the row."""
        row = change.before if change.op == "d" else change.row
        if row is None:  # a delete may come without an image
            return change.key != NAMELESS
        return change.key == self._named(row) != NAMELESS

    def _named(self, row: Row) -> str | None:
        """Return the key inside *row*; None where a column of it is absent."""
        try:
            return key_text([row[name] for name in self._key])
        except KeyError:
            return None

    def _whole(self, value: bytes, change: Change) -> Change | Rejected:
        """Refuse a row with a hole: an unchanged TOASTed value is never a value (invariant 7)."""
        row = change.row
        if row is None or not holed(value):
            return change
        problems = unresolved(self._dataset, row)
        return self._refused(change.origin, change, *problems) if problems else change

    def _problem(self, code: str, expected: str = "", *, field: str = "") -> Problem:
        return REASONS[code].problem("", field, expected=expected or None)

    def _refused(self, origin: Origin, change: Change | None, *problems: Problem) -> Rejected:
        return Rejected(
            dataset=self._dataset.id,
            origin=origin,
            change=change,
            problems=problems,
            scope=UNASSIGNED,
            step="envelope",
        )


def generation(headers: Sequence[tuple[str, bytes]]) -> int:
    """The generation the connector wrote into the record; never read from our own settings.

    Raises:
        ValueError: the header is absent or no number.
    """
    for name, value in headers:
        if name == "suoi.generation":
            return _number(value)
    message = "the record carries no suoi.generation"
    raise ValueError(message)


@lru_cache(maxsize=64)
def _number(text: bytes) -> int:
    return int(text.strip(b'" '))


def open_envelope(value: bytes) -> Envelope:
    """Decode an envelope; a FlatEnvelope says that no row in it nests.

    Raises:
        MsgspecError: it is no envelope.
        RecursionError: it nests beyond all measure.
    """
    try:
        return _decode_flat(value)
    except msgspec.DecodeError:
        return _decode_envelope(value)


def _too_large(value: bytes, change: Change, *, nests: bool) -> bool:
    row = change.row or change.before or {}
    if len(row) > MOST_FIELDS or (len(value) > LARGEST_ROW and len(_encode(row)) > LARGEST_ROW):
        return True
    return nests and depth(row) > DEEPEST


def _micros(micros: int | None, millis: int | None, otherwise: int | None = None) -> int:
    """µs since the epoch, from whichever clock Debezium filled."""
    if micros is not None:
        return micros
    if millis is not None:
        return millis * 1000
    if otherwise is not None:
        return otherwise
    message = "the record carries no time"
    raise ValueError(message)


def depth(value: Any) -> int:  # noqa: ANN401  a wire value
    """How deep *value* nests; msgspec has already refused what would exhaust the stack."""
    level, deep = [value], 0
    while level := [item for outer in level for item in _inside(outer)]:
        deep += 1
    return deep


def _inside(value: Any) -> Sequence[Any]:  # noqa: ANN401  a wire value
    if isinstance(value, dict):
        return tuple(value.values())
    return value if isinstance(value, list) else ()
