"""The ministry's public test vectors, each as one value of a one-field contract."""

import csv
import io
import json
from pathlib import Path
from typing import Any, NamedTuple

from schemas.contract import Dataset, Field, Options
from schemas.records import Row
from streams.days import instant
from support.contracts import EVERY_TEXT_RULE, a_dataset, a_field

_FILE = Path(__file__).parents[1] / "data" / "vectors.csv"
VECTORS = list(csv.DictReader(io.StringIO(_FILE.read_text("utf-8"))))
_TYPES = {"commune": "code", "commune_name": "code", "code": "code", "gender": "code"} | {
    kind: kind for kind in ("date", "partial_date", "timestamp", "integer", "decimal", "boolean")
}
_LISTS = {"gender": "gender", "ethnic": "ethnic_group", "country": "country"}
_LISTS |= {"commune": "commune_dvhc2025", "commune_name": "commune_dvhc2025"}


def _options(said: dict[str, str]) -> Options:
    listed = {"date_formats", "placeholders", "separators"}
    known: dict[str, Any] = {name: said[name] for name in said if name in Options.__slots__}
    for name in listed & known.keys():
        known[name] = tuple(known[name].split("|"))
    if "pad" in known:
        known["pad"] = int(known["pad"])
    known |= {name: known[name] == "true" for name in ("strict", "system_only") if name in known}
    return Options(**known)


def _source_type(kind: str, said: dict[str, str], raw: object) -> str:
    if "source" in said:
        return {"epoch_days": "date", "micro_local": "timestamp"}[said["source"]]
    if kind == "decimal" and isinstance(raw, float):
        return "double precision"
    return said.get("source_type", "varchar(100)")


def _field(vector: dict[str, str], raw: object) -> Field:
    said = dict(part.split("=", 1) for part in vector["options"].split(";") if part)
    kind = vector["kind"]
    return a_field(
        kind,
        type=_TYPES.get(kind, "string"),
        requirement=said.get("required", "O"),
        source_type=_source_type(kind, said, raw),
        code_list=_LISTS.get(kind),
        rules=EVERY_TEXT_RULE,
        max_length=int(said["max_length"]) if "max_length" in said else None,
        minimum=said.get("min"),
        maximum=said.get("max"),
        scale=int(said["scale"]) if "scale" in said else None,
        options=_options(said),
    )


def _context(field: Field, told: dict[str, str]) -> tuple[list[Field], dict[str, object]]:
    """The fields and columns that *field*'s options read, filled from the vector's context."""
    fields, row = [], {}
    options = field.options
    for name in filter(None, (options.birth, options.event_date)):
        value = told.get(name) or (told.get("event_date") if name == options.event_date else None)
        if name not in ("event_day", "1", "2"):
            kind = "partial_date" if name == options.birth else "date"
            declared = Options(date_formats=("iso", "y"))
            fields.append(a_field(kind, name=name, type=kind, columns=(name,), options=declared))
            row[name] = value
    if options.gender not in (None, "1", "2"):
        canonical = Options(code_system="canonical")
        facts = {"type": "code", "code_list": "gender", "options": canonical}
        fields.append(a_field("gender", name=options.gender, columns=(options.gender,), **facts))
        row[options.gender] = told.get(options.gender)
    if options.name_column:
        row[options.name_column] = told.get("name")
    return fields, row


class Question(NamedTuple):
    """One vector as a contract, a row, and the moment of its commit (µs)."""

    dataset: Dataset
    row: Row
    at: int


def question(vector: dict[str, str]) -> Question:
    """What *vector* asks; its value is column and field f."""
    raw = json.loads(vector["raw_json"])
    told = json.loads(vector["context_json"] or "{}")
    field = _field(vector, raw)
    fields, row = _context(field, told)
    at = instant(told.get("event_day", "2026-03-11") + "T05:00:00Z")
    return Question(a_dataset(*fields, field), row | {"f": raw}, at)
