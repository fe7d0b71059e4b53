"""`suoi up` and `suoi down`: start and stop the local stack; both may be said twice."""

import sys
from typing import Annotated

import typer

from infra.local.home import Home
from infra.local.stack import Running, Stack, serve
from suoi.options import DEFAULT_HOME, HomeOption


def up(
    home: HomeOption = DEFAULT_HOME,
    detach: Annotated[bool, typer.Option("--detach", help="Return once all is ready.")] = False,
) -> None:
    """Start the local stack. Without --detach it runs until Ctrl-C."""
    stack = Stack(Home(home))
    place = stack.home.root
    if stack.is_ready():
        _tell(f"the stack at {place} runs already")
    elif detach:
        stack.start(_tell)
        _tell(f"the stack at {place} is ready; `suoi status` shows it, `suoi down` stops it")
    else:
        _tell(f"starting the stack at {place}; `suoi status` shows how far it is, Ctrl-C stops it")
        try:
            serve(stack.home)
        except Running as error:
            _tell(str(error))


def down(home: HomeOption = DEFAULT_HOME) -> None:
    """Stop the local stack; its data stays."""
    stack = Stack(Home(home))
    manner = "has stopped" if stack.stop() else "was not running"
    _tell(f"the stack at {stack.home.root} {manner}")


def _tell(words: str) -> None:
    sys.stderr.write(f"suoi: {words}\n")
