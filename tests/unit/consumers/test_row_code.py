"""The compiled reader: the fields it makes are those made of what fastavro reads, or none."""

import struct
from contextlib import suppress
from io import BytesIO
from typing import Any, NamedTuple

import fastavro
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.deliveries import CLEAN_ID, OCOP, KnownSchemas, Writer

from consumers.arrays import (
    BOOLEAN,
    DATE,
    INTEGER,
    JSON,
    SMALL,
    TEXT,
    TEXTS,
    TIMESTAMP,
    Element,
    numeric,
    pack_numeric,
)
from consumers.avro_row import RowReader
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


class OfOne(NamedTuple):
    """The registry's double: one dataset's clean schema under every id."""

    dataset: Dataset

    def schema(self, _number: int) -> dict[str, Any]:
        """Give it."""
        return avro.clean_schema(self.dataset)


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
    reader = reader_of(dataset)
    row = data.draw(rows(dataset))
    cells = oracle(dataset, table, row)
    assert tuple(reader.read(encoded(dataset, row), AT)) == cells
    assert tuple(reader.glance(encoded(dataset, row))) == (*cells[:-1], ())


def reader_of(dataset: Dataset) -> RowReader:
    return compile_reader(avro.clean_schema(dataset), Table(dataset).kinds, dataset.scope_field)


@pytest.mark.parametrize("dataset", DATASETS, ids=lambda one: one.id)
@settings(max_examples=1, deadline=None)
@given(data=st.data())
def test_a_record_cut_anywhere_is_refused(dataset: Dataset, data: st.DataObject) -> None:
    reader, value = reader_of(dataset), encoded(dataset, data.draw(rows(dataset)))
    for end in range(min(len(value), 3000)):
        with pytest.raises(ValueError):  # noqa: PT011  where it is cut decides what is said
            reader.read(value[:end], AT)
        with pytest.raises(ValueError):  # noqa: PT011  as above
            reader.glance(value[:end])


@pytest.mark.parametrize("dataset", DATASETS, ids=lambda one: one.id)
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_any_bytes_are_read_as_fastavro_reads_them_or_not_at_all(
    dataset: Dataset, data: st.DataObject
) -> None:
    reader, value = reader_of(dataset), bytearray(encoded(dataset, data.draw(rows(dataset))))
    places = st.integers(5, len(value) - 1)
    for place, byte in data.draw(st.dictionaries(places, st.integers(0, 255))).items():
        value[place] = byte
    try:
        found = tuple(reader.read(bytes(value), AT))
    except ValueError:
        return
    assert tuple(reader.glance(bytes(value))) == (*found[:-1], ())
    with suppress(Malformed):  # a text that is not UTF-8: PostgreSQL refuses it
        row = Decoder(OfOne(dataset)).decode(bytes(value))
        assert found == oracle(dataset, Table(dataset), row)


SYSTEM = {
    "_key": ("string", TEXT, b"\x06[1]"),
    "_generation": ("int", SMALL, b"\x02"),
    "_position": ("long", INTEGER, b"\x02"),
    "_step": ("long", INTEGER, b"\x02"),
    "_ruleset": ("int", SMALL, b"\x02"),
    "_source_ts": ({"type": "long", "logicalType": "timestamp-micros"}, TIMESTAMP, b"\x02"),
}


def read_one(kind: Any, element: Element, body: bytes, **others: bytes) -> bytes:  # noqa: ANN401
    """Read a record whose only column of its own has *body*; give that column's field."""
    kinds = {"f": element, "_at": TEXT} | {name: one for name, (_, one, _) in SYSTEM.items()}
    fields = [{"name": name, "type": given} for name, (given, _, _) in SYSTEM.items()]
    reader = compile_reader(
        {"name": "thu", "fields": [*fields, {"name": "f", "type": kind}]}, kinds, None
    )
    before = b"".join(others.get(name, own) for name, (_, _, own) in SYSTEM.items())
    value = HEAD + before + body
    return reader.read(value, AT).fields[0]


LOGICAL: dict[str, Any] = {
    "date": {"type": "int", "logicalType": "date"},
    "moment": {"type": "long", "logicalType": "timestamp-micros"},
    "decimal": {"type": "bytes", "logicalType": "decimal", "precision": 37, "scale": 3},
    "texts": {"type": "array", "items": "string"},
    "pairs": {"type": "map", "values": "string"},
}
MOST = b"\xff" * 9 + b"\x01"  # -2**63


@pytest.mark.parametrize("scale", range(9))
@given(st.integers(1 - 2**111, 2**111 - 1) | st.integers(-20_000, 20_000))
def test_a_decimal_becomes_the_groups_of_digits_postgresql_counts_in(
    scale: int, number: int
) -> None:
    body = number.to_bytes((number.bit_length() >> 3) + 1, "big", signed=True)
    kind = LOGICAL["decimal"] | {"scale": scale}
    given_bytes = bytes([2 * len(body)]) + body
    assert read_one(kind, numeric(scale), given_bytes) == pack_numeric(number, scale)


