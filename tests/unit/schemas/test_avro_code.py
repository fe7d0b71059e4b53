"""The generated encoder against fastavro: the same bytes for every record of every schema."""

import io
from decimal import Decimal
from typing import Any

import fastavro
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.avro import clean_schema, open_schema
from schemas.avro_code import compile_encoder, encoder_source
from schemas.catalogue import read_catalogue
from schemas.contract import Column, Dataset
from schemas.system import CLEAN, OPEN

CATALOGUE = read_catalogue()
EVERY_DATASET = pytest.mark.parametrize("dataset", CATALOGUE.values(), ids=list(CATALOGUE))
HEAD = b"\x00\x00\x00\x00\x07"
TEXT = st.text(st.characters(codec="utf-8"), max_size=90)
LONG = st.integers(-(2**63), 2**63 - 1) | st.integers(-70_000, 70_000)
MICROS = st.integers(-(2**40), 2**62 - 1) | st.integers(2**28 - 5, 2**28 + 5)
SYSTEM: dict[str, st.SearchStrategy[Any]] = {
    "_generation": st.integers(0, 2**31 - 1),
    "_position": MICROS,
    "_step": MICROS,
    "_ruleset": st.integers(0, 2**31 - 1),
    "_source_ts": MICROS,
    "_captured_ts": MICROS,
    "_flags": st.lists(TEXT, max_size=4).map(tuple),
    "_originals": st.dictionaries(TEXT, TEXT, max_size=4),
}


def values_of(column: Column) -> st.SearchStrategy[Any]:
    match column.type:
        case "integer":
            return LONG
        case "boolean":
            return st.booleans()
        case "date":
            return st.integers(-719_162, 2_932_896)
        case "timestamp":
            return MICROS
        case "decimal":
            digits = 10 ** (column.precision or 1) - 1
            return st.integers(-digits, digits).map(lambda number: shown(number, column.scale or 0))
    return TEXT


def shown(number: int, scale: int) -> str:
    text = f"{Decimal(number).scaleb(-scale):f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def written(schema: dict[str, Any], row: dict[str, Any]) -> bytes:
    body = io.BytesIO()
    fastavro.schemaless_writer(body, fastavro.parse_schema(schema), row)
    return HEAD + body.getvalue()


def as_fastavro_wants(columns: tuple[Column, ...], row: dict[str, Any]) -> dict[str, Any]:
    exact = {c.name: Decimal(row[c.name]) for c in columns if c.type == "decimal" and row[c.name]}
    return row | exact | ({"_flags": list(row["_flags"])} if "_flags" in row else {})


@EVERY_DATASET
@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_a_clean_record_has_the_bytes_fastavro_gives_it(
    dataset: Dataset, data: st.DataObject
) -> None:
    schema = clean_schema(dataset)
    row = {one.name: data.draw(st.none() | values_of(one)) for one in dataset.columns}
    row |= {one.name: data.draw(SYSTEM.get(one.name, TEXT)) for one in CLEAN}
    given_bytes = compile_encoder(schema, HEAD)(tuple(row.values()))
    assert given_bytes == written(schema, as_fastavro_wants(dataset.columns, row))


@EVERY_DATASET
@settings(max_examples=8, deadline=None)
@given(data=st.data())
def test_an_open_record_has_the_bytes_fastavro_gives_it(
    dataset: Dataset, data: st.DataObject
) -> None:
    if not dataset.open_columns:
        return
    schema = open_schema(dataset)
    row = {one.name: data.draw(st.none() | values_of(one)) for one in dataset.open_columns}
    row |= {one.name: data.draw(SYSTEM.get(one.name, TEXT)) for one in OPEN}
    given_bytes = compile_encoder(schema, HEAD)(tuple(row.values()))
    assert given_bytes == written(schema, as_fastavro_wants(dataset.open_columns, row))


def one_field(kind: object) -> dict[str, Any]:
    return {
        "type": "record",
        "namespace": "thu",
        "name": "thu",
        "fields": [{"name": "f", "type": kind}],
    }


DECIMAL = {"type": "bytes", "logicalType": "decimal", "precision": 4, "scale": 2}


@pytest.mark.parametrize("size", [0, 1, 63, 64, 8191, 8192, 20_000, 1_100_000])
def test_a_text_of_any_length_has_the_right_length_before_it(size: int) -> None:
    schema, text = one_field(["null", "string"]), "ố" * (size // 3) + "a" * (size % 3)
    assert compile_encoder(schema, HEAD)((text,)) == written(schema, {"f": text})


@pytest.mark.parametrize(
    "number", [0, -1, 63, 64, -64, -65, 2**27, 2**28, 2**62, -(2**63), 2**63 - 1]
)
@pytest.mark.parametrize("kind", ["long", ["null", "long"]], ids=["always", "nullable"])
def test_a_number_of_any_size_is_written_as_avro_says(kind: object, number: int) -> None:
    schema = one_field(kind)
    assert compile_encoder(schema, HEAD)((number,)) == written(schema, {"f": number})


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("long", 2**63),
        ("long", -(2**63) - 1),
        (["null", "long"], 2**63),
        ("string", "\ud800"),
        (["null", DECIMAL], "100"),
        (["null", DECIMAL], "1.001"),
    ],
)
def test_what_avro_cannot_hold_is_an_error_and_never_another_value(
    kind: object, value: object
) -> None:
    encode = compile_encoder(one_field(kind), HEAD)
    with pytest.raises(ValueError):  # noqa: PT011  each says it in its own words
        encode((value,))


def test_a_schema_of_another_shape_has_no_encoder() -> None:
    with pytest.raises(LookupError, match="no encoder"):
        encoder_source(one_field({"type": "array", "items": "long"}))


@EVERY_DATASET
def test_the_encoder_is_one_line_a_field(dataset: Dataset) -> None:
    schema = clean_schema(dataset)
    lines = [line for line in encoder_source(schema).splitlines() if line.startswith("        ")]
    assert len(lines) == len(schema["fields"])
