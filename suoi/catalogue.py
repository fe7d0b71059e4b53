"""`suoi catalogue`: what each unit owes the province, what is delivered, what is not and why."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.table import Table

from consumers.ledger.delivery import Delivery, Figures, Standing, Sums, UnitBook, sums
from infra.errors import Fatal, Transient, Usage
from infra.local.home import Home
from infra.local.state import read_state
from schemas.codes import read_codes
from schemas.register.book import Register, Reported
from schemas.register.reading import RegisterError, read_register
from suoi import delivery
from suoi.figures import open_books
from suoi.law import read_law
from suoi.options import DEFAULT_HOME, HomeOption, JsonOption

_VIETNAM = timezone(timedelta(hours=7))
_OFFLINE = "no stack runs here: a dataset with a contract is known to be registered (1), no further"
_STATES = {"late": "late", "to_connect": "to be connected", "unknown": "unknown on that day"}

UnitOption = Annotated[str | None, typer.Option(help="Only what this unit owes, each dataset.")]
DayOption = Annotated[
    str | None, typer.Option(help="Owners and declarations as of this day, like 2026-03-31.")
]


@dataclass(frozen=True, kw_only=True, slots=True)
class Chain:
    """What the stack says, and *note* where it could say nothing."""

    figures: dict[str, Figures] | None
    note: str = ""


def catalogue(
    unit: UnitOption = None,
    as_of: DayOption = None,
    json: JsonOption = False,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Compute what is delivered, per unit and in total, beside the figures once reported.

    A dataset with a contract is computed, now; one without carries its declared stage (assumed).
    """
    register = _register()
    if unit is not None and unit not in register.units:
        message = f"there is no unit {unit!r}; known are {', '.join(register.units)}."
        raise Usage(message)
    day, chain = chosen_day(as_of), ask_chain(home)
    books = Delivery(read_law(), chain.figures).books(register, day)
    if json:
        answer = document(register, books, day, chain) | _chosen(books, unit)
        typer.echo(orjson.dumps(answer).decode())
    else:
        _print(register, books, day, (chain.note, unit))


def chosen_day(as_of: str | None) -> date:
    """Return the day *as_of*, today in Việt Nam without one.

    Raises:
        Usage: it is no day.
    """
    if as_of is None:
        return datetime.now(_VIETNAM).date()
    try:
        return date.fromisoformat(as_of)
    except ValueError:
        message = f"--as-of {as_of!r} is not a day; write it like 2026-03-31."
        raise Usage(message) from None


def ask_chain(home: Path) -> Chain:
    """Ask the stack at *home* how far each dataset is; without one, say so."""
    if not read_state(Home(home).state_file).runs():
        return Chain(figures=None, note=_OFFLINE)
    try:
        with open_books(home) as books:
            return Chain(figures=delivery.figures(books))
    except Transient as trouble:
        note = f"the stack cannot be asked ({trouble}): no dataset is known past stage 1"
        return Chain(figures=None, note=note)


def document(
    register: Register, books: tuple[UnitBook, ...], day: date, chain: Chain
) -> dict[str, Any]:
    """Return the answer of `suoi catalogue --json`."""
    total = sums(books)
    return {
        "as_of": day,
        "computed_at": datetime.now(UTC),
        "stack": {"asked": chain.figures is not None, "note": chain.note or None},
        "reported": register.reported[-1] if register.reported else None,
        "computed": total,
        "unowned": [{"id": item.id, "title": item.title} for item in register.unowned(day)],
        "units": [_unit(book) for book in books],
    }


def _chosen(books: Iterable[UnitBook], unit: str | None) -> dict[str, Any]:
    """The sums stay those of the province; only the units shown are fewer."""
    return {"units": [_unit(book) for book in books if unit in {None, book.unit.id}]}


def _unit(book: UnitBook) -> dict[str, Any]:
    return {
        "unit": book.unit.id,
        "title": book.unit.title,
        "assumed": book.unit.assumed,
        "assigned": len(book.standings),
        "delivered": book.delivered,
        "complete": book.complete,
        "entries": [_entry(item) for item in book.standings],
    }


def _entry(item: Standing) -> dict[str, Any]:
    entry, stage, tenure = item.entry, item.stage, item.tenure
    return {
        "id": entry.id,
        "title": entry.title,
        "contract": entry.contract,
        "source_kind": entry.source_kind,
        "cadence": entry.cadence,
        "stage": stage.number,
        "stage_source": stage.source,
        "state": item.state,
        "since": stage.since,
        "cause": stage.cause,
        "awaits": stage.awaits or None,
        "owner_valid_from": tenure and tenure.valid_from,
        "owner_valid_to": tenure and tenure.valid_to,
    }


def _register() -> Register:
    try:
        return read_register()
    except RegisterError as error:
        raise Fatal(str(error)) from None


def _print(
    register: Register, books: tuple[UnitBook, ...], day: date, said: tuple[str, str | None]
) -> None:
    note, unit = said
    Console().print(_units(books, f"{day}: what each unit owes (names and split are assumed)"))
    shown = [book for book in books if unit in {None, book.unit.id}]
    for line in (*_beside(register, books), *_details(shown, everything=unit is not None)):
        typer.echo(line)
    if owed_by_nobody := register.unowned(day):
        typer.echo(f"owed by no unit: {', '.join(item.id for item in owed_by_nobody)}")
    if note:
        typer.echo(f"suoi: {note}.", err=True)


def _units(books: Iterable[UnitBook], title: str) -> Table:
    table = Table(title=title)
    table.add_column("unit", no_wrap=True)
    for heading in ("", "owes", "delivered", "to connect", "complete"):
        table.add_column(heading)
    for book in books:
        waiting = sum(item.state == "to_connect" for item in book.standings)
        counts = (len(book.standings), book.delivered, waiting or "–")
        mark = "yes" if book.complete else "no"
        table.add_row(book.unit.id, book.unit.title, *map(str, counts), mark)
    return table


def _beside(register: Register, books: tuple[UnitBook, ...]) -> Iterator[str]:
    """Yield the published figures and ours, one under the other."""
    for item in register.reported[-1:]:
        yield f"reported {item.day}: {_figures(item)}; which ones, was not published"
    yield f"computed now:        {_figures(sums(books))}"


def _figures(item: Reported | Sums) -> str:
    units = f"{item.units_complete} of {item.units} units complete"
    return f"{item.datasets} datasets, {item.delivered} delivered, {units}"


def _details(books: Iterable[UnitBook], *, everything: bool) -> Iterator[str]:
    """Yield the datasets that are not delivered, or all of them, by unit, each with its cause."""
    yield "every dataset:" if everything else "not delivered:"
    for book in books:
        shown = [item for item in book.standings if everything or not item.stage.delivered]
        if shown:
            yield f"{book.unit.id} ({book.unit.title})"
        yield from map(_line, shown)


def _line(item: Standing) -> str:
    """Its stage and how that is known, its state, and why it is no further."""
    stage, causes = item.stage, read_codes().labels("delay_cause")
    number = "?" if stage.number is None else str(stage.number)
    state = _STATES.get(item.state, item.state)
    reasons = (causes.get(stage.cause or ""), f"awaits {stage.awaits}" if stage.awaits else None)
    words = "; ".join(filter(None, reasons))
    told = f"{state}: {words}" if words else state
    return f"  {item.entry.id:46}  {number} {stage.source:8}  {told}"
