"""`suoi reject list|show`: what waits in quarantine, and what is wrong with it, in Vietnamese.

What is done about it (open, replay, waive, approve) is in modules of its own.
"""

from typing import Annotated, Any

import orjson
import typer
from psycopg import sql
from rich.console import Console
from rich.table import Table

from infra.errors import Usage
from infra.queries import read_queries
from suoi.figures import open_books
from suoi.law import chosen_dataset
from suoi.options import DEFAULT_HOME, HomeOption, JsonOption
from suoi.quarantine import TRUNCATE
from suoi.reject_approve import approve
from suoi.reject_decide import open_item, rotate, waive
from suoi.reject_replay import replay

_STATUS = {
    "open": "đang chờ xử lý",
    "fixed_at_source": "đã sửa tại nguồn",
    "superseded": "đã có mục mới hơn thay thế",
    "replayed": "đã được xét lại và chấp nhận",
    "waived": "đã được miễn",
    "released_superseded": "đã xét lại, nhưng đã có dữ liệu mới hơn",
    "approved": "đã được phê duyệt",
}
"""How an officer reads the state of an item."""

_HOUR_S, _DAY_S = 3600.0, 86400.0

app = typer.Typer(help="Quarantine: rows that were refused, and why.", no_args_is_help=True)
app.command("open")(open_item)
app.command()(waive)
app.command()(replay)
app.command()(approve)
app.command()(rotate)

StatusOption = Annotated[str, typer.Option(help=f"{', '.join(_STATUS)}, or all.")]


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
        _count_emptied(books.province, found)
    if json:
        typer.echo(orjson.dumps(found).decode())
    elif found:
        Console().print(_table(found))
    else:
        typer.echo("No refused row is listed so.")


@app.command()
def show(
    item: Annotated[int, typer.Argument(help="The item's number, from `suoi reject list`.")],
    json: JsonOption = False,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Show one refused row: every problem it has, where it came from, what became of it."""
    with open_books(home) as books:
        found = _ask(books.province, "show", {"item": item})
        _count_emptied(books.province, found)
        history = _ask(books.province, "history", {"item": item})
    if not found:
        message = f"there is no quarantine item {item}; `suoi reject list` shows those there are."
        raise Usage(message)
    if json:
        typer.echo(orjson.dumps({**found[0], "history": history}).decode())
    else:
        _print(found[0])
        for act in history:
            by = f" (phê duyệt: {act['approver']})" if act["approver"] else ""
            done = f"{act['by_user']} · {act['action']}{by}: {act['reason']}"
            typer.echo(f"{act['at']:%d/%m/%Y %H:%M} {done}")


def _ask(connection: Any, name: str, values: dict[str, Any]) -> list[dict[str, Any]]:  # noqa: ANN401
    rows = connection.execute(read_queries("quarantine_reader")[name], values)
    names = [column.name for column in rows.description or ()]
    return [dict(zip(names, row, strict=True)) for row in rows]


def _count_emptied(connection: Any, found: list[dict[str, Any]]) -> None:  # noqa: ANN401
    """Say of each open truncate how many live rows are older than it: those it would remove."""
    query = read_queries("quarantine_work")["would_remove"]
    for one in found:
        one["would_remove"] = None
        if one["op"] == TRUNCATE and one["status"] == "open":
            table = query.format(table=sql.Identifier("clean", one["dataset"]))
            one["would_remove"] = connection.execute(table, one).fetchone()[0]


def _table(found: list[dict[str, Any]]) -> Table:
    table = Table("item", "dataset", "unit", "key (hashed)", "age", "status", "problems")
    for one in found:
        reasons = ", ".join(dict.fromkeys(problem["code"] for problem in one["problems"]))
        hashed = (one["key_hash"] or "–")[:12]
        if one["would_remove"] is not None:
            reasons += f" ({one['would_remove']} rows)"
        table.add_row(
            *(str(one["id"]), one["dataset"], one["owner_unit"], hashed, age(one["age_seconds"])),
            *(one["status"], reasons),
        )
    return table


def age(seconds: float) -> str:
    """Say how old an item is: minutes below an hour, hours below two days, then days."""
    if seconds < _HOUR_S:
        return f"{seconds // 60:.0f} min"
    return f"{seconds // _HOUR_S:.0f} h" if seconds < 2 * _DAY_S else f"{seconds // _DAY_S:.0f} d"


def _print(one: dict[str, Any]) -> None:
    typer.echo(f"Mục {one['id']} · {one['dataset']} · {_STATUS[one['status']]}")
    typer.echo(f"Đơn vị: {one['owner_unit']} · từ {one['opened_at']:%d/%m/%Y %H:%M}")
    place = f"{one['raw_topic']}, phân vùng {one['raw_partition']}, vị trí {one['raw_offset']}"
    typer.echo(f"Bản ghi thô: {place}")
    if one["would_remove"] is not None:
        typer.echo(f"Nếu phê duyệt, {one['would_remove']} dòng hiện có sẽ bị xóa.")
    for problem in one["problems"]:
        where = ": ".join(filter(None, (problem["field"], problem["code"])))
        typer.echo(f"  • {problem['message']} ({where})")
