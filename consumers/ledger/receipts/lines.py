"""The lines a receipt hashes, kept in files beside it, so that others can recompute the hashes.

A file is what `LC_ALL=C sort` leaves as it is and `sha256sum` turns into the receipt's hash. Keys
in it are hashed (invariant 6); still it belongs to the unit and the province alone (mode 0600).
"""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from consumers.ledger.receipts.document import Body, Lines, Receipt
from consumers.ledger.receipts.words import Fault, fault

_CHUNK = 1 << 20
_NEW = os.O_WRONLY | os.O_CREAT | os.O_TRUNC


class Kept:
    """Writes the lines of one receipt while they are hashed; `keep` says which receipt it was."""

    def __init__(self, directory: Path) -> None:
        """Write below *directory*, which is there."""
        self._directory = directory
        self._files: dict[tuple[str, str], tuple[Path, BinaryIO]] = {}

    def copy(self, dataset: str, part: str, line: bytes) -> None:
        """Write one line; upholds evidence.Copyist."""
        _, file = self._files.get((dataset, part)) or self._open(dataset, part)
        file.write(line)

    def keep(self, receipt: Receipt) -> list[str]:
        """Name the files after *receipt*, one that gives another hash than it says is dropped.

        Rows move on: a receipt made earlier may hash lines that are no longer there.
        Returns the names of what was kept.
        """
        wanted = dict(_wanted(receipt.body))
        kept = []
        for (dataset, part), (unfinished, file) in self._files.items():
            file.close()
            name = file_name(receipt.body, dataset, part)
            if _sha256(unfinished) == wanted[dataset, part].sha256:
                unfinished.replace(self._directory / name)
                kept.append(name)
            else:
                unfinished.unlink()
        self._files.clear()
        return sorted(kept)

    def drop(self) -> None:
        """Remove what was not kept: the receipt could not be made."""
        for unfinished, file in self._files.values():
            file.close()
            unfinished.unlink(missing_ok=True)
        self._files.clear()

    def _open(self, dataset: str, part: str) -> tuple[Path, BinaryIO]:
        path = self._directory / f".{os.getpid()}.{dataset}.{part}.new"
        file = os.fdopen(os.open(path, _NEW, 0o600), "wb")
        self._files[dataset, part] = path, file
        return path, file


def file_name(body: Body, dataset: str, part: str) -> str:
    """Return the name of the file that holds the lines of one hash."""
    return f"{body.unit}-{body.sequence}.{dataset}.{part}.txt"


def other_lines(receipt: Receipt, directory: Path) -> Fault | None:
    """Name the first file of *directory* that is absent or does not give the receipt's hash."""
    for (dataset, part), lines in _wanted(receipt.body):
        name = file_name(receipt.body, dataset, part)
        path = directory / name
        if not path.is_file():
            if lines.lines:
                return fault("no_lines", name=name)
        elif _sha256(path) != lines.sha256:
            return fault("other_lines", name=name)
    return None


def _wanted(body: Body) -> Iterator[tuple[tuple[str, str], Lines]]:
    for one in body.datasets:
        yield (one.dataset, "refused"), one.refused
        yield (one.dataset, "stored"), one.stored


def _sha256(path: Path) -> str:
    whole = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            whole.update(chunk)
    return whole.hexdigest()
