"""How the capture of every source is; a source that cannot be asked hides no other."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

from connectors.guards import Refusal
from connectors.sources import Source
from connectors.status import UNKNOWN, Status, status_of
from infra.errors import Trouble
from infra.local.home import Home
from schemas.catalogue import Catalogue
from suoi.departments import open_desks, sources_of

PATIENCE_S = 5.0
"""How long Connect is asked: a person waits for this answer."""
_AT_ONCE = 8
"""Sources asked at a time: where Connect is silent, all wait for the same silence."""


def statuses(home: Home, catalogue: Catalogue) -> list[Status]:
    """Look at the capture of each source of *catalogue*, in the stack at *home*.

    Raises:
        Fatal: there is no stack at *home*.
        Usage: a contract names a source nobody knows.
    """
    home.refuse_absent()
    with ThreadPoolExecutor(_AT_ONCE, "capture") as asking:
        return list(asking.map(partial(status_at, home, catalogue), sources_of(catalogue)))


def status_at(home: Home, catalogue: Catalogue, source: Source) -> Status:
    """Look at the capture of *source* alone; what cannot be asked is said in its problems."""
    try:
        with open_desks(home, catalogue, (source.id,), PATIENCE_S) as desks:
            return status_of(desks[0])
    except Trouble as trouble:  # Invariant 10: what we cannot judge, we say
        return Status(
            source=source.id,
            connector=UNKNOWN,
            task=UNKNOWN,
            cause="",
            log={},
            problems=(Refusal("reach", str(trouble)),),
            loads=(),
        )
