"""Files written whole or not at all, with the rights they must have from their first byte on."""

import contextlib
import os
import tempfile
from pathlib import Path

PRIVATE = 0o600


def write_whole(path: Path, text: str, mode: int = PRIVATE) -> None:
    """Put *text* at *path* in one step: a reader, or a kill -9, meets the old or the new."""
    _written(path, text, mode).replace(path)


def write_once(path: Path, text: str) -> None:
    """Put *text* at *path* (mode 0600) unless something is there: of two who try, one wins."""
    written = _written(path, text, PRIVATE)
    with contextlib.suppress(FileExistsError):
        os.link(written, path)
    written.unlink()


def _written(path: Path, text: str, mode: int) -> Path:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # made with mode 0600
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        os.fchmod(file.fileno(), mode)
    return Path(name)
