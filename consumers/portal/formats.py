"""A snapshot as people and programs take it away: JSON and CSV."""

import csv
import io
from typing import Any

import orjson

from consumers.cache.rows import instant_text
from consumers.portal.store import Snapshot
from schemas.contract import Dataset

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
_BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"


def as_json(dataset: Dataset, snapshot: Snapshot) -> bytes:
    """Write the dataset with its titles; decimals are texts, so that no reader rounds them."""
    return orjson.dumps(
        {
            "dataset": dataset.id,
            "title": dataset.title,
            "version": dataset.version,
            "last_change": last_change(snapshot),
            "columns": [
                {"name": column.name, "title": column.title, "type": column.type}
                for column in dataset.open_columns
            ],
            "count": len(snapshot.rows),
            "rows": snapshot.rows,
        }
    )


def as_csv(dataset: Dataset, snapshot: Snapshot, *, bom: bool) -> bytes:
    """Write the dataset as RFC 4180 CSV in UTF-8; spreadsheets want the byte order mark (*bom*)."""
    names = [column.name for column in dataset.open_columns]
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(names)
    writer.writerows([_cell(row.get(name)) for name in names] for row in snapshot.rows)
    return ((_BOM if bom else "") + text.getvalue()).encode()


def last_change(snapshot: Snapshot) -> str | None:
    """Commit time at the source of the newest change shown; None before the first."""
    return instant_text(snapshot.changed) if snapshot.changed else None


def _cell(value: Any) -> str:  # noqa: ANN401  a JSON value
    """A text that a spreadsheet would run as a formula gets a leading quote (DOMAIN.md 2)."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case str() if value.startswith(_DANGEROUS) and not _is_number(value):
            return f"'{value}"
        case _:
            return str(value)


def _is_number(text: str) -> bool:
    return (
        text.removeprefix("-").replace(".", "", 1).isascii()
        and text.removeprefix("-").replace(".", "", 1).isdigit()
    )
