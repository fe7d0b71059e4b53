"""Avro schema and table -> a generated function: a record's bytes become the fields of its row.

    read = compile_reader(writer_schema, kinds, scope)
    read(value, at)  # -> (key, order key, source_ts, scope, fields)

Straight-line code of one record schema of ours, which is flat (`schemas.avro`): it walks the bytes
once, makes no object a column does not need, and ends exactly at the buffer's end or not at all.
What it raises says only "not by me": `consumers.decoding` reads such a record again with fastavro
and has the last word, so that this code can make a sink quicker, never wrong.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from consumers.arrays import MICROS_TO_2000, Element
from consumers.avro_bytes import NAMES, Decimals
from schemas.records import OrderKey
from schemas.system import ORDER_KEY

Fields = tuple[bytes, ...]


class Cells(NamedTuple):
    """What a sink must know of one clean record, and its row as PostgreSQL's binary fields."""

    key: str
    order: OrderKey
    source_ts: int
    scope: str | None
    fields: Fields


Read = Callable[[bytes, bytes], Cells]


def compile_reader(
    schema: Mapping[str, Any], kinds: Mapping[str, Element], scope: str | None
) -> Read:
    """Return the reader of records of *schema* into a row whose columns are *kinds*, in order.

    *scope* names the column that says where the record counts. A column the writer does not know
    is NULL.

    Raises:
        LookupError: the schema is not of the flat shape that this generator knows.
    """
    names = dict(NAMES) | {f"DECIMALS_{scale}": Decimals(scale) for scale in _scales(schema)}
    code = compile(reader_source(schema, kinds, scope), f"<reader of {schema['name']}>", "exec")
    names |= {"Cells": Cells}
    exec(code, names)  # noqa: S102  our own text, from our schema
    read: Read = names["read"]
    return read


def reader_source(
    schema: Mapping[str, Any], kinds: Mapping[str, Element], scope: str | None
) -> str:
    """Return the reader's code.

    Raises:
        LookupError: see compile_reader.
    """
    given = [*NAMES, *(f"DECIMALS_{scale}" for scale in sorted(_scales(schema)))]
    local = ", ".join(f"{name}={name}" for name in given)
    lines = [f"def read(b, at, {local}):", "    p = 5"]
    known = set()
    for item in schema["fields"]:
        name = item["name"]
        element = kinds.get(name)
        if element is None:
            message = f"{name} is no column of the table"
            raise LookupError(message)
        known.add(name)
        lines += [f"    {line}" for line in _steps(item["type"], f"f_{name}", element)]
        if name in _NUMBERED:
            lines.append(f"    n_{name} = n")
    fields = ", ".join(
        f"f_{name}" if name in known else "at" if name == "_at" else "NULL" for name in kinds
    )
    order = ", ".join(f"n_{name}" for name in ORDER_KEY)
    where = f"WORDS[f_{scope}]" if scope in known else "None"
    lines += [
        "    if p != len(b):",
        "        raise IndexError",
        f"    order = new(OrderKey, ({order}))",
        f"    return new(Cells, (f__key[4:].decode(), order, n__source_ts, {where}, ({fields},)))",
        "",
    ]
    return "\n".join(lines)


def _steps(kind: Any, to: str, element: Element) -> Sequence[str]:  # noqa: ANN401  an Avro type
    """Return the lines that read one value at p into *to* and move p behind it."""
    if isinstance(kind, list):
        if kind[0] != "null" or len(kind) != 2:  # noqa: PLR2004  null and one other
            raise _unknown(kind, element)
        if (kind[1], element.name) == ("string", "text"):
            return [line.format(to=to) for line in _SOME_TEXT]
        return [
            "if b[p] == 2:",
            *(f"    {line}" for line in ("p += 1", *_steps(kind[1], to, element))),
            "else:",
            f"    {to} = ABSENT[b[p]]",
            "    p += 1",
        ]
    plain = kind if isinstance(kind, str) else kind.get("logicalType") or kind["type"]
    lines = _LARGE if to in _PLACES else _STEPS.get((plain, element.name))
    if lines is None:
        raise _unknown(kind, element)
    scale = kind.get("scale", 0) if isinstance(kind, dict) else 0
    return [line.format(to=to, scale=scale) for line in lines]


