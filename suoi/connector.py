"""`suoi connector`: what captures the departments' changes, wanted against running."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from typing import Annotated, Any

import orjson
import typer

from connectors import dba as scripts
from connectors.apply import Applied
from connectors.apply import apply as apply_one
from connectors.desk import Desk
from connectors.guards import Refusal
from connectors.loads import State
from connectors.plan import Action, Step
from connectors.plan import plan as difference
from connectors.status import Status
from infra.errors import Usage
from infra.local.home import Home
from suoi.capture import statuses
from suoi.departments import open_desks, sources_of
from suoi.law import read_captured
from suoi.options import DEFAULT_HOME, HomeOption, JsonOption

app = typer.Typer(help="Capture: the connectors of the departments.", no_args_is_help=True)
app.callback()(lambda: None)


@app.command()
def plan(home: HomeOption = DEFAULT_HOME, json: JsonOption = False) -> None:
    """Compare what Connect should run with what it runs; changes nothing.

    Exit 0 when nothing is to be done, 1 when something is, or is refused.
    """
    with open_desks(Home(home), read_captured()) as desks:
        steps = _difference(desks)
        refused = {desk.source.id: desk.refusals() for desk in desks}
    if json:
        _emit([_step_document(step, refused.get(step.connector, ())) for step in steps])
    else:
        for step in steps:
            _print_step(step)
            _print_refusals(refused.get(step.connector, ()))
    done = all(step.action is Action.UNCHANGED for step in steps)
    raise typer.Exit(0 if done and not any(refused.values()) else 1)


@app.command()
def apply(home: HomeOption = DEFAULT_HOME, json: JsonOption = False) -> None:
    """Make Connect run what the contracts want, and ask for the loads that are due.

    Exit 0 when every dataset is captured, 1 when a guard refuses one.
    """
    with open_desks(Home(home), read_captured()) as desks:
        applied = _apply(desks)
    if json:
        _emit([_applied_document(one) for one in applied])
    else:
        for one in applied:
            asked = f"; load asked for: {', '.join(one.signalled)}" if one.signalled else ""
            typer.echo(f"{one.source}: {one.outcome.value}{asked}")
            _print_refusals(one.refusals)
    if any(one.refusals for one in applied):
        raise typer.Exit(1)


@app.command()
def status(home: HomeOption = DEFAULT_HOME, json: JsonOption = False) -> None:
    """Say how each connector and its slot or log is, and how far each load has come.

    Exit 0 when all is well, 1 when not.
    """
    found = statuses(Home(home), read_captured())
    if json:
        _emit({one.source: _status_document(one) for one in found})
    else:
        for one in found:
            _print_status(one)
    if not all(one.healthy for one in found):
        raise typer.Exit(1)


@app.command()
def dba(source: Annotated[str, typer.Argument(help="Id of a source, such as so_tu_phap.")]) -> None:
    """Print the SQL script that a source's administrator runs before we may capture it."""
    catalogue = read_captured()
    known = {one.id: one for one in sources_of(catalogue)}
    if source not in known:
        message = f"there is no source {source!r}; there are {', '.join(known)}."
        raise Usage(message)
    chosen = known[source]
    typer.echo(scripts.script(chosen, catalogue.of_source(chosen.id)), nl=False)


def apply_all(home: Home) -> None:
    """Apply every source of the stack at *home*, as its supervisor does at start.

    A refused dataset stops alone (invariant 10): it is named here and by `suoi connector status`,
    and the others are captured.

    Raises:
        Transient: Connect, Kafka or a source does not come along.
    """
    with open_desks(home, read_captured()) as desks:
        for one in _apply(desks):
            for refusal in one.refusals:
                about = refusal.dataset or one.source
                typer.echo(f"{about} is refused ({refusal.guard}): {refusal.sentence}", err=True)


def _apply(desks: list[Desk]) -> list[Applied]:
    """Sources do not wait for one another: each has its own server and connector."""
    with ThreadPoolExecutor(max_workers=8) as pool:
        return list(pool.map(apply_one, desks))


def _difference(desks: list[Desk]) -> tuple[Step, ...]:
    running = {}
    for desk in desks[:1]:
        named = {name: desk.connect.config(name) for name in desk.connect.names()}
        running = {name: config for name, config in named.items() if config is not None}
    return difference({desk.source.id: desk.wanted for desk in desks}, running)


def _emit(document: object) -> None:
    typer.echo(orjson.dumps(document).decode())


def _step_document(step: Step, refused: Iterable[Refusal]) -> dict[str, Any]:
    changes = [asdict(change) for change in step.changes]
    return {
        "connector": step.connector,
        "action": step.action.value,
        "changes": changes,
        "refusals": _refusals_document(refused),
    }


def _applied_document(one: Applied) -> dict[str, Any]:
    return {
        "source": one.source,
        "outcome": one.outcome.value,
        "signalled": list(one.signalled),
        "refusals": _refusals_document(one.refusals),
    }


def _status_document(one: Status) -> dict[str, Any]:
    return {
        "healthy": one.healthy,
        "connector": one.connector,
        "task": one.task,
        "cause": one.cause,
        "log": dict(one.log),
        "problems": _refusals_document(one.troubles),
        "loads": {load.table: asdict(load) for load in one.loads},
    }


def _refusals_document(refused: Iterable[Refusal]) -> list[dict[str, str]]:
    return [refusal._asdict() for refusal in refused]


def _print_step(step: Step) -> None:
    typer.echo(f"{step.connector}: {step.action.value}")
    if step.action is Action.UPDATE:
        for change in step.changes:
            typer.echo(f"  {change.key}: {change.running or '-'} -> {change.wanted or '-'}")


def _print_refusals(refused: Iterable[Refusal]) -> None:
    for refusal in refused:
        about = f"{refusal.dataset}: " if refusal.dataset else ""
        typer.echo(f"  refused ({refusal.guard}): {about}{refusal.sentence}")


def _print_status(one: Status) -> None:
    cause = f" ({one.cause})" if one.cause else ""
    log = "".join(f", {name} {value}" for name, value in one.log.items())
    typer.echo(f"{one.source}: connector {one.connector}, task {one.task}{cause}{log}")
    for trouble in one.troubles:
        typer.echo(f"  problem ({trouble.guard}): {trouble.sentence}")
    for load in one.loads:
        is_under_way = load.estimated is not None and load.state is not State.LOADED
        of = f" of about {load.estimated}" if is_under_way else ""
        said = f"  {load.table}: {load.state.value}, {load.scanned}{of} rows read {load.cause}"
        typer.echo(said.rstrip())
