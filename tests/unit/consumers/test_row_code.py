"""The generated reader: the fields it makes are those made of what fastavro reads, or none."""

import struct
from io import BytesIO
from typing import Any

import fastavro
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.deliveries import CLEAN_ID, OCOP, KnownSchemas, Writer

from consumers.cells import CellReader
from consumers.decoding import Decoder, Malformed, plain
from consumers.row_code import compile_reader
from consumers.table import Table
from schemas import avro
from schemas.catalogue import read_catalogue
from schemas.contract import Dataset
from schemas.records import OrderKey

AT = b"\0\0\0\x030:7"
HEAD = struct.pack(">bI", 0, CLEAN_ID)
DATASETS = tuple(read_catalogue().values())
LONG = 2**63

_VALUES: dict[str, st.SearchStrategy[Any]] = {
    "string": st.text(max_size=200)
    | st.sampled_from(["", "03646", "x" * 63, "x" * 64, "x" * 9000]),
    "boolean": st.booleans(),
    "long": st.integers(-LONG, LONG - 1),
    "int": st.integers(-(2**31), 2**31 - 1),
    "date": st.integers(-800_000, 3_000_000),
    "timestamp-micros": st.integers(-(2**56), 2**60) | st.integers(1_600 * 10**12, 1_800 * 10**12),
    "decimal": st.integers(-(10**17), 10**17).map(
        lambda n: n.to_bytes(n.bit_length() // 8 + 1, "big", signed=True)
    ),
    "array": st.lists(st.text(max_size=80), max_size=4),
    "map": st.dictionaries(st.text(max_size=8), st.text(max_size=80), max_size=4),
}


def value_of(kind: Any) -> st.SearchStrategy[Any]:  # noqa: ANN401  an Avro type
    if isinstance(kind, list):
        return st.none() | value_of(kind[1])
    name = kind if isinstance(kind, str) else kind.get("logicalType") or kind["type"]
    return _VALUES[name]


def rows(dataset: Dataset) -> st.SearchStrategy[dict[str, Any]]:
    schema = avro.clean_schema(dataset)
    return st.fixed_dictionaries(
        {item["name"]: value_of(item["type"]) for item in schema["fields"]}
    )


def encoded(dataset: Dataset, row: dict[str, Any]) -> bytes:
    body = BytesIO()
    schema = fastavro.parse_schema(plain(avro.clean_schema(dataset)))
    fastavro.schemaless_writer(body, schema, row)
    return HEAD + body.getvalue()


def oracle(dataset: Dataset, table: Table, row: dict[str, Any]) -> tuple[Any, ...]:
    order = OrderKey(*(row[name] for name in ("_generation", "_position", "_step", "_ruleset")))
    scope = row.get(dataset.scope_field or "")
    return (row["_key"], order, row["_source_ts"], scope, table.row(row, AT))


@pytest.mark.parametrize("dataset", DATASETS, ids=lambda one: one.id)
@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_both_readers_give_the_same_fields_for_every_contract(
    dataset: Dataset, data: st.DataObject
) -> None:
    table = Table(dataset)
    read = compile_reader(avro.clean_schema(dataset), table.kinds, dataset.scope_field)
    row = data.draw(rows(dataset))
    assert tuple(read(encoded(dataset, row), AT)) == oracle(dataset, table, row)


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_bytes_cut_or_changed_are_never_read_as_another_row(data: st.DataObject) -> None:
    decoder = Decoder(KnownSchemas())
    reader = CellReader(OCOP, Table(OCOP), decoder)
    value = encoded(OCOP, data.draw(rows(OCOP)))
    reader.read(value, AT)  # the reader is made
    cut = value[: data.draw(st.integers(0, len(value) - 1))]
    with pytest.raises(Malformed):
        reader.read(cut, AT)
    with pytest.raises(Malformed):
        reader.read(value + data.draw(st.binary(min_size=1, max_size=3)), AT)


def test_a_column_the_writer_did_not_know_is_null() -> None:
    table, schema = Table(OCOP), avro.clean_schema(OCOP)
    older = schema | {"fields": [one for one in schema["fields"] if one["name"] != "so_sao"]}
    read = compile_reader(older, table.kinds, OCOP.scope_field)
    row = {item["name"]: None for item in schema["fields"]}
    row |= {name: 1 for name in row if name.startswith("_")}
    row |= {"_key": "[1]", "_source": "s", "_raw": "t:0:1", "_hash": "0", "_flags": []}
    row |= {"_originals": {}, "ten": "Mận"}
    body = BytesIO()
    del row["so_sao"]
    fastavro.schemaless_writer(body, fastavro.parse_schema(plain(older)), row)
    assert read(HEAD + body.getvalue(), AT).fields == table.row(row, AT)


@pytest.mark.parametrize(
    "field",
    [
        {"name": "la", "type": "string"},
        {"name": "so_sao", "type": ["null", "string"]},
        {"name": "so_sao", "type": ["null", "long", "string"]},
        {"name": "so_sao", "type": ["null", {"type": "fixed", "size": 3, "name": "f"}]},
    ],
    ids=["no column", "another type", "two types", "unknown type"],
)
def test_a_schema_the_generator_does_not_know_is_left_to_fastavro(field: dict[str, Any]) -> None:
    schema = avro.clean_schema(OCOP)
    others = [one for one in schema["fields"] if one["name"] != field["name"]]
    with pytest.raises(LookupError):
        compile_reader(schema | {"fields": [*others, field]}, Table(OCOP).kinds, None)


def test_a_foreign_field_of_the_writer_does_not_stop_the_sink() -> None:
    schema = avro.clean_schema(OCOP)
    newer = schema | {"fields": [*schema["fields"], {"name": "them", "type": "string"}]}

    class Newer(KnownSchemas):
        def schema(self, _number: int) -> dict[str, Any]:
            return newer

    value = Writer().clean(1, 10).value or b""
    cells = CellReader(OCOP, Table(OCOP), Decoder(Newer())).read(value + b"\x02x", AT)
    assert cells == CellReader(OCOP, Table(OCOP), Decoder(KnownSchemas())).read(value, AT)
