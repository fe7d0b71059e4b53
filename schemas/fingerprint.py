"""What a ruleset is, as one hash: the contract, the code lists it uses and the rules it names.

A verdict depends on all of these, and `revision` is their number in every order key (DESIGN.md 2).
So a fingerprint that changes without a new revision fails the tests; fingerprints.csv keeps one
line for each revision there ever was.
"""

import csv
import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from schemas.codes import CodeLists
from schemas.contract import Dataset, Field
from schemas.reasons import REASONS

STAMPS = Path(__file__).with_name("fingerprints.csv")

_COMMUNES = ("codes/commune_dvhc2004", "codes/commune_dvhc2025", "crosswalks/commune_2004_to_2025")
_COMMUNES_VN = ("codes/commune_vn_dvhc2004", "codes/commune_vn_dvhc2025")
_PROVINCES = (
    "codes/province_dvhc2004",
    "codes/province_dvhc2025",
    "crosswalks/province_2004_to_2025",
)
_PERSONS = ("codes/province_dvhc2004",)
_BY_KIND: dict[str, tuple[str, ...]] = {
    "boolean": ("crosswalks/boolean",),
    "ethnic": ("crosswalks/ethnic_numberings",),
    "commune": _COMMUNES,
    "commune_name": _COMMUNES,
    "province": _PROVINCES,
    "district": ("codes/district_dvhc2004",),
    "cccd": _PERSONS,
    "id_paper": _PERSONS,
    "mst_or_person": _PERSONS,
    "bhxh": _PERSONS,
    "vsic": ("codes/vsic_division",),
}
"""Lists that a kind is judged by, beside the one its contract names."""


_SAID = frozenset(
    (
        *("description", "open_because"),
        *("title_en", "purpose", "legal_basis", "limitations", "sensitivity"),
    )
)
"""What is said to people: no verdict depends on it."""

_LATER = frozenset(("open_transform", "internal"))
"""Words that came after the first stamps."""


def used_lists(dataset: Dataset, codes: CodeLists) -> tuple[str, ...]:
    """Name every code list and crosswalk that *dataset*'s rows are judged by, sorted."""
    named = {name for item in dataset.fields for name in _lists(item)}
    return tuple(sorted(name for name in named | {"codes/placeholder"} if codes.has(name)))


def fingerprint(dataset: Dataset, codes: CodeLists) -> str:
    """Return the SHA-256 (hex) of all that decides a verdict, save the revision's own number.

    Taken of the contract's meaning, not its text: a comment or an indent changes nothing.
    """
    contract = _meaning(asdict(dataset)) | {"revision": None}
    rules = {name: REASONS[name].severity for name in sorted(_rules(dataset))}
    lists = codes.fingerprint(used_lists(dataset, codes))
    whole = json.dumps([contract, rules, lists], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(whole.encode()).hexdigest()


def _meaning(part: dict[str, Any]) -> dict[str, Any]:
    """Return *part* of a contract, and all below it, without what decides no verdict.

    A word that our contracts learned later is left out where it is not used: old stamps hold.
    """
    kept = {
        name: value
        for name, value in part.items()
        if name not in _SAID and (value or name not in _LATER)
    }
    fields = kept.get("fields")
    return kept | {"fields": tuple(map(_meaning, fields))} if fields else kept


def read_stamps(path: Path = STAMPS) -> dict[tuple[str, int], str]:
    """Return (dataset, revision) -> fingerprint as it was when that revision was made."""
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    return {(row["dataset"], int(row["revision"])): row["sha256"] for row in rows}


def _lists(item: Field) -> Iterator[str]:
    if item.code_list:
        yield f"codes/{item.code_list}"
        yield f"crosswalks/{item.code_list}"
    if item.code_list == "unit":
        yield "crosswalks/unit_factor"
    yield from _BY_KIND.get(item.kind, ())
    if item.options.scope == "VN":
        yield from _COMMUNES_VN


def _rules(dataset: Dataset) -> set[str]:
    return {rule for item in dataset.fields for rule in item.rules} | {*dataset.record_rules}
