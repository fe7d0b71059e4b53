"""An open record as the cache keeps it: canonical values by column name, as JSON."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

import orjson

from consumers.batch import Record, malformed, order_key
from consumers.cache.keys import place_text
from consumers.decoding import Decoder, Malformed, unscaled
from schemas.contract import Column, Dataset
from schemas.records import OrderKey
from schemas.system import ORDER_KEY

_EPOCH_DAY = date(1970, 1, 1).toordinal()
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND_US = 1_000_000
CLOSED = b""


class CachedRow(NamedTuple):
    """One row for the cache; CLOSED where the public may no longer see it."""

    key: bytes
    order: str
    """Order key and commit time (keys.place_text)."""
    json: bytes
    source_ts: int


class RowReader:
    """Reads the open records of one dataset."""

    def __init__(self, dataset: Dataset, decoder: Decoder) -> None:
        """Take the public columns of *dataset*: no other column is ever written (invariant 6)."""
        self._columns = [(column.name, _shown(column)) for column in dataset.open_columns]
        self._decoder = decoder

    def read(self, record: Record) -> CachedRow:
        """Decode one open record or tombstone.

        Raises:
            Fatal: it is not one of ours.
            Transient: the registry does not give its schema.
        """
        try:
            return self._closed(record) if record.value is None else self._live(record)
        except (Malformed, KeyError, ValueError, OverflowError) as error:
            raise malformed(record, "cannot be read as an open record") from error

    def _live(self, record: Record) -> CachedRow:
        fields = self._decoder.decode(record.value or b"")
        order = OrderKey(*(fields[name] for name in ORDER_KEY))
        shown = {name: show(fields.get(name)) for name, show in self._columns}  # Invariant 6
        body = orjson.dumps(shown)
        source_ts = fields["_source_ts"]
        return CachedRow(record.key or b"", place_text(order, source_ts), body, source_ts)

    def _closed(self, record: Record) -> CachedRow:
        source_ts = int(record.headers["suoi.source_ts"])
        order = order_key(record.headers)
        return CachedRow(record.key or b"", place_text(order, source_ts), CLOSED, source_ts)


def day_text(days: int) -> str:
    """Write days since the epoch as YYYY-MM-DD (DOMAIN.md 4)."""
    return date.fromordinal(_EPOCH_DAY + days).isoformat()


def instant_text(micros: int) -> str:
    """Write µs since the epoch as YYYY-MM-DDTHH:MM:SS[.ffffff]Z (DOMAIN.md 4)."""
    seconds, fraction = divmod(micros, _SECOND_US)
    text = (_EPOCH + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{text}.{fraction:06d}".rstrip("0") + "Z" if fraction else f"{text}Z"


def _shown(column: Column) -> Callable[[Any], Any]:
    """How a wire value of *column* is shown; None stays None (invariant 7)."""
    scale = column.scale or 0
    shown: dict[str, Callable[[Any], Any]] = {
        "date": day_text,
        "timestamp": instant_text,
        "decimal": lambda body: unscaled(body, scale),
    }
    show = shown.get(column.type)
    if show is None:
        return lambda value: value
    return lambda value: None if value is None else show(value)
