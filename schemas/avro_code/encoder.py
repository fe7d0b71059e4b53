"""The generated encoder of one record schema.

    encode = compile_encoder(schema, head)
    encode((value, value, …))  # in the order of the schema's fields

`compile_parts` stops one step earlier, at the bytes of each field: an open record is made of some
of a clean one's. Values are wire-typed (`schemas.records.Accepted`): a decimal is its canonical
text, a date days, a moment µs. What Avro cannot hold (a lone surrogate, a number too large) is a
ValueError.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from schemas.avro_code.numbers import (
    LONG,
    NULL,
    SIZE,
    SOME,
    SOME_BOOLEAN,
    SOME_LONG,
    SOME_WORD,
    TEXTS,
    WORD,
    large,
)

Encode = Callable[[tuple[Any, ...]], bytes]
Parts = Callable[[tuple[Any, ...]], tuple[bytes, ...]]


def compile_parts(schema: Mapping[str, Any], again: Collection[str] = ()) -> Parts:
    """Return what gives the bytes of each field of *schema*; the texts of *again* are remembered.

    Raises:
        LookupError: the schema is not of the flat shape that this generator knows.
    """
    names: dict[str, Any] = {
        "LONG": LONG,
        "SIZE": SIZE,
        "SOME": SOME,
        "SOME_WORD": SOME_WORD,
        "WORD": WORD,
        "NULL": NULL,
        "SOME_LONG": SOME_LONG,
        "SOME_BOOLEAN": SOME_BOOLEAN,
        "TEXTS": TEXTS,
        **{made.__name__: made for made in (large, pairs_bytes, decimal_bytes)},
    }
    code = compile(encoder_source(schema, again), f"<encoder of {schema['name']}>", "exec")
    exec(code, names)  # noqa: S102  our own text, from our schema
    parts: Parts = names["parts"]
    return parts


def compile_encoder(schema: Mapping[str, Any], head: bytes) -> Encode:
    """Return the encoder of *schema*, whose records begin with *head* (magic byte, schema id).

    Raises:
        LookupError: the schema is not of the flat shape that this generator knows.
    """
    parts = compile_parts(schema)
    return lambda row: b"".join((head, *parts(row)))


def encoder_source(schema: Mapping[str, Any], again: Collection[str] = ()) -> str:
    """Return the encoder's code: an expression for each field.

    Raises:
        LookupError: see compile_parts.
    """
    fields = schema["fields"]
    given = ", ".join(f"v_{item['name']}" for item in fields)
    written = [
        _WORDS[str(item["type"])].format(_name(item))
        if item["name"] in again
        else _expression(item["type"], _name(item))
        for item in fields
    ]
    return "\n".join(
        [
            f'"""Write records of {schema["namespace"]}.{schema["name"]}."""',
            *("", "", "def parts(row):", f"    ({given},) = row", "    return ("),
            *(f"        {line}," for line in written),
            *("    )", ""),
        ]
    )


_WORDS = {"string": "WORD[{}]", str(["null", "string"]): "SOME_WORD[{}]"}
"""Texts that come again."""


def _name(item: Mapping[str, Any]) -> str:
    return f"v_{item['name']}"


def _expression(kind: Any, value: str) -> str:  # noqa: ANN401  an Avro type: name, list or mapping
    match kind:
        case ["null", one]:
            return _nullable(one, value)
        case "string":
            return f"SIZE[len(e := {value}.encode())] + e"
        case "long" | {"logicalType": "timestamp-micros"}:
            return f"large({value})"
        case "int":
            return f"LONG[{value}]"
        case {"type": "array", "items": "string"}:
            return f"TEXTS[{value}]"
        case {"type": "map", "values": "string"}:
            return f"pairs_bytes({value})"
    raise _unknown(kind)


def _nullable(kind: Any, value: str) -> str:  # noqa: ANN401
    match kind:
        case "string":
            return f"NULL if {value} is None else SOME[len(e := {value}.encode())] + e"
        case "boolean":
            return f"SOME_BOOLEAN[{value}]"
        case {"logicalType": "timestamp-micros"}:
            return f'NULL if {value} is None else b"\\x02" + large({value})'
        case "long" | "int" | {"type": "long" | "int"}:
            return f"SOME_LONG[{value}]"
        case {"type": "bytes", "logicalType": "decimal"}:
            scale, limit = kind.get("scale", 0), 10 ** kind["precision"]
            return f"NULL if {value} is None else decimal_bytes({value}, {scale}, {limit})"
    raise _unknown(kind)


def _unknown(kind: Any) -> LookupError:  # noqa: ANN401
    return LookupError(f"no encoder is written for the Avro type {kind!r}")


def pairs_bytes(pairs: Mapping[str, str]) -> bytes:
    """Return a map from fields to texts, in its own order: one block, then the empty one."""
    if not pairs:
        return NULL
    parts = [LONG[len(pairs)]]
    add = parts.append
    for name, text in pairs.items():
        body = text.encode()
        add(WORD[name])
        add(SIZE[len(body)])
        add(body)
    add(NULL)
    return b"".join(parts)


def decimal_bytes(text: str, scale: int, limit: int) -> bytes:
    """Return a decimal that is there: branch, length and its digits as two's complement.

    *text* is canonical ("-12.5"): no exponent, at most *scale* decimals.

    Raises:
        ValueError: it has more decimals, or is not below *limit* when unscaled.
    """
    whole, _, fraction = text.partition(".")
    number = int(whole + fraction.ljust(scale, "0"))
    if len(fraction) > scale or not -limit < number < limit:
        message = "a decimal does not fit its column"
        raise ValueError(message)
    size = (number.bit_length() >> 3) + 1
    return SOME[size] + number.to_bytes(size, "big", signed=True)
