"""Whether the source still has the shape that was agreed on: the schema gate, and three views."""

from collections.abc import Iterable
from pathlib import Path

from consumers.ledger.obligations.evidence import Structure
from schemas.central import read_central
from schemas.contract import Dataset
from schemas.control import VANISHED, Standing
from schemas.gate.compare import UNKNOWN, Row, rows
from suoi.observed import observe

_ABSENT = "mandatory_absent"


def shape(dataset: Dataset, home: Path, standing: Standing | None) -> Structure:
    """Say what holds *dataset*, and which of its mandatory columns differ.

    A source that cannot be looked at is unknown: it differs in nothing.
    """
    held = standing.cause.code if standing is not None and standing.paused else ""
    gated = held == VANISHED
    vanished = standing.cause.columns if standing is not None and gated else ()
    seen = observe(dataset, home).columns
    found = rows(dataset, read_central().get(dataset.id), seen)
    return Structure(
        held=held,
        gated=gated,
        columns=tuple(dict.fromkeys((*vanished, *differing(dataset, found)))),
    )


def differing(dataset: Dataset, found: Iterable[Row]) -> list[str]:
    """Name the mandatory fields of *dataset* on which centre, contract and source differ."""
    mandatory = {item.name for item in dataset.fields if item.requirement == "M"}
    return [
        row.field
        for row in found
        if row.verdict == _ABSENT
        or (row.field in mandatory and not row.fits and row.verdict != UNKNOWN)
    ]
