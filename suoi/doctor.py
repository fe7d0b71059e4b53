"""`suoi doctor`: is this machine, and a running department's server, fit for the stack."""

import json as json_text

import typer

from infra.local.fitness import as_document, examine
from infra.local.home import Home
from suoi.options import DEFAULT_HOME, HomeOption, JsonOption


def doctor(home: HomeOption = DEFAULT_HOME, json: JsonOption = False) -> None:
    """Look at everything the stack needs; exit 1 when something is not as it must be."""
    checks = examine(Home(home))
    if json:
        typer.echo(json_text.dumps(as_document(checks), indent=1))
    else:
        for check in checks:
            hint = f"  → {check.hint}" if check.hint else ""
            typer.echo(f"{'ok ' if check.ok else 'NO '} {check.what}: {check.found}{hint}")
    raise typer.Exit(0 if all(check.ok for check in checks) else 1)
