"""`suoi user`: who may log in to the console, as what, and for which unit."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.console import Console
from rich.table import Table

from infra.errors import Usage
from infra.local.home import Home
from schemas.register.reading import read_register
from suoi.console.accounts import Accounts, User
from suoi.console.audit import DONE, Audit, Deed
from suoi.console.roles import Role
from suoi.console.store import Store, state_file
from suoi.dataset import who
from suoi.options import DEFAULT_HOME, HomeOption, JsonOption

app = typer.Typer(help="Users of the console.", no_args_is_help=True)

NameArgument = Annotated[str, typer.Argument(help="The user's name, in small letters.")]
RoleOption = Annotated[Role, typer.Option(help="What they are there for.")]
UnitOption = Annotated[
    str | None, typer.Option(help="The one unit they see, such as so_tu_phap; none = all.")
]


@app.command()
def add(
    name: NameArgument, role: RoleOption, unit: UnitOption = None, home: HomeOption = DEFAULT_HOME
) -> None:
    """Make a user; the generated password is printed once, and kept nowhere."""
    _check_unit(unit)
    with _opened(home) as (accounts, audit):
        password = accounts.add(User(name=name, role=role, unit=unit))
        _note(audit, "user.add", name)
    typer.echo(password)
    typer.echo(f"suoi: that is the password of {name} ({role}); it is not shown again.", err=True)


@app.command("role")
def change_role(
    name: NameArgument, role: RoleOption, unit: UnitOption = None, home: HomeOption = DEFAULT_HOME
) -> None:
    """Give a user another role and unit, from their next request on."""
    _check_unit(unit)
    with _opened(home) as (accounts, audit):
        accounts.set_role(name, role, unit)
        _note(audit, "user.role", name)
    typer.echo(f"{name} is {role} of {unit or 'the whole province'}.")


@app.command()
def reset(name: NameArgument, home: HomeOption = DEFAULT_HOME) -> None:
    """Give a user a generated password, printed once; their sessions end."""
    with _opened(home) as (accounts, audit):
        password = accounts.set_password(name)
        _note(audit, "user.reset", name)
    typer.echo(password)


@app.command()
def lock(
    name: NameArgument,
    off: Annotated[bool, typer.Option("--off", help="Let them in again.")] = False,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Lock a user out, at once."""
    with _opened(home) as (accounts, audit):
        accounts.set_locked(name, locked=not off)
        _note(audit, "user.lock", name)
    typer.echo(f"{name} may log in again." if off else f"{name} is locked out.")


@app.command("list")
def list_users(json: JsonOption = False, home: HomeOption = DEFAULT_HOME) -> None:
    """List the users: role, unit, locked or not."""
    with _opened(home) as (accounts, _audit):
        found = accounts.all()
    for one in found:
        for name in ("created_at", "seen_at"):
            one[name] = one[name] and datetime.fromtimestamp(one[name], UTC)
        one["locked"] = bool(one["locked"])
    if json:
        typer.echo(orjson.dumps(found).decode())
    else:
        Console().print(_table(found))


@contextmanager
def _opened(home: Path) -> Iterator[tuple[Accounts, Audit]]:
    place = Home(home)
    place.refuse_absent()
    store = Store(state_file(place))
    try:
        yield Accounts(store), Audit(store)
    finally:
        store.close()


def _note(audit: Audit, action: str, subject: str) -> None:
    """Write it down in the name of the user of the operating system."""
    by = User(name=f"{who()}@{os.uname().nodename}", role=Role.ADMIN)
    audit.note(by, Deed(action=action, subject=subject, reason="suoi user"), DONE)


def _check_unit(unit: str | None) -> None:
    known = read_register().units
    if unit is not None and unit not in known:
        message = f"there is no unit {unit!r}; known are {', '.join(known)}."
        raise Usage(message)


def _table(found: list[dict[str, object]]) -> Table:
    table = Table("user", "role", "unit", "locked", "seen")
    for one in found:
        cells = (one["name"], one["role"], one["unit"] or "–", "yes" if one["locked"] else "no")
        table.add_row(*map(str, (*cells, one["seen_at"] or "–")))
    return table
