"""Contract -> Avro: the record schemas of clean.* and open.*.

Canonical columns are nullable with a default, so that a contract can evolve under
BACKWARD_TRANSITIVE; a null there is a value (invariant 7). System columns are always present.
"""

from typing import Any

from schemas.contract import Column, Dataset
from schemas.system import CLEAN, OPEN, SystemColumn

NAMESPACE = "vn.suoi"

_TYPES: dict[str, Any] = {
    "text": "string",
    "integer": "long",
    "boolean": "boolean",
    "date": {"type": "int", "logicalType": "date"},
    "timestamp": {"type": "long", "logicalType": "timestamp-micros"},
}

Schema = dict[str, Any]
"""An Avro schema as JSON has it."""


def clean_schema(dataset: Dataset) -> Schema:
    """Return the schema of *dataset*'s clean records: canonical columns, then system columns."""
    return _record(dataset, "clean", dataset.columns, CLEAN)


def open_schema(dataset: Dataset) -> Schema:
    """Return the schema of *dataset*'s open records: public columns, then the order key."""
    return _record(dataset, "open", dataset.open_columns, OPEN)  # Invariant 6


def _record(
    dataset: Dataset, kind: str, columns: tuple[Column, ...], system: tuple[SystemColumn, ...]
) -> Schema:
    return {
        "type": "record",
        "name": dataset.id,
        "namespace": f"{NAMESPACE}.{kind}.v{dataset.major}",
        "doc": dataset.title,
        "fields": [
            *(_canonical(column) for column in columns),
            *({"name": item.name, "type": item.avro, "doc": item.title} for item in system),
        ],
    }


def _canonical(column: Column) -> Schema:
    return {
        "name": column.name,
        "type": ["null", _type(column)],
        "default": None,
        "doc": column.title,
    }


def _type(column: Column) -> Any:  # noqa: ANN401  a name or a schema
    if column.type != "decimal":
        return _TYPES[column.type]
    return {
        "type": "bytes",
        "logicalType": "decimal",
        "precision": column.precision,
        "scale": column.scale or 0,
    }
