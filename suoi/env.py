"""`suoi env`: how to reach each part of the local stack, for its owner's tools."""

import json as json_text

import typer

from infra.local.access import reach
from infra.local.home import Home
from suoi.options import DEFAULT_HOME, HomeOption, JsonOption


def env(home: HomeOption = DEFAULT_HOME, json: JsonOption = False) -> None:
    """Print addresses and administrators' passwords; readable by the owner of the home only."""
    place = Home(home)
    place.refuse_absent()
    found = reach(place)
    if json:
        typer.echo(json_text.dumps(found))
    else:
        typer.echo(json_text.dumps(found, indent=2))
