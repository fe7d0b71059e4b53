"""`suoi migrate`: bring the provincial database to this release; `suoi up` does it too."""

import sys
from typing import Annotated

import typer

from infra.errors import Usage
from infra.local.home import Home
from suoi.options import DEFAULT_HOME, HomeOption
from suoi.province import migrate_province


def migrate(
    phase: Annotated[str, typer.Argument(help="pre or post the code's upgrade, or both.")] = "both",
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Apply the migrations that are missing, then make tables and rights as the contracts want."""
    phases = ("pre", "post") if phase == "both" else (phase,)
    if not {"pre", "post"}.issuperset(phases):
        message = f"phase must be pre, post or both, not {phase!r}."
        raise Usage(message)
    place = Home(home)
    place.refuse_absent()
    done = migrate_province(place, phases)
    sys.stderr.write(f"suoi: {', '.join(done) if done else 'nothing to migrate'}\n")
