"""The corpus of bad and odd inputs: data files of changes to a clean row, with what must be said.

`base.jsonl` has one clean row of each dataset (invented people). Every other file is a family: a
case is a dataset, a *change* of its row (columns to *drop*, a time *at*), the *problems* in order
("code field"), and the values *stored*. `envelope.jsonl` has cases of the raw record instead.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from schemas.records import Row
from streams.days import instant
from support.judging import CATALOGUE
from support.raw import Raw, change, raw

FOLDER = Path(__file__).parents[1] / "data" / "corpus"
_APART = ("base", "envelope")


class Base(NamedTuple):
    """A clean row, and when it was committed (µs)."""

    row: Row
    at: int


class Case(NamedTuple):
    """One odd row and what must be said of it."""

    name: str
    dataset: str
    row: Row
    at: int
    problems: list[str]
    stored: dict[str, Any]


@cache
def bases() -> dict[str, Base]:
    """One clean row of each dataset, by its id."""
    return {
        said["dataset"]: Base(said["row"], instant(said["at"]))
        for said in _lines(FOLDER / "base.jsonl")
    }


@cache
def cases() -> list[Case]:
    """Every case of every family, files and lines in order."""
    return [
        _case(f"{path.stem}:{number}", said)
        for path in sorted(FOLDER.glob("*.jsonl"))
        if path.stem not in _APART
        for number, said in enumerate(_lines(path), 1)
    ]


@cache
def envelopes() -> list[dict[str, Any]]:
    """Cases of the raw record."""
    return _lines(FOLDER / "envelope.jsonl")


def _case(name: str, said: dict[str, Any]) -> Case:
    base = bases()[said["dataset"]]
    row = {
        column: value
        for column, value in (base.row | said["change"]).items()
        if column not in said.get("drop", ())
    }
    at = instant(said["at"]) if "at" in said else base.at
    stored = said.get("stored", {})
    return Case(name, said["dataset"], row, at, said["problems"], stored)


def record_of(said: dict[str, Any]) -> Raw:
    """The raw record that an envelope case describes."""
    dataset = CATALOGUE[said["dataset"]]
    row = bases()[dataset.id].row | said.get("change", {}) | _built(said.get("build", {}))
    key = said.get("key", {name: row[name] for name in dataset.source_key})
    before = row if said.get("op") == "d" else None
    whole = None if "row" in said else row
    found = change(dataset, said.get("op", "c"), whole, key=key, before=before if key else None)
    if said.get("op") == "d" and key != {"id": 17}:
        found = change(dataset, "d", None, key=key)
    if "key_text" in said:
        found = found._replace(key=said["key_text"].encode() or None)
    if "headers" in said:
        found = found._replace(headers=[(name, text.encode()) for name, text in said["headers"]])
    if said.get("tombstone"):
        return raw(dataset, None, key=key)
    return found._replace(value=_bytes(said, found.value or b""))


def _bytes(said: dict[str, Any], value: bytes) -> bytes:
    if "text" in said:
        return str(said["text"]).encode()
    if "hex" in said:
        return bytes.fromhex(said["hex"])
    if "cut" in said:
        return value[: said["cut"]]
    if "splice" in said:
        splice = said["splice"]
        new = bytes.fromhex(splice["hex"]) if "hex" in splice else splice["text"].encode()
        assert splice["old"].encode() in value, "the splice found nothing to replace"
        return value.replace(splice["old"].encode(), new, 1)
    if "depth" in said.get("build", {}):
        deep = said["build"]["depth"]
        place = f'"{bases()["tp_khai_sinh"].row["noi_sinh"]}"'.encode()
        return value.replace(place, b"[" * deep + b"]" * deep, 1)
    return value + str(said.get("append", "")).encode()


def _built(wanted: dict[str, int]) -> Row:
    if "fields" in wanted:
        more = wanted["fields"] - len(bases()["tp_khai_sinh"].row)
        return {f"c{number}": None for number in range(more)}
    return {"noi_sinh": "x" * wanted["bytes"]} if "bytes" in wanted else {}


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").split("\n") if line]
