"""What is wrong with one contract file: every fault, with its line and what was expected."""

from dataclasses import dataclass
from pathlib import Path

Place = tuple[str | int, ...]
"""A path into the document: ("schema", 0, "properties", 3, "name")."""


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One fault: its line in the file (from 1), the part it is in, and what was expected."""

    line: int
    where: str
    words: str

    def __str__(self) -> str:
        """Say it as `LINE: part: words`."""
        return (
            f"{self.line}: {self.where}: {self.words}"
            if self.where
            else f"{self.line}: {self.words}"
        )


class ContractError(Exception):
    """A contract cannot be used; the message names file, line, field and what was expected."""

    def __init__(self, path: Path, faults: tuple[Fault, ...]) -> None:
        """Hold every fault of the file at *path*."""
        self.path = path
        self.faults = faults
        lines = "\n".join(f"  {path.name}:{fault}" for fault in faults)
        super().__init__(
            f"The contract {path} has {_count(len(faults))}; correct it, then run"
            f" `suoi contract check`.\n{lines}"
        )

    @classmethod
    def of(cls, path: Path, words: str) -> "ContractError":
        """Return the error of a file that is wrong as a whole."""
        return cls(path, (Fault(1, "", words),))


def _count(number: int) -> str:
    return "one error" if number == 1 else f"{number} errors"


class Review:
    """Collects the faults of one file; a place is reported once, so one slip gives one line."""

    def __init__(self, path: Path) -> None:
        """Begin with no fault and no known line."""
        self.path = path
        self.lines: dict[Place, int] = {(): 1}
        self.names: dict[Place, str] = {}
        """Names of fields and of custom properties by the place of their mapping."""
        self._faults: dict[Place, str] = {}

    def fault(self, place: Place, words: str) -> None:
        """Report that *words* were expected at *place*."""
        self._faults.setdefault(place, words)

    def close(self) -> None:
        """End the review.

        Raises:
            ContractError: there was at least one fault.
        """
        if self._faults:
            # Placed only now: the names of fields are learnt after the first faults.
            faults = (self._placed(place, words) for place, words in self._faults.items())
            raise ContractError(self.path, tuple(sorted(faults)))

    def _placed(self, place: Place, words: str) -> Fault:
        known = place
        while known not in self.lines:  # what is missing is reported where it should stand
            known = known[:-1]
        return Fault(self.lines[known], self._where(place), words)

    def _where(self, place: Place) -> str:
        """Name *place* as an author would: `gioi_tinh.kind`, not `schema.0.properties.10…`."""
        words: list[str] = []
        for depth in range(1, len(place) + 1):
            part = place[depth - 1]
            if place[:depth] in self.names:
                words.append(self.names[place[:depth]])
            elif isinstance(part, str) and part not in _SILENT:
                words.append(part)
        return ".".join(words)


_SILENT = frozenset({"schema", "properties", "customProperties", "slaProperties", "value"})
