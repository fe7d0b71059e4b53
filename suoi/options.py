"""The options many commands share, each said once."""

from pathlib import Path
from typing import Annotated

import typer

DEFAULT_HOME = Path(".suoi")

HomeOption = Annotated[
    Path, typer.Option("--home", envvar="SUOI_HOME", help="The directory of the stack.")
]
JsonOption = Annotated[
    bool, typer.Option("--json", help="One JSON document on standard output, nothing else.")
]
