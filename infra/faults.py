"""Named points at which a test may strike this process: the proof of invariant 8.

In production SUOI_FAULTS is unset and a point costs one comparison. A test sets it to a directory
and writes a file `<point>` holding the signal's name (KILL, STOP) there; the process that next
reaches the point takes the file away by renaming it to `<point>.struck` (so that one process alone
is struck, once) and signals itself.
"""

import os
import signal
from pathlib import Path

_DIRECTORY = os.environ.get("SUOI_FAULTS")


def point(name: str) -> None:
    """Let a test strike here; do nothing otherwise."""
    if _DIRECTORY is not None:
        _strike(Path(_DIRECTORY) / name)


def _strike(armed: Path) -> None:
    try:
        chosen = armed.read_text().strip()
        armed.rename(armed.with_name(armed.name + ".struck"))
    except FileNotFoundError:
        return
    os.kill(os.getpid(), getattr(signal, f"SIG{chosen}"))
