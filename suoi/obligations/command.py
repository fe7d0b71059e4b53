"""`suoi obligations`: the book of a day; beneath it the league, a report, and what people sign."""

from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from consumers.ledger.obligations.entries import Standing, standings
from consumers.ledger.obligations.league import Line, league
from consumers.ledger.obligations.store import Search
from infra.errors import Usage
from infra.local.files import write_whole
from schemas.calendar.book import CalendarUnknown
from schemas.calendar.cutoff import cut_off
from suoi.obligations import acts, asked, filing, words
from suoi.obligations.book import read_day
from suoi.obligations.desk import Desk, opened_desk
from suoi.obligations.filing import About
from suoi.obligations.report import Month, page
from suoi.options import DEFAULT_HOME, HomeOption, JsonOption

app = typer.Typer(help="The book of obligations: what was owed, how it ended, and why.")

DayOption = Annotated[
    str | None, typer.Option("--date", help="The day, like 2026-03-31; without it today.")
]
UnitOption = Annotated[str | None, typer.Option(help="Only this unit, such as so_tu_phap.")]
MonthOption = Annotated[str | None, typer.Option(help="The month, like 2026-03; else this one.")]
CommuneOption = Annotated[str | None, typer.Option(help="The commune's code, such as 03646.")]
ReasonOption = Annotated[str, typer.Option(help="Why, in one line; it is signed and kept.")]
EntryArgument = Annotated[int, typer.Argument(help="The entry's number, from --json or history.")]
DatasetArgument = Annotated[str, typer.Argument(help="The dataset, such as tp_khai_sinh.")]


