"""`suoi dataset list|pause|resume`: whether the changes of a dataset are judged, and who said so.

A paused dataset loses nothing: what its department commits is captured and waits in Kafka.
"""

import asyncio
import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from confluent_kafka import Consumer
from rich.console import Console
from rich.table import Table

from infra import kafka_reader
from infra.control import read_standings, write_standing
from infra.errors import Usage
from infra.kafka import Outbox, producer_config
from infra.local.access import kafka_client
from infra.local.home import Home
from schemas.catalogue import Catalogue
from schemas.control import Cause, Standing, State, decided, paused, resumed
from suoi.law import chosen_dataset, read_captured
from suoi.options import DEFAULT_HOME, HomeOption, JsonOption

_PATIENCE_S = 30.0

app = typer.Typer(help="Datasets: which are judged, which stand still.", no_args_is_help=True)

DatasetArgument = Annotated[str, typer.Argument(help="id of a dataset, for instance tp_khai_sinh")]
ReasonOption = Annotated[str, typer.Option(help="Why, in one line; it is kept and shown.")]


@app.command("list")
def list_datasets(json: JsonOption = False, home: HomeOption = DEFAULT_HOME) -> None:
    """List the datasets and how each stands: running or paused, since when, by whom and why."""
    answer = document(read_captured(), standings(home))
    if json:
        typer.echo(orjson.dumps(answer).decode())
    else:
        Console().print(_table(answer))


@app.command()
def pause(dataset: DatasetArgument, reason: ReasonOption, home: HomeOption = DEFAULT_HOME) -> None:
    """Stop judging a dataset: its changes wait in Kafka, all others go on."""
    before, after = pause_now(home, dataset, reason, who())
    if after is None and before is not None:
        typer.echo(f"{dataset} is paused already, {_since(before)}: {before.cause.en}")
        return
    typer.echo(f"{dataset} is paused. `suoi dataset resume {dataset} --reason …` lets it go on.")


@app.command()
def resume(dataset: DatasetArgument, reason: ReasonOption, home: HomeOption = DEFAULT_HOME) -> None:
    """Let a paused dataset go on where it stopped; what lacks a vanished column is refused."""
    after = resume_now(home, dataset, reason, who())
    if after is None:
        typer.echo(f"{dataset} runs already.")
        return
    columns = [name for name in after.accepted if not name.startswith("@")]  # a gap is no column
    refused = f" Records without {', '.join(columns)} are refused." if columns else ""
    typer.echo(f"{dataset} goes on where it stopped.{refused}")


def pause_now(
    home: Path, dataset: str, reason: str, by: str
) -> tuple[Standing | None, Standing | None]:
    """Pause *dataset* in the name of *by*; returns how it stood, and stands; None = paused before.

    Raises:
        Usage: there is no such dataset, or the reason is no line.
        Transient: Kafka does not answer.
    """
    cause = _asked(dataset, reason)
    before = standings(home).get(dataset)
    if before is not None and before.paused:
        return before, None
    after = paused(dataset, cause, by, before)
    _write(home, after)
    return before, after


def resume_now(home: Path, dataset: str, reason: str, by: str) -> Standing | None:
    """Let *dataset* go on in the name of *by*; returns how it stands, None = it ran already.

    Raises:
        Usage: there is no such dataset, or the reason is no line.
        Transient: Kafka does not answer.
    """
    cause = _asked(dataset, reason)
    before = standings(home).get(dataset)
    if before is None or not before.paused:
        return None
    after = resumed(before, cause, by)
    _write(home, after)
    return after


def standings(home: Path) -> dict[str, Standing]:
    """Read how each dataset of the stack at *home* stands; one that never was paused is absent.

    Raises:
        Fatal: there is no stack at *home*.
        Transient: Kafka does not answer.
    """
    with _opened(home) as reader:
        return read_standings(reader)


def document(catalogue: Catalogue, known: dict[str, Standing]) -> list[dict[str, Any]]:
    """Return the answer of `suoi dataset list --json`: one entry a dataset, by id."""
    return [_entry(name, known.get(name)) for name in catalogue]


def who() -> str:
    """Return the user of the operating system this command runs as."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid {os.getuid()}"


def _asked(dataset: str, reason: str) -> Cause:
    """Check the question before any stack is asked."""
    chosen_dataset(read_captured(), dataset)
    try:
        return decided(reason)
    except ValueError as error:
        message = f"--reason does not do: {error}."
        raise Usage(message) from None


def _write(home: Path, standing: Standing) -> None:
    config = kafka_client(Home(home), "admin") | producer_config() | {"log_level": 2}
    outbox = Outbox(config, _PATIENCE_S)
    asyncio.run(write_standing(outbox, standing))


@contextmanager
def _opened(home: Path) -> Iterator[Consumer]:
    place = Home(home)
    place.refuse_absent()
    own = {"group.id": "reader", "fetch.wait.max.ms": 20}
    reader = kafka_reader.Reader(kafka_client(place, "reader") | kafka_reader.ALONE | own)
    try:
        yield reader
    finally:
        reader.close()


def _entry(name: str, standing: Standing | None) -> dict[str, Any]:
    if standing is None:
        return {
            "dataset": name,
            "state": State.RUNNING.value,
            "since": None,
            "by": None,
            "cause": None,
            "accepted": [],
        }
    cause = standing.cause
    return {
        "dataset": name,
        "state": standing.state.value,
        "since": standing.since,
        "by": standing.by,
        "cause": {
            "code": cause.code,
            "vi": cause.vi,
            "en": cause.en,
            "columns": list(cause.columns),
            "at": cause.at,
        },
        "accepted": list(standing.accepted),
    }


def _since(standing: Standing) -> str:
    return f"since {standing.since}, by {standing.by}"


def _table(answer: list[dict[str, Any]]) -> Table:
    table = Table("dataset", "state", "since", "by", "why", "refused without")
    for one in answer:
        why = one["cause"]["en"] if one["cause"] else "–"
        accepted = ", ".join(one["accepted"]) or "–"
        table.add_row(
            one["dataset"], one["state"], one["since"] or "–", one["by"] or "–", why, accepted
        )
    return table
