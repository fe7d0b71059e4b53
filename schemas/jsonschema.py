"""Contract -> JSON Schema (2020-12) of the canonical record, as `suoi validate` shows one.

Every column is there (null is a value, absence is not: invariant 7); what is always asked for is
never null. Decimals are text; `x-` words say what JSON Schema has no word for.
"""

from typing import Any

from schemas.codes import CodeLists
from schemas.contract import Column, Dataset, Field

DIALECT = "https://json-schema.org/draft/2020-12/schema"
MOST_CODES = 100
"""A list of more codes is named, not spelt out."""

_SYSTEMS = ("DVHC-2004", "DVHC-2025")
_DERIVES_NULL = frozenset({"commune", "commune_name", "province"})
"""Kinds whose code of today can be null although the source sent one (no crosswalk)."""

_UNLISTED = frozenset({"commune_name", "vsic"})
"""Kinds whose values are more than the codes of their list."""

_PATTERNS = {
    "cccd": r"^\d{12}$",
    "mst": r"^\d{10}(-\d{3})?$",
    "mst_or_person": r"^(\d{10}(-\d{3})?|\d{12})$",
    "bhxh": r"^\d{10}(\d{2})?$",
    "geohash": r"^[0-9b-hjkmnp-z]{12}$",
    "register_number": r"^[1-9]\d{0,5}/\d{4}$",
    "time": r"^([01]\d|2[0-3]):[0-5]\d$",
    "school_year": r"^\d{4}-\d{4}$",
    "vsic": r"^\d{4,5}$",
    "commune": r"^\d{5}$",
    "commune_name": r"^\d{5}$",
    "partial_date": r"^\d{4}(-\d{2}(-\d{2})?)?$",
}
"""Shapes that refuse a row; what only warns (telephone, plate, card) has none."""

_MOMENT = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$"
_BY_TYPE: dict[str, dict[str, Any]] = {
    "text": {"type": "string"},
    "integer": {"type": "integer"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date", "pattern": r"^\d{4}-\d\d-\d\d$"},
    "timestamp": {"type": "string", "format": "date-time", "pattern": _MOMENT},
    "decimal": {"type": "string"},
}

Schema = dict[str, Any]


def record_schema(dataset: Dataset, codes: CodeLists) -> Schema:
    """Return the JSON Schema of *dataset*'s canonical record; *codes* spells its lists out."""
    fields = {item.name: item for item in dataset.fields}
    properties = {
        column.name: _property(column, fields[column.field], codes) for column in dataset.columns
    }
    return {
        "$schema": DIALECT,
        "$id": f"urn:vn:suoi:clean:{dataset.id}:v{dataset.major}",
        "title": dataset.title,
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
        "x-dataset": dataset.id,
        "x-version": dataset.version,
        "x-revision": dataset.revision,
        "x-owner": dataset.owner_unit,
    }


def _property(column: Column, item: Field, codes: CodeLists) -> Schema:
    main = column.name == item.name
    said: Schema = {"title": column.title, **_BY_TYPE[column.type]}
    said |= _shape(column, item, codes) if main else _derived_shape(column, item)
    if item.requirement != "M" or not _always_there(column, item):
        said = _nullable(said)
    return said | _told(column, item)


def _shape(column: Column, item: Field, codes: CodeLists) -> Schema:
    """What the field's own column takes."""
    said: Schema = {}
    if item.kind in _PATTERNS:
        said["pattern"] = _PATTERNS[item.kind]
    if item.code_list and item.kind not in _UNLISTED:
        said |= _listed(codes.labels(item.code_list))
    if item.max_length and "text.too_long" in item.rules:
        said["maxLength"] = item.max_length
    if column.type == "decimal":
        said["pattern"] = _decimal_pattern(column)
    return said | _bounds(column, item)


def _listed(labels: Any) -> Schema:  # noqa: ANN401  Mapping[code, label]
    if len(labels) > MOST_CODES:
        return {}
    return {"enum": list(labels), "x-labels": dict(labels)}


def _derived_shape(column: Column, item: Field) -> Schema:
    """DOMAIN.md 6.2: the code as sent and its numbering; 9b: a value and its unit as sent."""
    if column.name.endswith("_he"):
        return {"enum": list(_SYSTEMS)}
    return {"pattern": r"^\d{5}$"} if item.kind == "commune" else {}


def _decimal_pattern(column: Column) -> str:
    scale = column.scale or 0
    fraction = rf"(\.\d{{1,{scale}}})?" if scale else ""
    return rf"^-?\d{{1,{(column.precision or 0) - scale or 1}}}{fraction}$"


def _bounds(column: Column, item: Field) -> Schema:
    """Bounds of whole numbers; those of days and of decimals (text here) as `x-` words."""
    if column.type == "integer":
        pairs = (("minimum", item.minimum), ("maximum", item.maximum))
        return {name: int(bound) for name, bound in pairs if bound is not None}
    pairs = (("x-minimum", item.minimum), ("x-maximum", item.maximum))
    return {name: bound for name, bound in pairs if bound is not None}


def _always_there(column: Column, item: Field) -> bool:
    """Say whether a mandatory field's column is never null in a clean record.

    A place is present when its code as sent is (DOMAIN.md 6.2); unit originals exist only where
    something was sent.
    """
    if item.kind in _DERIVES_NULL:
        return item.kind == "commune" and column.name.endswith("_goc")
    return column.name == item.name


def _nullable(said: Schema) -> Schema:
    listed = {"enum": [*said["enum"], None]} if "enum" in said else {}
    return said | {"type": [said["type"], "null"]} | listed


def _told(column: Column, item: Field) -> Schema:
    said: Schema = {
        "x-kind": item.kind if column.name == item.name else None,
        "x-requirement": item.requirement,
        "x-required-when": item.condition_words or None,
        "x-code-list": item.code_list if column.name == item.name else None,
        "x-pii": column.pii,
        "x-open": "row" if column.open else "none" if column.name != item.name else item.open,
    }
    return {name: value for name, value in said.items() if value is not None}
