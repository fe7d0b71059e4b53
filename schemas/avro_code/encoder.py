"""The encoder of one record schema.

    encode = compile_encoder(schema, head)
    encode((value, value, …))  # in the order of the schema's fields

Values are wire-typed (`schemas.records.Accepted`): a decimal is its canonical text, a date days, a
moment µs. What Avro cannot hold (a lone surrogate, a number too large) is a ValueError, a value of
another type than its field a TypeError.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol

from schemas.avro_code.wire import Encoder


class Encode(Protocol):
    """Writes the records of one schema."""

    def __call__(self, values: tuple[Any, ...], more: tuple[Any, ...] = (), /) -> bytes:
        """Give the record of *values* and, behind them, *more*: one for each field."""


class Step(NamedTuple):
    """How the value of one field is written; the kinds are those of `wire.pyx`."""

    kind: str
    nullable: bool = False
    precision: int = 0
    scale: int = 0


def compile_encoder(schema: Mapping[str, Any], head: bytes) -> Encode:
    """Return the encoder of *schema*, whose records begin with *head* (magic byte, schema id).

    Raises:
        LookupError: the schema is not of the flat shape that is known here.
    """
    return Encoder(head, [_step(item["type"]) for item in schema["fields"]]).encode


_PLAIN = {"string": "text", "long": "long", "int": "int", "boolean": "boolean"}


def _step(kind: Any) -> Step:  # noqa: ANN401  an Avro type: name, list or mapping
    match kind:
        case ["null", one]:
            return _step(one)._replace(nullable=True)
        case str() if kind in _PLAIN:
            return Step(_PLAIN[kind])
        case {"type": "long" | "int" as plain}:
            return Step(plain)
        case {"type": "bytes", "logicalType": "decimal"}:
            return Step("decimal", precision=kind["precision"], scale=kind.get("scale", 0))
        case {"type": "array", "items": "string"}:
            return Step("texts")
        case {"type": "map", "values": "string"}:
            return Step("pairs")
    message = f"no encoder is written for the Avro type {kind!r}"
    raise LookupError(message)
