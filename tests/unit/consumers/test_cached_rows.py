"""A cached row as an open record: byte for byte the one it was read from."""

import struct
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.deliveries import NOON, OPEN_ID, Writer
from support.wire_rows import canonical

from consumers.batch import Record
from consumers.cache.keys import read_place
from consumers.cache.rows import RowReader
from consumers.cache.stored import CachedRows, instant_of
from consumers.decoding import Decoder
from schemas import topics
from schemas.avro import open_schema
from schemas.avro_code import compile_encoder
from schemas.catalogue import read_catalogue
from schemas.contract import Dataset
from schemas.records import OrderKey

OPEN = tuple(one for one in read_catalogue().values() if one.open_columns)
HEAD = struct.pack(">bI", 0, OPEN_ID)
ORDERS = st.builds(
    OrderKey,
    generation=st.integers(0, 2**31 - 1),
    position=st.integers(0, 2**63 - 1),
    step=st.integers(0, 2**63 - 1),
    ruleset=st.integers(0, 2**31 - 1),
)


class OfOne:
    """A registry of one open schema."""

    def __init__(self, dataset: Dataset) -> None:
        self._schema = open_schema(dataset)

    def schema(self, number: int) -> dict[str, Any]:
        """Give it."""
        assert number == OPEN_ID
        return self._schema

    def known_id(self, subject: str, schema: object) -> int:
        """Give its id."""
        assert schema == self._schema
        assert subject.endswith("-value")
        return OPEN_ID


@pytest.mark.parametrize("dataset", OPEN, ids=lambda one: one.id)
@settings(max_examples=30, deadline=None)
@given(data=st.data(), order=ORDERS, moment=st.integers(0, 2**60))
def test_the_record_is_the_same_for_every_contract(
    dataset: Dataset, data: st.DataObject, order: OrderKey, moment: int
) -> None:
    values = data.draw(canonical(dataset.open_columns))
    value = compile_encoder(open_schema(dataset), HEAD)((*values, *order, moment))
    topic, registry = topics.open_(dataset), OfOne(dataset)
    row = RowReader(dataset, Decoder(registry)).read(Record(topic, 1, 5, b"ab", value, {}, 0))
    letter = CachedRows(dataset, registry).letter(row.key, row.order.encode(), row.json, 1)
    assert letter.value == value
    assert (letter.topic, letter.partition, letter.key) == (topic, 1, b"ab")
    assert letter.headers == [("suoi.op", "u"), ("suoi.reemitted", "1")]
    assert read_place(row.order) == (order, moment)


def test_a_closed_row_is_its_tombstone() -> None:
    (dataset,) = (one for one in OPEN if one.id == "nnmt_ocop")
    gone = Writer().open_gone(1, 20)
    row = RowReader(dataset, Decoder(OfOne(dataset))).read(gone)
    letter = CachedRows(dataset, OfOne(dataset)).letter(row.key, row.order.encode(), row.json, 0)
    assert letter.value is None
    assert dict(letter.headers) == gone.headers | {"suoi.reemitted": "1"}


@pytest.mark.parametrize("text", ["0999-01-02T03:04:05Z", "999-01-02T03:04:05Z"])
def test_years_before_1000_are_read_however_the_system_wrote_them(text: str) -> None:
    assert instant_of(text) == -30_641_662_555_000_000
    assert instant_of("2024-10-04T00:00:00.00001Z") == NOON + 10
