"""The columns a source really has: from its running database, or from a file somebody gives."""

import csv
import io
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from infra.errors import Trouble, Usage
from infra.local.home import Home
from schemas import topics
from schemas.contract import Dataset

_NAMES, _TYPES = ("name", "column"), ("type", "data_type")


class Observation(NamedTuple):
    """Columns and types as a source has them; *columns* None = unknown, and *note* says why."""

    columns: Mapping[str, str] | None
    origin: str
    note: str = ""


def observe(dataset: Dataset, home: Path) -> Observation:
    """Look at the table of *dataset* in the running department database of the stack at *home*.

    What cannot be looked at is unknown, which is an answer: nothing is raised.
    """
    if not dataset.captured:
        said = f"{dataset.id} comes by {dataset.source_kind}, not from a database; give the columns"
        return Observation(None, dataset.source, f"{said} of its file or message with --observed.")
    try:
        return _looked(dataset, home)
    except Trouble as trouble:
        return Observation(None, dataset.source, str(trouble))


def read_observed(path: Path, dataset: str) -> Observation:
    """Read columns from *path*: JSON ({name: type} or [{"name", "type"}]) or CSV (name,type).

    A CSV may be the centre's list of files and messages: its lines of other datasets are left out.

    Raises:
        Usage: the file cannot be read, or holds no column.
    """
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        said = getattr(error, "strerror", None) or "it is not UTF-8"
        message = f"{path} cannot be read: {said}. Give a JSON or CSV file of name and type."
        raise Usage(message) from None
    columns = dict(_pairs(text, dataset))
    if not columns:
        message = f'{path} names no column; write [{{"name": "ma_sp", "type": "varchar(30)"}}] or'
        message += " a CSV with the header name,type."
        raise Usage(message)
    return Observation(columns, str(path))


def _looked(dataset: Dataset, home: Path) -> Observation:
    from connectors.engines import engine_of  # noqa: PLC0415  loads two database drivers
    from connectors.sources import read_sources  # noqa: PLC0415
    from suoi.departments import open_captured  # noqa: PLC0415

    source = read_sources().get(dataset.source)
    if source is None:
        note = f"there is no connectors/sources/{dataset.source}.toml; write it, or give --observed"
        return Observation(None, dataset.source, f"{note}.")
    database = open_captured(Home(home), source)
    try:
        table = topics.qualified(dataset)
        rows = engine_of(source).ask(database, "types", {"table": table})
    finally:
        database.close()
    note = "" if rows else f"table {table} does not exist in {source.id}, or is hidden from us."
    return Observation({str(name): str(kind) for name, kind in rows}, source.id, note)


def _pairs(text: str, dataset: str) -> Iterable[tuple[str, str]]:
    with suppress(orjson.JSONDecodeError):
        held = orjson.loads(text)
        if isinstance(held, dict):
            return [(str(name), str(kind or "")) for name, kind in held.items()]
        return _named(held if isinstance(held, list) else [], dataset)
    return _named(csv.DictReader(io.StringIO(text)), dataset)


def _named(rows: Iterable[Any], dataset: str) -> list[tuple[str, str]]:
    mine = [
        row
        for row in rows
        if isinstance(row, dict) and row.get("dataset_id", dataset) in {dataset, None, ""}
    ]
    pairs = [(_first(row, _NAMES), _first(row, _TYPES)) for row in mine]
    return [(name, kind) for name, kind in pairs if name]


def _first(row: Mapping[str, Any], names: tuple[str, ...]) -> str:
    return next((str(row[name]) for name in names if row.get(name)), "")
