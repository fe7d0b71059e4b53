"""`suoi status`: how every component stands and what every dataset's books say (DESIGN.md 9)."""

import json as json_text
from collections.abc import Iterator
from typing import Any

import typer

from infra.errors import Trouble
from infra.local.health import component_status
from infra.local.home import Home
from infra.local.state import read_state
from schemas.catalogue import Catalogue
from suoi import figures, problems
from suoi.dataset import standings
from suoi.departments import remembered
from suoi.law import connected, read_law
from suoi.options import DEFAULT_HOME, HomeOption, JsonOption

_ENDS = ("applied", "superseded", "replayed", "quarantined", "filtered")
"""The ways a captured record ends (invariant 2)."""


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
    """Return the answer of `suoi status --json`; a part that cannot be asked becomes a problem.

    Raises:
        Usage: the contracts that are asked for are not there at all.
    """
    law = read_law()
    catalogue = connected(law)
    found = component_status(home)
    found["problems"] += problems.of_contracts(law)
    found["datasets"] = {}
    if read_state(home.state_file).runs():
        _look(home, catalogue, found)
    found["healthy"] = not found["problems"]
    return found


def _look(home: Home, catalogue: Catalogue, found: dict[str, Any]) -> None:
    """Add what only a running stack can tell; without Kafka nobody is kept waiting for it."""
    if any(item["where"] == "kafka" for item in found["problems"]):
        what = "without Kafka neither capture nor books can be asked"
        found["problems"].append(problems.problem(what, "books", "ask again once Kafka is ready"))
        return
    try:
        found["problems"] += problems.of_capture(home, catalogue)
        found["problems"] += problems.of_findings(home)
        found["problems"] += problems.of_versions(home, catalogue)
        known = standings(home.root)
        found["problems"] += problems.of_pauses(catalogue, known)
        still = [name for name, one in known.items() if one.paused]
        parts = [item["where"] for item in found["problems"]]
        found["problems"] += problems.of_lag(home, parts, still)
        found["problems"] += problems.of_alarms(remembered(home), parts)
        found["datasets"] = figures.datasets(home.root)
        moving = {
            name: held
            for name, held in found["datasets"].items()
            if name not in known or not known[name].paused
        }
        found["problems"] += problems.of_books(catalogue, moving)
    except Trouble as error:
        hint = "its component is among the problems, or `suoi doctor` tells more"
        found["problems"].append(problems.problem(str(error), "books", hint))


def lines(found: dict[str, Any]) -> Iterator[str]:
    """Yield the same for a person to read."""
    for name, item in found["components"].items():
        restarts = f", {item['restarts']} restarts" if item["restarts"] else ""
        yield f"{name:20} {item['state']:11} since {_moment(item['since'])}{restarts}"
    for name, item in found["datasets"].items():
        yield f"{name:20} {_account(item)}"
    for item in found["problems"]:
        yield f"PROBLEM {item['where']}: {item['what']}"
        yield f"        → {item['hint']}"
    yield _verdict(found)


def _account(item: dict[str, Any]) -> str:
    """One dataset as the sum of law 2; ends that never happened are left out."""
    ends = {name: item[name] for name in _ENDS}
    ends["in flight"] = item["captured"] - sum(ends.values())
    parts = " + ".join(f"{count} {name}" for name, count in ends.items() if count)
    shown = "" if item["open"] is None else f"; {item['open']} open"
    return f"{item['captured']} captured = {parts or 0}{shown}; {_complete(item)}"


def _complete(item: dict[str, Any]) -> str:
    if item["complete_through"] is None:
        return "complete through ?"
    lag = f"{item['lag_seconds']:.0f} s ago"
    return f"complete through {_moment(item['complete_through'])}, {lag}"


def _moment(text: str) -> str:
    return f"{text[:10]} {text[11:19]}Z"


def _verdict(found: dict[str, Any]) -> str:
    if found["healthy"]:
        return (
            "healthy. `suoi lag` shows the delay of each hop, `suoi reject list` what was refused."
        )
    count = len(found["problems"])
    return f"not healthy: {count} problem{'s' if count > 1 else ''}, each with what to do (→)."
