"""`suoi source regenerate`: a source that was restored, or lost its log, begins anew.

Its position is given up, the generation rises by one, every table is loaded again, and what
vanished in between is shown, and removed only when that is said. Cut short anywhere, the same
command goes on where it stopped; the generation rises once.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, NamedTuple

import orjson
import typer

from connectors.desk import Desk
from connectors.guards import Refusal
from infra.errors import Usage
from infra.local.home import Home
from schemas.vitals import Step, Term
from suoi import regeneration
from suoi.departments import open_desks, sources_of
from suoi.law import read_captured
from suoi.options import DEFAULT_HOME, HomeOption, JsonOption
from suoi.removal import Asked, Outcome

app = typer.Typer(help="Sources: a department's database that must begin anew.")
app.callback()(lambda: None)

_SHOWN = """\
{source}: what would be done
  1. its connector is stopped; its offsets, its slot and its waiting signals are deleted
  2. generation {now} becomes {then}: what was captured before is older than all that follows
  3. {tables} are loaded anew, and the datasets that were held for this go on
  4. rows that vanished meanwhile are counted; they are removed only with --sweep
Run it again with --reason and --yes to begin."""


class Document(NamedTuple):
    """The answer of the command."""

    source: str
    generation: int
    step: str
    problems: list[dict[str, str]]
    outcome: Outcome | None = None

    def json(self) -> str:
        """Write it as one JSON document."""
        found = {**self._asdict(), "outcome": None}
        if self.outcome is not None:
            found["outcome"] = self.outcome.document()
        return orjson.dumps(found).decode()


@app.command()
def regenerate(  # noqa: PLR0913  the options of a command line
    source: Annotated[str, typer.Argument(help="Id of a source, such as so_tu_phap.")],
    *,
    reason: Annotated[str, typer.Option(help="Why, in one line; it is kept.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Begin; without it, only show.")] = False,
    sweep: Annotated[bool, typer.Option("--sweep", help="Remove what vanished.")] = False,
    rows: Annotated[int | None, typer.Option(help="How many rows you expect to remove.")] = None,
    patience: Annotated[float, typer.Option(help="Seconds to wait for loads.")] = 600.0,
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> None:
    """Give a source that was restored, or lost its log, a new generation: load all, sweep.

    Exit 0 when it is done; 1 when only shown, or when rows wait to be swept.
    """
    if rows is not None and not sweep:
        message = "--rows says how many rows --sweep may remove; give both."
        raise Usage(message)
    asked = Asked(reason=reason, sweep=sweep, rows=rows, patience_s=patience)
    with _opened(Home(home), source, asked) as work:
        only_shown = not yes and not work.begun
        document = _shown(work.desk, work.problems()) if only_shown else _done(work)
    typer.echo(document.json() if json else "\n".join(_lines(document)))
    raise typer.Exit(0 if document.step == Step.DONE else 1)


@contextmanager
def _opened(home: Home, name: str, asked: Asked) -> Iterator[regeneration.Work]:
    catalogue = read_captured()
    known = [one.id for one in sources_of(catalogue)]
    if name not in known:
        message = f"there is no source {name!r}; there are {', '.join(known)}."
        raise Usage(message)
    with open_desks(home, catalogue, (name,)) as desks, regeneration.open_tools(home) as tools:
        yield regeneration.Work(home, desks[0], tools, asked)


def _shown(desk: Desk, found: tuple[Refusal, ...]) -> Document:
    return Document(desk.source.id, desk.source.generation, "shown", _problems(found))


def _done(work: regeneration.Work) -> Document:
    term, outcome = work.go_on()
    return _document(work.desk, term, outcome)


def _document(desk: Desk, term: Term, outcome: Outcome) -> Document:
    return Document(desk.source.id, term.generation, term.step.value, [], outcome)


def _problems(found: tuple[Refusal, ...]) -> list[dict[str, str]]:
    return [one._asdict() for one in found]


def _lines(document: Document) -> Iterator[str]:
    """Yield the same for a person to read."""
    for problem in document.problems:
        yield f"problem ({problem['guard']}): {problem['sentence']}"
    if document.outcome is None:
        if not document.problems:
            yield f"{document.source}: nothing is wrong with it; this would be done all the same"
        yield _SHOWN.format(
            source=document.source,
            now=document.generation,
            then=document.generation + 1,
            tables="all its tables",
        )
        return
    yield f"{document.source}: generation {document.generation}, {document.step}"
    for line in document.outcome.lines():
        yield f"  {line}"
