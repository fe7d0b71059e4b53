"""`suoi reject list|show`: what waits in quarantine, and what is wrong with it, in Vietnamese."""

from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.table import Table

from infra.errors import Usage
from infra.queries import read_queries
from suoi.figures import open_books
from suoi.law import chosen_dataset
from suoi.options import DEFAULT_HOME, HomeOption, JsonOption

_STATUS = {
    "open": "đang chờ xử lý",
    "fixed_at_source": "đã sửa tại nguồn",
    "superseded": "đã có mục mới hơn thay thế",
    "replayed": "đã được xét lại và chấp nhận",
    "waived": "đã được miễn",
}
"""How an officer reads the state of an item."""

app = typer.Typer(help="Quarantine: rows that were refused, and why.", no_args_is_help=True)

StatusOption = Annotated[
    str, typer.Option(help="open, fixed_at_source, superseded, replayed, waived, or all.")
]


@app.command("list")
def list_items(
    dataset: Annotated[str | None, typer.Option(help="Only this dataset.")] = None,
    status: StatusOption = "open",
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 100,
    json: JsonOption = False,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """List refused rows, oldest first; keys are shown hashed."""
    if status not in {*_STATUS, "all"}:
        message = f"--status takes {', '.join(_STATUS)} or all, not {status!r}."
        raise Usage(message)
    with open_books(home) as books:
        if dataset is not None:
            chosen_dataset(books.catalogue, dataset)
        asked = {"dataset": dataset, "status": None if status == "all" else status, "limit": limit}
        found = _ask(books.province, "list", asked)
    if json:
        typer.echo(orjson.dumps(found).decode())
    else:
        Console().print(_table(found))


@app.command()
def show(
    item: Annotated[int, typer.Argument(help="The item's number, from `suoi reject list`.")],
    json: JsonOption = False,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Show one refused row: every problem it has, where it came from, what became of it."""
    with open_books(home) as books:
        found = _ask(books.province, "show", {"item": item})
    if not found:
        message = f"there is no quarantine item {item}; `suoi reject list` shows those there are."
        raise Usage(message)
    if json:
        typer.echo(orjson.dumps(found[0]).decode())
    else:
        _print(found[0])


def _ask(connection: Any, name: str, values: dict[str, Any]) -> list[dict[str, Any]]:  # noqa: ANN401
    rows = connection.execute(read_queries("quarantine_reader")[name], values)
    names = [column.name for column in rows.description or ()]
    return [dict(zip(names, row, strict=True)) for row in rows]


def _table(found: list[dict[str, Any]]) -> Table:
    table = Table("item", "dataset", "key (hashed)", "since", "status", "problems")
    for one in found:
        reasons = ", ".join(dict.fromkeys(problem["code"] for problem in one["problems"]))
        hashed = (one["key_hash"] or "–")[:12]
        since = f"{one['opened_at']:%Y-%m-%d %H:%M}"
        table.add_row(str(one["id"]), one["dataset"], hashed, since, one["status"], reasons)
    return table


def _print(one: dict[str, Any]) -> None:
    typer.echo(f"Mục {one['id']} · {one['dataset']} · {_STATUS[one['status']]}")
    typer.echo(f"Đơn vị: {one['owner_unit']} · từ {one['opened_at']:%d/%m/%Y %H:%M}")
    place = f"{one['raw_topic']}, phân vùng {one['raw_partition']}, vị trí {one['raw_offset']}"
    typer.echo(f"Bản ghi thô: {place}")
    for problem in one["problems"]:
        where = ": ".join(filter(None, (problem["field"], problem["code"])))
        typer.echo(f"  • {problem['message']} ({where})")
