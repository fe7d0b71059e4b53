"""Decoding of our Avro records: a schema id in front, the writer's schema from the registry.

Logical types are taken off the schema first, so that wire numbers stay numbers: days, microseconds,
unscaled decimals as bytes; no date, datetime or Decimal object is ever made (FACTS.md 7).
"""

import struct
from collections.abc import Callable
from io import BytesIO
from typing import Any, Protocol, cast

import fastavro

Schema = dict[str, Any]
_HEAD = struct.Struct(">bI")
_MAGIC = 0


class Schemas(Protocol):
    """Whoever knows a schema by its id: infra.registry.Registry, or a double."""

    def schema(self, number: int) -> Schema:
        """Give the schema with id *number*; an unknown id is Transient."""


class Malformed(ValueError):
    """The bytes are not one whole record of the schema they name."""


class Decoder:
    """Decodes records; remembers each writer's schema for good."""

    def __init__(self, schemas: Schemas) -> None:
        """Take *schemas*, asked once for each id met."""
        self._schemas = schemas
        self._parsed: dict[int, Schema] = {}

    def decode(self, value: bytes) -> dict[str, Any]:
        """Decode one record to its fields by name, wire-typed.

        Raises:
            Malformed: the magic byte, the body or its length is wrong.
            Transient: the registry is away or does not know the id yet.
        """
        if len(value) < _HEAD.size:
            raise Malformed
        magic, number = _HEAD.unpack_from(value)
        if magic != _MAGIC:
            raise Malformed
        schema = self._parsed.get(number)
        if schema is None:
            schema = self._parsed[number] = _parse(self._schemas.schema(number))
        return _read(schema, value)

    def writer_schema(self, value: bytes) -> Schema:
        """Give the schema that *value*, a record once decoded, was written with."""
        return self._schemas.schema(_HEAD.unpack_from(value)[1])


def _read(schema: Schema, value: bytes) -> dict[str, Any]:
    body = BytesIO(value)
    body.seek(_HEAD.size)
    try:
        record = _SCHEMALESS(body, schema, None)
    except (EOFError, ValueError, IndexError, TypeError) as error:
        raise Malformed from error
    if body.tell() != len(value):  # slices would hide a truncated or padded record
        raise Malformed
    return cast("dict[str, Any]", record)


def _parse(schema: Schema) -> Schema:
    return cast("Schema", fastavro.parse_schema(plain(schema)))


def plain(schema: Any) -> Any:  # noqa: ANN401  an Avro schema: text, list or mapping, at any depth
    """Give *schema* without logical types."""
    if isinstance(schema, dict):
        return {name: plain(part) for name, part in schema.items() if name != "logicalType"}
    return [plain(part) for part in schema] if isinstance(schema, list) else schema


_SCHEMALESS: Callable[..., Any] = fastavro.schemaless_reader


def unscaled(body: bytes | None, scale: int) -> str | None:
    """Give the canonical text of an Avro decimal: no exponent, no trailing zeros (DOMAIN.md 5)."""
    if body is None:
        return None
    number = int.from_bytes(body, "big", signed=True)
    digits = str(abs(number)).rjust(scale + 1, "0")
    whole, fraction = digits[: len(digits) - scale], digits[len(digits) - scale :].rstrip("0")
    text = f"{whole}.{fraction}" if fraction else whole
    return f"-{text}" if number < 0 else text
