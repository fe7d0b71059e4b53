"""A stored row as a clean record: byte for byte what streams wrote, for every contract."""

import struct
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.deliveries import CLEAN_ID
from support.plain_postgres import Server, plain_province
from support.wire_rows import canonical, systems

from consumers.arrays import NULL, register, sized
from consumers.cells import CellReader
from consumers.decoding import Decoder
from consumers.places import ending
from consumers.stored import StoredRows
from consumers.table import Table
from schemas.avro import clean_schema
from schemas.avro_code import compile_encoder
from schemas.catalogue import read_catalogue
from schemas.contract import Dataset

DATASETS = tuple(read_catalogue().values())
HEAD = struct.pack(">bI", 0, CLEAN_ID)
DELETED: dict[str, Any] = dict.fromkeys(("_generation", "_position", "_step", "_ruleset"), 1)
DELETED |= dict.fromkeys(("_source_ts", "_captured_ts", "_deleted_at"), 1)
DELETED |= {"_key": "[1]", "_source": "so_tu_phap", "_raw": "raw:0:0"}


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

        def before(last: tuple[int, int]) -> list[Any]:
            """Read the rows that lie before the *last* record of each key."""
            return rows.ask_before(connection, dict.fromkeys(written, last)).fetchall()

        found = [rows.read(row) for row in before((1, 8))]
        assert before((1, 7)) == []
        assert len(before((0, 7))) == len(written)
        connection.rollback()
    assert {row.key: rows.letter(row, 1).value for row in found} == written


@pytest.mark.parametrize(
    ("at", "major", "asked_for"),
    [
        ("1:17", 1, False),
        ("1:18", 1, False),
        ("1:16", 1, True),
        ("2:17", 1, True),
        ("1:17", 2, True),
        (f"1:17{ending(2)}", 2, False),
        (f"1:16{ending(2)}", 2, True),
        (f"1:17{ending(2)}", 1, True),
        (f"1:17{ending(2)}", 12, True),
        (None, 1, True),
    ],
)
def test_only_a_row_that_lies_before_the_last_record_is_read(
    server: Server,
    at: str | None,
    major: int,
    asked_for: bool,  # noqa: FBT001  a case
) -> None:
    dataset = replace(DATASETS[0], version=f"{major}.0.0")
    with psycopg.connect(server.dsn()) as connection:
        register(connection.adapters)
        table = Table(dataset)
        table.upsert(connection, [table.row(DELETED, NULL if at is None else sized(at.encode()))])
        rows = StoredRows(dataset, OfOne(dataset)).ask_before(connection, {"[1]": (1, 17)})
        assert bool(rows.fetchall()) is asked_for
        connection.rollback()
