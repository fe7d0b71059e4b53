"""`suoi contract diff`: what a changed contract means for readers and for stored rows."""

from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from infra.errors import Usage
from infra.migrations import read_migrations
from schemas.contract import Dataset
from schemas.evolution.answer import Difference, Step, difference
from schemas.evolution.change import Change
from schemas.evolution.migration import Script, scripts
from schemas.odcs.contract import ContractError, read_contract
from suoi.law import chosen_dataset, read_law
from suoi.options import JsonOption

SqlOption = Annotated[
    bool, typer.Option("--as-sql", help="Only the migration from OLD to NEW: pre, then post.")
]


def diff(
    old: Annotated[str, typer.Argument(help="A contract file, or the id of one of ours.")],
    new: Annotated[str, typer.Argument(help="A contract file, or the id of one of ours.")],
    as_sql: SqlOption = False,
    json: JsonOption = False,
) -> None:
    """Name each change from OLD to NEW, whether it is compatible, and what must be done.

    Exit 0 when readers go on as they are, 1 when a new major is needed.
    """
    found = compared(_contract(old), _contract(new))
    files = scripts(found.old, found.new, next_number())
    if json:
        typer.echo(orjson.dumps(document(found, files)).decode())
    elif as_sql:
        typer.echo("\n".join(f"-- {one.name}\n{one.text}" for one in files), nl=bool(files))
    else:
        _print(found)
    if not found.readers:
        raise typer.Exit(1)


def compared(old: Dataset, new: Dataset) -> Difference:
    """Compare two contracts of one dataset.

    Raises:
        Usage: they are contracts of two datasets.
    """
    try:
        return difference(old, new)
    except ValueError as error:
        message = f"{error}; name two contracts of one."
        raise Usage(message) from None


def document(found: Difference, files: tuple[Script, ...]) -> dict[str, Any]:
    """Return the answer as JSON has it."""
    return {
        "dataset": found.new.id,
        "verdict": found.verdict,
        "compatible": found.readers,
        "readers": found.readers,
        "rows": found.rows,
        "old": _version(found.old),
        "new": _version(found.new),
        "changes": [_change(change) for change in found.changes],
        "steps": [_step(step) for step in found.steps],
        "migrations": [one._asdict() for one in files],
    }


def next_number() -> int:
    """Return the first number free for a migration."""
    return max((one.number for one in read_migrations()), default=0) + 1


def _contract(named: str) -> Dataset:
    path = Path(named)
    if not path.is_file():
        if path.suffix or len(path.parts) != 1 or path.is_dir():  # no id looks like this
            message = f"there is no contract file {named!r}; name one, or the id of a dataset."
            raise Usage(message)
        return chosen_dataset(read_law(), named)
    try:
        return read_contract(path)
    except ContractError as error:
        raise Usage(str(error)) from None


def _version(dataset: Dataset) -> dict[str, Any]:
    return {"version": dataset.version, "revision": dataset.revision}


def _change(change: Change) -> dict[str, Any]:
    return {
        "what": change.what,
        "field": change.field,
        "before": change.before,
        "after": change.after,
        "readers": change.readers,
        "rows": change.rows,
        "why": change.why,
    }


def _step(step: Step) -> dict[str, Any]:
    return {"what": step.what, "words": step.words, "done": step.done}


def _print(found: Difference) -> None:
    typer.echo(f"{found.new.id}: {found.verdict}")
    for change in found.changes:
        about = f"{change.field}: " if change.field else ""
        values = f"{change.before or '-'} -> {change.after or '-'}"
        typer.echo(f"  {about}{change.what} ({values}); {_weight(change)}: {change.why}")
    for step in found.steps:
        typer.echo(f"  {'done' if step.done else 'to do'}: {step.words}")


def _weight(change: Change) -> str:
    readers = "readers go on" if change.readers else "readers break"
    return readers if change.rows else f"{readers}, stored rows must be judged again"