@pytest.mark.parametrize(
    ("kind", "element", "body"),
    [
        ("long", INTEGER, b"\xff" * 9 + b"\x02"),
        ("long", INTEGER, b"\xff" * 10 + b"\x01"),
        ("int", SMALL, b"\x80\x80\x80\x80\x10"),
        (LOGICAL["date"], DATE, b"\x80\x80\x80\x80\x10"),
        (LOGICAL["date"], DATE, b"\xff\xff\xff\xff\x0f"),
        (LOGICAL["moment"], TIMESTAMP, MOST),
        (LOGICAL["decimal"], numeric(3), b"\x1e" + bytes(15)),
        (["null", "string"], TEXT, b"\x01"),
        (["null", "string"], TEXT, b"\x04\x00"),
        ("boolean", BOOLEAN, b"\x02"),
        ("string", TEXT, b"\x01"),
        ("string", TEXT, MOST),
        ("string", TEXT, b"\xfe" + b"\xff" * 8 + b"\x01"),
        (LOGICAL["texts"], TEXTS, b"\x01\x06\x04ab\x00"),
        (LOGICAL["texts"], TEXTS, b"\x02\x02\xff\x00"),
        (LOGICAL["texts"], TEXTS, b"\xfe" + b"\xff" * 8 + b"\x01"),
        (LOGICAL["pairs"], JSON, b"\x01\x08\x02a\x02b\x00"),
        (LOGICAL["pairs"], JSON, b"\x02\x02a"),
    ],
    ids=[
        *("65 bits", "eleven bytes", "33 bits", "a day too late", "a day too early"),
        *("a moment too early", "too many digits", "odd branch", "third branch", "no boolean"),
        *("negative length", "most negative length", "longest length", "block with its size"),
        *("a flag not UTF-8", "longest list", "block of pairs with its size", "half a pair"),
    ],
)
def test_what_is_not_known_or_not_whole_is_left_to_fastavro(
    kind: object, element: Element, body: bytes
) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  it only says "not by me"
        read_one(kind, element, body)


@pytest.mark.parametrize(
    ("kind", "element", "body", "value"),
    [
        ("long", INTEGER, MOST, -(2**63)),
        ("long", INTEGER, b"\xfe" + b"\xff" * 8 + b"\x01", 2**63 - 1),
        ("int", SMALL, b"\xff\xff\xff\xff\x0f", -(2**31)),
        ("int", SMALL, b"\xfe\xff\xff\xff\x0f", 2**31 - 1),
        ("long", INTEGER, b"\x82\x80\x00", 1),  # longer than it need be
        (LOGICAL["texts"], TEXTS, b"\x02\x02a\x04\x02b\x00\x00", ["a", "b", ""]),
        (LOGICAL["pairs"], JSON, b"\x02\x02a\x02b\x02\x02c\x00\x00", {"a": "b", "c": ""}),
    ],
)
def test_edges_are_read(kind: object, element: Element, body: bytes, value: object) -> None:
    assert read_one(kind, element, body) == element.pack(value)


@pytest.mark.parametrize("name", ["_key", "_step", "_source_ts"])
def test_a_record_without_a_system_column_is_left_to_fastavro(name: str) -> None:
    schema = avro.clean_schema(OCOP)
    fields = [one for one in schema["fields"] if one["name"] != name]
    row = {item["name"]: None if isinstance(item["type"], list) else 1 for item in fields}
    row |= {"_source": "s", "_raw": "t:0:1", "_hash": "0", "_flags": [], "_originals": {}}
    row |= {"_key": "[1]"} if "_key" in row else {}
    body = BytesIO()
    fastavro.schemaless_writer(body, fastavro.parse_schema(plain(schema | {"fields": fields})), row)
    reader = compile_reader(schema | {"fields": fields}, Table(OCOP).kinds, OCOP.scope_field)
    with pytest.raises(ValueError, match=r"a system column|without a key"):
        reader.read(HEAD + body.getvalue(), AT)
    with pytest.raises(ValueError, match=r"a system column|without a key"):
        reader.glance(HEAD + body.getvalue())


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
        reader.glance(cut)
    with pytest.raises(Malformed):
        reader.read(value + data.draw(st.binary(min_size=1, max_size=3)), AT)


def test_a_column_the_writer_did_not_know_is_null() -> None:
    table, schema = Table(OCOP), avro.clean_schema(OCOP)
    older = schema | {"fields": [one for one in schema["fields"] if one["name"] != "so_sao"]}
    reader = compile_reader(older, table.kinds, OCOP.scope_field)
    row = {item["name"]: None for item in schema["fields"]}
    row |= {name: 1 for name in row if name.startswith("_")}
    row |= {"_key": "[1]", "_source": "s", "_raw": "t:0:1", "_hash": "0", "_flags": []}
    row |= {"_originals": {}, "ten": "Mận"}
    body = BytesIO()
    del row["so_sao"]
    fastavro.schemaless_writer(body, fastavro.parse_schema(plain(older)), row)
    assert reader.read(HEAD + body.getvalue(), AT).fields == table.row(row, AT)


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
def test_a_schema_of_another_shape_is_left_to_fastavro(field: dict[str, Any]) -> None:
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
    slow = CellReader(OCOP, Table(OCOP), Decoder(Newer()))
    quick = CellReader(OCOP, Table(OCOP), Decoder(KnownSchemas()))
    quick.read(value, AT)  # the reader is made
    assert slow.read(value + b"\x02x", AT) == quick.read(value, AT)
    assert slow.glance(value + b"\x02x") == quick.glance(value)
