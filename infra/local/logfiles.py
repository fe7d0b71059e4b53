"""The log of each component: one file, capped, and what of its end matters to a person."""

import re
import shutil
from pathlib import Path

LARGEST = 32 * 2**20
_TAIL = 64 * 1024
_LOUD = ("error", "fatal", "exception", "panic", "cannot", "could not", "suoi:")
_FEW = 8
_DIGITS = re.compile(r"\d+")


def trim(path: Path, largest: int = LARGEST) -> None:
    """Move a log that outgrew *largest* to `<name>.1`; whoever appends to it goes on."""
    if path.exists() and path.stat().st_size > largest:
        shutil.copyfile(path, path.with_name(path.name + ".1"))
        with path.open("r+b") as file:
            file.truncate(0)


def last_words(path: Path) -> list[str]:
    """Return the last lines of *path* that tell of trouble; its last lines when none does."""
    if not path.exists():
        return []
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _TAIL))
        lines = [line for line in file.read().decode(errors="replace").splitlines() if line.strip()]
    loud = [line for line in lines if any(word in line.lower() for word in _LOUD)]
    # each restart says the same again: of lines that differ in numbers alone, the last one
    return list({_DIGITS.sub("", line): line for line in loud or lines}.values())[-_FEW:]
