"""The compiled encoder against fastavro: the same bytes for every record of every schema."""

import io
from decimal import Context, Decimal
from typing import Any

import fastavro
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.avro import clean_schema, open_schema
from schemas.avro_code import compile_encoder
from schemas.catalogue import read_catalogue
from schemas.contract import Column, Dataset
from schemas.system import CLEAN, OPEN

CATALOGUE = read_catalogue()
EVERY_DATASET = pytest.mark.parametrize("dataset", CATALOGUE.values(), ids=list(CATALOGUE))
HEAD = b"\x00\x00\x00\x00\x07"
TEXT = st.text(st.characters(codec="utf-8"), max_size=90) | st.sampled_from(["", "ề" * 5000])
LONG = st.integers(-(2**63), 2**63 - 1) | st.integers(-70_000, 70_000)
MICROS = st.integers(-(2**63), 2**63 - 1) | st.integers(2**28 - 5, 2**28 + 5)
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
    encode, values = compile_encoder(schema, HEAD), tuple(row.values())
    assert encode(values) == written(schema, as_fastavro_wants(dataset.columns, row))
    parted = data.draw(st.integers(0, len(values)))
    assert encode(values[:parted], values[parted:]) == encode(values)


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


def decimal(precision: int, scale: int) -> list[Any]:
    kind = {"type": "bytes", "logicalType": "decimal", "precision": precision, "scale": scale}
    return ["null", kind]


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


EDGES = [0, 1, 9, 12, 127, 128, 255, 256, 32_767, 32_768, 2**63 - 1, 2**63, 2**64, 10**37 - 1]


@pytest.mark.parametrize("scale", [0, 1, 3, 37])
def test_a_decimal_of_any_size_is_the_shortest_number_that_keeps_its_sign(scale: int) -> None:
    kind = decimal(37, scale)
    encode = compile_encoder(one_field(kind), HEAD)
    for unscaled in (*EDGES, *(-edge for edge in EDGES)):
        text = f"{Decimal(unscaled).scaleb(-scale, Context(prec=40)):f}"
        assert encode((text,)) == written(one_field(kind), {"f": Decimal(text)})


@given(st.integers(-(10**14) + 1, 10**14 - 1), st.integers(0, 14))
def test_a_decimal_is_written_with_and_without_its_last_noughts(number: int, scale: int) -> None:
    encode = compile_encoder(one_field(decimal(14, scale)), HEAD)
    assert encode((shown(number, scale),)) == encode((f"{Decimal(number).scaleb(-scale):f}",))


STRING_ARRAY, STRING_MAP = {"type": "array", "items": "string"}, {"type": "map", "values": "string"}


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("long", 2**63),
        ("long", -(2**63) - 1),
        (["null", "long"], 2**63),
        ("int", 2**31),
        ("int", -(2**31) - 1),
        ("string", "\ud800"),
        (STRING_ARRAY, ("\ud800",)),
        (STRING_MAP, {"\ud800": "a"}),
        (STRING_MAP, {"a": "\ud800"}),
        (decimal(4, 2), "100"),
        (decimal(4, 2), "-100"),
        (decimal(4, 2), "100.00"),
        (decimal(4, 2), "1.001"),
        (decimal(37, 0), "1" + "0" * 37),
        (decimal(37, 0), "9" * 60),
        *((decimal(4, 2), text) for text in ("", "-", ".", ".5", "1.2.3", "1e1", "+1", " 1", "x")),
        (decimal(4, 2), "\u0661"),  # a digit, but none of Avro's
    ],
)
def test_what_avro_cannot_hold_is_an_error_and_never_another_value(
    kind: object, value: object
) -> None:
    encode = compile_encoder(one_field(kind), HEAD)
    with pytest.raises(ValueError):  # noqa: PT011  each says it in its own words
        encode((value,))


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("string", None),
        ("string", b"a"),
        ("long", None),
        ("long", 1.0),
        ("long", "1"),
        (["null", "boolean"], 1),
        (["null", "boolean"], "true"),
        (decimal(4, 2), 1),
        (decimal(4, 2), Decimal("1.5")),
        (STRING_ARRAY, ["a"]),
        (STRING_ARRAY, (1,)),
        (STRING_ARRAY, None),
        (STRING_MAP, None),
        (STRING_MAP, {"a": None}),
        (STRING_MAP, {1: "a"}),
    ],
)
def test_a_value_of_another_type_is_refused(kind: object, value: object) -> None:
    encode = compile_encoder(one_field(kind), HEAD)
    with pytest.raises(TypeError):
        encode((value,))


@pytest.mark.parametrize("values", [(), ("a", "b")], ids=["fewer", "more"])
def test_a_record_has_as_many_values_as_fields(values: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="as many values"):
        compile_encoder(one_field("string"), HEAD)(values)


def test_after_an_error_the_encoder_writes_on() -> None:
    schema = one_field(["null", "string"])
    encode = compile_encoder(schema, HEAD)
    with pytest.raises(ValueError, match="surrogates"):
        encode(("\ud800",))
    assert encode(("sau lỗi",)) == written(schema, {"f": "sau lỗi"})


@pytest.mark.parametrize(
    "kind",
    [
        {"type": "array", "items": "long"},
        {"type": "map", "values": "long"},
        "double",
        ["null", "long", "string"],
        ["string", "null"],
        decimal(38, 0),
        decimal(2, 3),
    ],
    ids=str,
)
def test_a_schema_of_another_shape_has_no_encoder(kind: object) -> None:
    with pytest.raises(LookupError, match="no encoder"):
        compile_encoder(one_field(kind), HEAD)
