"""The command `suoi`: its contents page, and how its answers and failures reach a person."""

import importlib
import sys
import traceback
from pathlib import Path

import typer

from infra.errors import Trouble, Usage

_FRAMES = 5

COMMANDS = {
    "up": "suoi.up",
    "down": "suoi.up",
    "status": "suoi.status",
    "doctor": "suoi.doctor",
    "env": "suoi.env",
    "demo": "suoi.demo",
    "lag": "suoi.lag",
    "validate": "suoi.validate",
    "contract": "suoi.contract",
    "connector": "suoi.connector",
    "reject": "suoi.reject",
    "ledger": "suoi.ledger",
    "migrate": "suoi.migrate",
    "prepare": "suoi.prepare",
    "run": "suoi.run",
}
"""Name -> module. A module has a Typer app named `app`, or a function of the command's name."""

HELP = """Suối carries every change of the departments' databases to the province, provably."""


def main() -> None:
    """Run the command line; exit 0 = yes or healthy, 1 = no or unhealthy, 2 = wrong usage."""
    try:
        build(sys.argv[1:])()
    except Usage as trouble:
        _leave(str(trouble), 2)
    except Trouble as trouble:
        _leave(str(trouble), 1)
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output has gone: nothing to say to it
        sys.exit(1)
    except Exception as error:  # noqa: BLE001  no traceback may reach a user
        _leave(_unexpected(error), 1)


def build(arguments: list[str]) -> typer.Typer:
    """Make the command line, loading only the module that *arguments* asks for."""
    app = typer.Typer(
        help=HELP, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
    )
    asked = [name for name in arguments[:1] if name in COMMANDS]
    for name in asked or COMMANDS:
        _mount(app, name)
    app.callback()(lambda: None)
    return app


def _mount(app: typer.Typer, name: str) -> None:
    module = importlib.import_module(COMMANDS[name])
    if hasattr(module, "app"):
        app.add_typer(module.app, name=name)
    else:
        app.command(name)(getattr(module, name))


def _unexpected(error: Exception) -> str:
    """Say where we failed, in the order of the calls; the error's text may hold a row: not it."""
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    places = " > ".join(f"{Path(one.filename).name}:{one.lineno}" for one in frames)
    return (
        f"suoi met something it did not expect ({type(error).__name__} at {places}). This is our "
        "fault, not yours: please report it with the command you ran."
    )


def _leave(message: str, code: int) -> None:
    sys.stderr.write(f"suoi: {message}\n")
    sys.exit(code)


if __name__ == "__main__":
    main()