def _unknown(kind: Any, element: Element) -> LookupError:  # noqa: ANN401
    return LookupError(f"no reader is written for the Avro type {kind!r} into {element.name}")


_PLACES = {"f__position", "f__step"}
_NUMBERED = {*ORDER_KEY, "_source_ts"}
_NUMBER = ("x = b[p]", "if x < 128:", "    p += 1", "else:", "    x, p = varint(b, p)")
_LARGE = (  # positive, of five bytes: what most places in a log have
    "try:",
    "    i, j = TWO_PAIRS(b, p)",
    "    y = b[p + 4]",
    "    n = FIRST[i] + SECOND[j] + FIFTH[y]",
    "    p += 5",
    "except (LookupError, struct_error):",
    "    n, p = number(b, p)",
    "{to} = LONG(8, n)",
)
_SOME_TEXT = (
    "if b[p] == 2:",
    "    n = b[p + 1]",
    "    if n < 128:",
    "        e = p + 2 + (n >> 1)",
    "        {to} = SIZES[n] + b[p + 2:e]",
    "        p = e",
    "    else:",
    "        {to}, p = long_text(b, p + 1)",
    "else:",
    "    {to} = ABSENT[b[p]]",
    "    p += 1",
)
_STEPS: Mapping[tuple[str, str], Sequence[str]] = {
    ("string", "text"): (
        "n = b[p]",
        "if n < 128:",
        "    p += 1",
        "    e = p + (n >> 1)",
        "    {to} = SIZES[n] + b[p:e]",
        "    p = e",
        "else:",
        "    {to}, p = long_text(b, p)",
    ),
    ("long", "int8"): (*_NUMBER, "{to} = LONGS[x]"),
    ("int", "int4"): (*_NUMBER, "{to} = INTS[x]", "n = (x >> 1) ^ -(x & 1)"),
    ("date", "date"): (*_NUMBER, "{to} = DATES[x]"),
    ("boolean", "boolean"): ("{to} = BOOLEANS[b[p]]", "p += 1"),
    ("timestamp-micros", "timestamptz"): (  # positive, of eight bytes: from 1979 on
        "try:",
        "    i, j, k, m = FOUR_PAIRS(b, p)",
        "    n = FIRST[i] + SECOND[j] + THIRD[k] + FOURTH[m]",
        "    p += 8",
        "except (LookupError, struct_error):",
        "    n, p = number(b, p)",
        f"{{to}} = LONG(8, n - {MICROS_TO_2000})",
    ),
    ("decimal", "numeric"): (
        *_NUMBER,
        "e = p + (x >> 1)",
        "{to} = DECIMALS_{scale}[b[p:e]]",
        "p = e",
    ),
    ("array", "text[]"): (
        "if b[p]:",
        "    {to}, p = texts(b, p)",
        "else:",
        "    {to} = NO_TEXTS",
        "    p += 1",
    ),
    ("map", "jsonb"): (
        "if b[p]:",
        "    {to}, p = pairs(b, p)",
        "else:",
        "    {to} = NO_PAIRS",
        "    p += 1",
    ),
}
"""By the writer's type and the column's: how a value is read. `x` is a number's zigzag, `n` the
number."""


def _scales(schema: Mapping[str, Any]) -> set[int]:
    kinds = (part for item in schema["fields"] for part in _parts(item["type"]))
    return {kind.get("scale", 0) for kind in kinds if kind.get("logicalType") == "decimal"}


def _parts(kind: Any) -> list[dict[str, Any]]:  # noqa: ANN401  an Avro type
    listed = kind if isinstance(kind, list) else [kind]
    return [one for one in listed if isinstance(one, dict)]
