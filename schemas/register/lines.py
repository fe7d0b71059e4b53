"""CSV read line by line: each cell checked, each fault with its file and line."""

import csv
import io
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path


class RegisterError(Exception):
    """The register cannot be used; the message names each fault by file and line."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        """Hold every fault, `FILE:LINE: words`."""
        self.faults = faults
        lines = "\n".join(f"  {fault}" for fault in faults)
        super().__init__(f"The register of datasets is wrong; correct these lines.\n{lines}")


class Faults:
    """Collects what is wrong, so that all of it is said at once."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def note(self, place: str, words: str) -> None:
        """Note that *words* are wrong at *place* (`FILE:LINE`)."""
        self.found.append(f"{place}: {words}")

    def close(self) -> None:
        """End the reading.

        Raises:
            RegisterError: there was at least one fault.
        """
        if self.found:
            raise RegisterError(tuple(self.found))


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a file: its cells by column, and how to say where it stands."""

    place: str
    cells: dict[str, str]
    faults: Faults

    def text(self, column: str) -> str:
        """Return a cell that may not be empty."""
        value = self.cells[column]
        if not value:
            self.faults.note(self.place, f"{column} is empty")
        return value

    def known(self, column: str, words: Collection[str], what: str) -> str:
        """Return a cell that holds one of *words*; *what* says what those are."""
        value = self.text(column)
        if value and value not in words:
            self.faults.note(self.place, f"{column} {value!r} is no {what}")
        return value

    def optional(self, column: str, words: Collection[str], what: str) -> str | None:
        """Return a cell as `known` does, None where it is empty."""
        return self.known(column, words, what) if self.cells[column] else None

    def number(self, column: str) -> int:
        """Return a whole number that is not negative; 0 where there is none."""
        value = self.text(column)
        if value.isascii() and value.isdigit():
            return int(value)
        self.faults.note(self.place, f"{column} {value!r} is no whole number")
        return 0

    def day(self, column: str) -> date | None:
        """Return a day; None where the cell is empty or holds none."""
        value = self.cells[column]
        try:
            return date.fromisoformat(value) if value else None
        except ValueError:
            self.faults.note(self.place, f"{column} {value!r} is no day; write it like 2026-03-31")
            return None


def read_lines(path: Path, columns: tuple[str, ...], faults: Faults) -> Iterator[Line]:
    """Go through the lines of *path* that have every one of *columns*."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        faults.note(f"{path.name}:1", f"the file cannot be read ({reason})")
        return
    reader = csv.reader(io.StringIO(text, newline=""))
    head = tuple(next(reader, ()))
    if head != columns:
        faults.note(f"{path.name}:1", f"the columns are {', '.join(columns)}")
        return
    for cells in reader:
        place = f"{path.name}:{reader.line_num}"
        if len(cells) == len(columns):
            yield Line(place, dict(zip(columns, cells, strict=True)), faults)
        else:
            faults.note(place, f"has {len(cells)} cells, not {len(columns)}")
