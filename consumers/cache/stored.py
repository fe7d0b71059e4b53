"""A cached row as the open record that streams once wrote of it: for writing it again.

The value is byte for byte what streams wrote for that version. The cache does not keep the raw
record it came from: `suoi.raw` is absent, and the operation is "u", or "d" where the row is closed.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any, Final

import orjson

from consumers.cache.keys import read_place
from consumers.cache.rows import CLOSED
from consumers.reemitted import MARK, Registered, order_headers
from infra.kafka import Headers
from infra.posting import Letter
from schemas import topics
from schemas.avro import open_schema
from schemas.avro_code import Encode, compile_encoder
from schemas.contract import Column, Dataset

_EPOCH_DAY: Final = date(1970, 1, 1).toordinal()
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND_US: Final = 1_000_000


class CachedRows:
    """Writes the cached rows of one dataset as records of its open topic."""

    def __init__(self, dataset: Dataset, registered: Registered) -> None:
        """Take whoever knows the id of the dataset's schema, asked when first needed."""
        self._dataset = dataset
        self._registered = registered
        self._topic = topics.open_(dataset)
        self._columns = [(column.name, _wire(column)) for column in dataset.open_columns]
        self._encode: Encode | None = None

    def letter(self, key: bytes, place: bytes, body: bytes, partition: int) -> Letter:
        """Make the record of the row *key* that stands with order key and time *place*.

        Raises:
            Transient: the registry does not know the schema of this release.
        """
        order, source_ts = read_place(place.decode())
        if body == CLOSED:
            headers: Headers = [("suoi.op", "d"), *order_headers(order, source_ts), MARK]
            return Letter(self._topic, partition, key, None, headers)
        shown = orjson.loads(body)
        values = (read(shown.get(name)) for name, read in self._columns)
        value = self._encoder()((*values, *order, source_ts))
        return Letter(self._topic, partition, key, value, [("suoi.op", "u"), MARK])

    def _encoder(self) -> Encode:
        if self._encode is None:
            schema = open_schema(self._dataset)
            number = self._registered.known_id(f"{self._topic}-value", schema)
            self._encode = compile_encoder(schema, b"\0" + number.to_bytes(4, "big"))
        return self._encode


def day_of(text: str) -> int:
    """Read YYYY-MM-DD as days since the epoch."""
    return date.fromisoformat(text).toordinal() - _EPOCH_DAY


def instant_of(text: str) -> int:
    """Read YYYY-MM-DDTHH:MM:SS[.ffffff]Z as µs since the epoch."""
    whole, _, fraction = text.removesuffix("Z").partition(".")
    day, _, clock = whole.partition("T")
    moment = datetime.fromisoformat(f"{day:0>10}T{clock}+00:00")
    since = moment - _EPOCH
    return (since.days * 86_400 + since.seconds) * _SECOND_US + int(fraction.ljust(6, "0"))


def _wire(column: Column) -> Callable[[Any], Any]:
    """How a shown value becomes the wire value again; None stays None (invariant 7)."""
    reads: Mapping[str, Callable[[Any], Any]] = {"date": day_of, "timestamp": instant_of}
    read = reads.get(column.type)
    if read is None:
        return lambda value: value
    return lambda value: None if value is None else read(value)
