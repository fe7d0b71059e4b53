"""`suoi contract gate`: the centre's template, the contract and the source's columns, compared."""

from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from schemas.central import read_central
from schemas.gate.compare import AGREES, UNKNOWN, Row, rows
from schemas.gate.words import action, sentence
from suoi.law import chosen_dataset, read_law
from suoi.observed import Observation, observe, read_observed
from suoi.options import DEFAULT_HOME, HomeOption, JsonOption

ObservedOption = Annotated[
    Path | None,
    typer.Option(help="The source's columns, JSON or CSV (name,type), instead of the database."),
]


def gate(
    dataset: Annotated[str, typer.Argument(help="Id of a dataset, such as tp_khai_sinh.")],
    observed: ObservedOption = None,
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> None:
    """Say of each field whether centre, contract and source agree, and who must act.

    Exit 0 when they do, 1 when something is to be done, or the source could not be looked at.
    """
    chosen = chosen_dataset(read_law(), dataset)
    seen = read_observed(observed, dataset) if observed else observe(chosen, home)
    found = rows(chosen, read_central().get(dataset), seen.columns)
    if seen.note:
        typer.echo(seen.note, err=True)
    if json:
        typer.echo(orjson.dumps(document(dataset, seen, found)).decode())
    else:
        _print(dataset, found)
    if not all(row.fits for row in found):
        raise typer.Exit(1)


def document(dataset: str, seen: Observation, found: list[Row]) -> dict[str, Any]:
    """Return the answer as JSON has it: a row for each field and difference."""
    return {
        "dataset": dataset,
        "ok": all(row.fits for row in found),
        "observed_from": seen.origin,
        "note": seen.note,
        "rows": [_row(row) for row in found],
    }


def _row(row: Row) -> dict[str, str | None]:
    told = row._asdict()
    del told["detail"], told["title"]
    return {**told, "action": action(row), "sentence": sentence(row)}


def _print(dataset: str, found: list[Row]) -> None:
    differing = [row for row in found if row.verdict not in {AGREES, UNKNOWN}]
    unseen = sum(row.verdict == UNKNOWN for row in found)
    agreeing = len(found) - len(differing) - unseen
    typer.echo(f"{dataset}: {agreeing} agree, {len(differing)} differ, {unseen} unknown")
    if unseen:
        typer.echo("  what is unknown: make the source reachable, or give its columns (--observed)")
    for row in differing:
        typer.echo(f"  {row.field} ({row.verdict}, {row.who}): {sentence(row)}")
        typer.echo(f"    {action(row)}")
