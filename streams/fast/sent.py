"""The columns of a row, taken into locals at once: a local for each column that is read."""

from collections.abc import Iterable
from operator import itemgetter
from typing import Any

from streams.notes import ABSENT


class Sent:
    """The locals that hold what was sent, and the lines that fill them."""

    def __init__(self, columns: Iterable[str]) -> None:
        self._columns = tuple(dict.fromkeys(columns))
        self._locals = {name: _local(name, place) for place, name in enumerate(self._columns)}
        self.names: dict[str, Any] = {"COLUMNS": self._columns, "ABSENT": ABSENT}
        if len(self._columns) > 1:
            self.names["read"] = itemgetter(*self._columns)

    def __getitem__(self, column: str) -> str:
        """Return the local that holds *column* as it was sent, or ABSENT."""
        return self._locals[column]

    @property
    def lines(self) -> list[str]:
        """The lines that read `row`: all columns in one step, unless one is absent.

        `strange` says that the row may have other columns than these.
        """
        told = ", ".join(self._locals.values())
        careful = f"{told}, = [row.get(name, ABSENT) for name in COLUMNS]"
        if len(self._columns) < 2:  # noqa: PLR2004  a getter of one gives no tuple
            return ["strange = True", *([careful] if self._columns else [])]
        usual = [f"{told} = read(row)", f"strange = len(row) != {len(self._columns)}"]
        absent = [careful, "strange = True"]
        lines = ["try:", *(f"    {line}" for line in usual)]
        return [*lines, "except KeyError:", *(f"    {line}" for line in absent)]


def _local(column: str, place: int) -> str:
    return f"sent_{column}" if column.isascii() and column.isidentifier() else f"sent_{place}"
