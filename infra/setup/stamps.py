"""Stamps: a file per step that holds the hash of what the step was made from."""

import hashlib
from collections.abc import Iterable
from pathlib import Path


def digest(files: Iterable[Path], *words: str) -> str:
    """Hash the names and contents of *files*, and *words*."""
    found = hashlib.sha256("\0".join(words).encode())
    for path in sorted(files):
        found.update(f"\0{path.name}\0".encode())
        found.update(path.read_bytes())
    return found.hexdigest()


def is_fresh(stamp: Path, wanted: str, outputs: Iterable[Path]) -> bool:
    """Say whether *stamp* holds *wanted* and everything the step makes is still there."""
    return stamp.exists() and stamp.read_text() == wanted and all(p.exists() for p in outputs)


def write(stamp: Path, wanted: str) -> None:
    """Note that the step is done; written last, so a step cut short is done again."""
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(wanted)