@app.callback(invoke_without_command=True)
def book(
    context: typer.Context,
    day: DayOption = None,
    unit: UnitOption = None,
    json: JsonOption = False,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Show the book of a day: each duty, how it stands, and the cause where it is late."""
    if context.invoked_subcommand is not None:
        return
    with opened_desk(home) as desk:
        asked.chosen_unit(desk.duties, unit)
        chosen = asked.chosen_day(day, desk.duties.calendar)
        lines = read_day(desk, chosen, unit, asked.moment())
        if doubtful := desk.store.doubtful:
            typer.echo(
                f"suoi: papers {sorted(doubtful)} are not signed by us: no effect.", err=True
            )
        if json:
            _print(words.document(desk, chosen, lines))
        else:
            for line in words.day_lines(desk, chosen, lines):
                typer.echo(line)


@app.command("league")
def show_league(
    month: MonthOption = None, json: JsonOption = False, home: HomeOption = DEFAULT_HOME
) -> None:
    """Show which units were in time in a month, the best first; ties share a place."""
    with opened_desk(home) as desk:
        days = asked.chosen_month(month)
        places = _league(desk, days)
        titles = {name: unit.title for name, unit in desk.duties.register.units.items()}
    if json:
        told = [words.place_document(one, titles.get(one.unit, one.unit)) for one in places]
        _print({"first": days[0], "last": days[1], "units": told})
        return
    typer.echo(f"Tháng {days[0]:%m/%Y}: đúng hạn / chậm / không đạt (ngoài so sánh)")
    for one in places:
        typer.echo(_place(one, titles.get(one.unit, one.unit)))


@app.command()
def report(
    unit: Annotated[str, typer.Option(help="The unit, such as so_tu_phap.")],
    out: Annotated[Path, typer.Option(help="Where to write the page (HTML, prints as A4).")],
    month: MonthOption = None,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Write a unit's month as one page in Vietnamese, to be printed or kept as PDF."""
    with opened_desk(home) as desk:
        asked.chosen_unit(desk.duties, unit)
        text = page(_month(desk, unit, asked.chosen_month(month)))
    write_whole(out, text, 0o644)
    typer.echo(f"{out} holds the report; open it in a browser, and print it to keep it as PDF.")


@app.command()
def override(
    entry: EntryArgument,
    cause: Annotated[str, typer.Option(help="The cause, such as TECHNICAL.")],
    reason: ReasonOption,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Put another cause beside the one computed for an entry; both stay to be seen."""
    with opened_desk(home) as desk:
        named = acts.named_entry(desk, entry)
        number = acts.put(desk, named, acts.override(named, cause, reason))
    typer.echo(f"entry {number} stands beside {entry}, signed; the computed cause stays visible.")


@app.command()
def correct(
    entry: EntryArgument,
    status: Annotated[str, typer.Option(help="How it ended, such as MET_CHANGED.")],
    reason: ReasonOption,
    cause: Annotated[str | None, typer.Option(help="Its cause, where it was not met.")] = None,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Correct a verdict by a new entry that names it; the old one stays."""
    with opened_desk(home) as desk:
        named = acts.named_entry(desk, entry)
        number = acts.put(desk, named, acts.correction(named, status, cause, reason))
    typer.echo(
        f"entry {number} stands in the place of {entry}, signed; the old one stays to be read."
    )


@app.command()
def exempt(
    dataset: DatasetArgument,
    days: Annotated[str, typer.Option(help="A day, or 2026-03-01..2026-03-31.")],
    reason: ReasonOption,
    commune: CommuneOption = None,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Exempt a dataset, or one commune of it, for some days; what was judged already stays."""
    with opened_desk(home) as desk:
        stretch = asked.chosen_days(days)
        number = filing.exempt(desk, About(dataset, commune), stretch, reason)
    typer.echo(f"paper {number} exempts {dataset} from {stretch[0]} to {stretch[1]}, signed.")


@app.command()
def attest(
    dataset: DatasetArgument,
    reason: ReasonOption,
    commune: CommuneOption = None,
    day: DayOption = None,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Attest that nothing happened in a register on a day; an event of that day wins over it."""
    with opened_desk(home) as desk:
        chosen = asked.chosen_day(day, desk.duties.calendar)
        number = filing.attest(desk, About(dataset, commune), chosen, reason)
    typer.echo(f"paper {number} attests that {dataset} had no event on {chosen}, signed.")


@app.command()
def withdraw(
    paper: Annotated[int, typer.Argument(help="The number of the exemption or attestation.")],
    reason: ReasonOption,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Take an exemption or an attestation back, by a paper that names it."""
    with opened_desk(home) as desk:
        number = filing.withdraw(desk, paper, reason)
    typer.echo(f"paper {number} takes {paper} back, signed.")


@app.command()
def history(
    dataset: DatasetArgument,
    commune: CommuneOption = None,
    day: DayOption = None,
    json: JsonOption = False,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Show every entry of a dataset's duties, oldest first: opened, told, judged, corrected."""
    with opened_desk(home) as desk:
        owed = asked.owed_dataset(desk.duties, dataset)
        scope = asked.chosen_scope(desk.duties, owed, commune) if commune else None
        chosen = asked.chosen_day(day, desk.duties.calendar) if day else None
        search = _search((chosen, chosen) if chosen else None, dataset=dataset, scope=scope)
        entries = desk.store.entries(search)
    if json:
        _print([_entry(one.key.due, words.entry_document(one), one.key.scope) for one in entries])
        return
    for one in entries:
        told = words.entry_document(one)
        what = " ".join(str(told[name]) for name in ("kind", "status", "cause") if told[name])
        signed = f"; {told['by']}: {told['reason']}" if told["by"] else ""
        due = words.local(one.key.due)
        typer.echo(f"{one.id} {due} {words.labels().scope(one.key.scope)}: {what}{signed}")


def _league(desk: Desk, days: tuple[date, date]) -> tuple[Line, ...]:
    return league(_standings(desk, days), desk.duties.register.units)


def _standings(desk: Desk, days: tuple[date, date]) -> list[Standing]:
    return list(standings(desk.store.entries(_search(days))))


def _search(days: tuple[date, date] | None, **told: str | None) -> Search:
    first, last = days or (date.min, date.max)
    return Search(first=cut_off(first), last=cut_off(last), **told)


def _month(desk: Desk, unit: str, days: tuple[date, date]) -> Month:
    everything = _standings(desk, days)
    places = league(everything, desk.duties.register.units)
    try:
        worked = sum(1 for _ in desk.duties.calendar.working_days(*days))
    except CalendarUnknown as error:
        raise Usage(str(error)) from None
    return Month(
        unit=unit,
        title=desk.duties.register.units[unit].title,
        first=days[0],
        last=days[1],
        working_days=worked,
        begun=desk.store.begun(),
        standings=tuple(one for one in everything if one.key.unit == unit),
        place=next((one for one in places if one.unit == unit), None),
        units=sum(one.place is not None for one in places),
        datasets=desk.law,
    )


def _place(one: Line, title: str) -> str:
    share = "–" if one.share is None else f"{one.share * 100:.2f} %"
    causes = ", ".join(f"{words.labels().causes[cause]}: {n}" for cause, n in one.causes)
    counts = f"{one.on_time} / {one.late} / {one.missing} ({one.aside})"
    return f"{one.place or '–':>3} {one.unit:22} {share:>9} {counts:>20} {title}; {causes or '–'}"


def _entry(due: datetime, told: dict[str, Any], scope: str) -> dict[str, Any]:
    return {"due": due, "scope": scope} | told


def _print(answer: Iterable[Any]) -> None:
    typer.echo(orjson.dumps(answer).decode())
