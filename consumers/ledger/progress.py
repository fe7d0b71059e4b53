"""Progress: where a consumer reads on, moved in the transaction of the rows by compare-and-set."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from psycopg import Cursor

from consumers.batch import Bounds, Move
from infra.errors import NotOwner
from infra.kafka_reader import Place
from infra.postgres import Connection
from infra.queries import read_queries
from schemas.records import Origin

Stream = tuple[str, int, str, int]
"""The results of one raw partition within one partition of an output topic: (topic, partition, raw
topic, raw partition)."""


class Progress:
    """One consumer's places and the highest raw offsets it has seen."""

    def __init__(self, consumer: str) -> None:
        """Take the name under which *consumer* is kept in the ledger."""
        self._consumer = consumer
        self._queries = read_queries("ledger")

    def put_out_frozen(self, connection: Connection) -> None:
        """End sessions of our own role whose transaction is older than any honest one.

        A process frozen between two statements is not idle to PostgreSQL, so no timer ends it.
        """
        connection.execute(self._queries["put_out_frozen"])

    def begin(self, connection: Connection, places: Mapping[Place, Bounds]) -> dict[Place, int]:
        """Read where to go on in *places*; a new one is entered at its low."""
        facts = self._named(places) | {"lows": [bounds.low for bounds in places.values()]}
        connection.execute(self._queries["begin"], facts)
        return self.places(connection, places)

    def places(self, connection: Connection, places: Collection[Place]) -> dict[Place, int]:
        """Read where to go on in *places* that were begun."""
        rows = connection.execute(self._queries["places"], self._named(places))
        return {Place(topic, partition): start for topic, partition, start in rows}

    def move(self, connection: Connection, moves: Mapping[Place, Move]) -> Cursor[Any]:
        """Ask to move; give the cursor to `owned`, which may be read later in a pipeline."""
        facts = self._named(moves)
        facts |= {"starts": [move.start for move in moves.values()]}
        facts |= {"nexts": [move.next for move in moves.values()]}
        return connection.execute(self._queries["move"], facts)

    def owned(self, moved: Cursor[Any], moves: Mapping[Place, Move]) -> None:
        """Check that every partition moved from where we thought it stood.

        Raises:
            NotOwner: one did not; the transaction must be rolled back.
        """
        taken = set(moves) - {Place(*row) for row in moved}
        if taken:  # Invariants 1, 3: the other owner's write stands, ours does not
            place = min(taken)
            message = (
                f"Another {self._consumer} process has moved {place.topic}[{place.partition}]; "
                "this one wrote nothing and leaves."
            )
            raise NotOwner(message)

    def seen(self, connection: Connection, places: Collection[Place]) -> dict[Stream, int]:
        """Read the highest raw offset met in each stream of *places*."""
        rows = connection.execute(self._queries["seen"], self._named(places))
        return {(place, n, raw, m): int(offset) for place, n, raw, m, offset in rows}

    def see(self, connection: Connection, highest: Mapping[Stream, int]) -> None:
        """Remember the highest raw offsets met."""
        topics, partitions, raw_topics, raw_partitions = _columns(highest, 4)
        facts = {"consumer": self._consumer, "topics": topics, "partitions": partitions}
        facts |= {"raw_topics": raw_topics, "raw_partitions": raw_partitions}
        connection.execute(self._queries["see"], facts | {"highest": list(highest.values())})

    def _named(self, places: Iterable[Place]) -> dict[str, Any]:
        topics, partitions = _columns(places, 2)
        return {"consumer": self._consumer, "topics": topics, "partitions": partitions}


class Repeats:
    """Knows a repeat without reading rows.

    Streams writes the results of each raw partition in order and without gaps, so a raw offset at
    or below the highest met in the same stream was delivered before (DESIGN.md 5; invariant 2).
    """

    def __init__(self, known: Mapping[Stream, int]) -> None:
        """Start from what the ledger holds."""
        self._known = known
        self.highest: dict[Stream, int] = {}

    def met(self, place: tuple[str, int], raw: Origin) -> bool:
        """Say whether *raw*'s result in the partition *place* came before; remember it if not."""
        stream = (*place, raw.topic, raw.partition)
        highest = self.highest.get(stream)
        if highest is None:
            highest = self._known.get(stream, -1)
        if raw.offset <= highest:
            return True
        self.highest[stream] = raw.offset
        return False


def _columns(rows: Iterable[tuple[Any, ...]], width: int) -> list[list[Any]]:
    columns = [list(column) for column in zip(*rows, strict=True)]
    return columns or [[] for _ in range(width)]
