"""The register read from its files, strictly: a wrong line is named, and nothing is guessed."""

from datetime import date
from itertools import pairwise
from pathlib import Path

from schemas.codes import CodeLists, read_codes
from schemas.register.book import DELIVERED, Entry, Register, Reported, Tenure, Unit
from schemas.register.lines import Faults, Line, RegisterError, read_lines

__all__ = ["HERE", "RegisterError", "read_register"]

HERE = Path(__file__).parent
"""The product's own register."""

_ENTRIES = (
    *("id", "title", "contract", "source_kind", "cadence", "stage", "since", "cause"),
    *("status", "note"),
)
_OWNERS = ("entry", "unit", "valid_from", "valid_to", "status", "note")
_REPORTED = ("day", "datasets", "delivered", "units", "units_complete", "status", "note")
_STATUS = ("assumed", "checked")


def read_register(directory: Path = HERE, codes: CodeLists | None = None) -> Register:
    """Read the register in *directory*; its words are those of *codes* (default: our own lists).

    Raises:
        RegisterError: a line is wrong; it names every one by file and line.
    """
    return _Reading(directory, codes or read_codes()).register()


class _Reading:
    """One reading of the register: the words it may use, and what is wrong with it."""

    def __init__(self, directory: Path, codes: CodeLists) -> None:
        self._directory = directory
        self._faults = Faults()
        self._codes = codes
        self._units = {
            row["code"]: Unit(
                id=row["code"], title=row["label"], assumed=row["status"] != "checked"
            )
            for row in codes.rows("codes/agency")
        }
        self._tenures: dict[str, list[Tenure]] = {}
        self._places: dict[str, str] = {}

    def register(self) -> Register:
        """Return the register, every line of it checked."""
        named = {line.cells["id"] for line in self._lines("entries", _ENTRIES, Faults())}
        for line in self._lines("owners", _OWNERS, self._faults):
            self._own(line, named)
        entries: dict[str, Entry] = {}
        for line in self._lines("entries", _ENTRIES, self._faults):
            entry = self._entry(line)
            if entry.id in entries:
                first = self._places[entry.id]
                self._faults.note(line.place, f"{entry.id!r} stands twice; first in {first}")
            self._places.setdefault(entry.id, line.place)
            entries.setdefault(entry.id, entry)
        reported = tuple(map(_reported, self._lines("reported", _REPORTED, self._faults)))
        self._faults.close()
        return Register(units=self._units, entries=entries, reported=reported)

    def _lines(self, name: str, columns: tuple[str, ...], faults: Faults) -> list[Line]:
        return list(read_lines(self._directory / f"{name}.csv", columns, faults))

    def _entry(self, line: Line) -> Entry:
        name, stage, since = line.text("id"), line.number("stage"), line.day("since")
        causes, labels = self._codes.labels("delay_cause"), self._codes.labels
        cause = line.optional("cause", causes, "cause of codes/delay_cause.csv")
        line.known("status", _STATUS, "status (assumed or checked)")
        self._check_declared(line, stage, since, cause)
        kinds, cadences = labels("source_kind"), labels("update_frequency")
        if name not in self._tenures:
            self._faults.note(line.place, f"{name!r} has no owner in owners.csv")
        return Entry(
            id=name,
            title=line.text("title"),
            contract=line.cells["contract"] or None,
            source_kind=line.optional("source_kind", kinds, "kind of codes/source_kind.csv"),
            cadence=line.known("cadence", cadences, "cadence of codes/update_frequency.csv"),
            stage=stage,
            since=since or date.min,
            cause=cause,
            tenures=tuple(self._tenures.get(name, ())),
        )

    def _check_declared(
        self, line: Line, stage: int, since: date | None, cause: str | None
    ) -> None:
        """A declared stage is dated, and what is not delivered says why."""
        if stage > DELIVERED:
            self._faults.note(line.place, f"stage {stage} is not one of 0 to {DELIVERED}")
        if since is None:
            self._faults.note(line.place, "since: a declared stage is dated")
        if (stage < DELIVERED) == (cause is None):
            said = "names its cause" if cause is None else "has no cause of delay"
            self._faults.note(line.place, f"cause: a dataset at stage {stage} {said}")

    def _own(self, line: Line, named: set[str]) -> None:
        """Take one stretch of ownership; it follows the one before and overlaps none."""
        name = line.known("entry", named, "entry of entries.csv")
        line.known("status", _STATUS, "status (assumed or checked)")
        tenure = Tenure(
            unit=line.known("unit", self._units, "unit of codes/agency.csv"),
            valid_from=line.day("valid_from"),
            valid_to=line.day("valid_to"),
        )
        held = self._tenures.setdefault(name, [])
        if (tenure.valid_from or date.min) > (tenure.valid_to or date.max):
            self._faults.note(line.place, f"{name!r}: valid_to is before valid_from")
        held.append(tenure)
        held.sort(key=lambda item: item.valid_from or date.min)
        if any(_overlap(*pair) and tenure in pair for pair in pairwise(held)):
            self._faults.note(line.place, f"{name!r} has two owners at one time")


def _overlap(first: Tenure, second: Tenure) -> bool:
    return (first.valid_to or date.max) >= (second.valid_from or date.min)


def _reported(line: Line) -> Reported:
    line.known("status", _STATUS, "status (assumed or checked)")
    return Reported(
        day=line.day("day") or date.min,
        datasets=line.number("datasets"),
        delivered=line.number("delivered"),
        units=line.number("units"),
        units_complete=line.number("units_complete"),
    )
