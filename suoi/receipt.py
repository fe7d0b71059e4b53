"""`suoi receipt make|list|show|export|key|verify`: signed daily receipts, one chain a unit.

`verify` needs neither stack nor database; `list`, `show` and `export` need the database alone.
"""

import os
import sys
from pathlib import Path
from typing import Annotated

import orjson
import typer

from consumers.ledger.receipts.document import key_id
from consumers.ledger.receipts.verifying import Question, verify
from consumers.ledger.receipts.words import Fault
from infra.errors import Usage
from infra.local.files import write_whole
from infra.local.home import Home
from infra.local.receipt_key import public_pem, read_public
from infra.settings import read_settings
from suoi import receipt_words as words
from suoi.options import DEFAULT_HOME, HomeOption, JsonOption
from suoi.receipt_day import chosen_day

app = typer.Typer(help="Daily receipts: make, show, verify.", no_args_is_help=True)

DayOption = Annotated[
    str | None, typer.Option(help="The day, like 2026-03-31; without it the last that has ended.")
]
UnitOption = Annotated[str | None, typer.Option(help="Only this unit, such as so_tu_phap.")]
UnitArgument = Annotated[str, typer.Argument(help="The unit, such as so_tu_phap.")]
DayArgument = Annotated[str, typer.Argument(help="The day, like 2026-03-31.")]


@app.command()
def make(
    day: DayOption = None,
    unit: UnitOption = None,
    lines: Annotated[
        Path | None, typer.Option(help="Keep the lines that are hashed in this directory.")
    ] = None,
    json: JsonOption = False,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Sign what was decided of a day's changes, for every unit; made twice, nothing changes.

    Where the books of that day changed since, the new receipt names the one it corrects.
    """
    from suoi.receipt_making import make_receipts  # noqa: PLC0415  verify needs no Kafka client

    made = make_receipts(Home(home), chosen_day(day), unit, lines)
    if json:
        typer.echo(orjson.dumps([words.made_document(one) for one in made]).decode())
    else:
        for one in made:
            typer.echo(words.made_line(one))


@app.command("list")
def list_receipts(
    unit: UnitOption = None,
    day: Annotated[str | None, typer.Option(help="Only this day, like 2026-03-31.")] = None,
    json: JsonOption = False,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """List the receipts there are, by unit and number."""
    from suoi.receipt_making import opened_book  # noqa: PLC0415  as above

    asked = None if day is None else chosen_day(day)
    with opened_book(Home(home), "province_reader") as book:
        found = [words.entry_document(one) for one in book.entries(unit, asked)]
    if json:
        typer.echo(orjson.dumps(found).decode())
    else:
        for one in found:
            typer.echo(words.entry_line(one))


@app.command()
def show(
    unit: UnitArgument, day: DayArgument, json: JsonOption = False, home: HomeOption = DEFAULT_HOME
) -> None:
    """Show the receipt of a day that stands; --json prints the signed document itself."""
    document = _standing(Home(home), unit, day)
    if json:
        sys.stdout.buffer.write(document)
    else:
        for line in words.receipt_lines(document):
            typer.echo(line)


@app.command()
def export(
    unit: UnitArgument,
    day: DayArgument,
    file: Annotated[Path, typer.Argument(help="Where to write the receipt.")],
    chain: Annotated[
        Path | None, typer.Option(help="Write every receipt up to it into this directory too.")
    ] = None,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Write the receipt of a day that stands to a file, which anybody can verify."""
    document = _standing(Home(home), unit, day)
    write_whole(file, document.decode(), 0o644)
    if chain is not None:
        _export_chain(Home(home), chain, document)
    typer.echo(f"{file} holds the receipt; `suoi receipt verify {file}` says what it proves.")


@app.command()
def key(json: JsonOption = False, home: HomeOption = DEFAULT_HOME) -> None:
    """Print the public key that verifies this province's receipts, and its id."""
    place = Home(home)
    place.refuse_absent()
    public = read_public(place.receipt_key)
    if json:
        typer.echo(orjson.dumps({"key": key_id(public), "pem": public_pem(public)}).decode())
    else:
        typer.echo(f"{public_pem(public)}mã khóa / key id: {key_id(public)}")


@app.command("verify")
def verify_receipt(
    file: Annotated[Path, typer.Argument(help="The receipt.")],
    public: Annotated[
        list[Path] | None,
        typer.Option("--key", help="The province's public key (PEM); more after a change of keys."),
    ] = None,
    chain: Annotated[
        Path | None, typer.Option(help="Directory of the unit's other receipts (*.json).")
    ] = None,
    lines: Annotated[
        Path | None, typer.Option(help="Directory of the lines kept when it was made.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Say what a receipt proves and what not; exit 0 when it holds, 1 when it must be refused."""
    question = Question(
        name=file.name,
        document=_read(file),
        trusted=[read_public(one) for one in public or _own_key()],
        chain=None if chain is None else _read_all(_directory(chain)),
        lines=None if lines is None else _directory(lines),
    )
    answer = verify(question)
    if json:
        typer.echo(orjson.dumps(words.answer_document(answer)).decode())
    else:
        for line in words.answer_lines(answer):
            typer.echo(line)
    if isinstance(answer, Fault):
        raise typer.Exit(1)


def _standing(home: Home, unit: str, day: str) -> bytes:
    from suoi.receipt_making import opened_book  # noqa: PLC0415  as above

    asked = chosen_day(day)
    with opened_book(home, "province_reader") as book:
        paper = book.newest(unit, asked)
    if paper is None:
        message = (
            f"there is no receipt of {unit} for {day}; `suoi receipt list` shows those there are."
        )
        raise Usage(message)
    return paper.document


def _export_chain(home: Home, directory: Path, document: bytes) -> None:
    from suoi.receipt_making import opened_book  # noqa: PLC0415  as above

    unit, sequence = words.place_of(document)
    directory.mkdir(parents=True, exist_ok=True)
    with opened_book(home, "province_reader") as book:
        for number, held in book.chain(unit, sequence).items():
            write_whole(directory / f"{unit}-{number:06}.json", held.decode(), 0o644)


def _own_key() -> list[Path]:
    """On the province's own machine its own key is trusted; elsewhere only a key given is."""
    home = Home(read_settings(os.environ).home)
    return [home.receipt_key] if home.receipt_key.is_file() else []


def _read(file: Path) -> bytes:
    if not file.is_file():
        message = f"there is no file {file}; name a receipt that `suoi receipt export` wrote."
        raise Usage(message)
    return file.read_bytes()


def _read_all(directory: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(directory.glob("*.json"))}


def _directory(path: Path) -> Path:
    if not path.is_dir():
        message = f"there is no directory {path}; name the one that holds the files."
        raise Usage(message)
    return path
