"""A stored row as a clean record: byte for byte what streams wrote, for every contract."""

import struct
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.deliveries import CLEAN_ID
from support.plain_postgres import Server, plain_province
from support.wire_rows import canonical, systems

from consumers.arrays import register, sized
from consumers.cells import CellReader
from consumers.decoding import Decoder
from consumers.stored import StoredRows
from consumers.table import Table
from schemas.avro import clean_schema
from schemas.avro_code import compile_encoder
from schemas.catalogue import read_catalogue
from schemas.contract import Dataset

DATASETS = tuple(read_catalogue().values())
HEAD = struct.pack(">bI", 0, CLEAN_ID)


class OfOne:
    """A registry of one clean schema."""

    def __init__(self, dataset: Dataset) -> None:
        self._schema = clean_schema(dataset)

    def schema(self, _number: int) -> dict[str, Any]:
        """Give it."""
        return self._schema

    def known_id(self, _subject: str, schema: object) -> int:
        """Give its id."""
        assert schema == self._schema
        return CLEAN_ID


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with plain_province(*DATASETS) as running:
        yield running


@pytest.mark.parametrize("dataset", DATASETS, ids=lambda one: one.id)
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_what_is_read_back_is_what_was_written(
    server: Server, dataset: Dataset, data: st.DataObject
) -> None:
    encode, registry, table = compile_encoder(clean_schema(dataset), HEAD), OfOne(dataset), None
    table, rows = Table(dataset), StoredRows(dataset, registry)
    reader = CellReader(dataset, table, Decoder(registry))
    written = {}
    for number in range(4):
        system = {"_key": f"[{number}]"} | data.draw(systems(dataset))
        names = [item["name"] for item in clean_schema(dataset)["fields"]]
        values = data.draw(canonical(dataset.columns))
        ours = [system[name] for name in names[len(values) :]]
        written[f"[{number}]"] = encode((*values, *ours))
    with psycopg.connect(server.dsn("province_sink")) as connection:
        register(connection.adapters)
        cells = [reader.read(value, sized(b"1:7")).fields for value in written.values()]
        table.upsert(connection, cells)
        found = [rows.read(row) for row in rows.ask(connection, list(written))]
        connection.rollback()
    assert {row.key: rows.letter(row, 1).value for row in found} == written
    assert all(row.behind_of(1, 7) and not row.behind_of(1, 8) for row in found)
    assert not any(row.behind_of(0, 7) for row in found)
