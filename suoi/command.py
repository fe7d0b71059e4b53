"""The command `suoi`: its contents page, and how its answers and failures reach a person."""

import errno
import importlib
import os
import sys
import traceback
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

import typer

from infra.errors import Trouble, Usage

_FRAMES = 5
_INTERRUPTED = 130
"""Exit code of a command that a person stopped, as every shell has it."""
_THEIRS = {
    errno.ENOSPC,
    errno.EDQUOT,
    errno.EROFS,
    errno.EACCES,
    errno.EPERM,
    errno.EIO,
    errno.ENOTDIR,
    errno.EMFILE,
}
"""What the machine refuses for reasons that its owner can change."""

COMMANDS = {
    "up": "suoi.up",
    "down": "suoi.up",
    "status": "suoi.status",
    "doctor": "suoi.doctor",
    "env": "suoi.env",
    "demo": "suoi.demo",
    "lag": "suoi.lag",
    "why": "suoi.why",
    "validate": "suoi.validate",
    "contract": "suoi.contract",
    "catalogue": "suoi.catalogue",
    "connector": "suoi.connector",
    "source": "suoi.source",
    "dataset": "suoi.dataset",
    "rejudge": "suoi.rejudge",
    "topic": "suoi.topic",
    "reject": "suoi.reject",
    "finding": "suoi.finding",
    "ledger": "suoi.ledger",
    "receipt": "suoi.receipt",
    "obligations": "suoi.obligations.command",
    "reconcile": "suoi.reconcile",
    "user": "suoi.user",
    "migrate": "suoi.migrate",
    "prepare": "suoi.prepare",
    "run": "suoi.run",
    "bench": "suoi.bench",
}
"""Name -> module. A module has a Typer app named `app`, or a function of the command's name."""

HELP = """Suối carries every change of the departments' databases to the province, provably."""


def main() -> None:
    """Run the command line; exit 0 = yes or healthy, 1 = no or unhealthy, 2 = wrong usage."""
    try:
        code = build(sys.argv[1:])(prog_name="suoi", standalone_mode=False)
        sys.stdout.flush()
    except typer.TyperException as mistake:
        _leave(_misused(mistake), 2)
    except Usage as trouble:
        _leave(str(trouble), 2)
    except Trouble as trouble:
        _leave(str(trouble), 1)
    except ImportError as error:
        _leave(_unmade(error), 1)
    except BrokenPipeError:
        _abandon_output()  # its reader has gone: nothing to say to it
        sys.exit(1)
    except (KeyboardInterrupt, typer.Abort):
        _leave("stopped.", _INTERRUPTED)
    except OSError as error:
        _abandon_output()
        _leave(_refused(error) if error.errno in _THEIRS else _unexpected(error), 1)
    except Exception as error:  # noqa: BLE001  no traceback may reach a user
        _leave(_unexpected(error), 1)
    else:
        sys.exit(code if isinstance(code, int) else 0)


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


def _misused(mistake: typer.TyperException) -> str:
    """Say what is wrong with the words that were typed; a command alone has shown its help."""
    said = getattr(mistake, "format_message", lambda: str(mistake))().strip()
    context = getattr(mistake, "ctx", None)
    path = context.command_path if context else "suoi"
    end = "" if said.endswith(("?", ".")) else "."
    return f"{said}{end} `{path} --help` says what it takes." if said else ""


def _unmade(error: ImportError) -> str:
    """Say which module is missing; the codecs (`*.pyx`) are compiled by the set-up."""
    return f"{error.name} is not installed here. Run `make setup`, then the command again."


def _refused(error: OSError) -> str:
    """Say what the system refused us: a full disk, a file we may not read."""
    about = f" ({error.filename})" if error.filename else ""
    return f"{error.strerror}{about}. Correct that, then run the command again."


def _unexpected(error: Exception) -> str:
    """Say where we failed, in the order of the calls; the error's text may hold a row: not it."""
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    places = " > ".join(f"{Path(one.filename).name}:{one.lineno}" for one in frames)
    return (
        f"suoi met something it did not expect ({type(error).__name__} at {places}). This is our "
        "fault, not yours: please report it with the command you ran."
    )


def _leave(message: str, code: int) -> NoReturn:
    if message:
        sys.stderr.write(f"suoi: {message}\n")
    sys.exit(code)


def _abandon_output() -> None:
    """Leave what could not be written unwritten: Python would try again at its end, and say so."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    main()
