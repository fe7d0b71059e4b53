"""Filling a new version of a clean topic: every standing row, deleted ones too, written into it.

The rows themselves say how far it has come: `_at` names the version a row was last written to, so
what still lacks is what names another one. A kill between the broker's acknowledgement and the mark
in the row makes a second copy, which changes nothing (invariants 3, 8). Where streams or the sink
wrote a newer version of a key meanwhile, the copy is an older record behind it: the sink meets it
and writes the newest again (`newest.py`), as for every record.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple, Protocol

from psycopg import sql

from consumers.places import ending
from consumers.reemitted import Registered
from consumers.stored import StoredRow, StoredRows, wired
from infra import faults
from infra.errors import Fatal
from infra.kafka_reader import Place
from infra.postgres import Connection
from infra.posting import Letter, Lying
from infra.queries import read_queries
from schemas.contract import Dataset
from schemas.records import OrderKey

BY_KEY: Final = -1
"""The partition of a letter that its key chooses."""
PAGE: Final = 1_000


class Refusal(NamedTuple):
    """The newest refused version of a row, newer than the row; *source_ts* in µs."""

    order: OrderKey
    source_ts: int | None


Project = Callable[[StoredRow, Refusal | None], Letter]
"""A row, and what was refused of it since -> its record in the open topic."""


class Delivers(Protocol):
    """Whoever sends letters and says where they lie: infra.posting.Post, or a double."""

    def deliver(self, letters: Sequence[Letter]) -> list[Lying]:
        """Send *letters* in order and wait for the broker (Posts.send)."""


class Filling:
    """Fills the version in force of one dataset's topics."""

    def __init__(
        self,
        dataset: Dataset,
        connection: Connection,
        registered: Registered,
        posts: Delivers,
        project: Project | None,
    ) -> None:
        """*connection* is in autocommit; *project* makes the open record, None = it has none."""
        self._dataset, self._connection = dataset, connection
        self._posts, self._project = posts, project
        self._rows = StoredRows(dataset, registered)
        self._end = ending(dataset.major)
        parts = {"table": sql.Identifier("clean", dataset.id), "wire": wired(dataset)}
        queries = read_queries("fill")
        self._queries = {name: query.format(**parts) for name, query in queries.items()}

    def begin(self) -> None:
        """Be the only one that fills this dataset, as long as the connection is open.

        Raises:
            Fatal: another process does.
        """
        if self._ask("lock", {"dataset": self._dataset.id}) != [(True,)]:
            message = f"{self._dataset.id} is being filled by another process; let it end."
            raise Fatal(message)

    def lacking(self) -> int:
        """Count the rows that the version in force does not hold."""
        return lacking(self._connection, self._dataset)

    def fill(self) -> Iterator[int]:
        """Copy until no row is lacking; yields how many rows each page brought.

        Begun anew, it goes on where it was stopped, whatever stopped it.

        Raises:
            Transient: the broker or the registry is away; ask again.
        """
        after = ""
        while True:
            rows = self._page(after)
            if rows:
                self._copy(rows)
                yield len(rows)
                after = rows[-1].key
            elif after:
                after = ""  # once more, for the rows that the sink held
            else:
                return

    def _page(self, after: str) -> list[StoredRow]:
        asked = {"after": after, "there": f"%{self._end}", "most": PAGE}
        return [self._rows.read(row) for row in self._ask("page", asked)]

    def _copy(self, rows: Sequence[StoredRow]) -> None:
        letters = [self._rows.letter(row, BY_KEY) for row in rows]
        if self._project is not None:
            refused = self._refused([row.key for row in rows])
            letters += [self._project(row, refused.get(row.key)) for row in rows]
        lying = self._posts.deliver(letters)  # Invariant 1: before the row says so
        faults.point("fill.after_copy")
        places = [f"{partition}:{offset}{self._end}" for partition, offset in lying[: len(rows)]]
        before = [row.fields["_at"] for row in rows]
        keys = [row.key for row in rows]
        self._ask("settle", {"keys": keys, "before": before, "places": places})
        faults.point("fill.after_page")

    def _refused(self, keys: list[str]) -> dict[str, Refusal]:
        asked = {"dataset": self._dataset.id, "keys": keys}
        return {
            str(key): Refusal(OrderKey(*order), source_ts)
            for key, *order, source_ts in self._ask("refused", asked)
        }

    def _ask(self, name: str, values: Mapping[str, object]) -> list[tuple[Any, ...]]:
        cursor = self._connection.execute(self._queries[name], values)
        return cursor.fetchall() if cursor.description else []


def lacking(connection: Connection, dataset: Dataset) -> int:
    """Count the rows that were last written to another version of *dataset*'s clean topic."""
    query = read_queries("fill")["lacking"].format(table=sql.Identifier("clean", dataset.id))
    [(count,)] = connection.execute(query, {"there": f"%{ending(dataset.major)}"}).fetchall()
    return int(count)


def unread(connection: Connection, ends: Mapping[Place, int]) -> dict[Place, int]:
    """Count the records before *ends* that their sink has not taken; without the zeros.

    *ends* are of clean topics, whose sink is the province's, and of reject topics (quarantine's).
    """
    names = sorted({place.topic for place in ends})
    rows = connection.execute(read_queries("fill")["taken"], {"topics": names})
    taken = {Place(topic, number): following for topic, number, following in rows}
    left = {place: end - taken.get(place, 0) for place, end in ends.items()}
    return {place: count for place, count in left.items() if count > 0}
