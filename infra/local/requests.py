"""Requests to the supervisor: files in the home that it takes away when it has done what they ask.

A request names one process, not a component: what has been restarted meanwhile is left alone.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from infra.local.files import write_whole
from infra.local.home import Home
from infra.local.state import Process

_ENDING = ".json"


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """Ask that *process* of *component* be killed and started anew, because of *reason*."""

    component: str
    process: Process
    reason: str


def ask_restart(home: Home, request: Request) -> None:
    """Leave *request* for the supervisor of the stack at *home*."""
    place = _place(home)
    place.mkdir(mode=0o700, exist_ok=True)
    write_whole(place / f"{request.component}{_ENDING}", json.dumps(asdict(request)))


def take_requests(home: Home) -> Iterator[Request]:
    """Yield the requests there are, each taken away; one that cannot be read asks for nothing."""
    for path in sorted(_place(home).glob(f"*{_ENDING}")):
        try:
            found = json.loads(path.read_text())
            request = Request(**{**found, "process": Process(**found["process"])})
        except (OSError, ValueError, KeyError, TypeError):
            request = None
        path.unlink(missing_ok=True)
        if request is not None:
            yield request


def _place(home: Home) -> Path:
    return home.run / "restarts"
