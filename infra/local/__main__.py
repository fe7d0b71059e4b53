"""`python -m infra.local HOME [MODULE:FUNCTION]`: the supervisor of one stack."""

import sys
from pathlib import Path

from infra.errors import Trouble, Usage
from infra.local.home import Home
from infra.local.stack import FULL_PLAN, named_plan, serve


def main() -> int:
    """Serve until told to stop; 0 = stopped well, 1 = could not run, 2 = wrong usage."""
    root, *plan = sys.argv[1:]
    try:
        serve(Home(Path(root)), named_plan(*(plan or [FULL_PLAN])))
    except Trouble as error:
        sys.stderr.write(f"suoi: {error}\n")
        return 2 if isinstance(error, Usage) else 1
    return 0


sys.exit(main())
