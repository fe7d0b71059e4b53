"""`suoi finding list|show`: which live rows contradict each other, in Vietnamese.

A key is shown as a hash where a column of it may hold a person's number, always in lists
(invariant 6); the rows themselves are read in `clean`, by whoever may.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.table import Table

from infra.errors import Usage
from infra.local.access import postgres_conninfo
from infra.local.home import Home
from infra.postgres import Connection, connect
from infra.queries import read_queries
from schemas.contract import Dataset
from suoi.law import chosen_dataset, read_law
from suoi.options import DEFAULT_HOME, HomeOption, JsonOption

_STATUS = {"open": "đang tồn tại", "closed": "đã hết"}
"""How an officer reads the state of a finding."""
_SHOWN = 12
"""Characters of a hash that a terminal shows."""

app = typer.Typer(help="Findings: rows that contradict each other.", no_args_is_help=True)


@app.command("list")
def list_findings(
    dataset: Annotated[str | None, typer.Option(help="Only those that name its rows.")] = None,
    status: Annotated[str, typer.Option(help="open, closed, or all.")] = "open",
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 100,
    json: JsonOption = False,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """List findings, oldest first; keys are shown hashed."""
    if status not in {*_STATUS, "all"}:
        message = f"--status takes open, closed or all, not {status!r}."
        raise Usage(message)
    if dataset is not None:
        chosen_dataset(read_law(), dataset)
    asked = {"dataset": dataset, "status": None if status == "all" else status, "limit": limit}
    found = [document(one, {}) for one in _ask(home, "list", asked)]
    if json:
        typer.echo(orjson.dumps(found).decode())
    elif found:
        Console().print(_table(found))
    else:
        typer.echo("No rows contradict each other, as far as is listed so.")


@app.command()
def show(
    finding: Annotated[int, typer.Argument(help="Its number, from `suoi finding list`.")],
    json: JsonOption = False,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Show one finding: what contradicts what, row by row."""
    found = _ask(home, "show", {"finding": finding})
    if not found:
        message = f"there is no finding {finding}; `suoi finding list` shows those there are."
        raise Usage(message)
    one = document(found[0], read_law())
    if json:
        typer.echo(orjson.dumps(one).decode())
    else:
        _print(one)


def document(found: dict[str, Any], catalogue: Mapping[str, Dataset]) -> dict[str, Any]:
    """Return a finding as it is answered; keys are told for the datasets of *catalogue* alone.

    And only where no column of the key is personal by its contract.
    """
    rows = zip(found["datasets"], found["keys"], found["event_dates"], strict=True)
    hidden = {name for name in {*found["datasets"]} if _personal(catalogue.get(name))}
    told = [
        {
            "dataset": dataset,
            "key": None if dataset in hidden else key,
            "key_hash": sha256(key.encode()).hexdigest(),
            "event_date": event_date,
        }
        for dataset, key, event_date in rows
    ]
    named = ("id", "dataset", "reason", "field", "message", "owner_unit", "status")
    times = ("opened_at", "changed_at", "closed_at")
    return {name: found[name] for name in (*named, *times)} | {"rows": told}


def _personal(dataset: Dataset | None) -> bool:
    """Say whether a key of *dataset* may hold what is personal; who does not know says yes."""
    if dataset is None:
        return True
    key = {*dataset.source_key}
    return any(key.intersection(item.columns) and item.pii != "N" for item in dataset.fields)


def behind_since(home: Home) -> datetime | None:
    """Say since when the finder has stood still, if it has.

    Raises:
        Transient: the provincial database does not answer.
    """
    [row] = _ask(home.root, "behind_since", {})
    since = row["min"]
    return None if since is None else since.astimezone(UTC)


def _ask(home: Path, name: str, values: dict[str, Any]) -> list[dict[str, Any]]:
    place = Home(home)
    place.refuse_absent()
    with connect("suoi finding", postgres_conninfo(place, "province_reader")) as connection:
        return ask(connection, name, values)


def ask(connection: Connection, name: str, values: dict[str, Any]) -> list[dict[str, Any]]:
    """Ask a question of infra/sql/findings_reader.sql; give each row by its columns' names."""
    rows = connection.execute(read_queries("findings_reader")[name], values)
    names = [column.name for column in rows.description or ()]
    return [dict(zip(names, row, strict=True)) for row in rows]


def _table(found: list[dict[str, Any]]) -> Table:
    table = Table("finding", "dataset", "reason", "since", "status", "rows (hashed keys)")
    for one in found:
        hashes = ", ".join(row["key_hash"][:_SHOWN] for row in one["rows"])
        since = f"{one['opened_at']:%Y-%m-%d %H:%M}"
        table.add_row(str(one["id"]), one["dataset"], one["reason"], since, one["status"], hashes)
    return table


def _print(one: dict[str, Any]) -> None:
    typer.echo(f"Phát hiện {one['id']} · {one['dataset']} · {_STATUS[one['status']]}")
    typer.echo(f"Đơn vị: {one['owner_unit']} · từ {one['opened_at']:%d/%m/%Y %H:%M}")
    typer.echo(f"  {one['message']} ({one['field']}: {one['reason']})")
    for row in one["rows"]:
        name = row["key"] or f"(đã che) {row['key_hash'][:_SHOWN]}"
        typer.echo(f"  • {row['dataset']} {name}, {row['event_date']:%d/%m/%Y}")
