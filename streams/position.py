"""The place of a change in its source's log: (position, step), one rule an engine (DESIGN.md 2)."""

from collections.abc import Callable
from typing import Protocol


class Place(Protocol):
    """The members of Debezium's `source` block that say where a change stands."""

    connector: str
    sequence: str | None
    file: str | None
    pos: int | None
    row: int | None


def position(source: Place) -> tuple[int, int]:
    """(position, step) of a change.

    Raises:
        ValueError: the source block does not say where the change stands.
    """
    engine = ENGINES.get(source.connector)
    if engine is None:
        message = "the record names no engine we know"
        raise ValueError(message)
    return engine(source)


def _postgresql(source: Place) -> tuple[int, int]:
    """`sequence` = ["last commit LSN","LSN"]: never the LSN alone (FACTS.md, trap 15)."""
    text = source.sequence or ""
    commit, between, own = text.partition('","')  # as Debezium writes it
    if between:
        return int(commit.removeprefix('["')), int(own.removesuffix('"]'))
    commit, own = text.strip("[] ").split(",")
    commit = commit.strip(' "')
    return (0 if commit == "null" else int(commit)), int(own.strip(' "'))


def _mariadb(source: Place) -> tuple[int, int]:
    """Binlog file number · 2³² + `pos`, and the row inside the event (FACTS.md, MariaDB)."""
    number = int((source.file or "").rpartition(".")[2])
    if source.pos is None:
        message = "the record carries no binlog position"
        raise ValueError(message)
    return (number << 32) | source.pos, source.row or 0


ENGINES: dict[str, Callable[[Place], tuple[int, int]]] = {
    "postgresql": _postgresql,
    "mariadb": _mariadb,
    "mysql": _mariadb,
}
