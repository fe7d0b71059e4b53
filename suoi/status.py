"""`suoi status`: how every component stands and what every dataset's books say (DESIGN.md 9)."""

import json as json_text
from typing import Any

import typer

from infra.errors import Trouble
from infra.local.health import component_status
from infra.local.home import Home
from infra.local.state import now_text, read_state
from suoi import figures
from suoi.options import DEFAULT_HOME, HomeOption, JsonOption


def status(home: HomeOption = DEFAULT_HOME, json: JsonOption = False) -> None:
    """Show components, problems and figures; exit 1 when something is wrong."""
    found = document(Home(home))
    if json:
        typer.echo(json_text.dumps(found, default=str))
    else:
        for line in lines(found):
            typer.echo(line)
    raise typer.Exit(0 if found["healthy"] else 1)


def document(home: Home) -> dict[str, Any]:
    """Return the answer of `suoi status --json`; a part that cannot be asked becomes a problem."""
    found = component_status(home)
    found["datasets"] = {}
    if read_state(home.state_file).runs():
        try:
            found["datasets"] = figures.datasets(home.root)
        except Trouble as error:
            hint = "its component is among the problems, or `suoi doctor` tells more"
            problem = {"what": str(error), "where": "books", "since": now_text(), "hint": hint}
            found["problems"].append(problem)
            found["healthy"] = False
    return found


def lines(found: dict[str, Any]) -> list[str]:
    """Return the same for a person to read."""
    text = [
        f"{name:22} {item['state']:12} since {item['since']}"
        for name, item in found["components"].items()
    ]
    text += [f"{name:22} {_figures(item)}" for name, item in found["datasets"].items()]
    text += [
        f"PROBLEM {item['where']}: {item['what']} → {item['hint']}" for item in found["problems"]
    ]
    return [*text, "healthy" if found["healthy"] else "not healthy"]


def _figures(item: dict[str, Any]) -> str:
    return ", ".join(f"{name} {'?' if value is None else value}" for name, value in item.items())
