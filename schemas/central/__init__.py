"""The centre's template: which fields each dataset has, as the central tables say.

fields.csv and datasets.csv are copies of the centre's own files; they are never edited here. The
gate compares contracts with them, and the data dictionary takes its remarks from them.
"""

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_ROOT = Path(__file__).parent
_DECIMAL = re.compile(r"decimal\((\d+),(\d+)\)")


@dataclass(frozen=True, kw_only=True, slots=True)
class CentralField:
    """One line of fields.csv, in the words of `schemas.contract.Field`."""

    name: str
    title: str
    type: str
    kind: str
    requirement: str
    columns: tuple[str, ...]
    source_type: str
    code_list: str | None
    max_length: int | None
    minimum: str | None
    maximum: str | None
    precision: int | None
    scale: int | None
    pii: str
    open: str
    quirks: str
    """How the source is known to write it, in Vietnamese."""


Template = Mapping[str, CentralField]
"""The fields of one dataset by name, in the centre's order."""


@lru_cache(maxsize=4)
def read_central(root: Path = _ROOT) -> Mapping[str, Template]:
    """Return dataset -> its template; datasets without fields are left out."""
    found: dict[str, dict[str, CentralField]] = {}
    for row in _lines(root / "fields.csv"):
        found.setdefault(row["dataset_id"], {})[row["field"]] = _field(row)
    known = {row["dataset_id"] for row in _lines(root / "datasets.csv")}
    return {name: fields for name, fields in found.items() if name in known}


def _lines(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _field(row: Mapping[str, str]) -> CentralField:
    sized = _DECIMAL.fullmatch(row["type"])
    return CentralField(
        name=row["field"],
        title=row["title_vi"],
        type="decimal" if sized else row["type"],
        kind=row["kind"],
        requirement=row["required"],
        columns=tuple(row["source_column"].split("+")),
        source_type=row["source_type"],
        code_list=row["code_list"] or None,
        max_length=int(row["max_length"]) if row["max_length"] else None,
        minimum=row["min"] or None,
        maximum=row["max"] or None,
        precision=int(sized[1]) if sized else None,
        scale=int(sized[2]) if sized else None,
        pii=row["pii"],
        open=row["open"],
        quirks=row["source_quirks"],
    )
