"""How a worker tells its supervisor that it works: it touches the file SUOI_READY_FILE."""

import os
from pathlib import Path

_FILE = os.environ.get("SUOI_READY_FILE")


def say_ready() -> None:
    """Say that this process has joined its group or opened its door, to whom it concerns."""
    if _FILE is not None:
        Path(_FILE).touch()
