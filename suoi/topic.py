"""`suoi topic list|fill`: the versions of the clean and open topics, and filling a new one.

A contract that raises its major has new topics, made at the next `suoi up`: streams writes every
change there from then on, and the sinks take what the version before still holds beside it. What
stands in the province and does not change any more is brought over by `fill`.
"""

from collections.abc import Iterator
from typing import Annotated, Any

import orjson
import typer

from infra.local.home import Home
from suoi.dataset import DatasetArgument
from suoi.law import chosen_dataset, read_captured
from suoi.options import DEFAULT_HOME, HomeOption, JsonOption
from suoi.topic_filling import Asked, Work, opened
from suoi.topic_versions import versions

app = typer.Typer(
    help="Topics: the versions of clean and open, and filling a new one.", no_args_is_help=True
)


@app.command("list")
def list_topics(json: JsonOption = False, home: HomeOption = DEFAULT_HOME) -> None:
    """List the topics of every dataset: the version in force, what it lacks, those it replaced.

    Exit 0 when every version in force is whole, 1 when one waits to be filled.
    """
    place = Home(home)
    place.refuse_absent()
    answer = versions(place, read_captured())
    if json:
        typer.echo(orjson.dumps(answer).decode())
    else:
        typer.echo("\n".join(line for one in answer for line in _version(one)))
    raise typer.Exit(0 if all(not one["lacking"] for one in answer) else 1)


@app.command()
def fill(  # noqa: PLR0913  the options of a command line
    dataset: DatasetArgument,
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would be done.")
    ] = False,
    readers: Annotated[
        bool,
        typer.Option("--readers", help="Let those who may read the version before read this one."),
    ] = False,
    patience: Annotated[float, typer.Option(help="Seconds to wait for the sinks.")] = 120.0,
    json: JsonOption = False,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Write every standing row, deleted ones too, into the topic version that a contract raised.

    Nothing stops meanwhile. Stopped anywhere, the same command goes on; run again, it does nothing.
    Exit 0 when the version in force is whole, 1 when it is not (or was only looked at).
    """
    place = Home(home)
    place.refuse_absent()
    chosen = chosen_dataset(read_captured(), dataset)
    asked = Asked(patience_s=patience, readers=readers)
    with opened(place, chosen, asked) as work:
        answer = work.look() if dry_run else work.go_on(_tell)
    typer.echo(orjson.dumps(answer).decode() if json else "\n".join(_filled(answer)))
    raise typer.Exit(0 if Work.whole(answer) else 1)


def _tell(copied: int, rows: int) -> None:
    typer.echo(f"{copied} of {rows} rows are written", err=True)


def _version(one: dict[str, Any]) -> Iterator[str]:
    lacking = f", lacks {one['lacking']} rows: suoi topic fill {one['dataset']}"
    also = f", {one['open']}" if one["open"] else ""
    state = lacking if one["lacking"] else ""
    yield f"{one['topic']}{also}: {one['partitions']} partitions{state}"
    for old in one["former"]:
        left = f"{old['unread']} records are still to be taken" if old["unread"] else "all taken"
        yield f"  {old['topic']}: replaced, {left}"


def _filled(answer: dict[str, Any]) -> Iterator[str]:
    name = answer["topic"]
    yield f"{name}: {answer['partitions']} partitions; {answer['copied']} rows were written to it"
    if answer["lacking"]:
        yield f"  {answer['lacking']} rows are only in the version before"
    if answer["unread"]:
        yield f"  {answer['unread']} records of the version before are still to be taken"
    if answer["shown"] is False:
        yield "  the portal shows the version before"
    if answer["readers"]:
        yield f"  may read the version before, not this one: {', '.join(answer['readers'])}"
    if Work.whole(answer):
        yield "  it is whole"
