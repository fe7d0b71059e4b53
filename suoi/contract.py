"""`suoi contract`: are the contracts right, and what follows from one of them.

Everything but the contract itself is derived: this shows the derivations, and never writes them.
"""

from pathlib import Path
from typing import Annotated

import orjson
import typer

from schemas.catalogue import Catalogue
from schemas.codes import read_codes
from schemas.contract import Dataset
from schemas.fingerprint import fingerprint, read_stamps
from suoi.contract_diff import diff
from suoi.contract_gate import gate
from suoi.derive import Derived, derive
from suoi.law import chosen_dataset, read_law, unconnected
from suoi.options import JsonOption

app = typer.Typer(help="The contracts: one file is one dataset.", no_args_is_help=True)
app.callback()(lambda: None)
app.command()(diff)
app.command()(gate)

DirectoryOption = Annotated[
    Path | None,
    typer.Option(envvar="SUOI_CONTRACTS", help="Contracts below this directory, not our own."),
]


@app.command()
def check(directory: DirectoryOption = None, json: JsonOption = False) -> None:
    """Read every contract; name each error with its file, line, field and what was expected.

    Our own must also be stamped: schemas/fingerprints.csv holds the fingerprint of each revision.
    Exit 0 when all are right, 1 when not.
    """
    catalogue = read_law(directory)
    problems = [str(error) for error in catalogue.problems.values()]
    problems += unconnected(catalogue).values()
    if directory is None:
        problems += unstamped(catalogue)
    if json:
        answer = {"ok": not problems, "datasets": list(catalogue), "problems": problems}
        typer.echo(orjson.dumps(answer).decode())
    else:
        _print(catalogue, problems)
    if problems:
        raise typer.Exit(1)


@app.command()
def show(
    dataset: Annotated[str, typer.Argument(help="Id of a dataset, such as tp_khai_sinh.")],
    form: Annotated[Derived, typer.Option("--as", help="What to derive.")] = Derived.DDL,
    directory: DirectoryOption = None,
) -> None:
    """Print what follows from one contract: schemas, table, documents, the judging code."""
    typer.echo(derive(chosen_dataset(read_law(directory), dataset), form))


def unstamped(catalogue: Catalogue) -> list[str]:
    """Say which datasets changed without a new revision, and what to do."""
    stamps, codes = read_stamps(), read_codes()
    return [
        _unstamped(item, found, stamps.get((item.id, item.revision)))
        for item in catalogue.values()
        if (found := fingerprint(item, codes)) != stamps.get((item.id, item.revision))
    ]


def _unstamped(dataset: Dataset, found: str, stamped: str | None) -> str:
    line = "add to schemas/fingerprints.csv the line"
    if stamped is None:
        stamp = f"{dataset.id},{dataset.revision},{found}"
        return f"{dataset.id}: revision {dataset.revision} is new; {line}\n  {stamp}"
    return (
        f"{dataset.id}: its contract, code lists or rules changed, but its revision is still"
        f" {dataset.revision}; raise `revision` by one, then check again."
    )


def _print(catalogue: Catalogue, problems: list[str]) -> None:
    for item in catalogue.values():
        words = f"{len(item.fields)} fields, revision {item.revision}, {item.title}"
        typer.echo(f"{item.id}: {words}")
    for problem in problems:
        typer.echo(problem, err=True)
