"""What both sinks of the provincial database share: rows, places and counts in one transaction.

A batch whose COMMIT was answered by silence may have been written: before anything else the places
are read again, and they say which (FACTS.md 7, Offsets).
"""

from collections import ChainMap
from collections.abc import Callable, Mapping
from typing import Any

from psycopg import Cursor

from consumers.batch import Batch, Bounds, Move
from consumers.ledger.progress import Progress, Repeats, Stream
from infra.errors import NotOwner
from infra.kafka_reader import Place
from infra.postgres import Connection, Database

Settle = Callable[[], None]
"""Sends what was asked and waits for the answers.

Every wait of ours ends with a Sync: after a bare Flush PostgreSQL does not start its idle timer,
and a process frozen there would hold its locks for ever (measured on 15.18; psycopg flushes when a
cursor is read unsettled and when a pipeline ends, hence the COMMIT inside it).
"""
Work = Callable[[Connection, Settle], None]
First = Callable[[Connection], None]


class Desk:
    """One consumer's dealings with the provincial database."""

    def __init__(self, consumer: str, database: Database) -> None:
        """Take the *database*, and the name under which *consumer* stands in the ledger."""
        self._database = database
        self._progress = Progress(consumer)
        self._seen: dict[Stream, int] = {}
        self._doubt = False

    def starts(self, places: Mapping[Place, Bounds]) -> dict[Place, int]:
        """Read where to go on, and what was seen there.

        Raises:
            Transient: the database is away.
        """
        with self._database.transaction() as connection:
            self._progress.put_out_frozen(connection)
            found = self._progress.begin(connection, places)
            self._seen = self._progress.seen(connection, places)
        self._doubt = False
        return found

    def written_before(self, moves: Mapping[Place, Move]) -> bool:
        """Say whether a batch left in doubt by a lost connection was written after all.

        Raises:
            NotOwner: the places are neither where the batch began nor where it ends.
        """
        if not self._doubt:
            return False
        with self._database.transaction() as connection:
            found = self._progress.places(connection, moves)
            self._seen |= self._progress.seen(connection, moves)
        self._doubt = False
        if found == {place: move.next for place, move in moves.items()}:
            return True
        if found != {place: move.start for place, move in moves.items()}:
            message = "The ledger moved while our connection was lost: another process owns it now."
            raise NotOwner(message)
        return False

    def repeats(self, behind: Repeats | None = None) -> Repeats:
        """Give what tells repeats apart in the next batch, after *behind*, which is under way."""
        return Repeats(self._seen if behind is None else ChainMap(behind.highest, self._seen))

    def transact(
        self,
        batch: Batch,
        repeats: Repeats,
        work: Work,
        before_commit: Callable[[], None],
        first: First | None = None,
    ) -> None:
        """Move the places, do *work*, remember what was seen: one transaction, sent as a pipeline.

        What a pipeline cannot carry, *first*, is done before it, when the places have moved.

        Raises:
            NotOwner: another process moved a place; nothing was written.
            Transient: the database is away; it is not known whether the batch was written.
            Refused: the database refused a row; nothing was written.
        """
        self._doubt = True
        with self._database.transaction() as connection:
            moved = None
            if first is not None:
                moved = self._progress.move(connection, batch.moves)
                self._progress.owned(moved, batch.moves)
                first(connection)
            with connection.pipeline() as pipeline:
                settle: Settle = pipeline.sync
                if moved is None:
                    moved = self._progress.move(connection, batch.moves)
                    settle = self._owning(pipeline.sync, moved, batch)
                work(connection, settle)
                if repeats.highest:
                    self._progress.see(connection, repeats.highest)
                settle()
                before_commit()
                connection.commit()
        self._seen |= repeats.highest
        self._doubt = False

    def _owning(self, settle: Settle, moved: Cursor[Any], batch: Batch) -> Settle:
        """Give a *settle* whose first return says that the places are ours.

        Whatever work does after it, such as writing to Kafka, no late owner does (invariant 4).
        """
        unknown = [True]

        def owned() -> None:
            settle()
            if unknown:
                unknown.clear()
                self._progress.owned(moved, batch.moves)

        return owned
