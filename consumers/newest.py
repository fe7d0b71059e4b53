"""The last record of a key is the newest: what the provincial sink does for it (DESIGN.md 2).

After a flush is written, and before it is committed, each key whose last record there is older than
the row that stands gets that row's record again, behind all others, and the broker's
acknowledgement is awaited. Killed before COMMIT we write it once more, which changes nothing; after
COMMIT nobody would. The row's `_at` then says where it was written again, so that other old records
before that place ask for nothing.

What a flush brought in order costs nothing here: no statement is sent, no row is read.
"""

from collections.abc import Mapping
from typing import NamedTuple

import structlog

from consumers.arrivals import Arrival, Reader
from consumers.batch import Record
from consumers.bookkeeping import Settle
from consumers.reemitted import Means, again
from consumers.stored import StoredRows
from infra import faults
from infra.postgres import Connection
from infra.posting import Letter
from schemas.contract import Dataset
from schemas.records import OrderKey, Origin

log = structlog.get_logger()


class Repeated(NamedTuple):
    """A record left out as a repeat, the last of its key in the flush."""

    raw: Origin
    record: Record


class Flush(NamedTuple):
    """What one flush brought, by topic and key."""

    chosen: Mapping[str, Mapping[str, Arrival]]
    """The newest of each key."""
    late: Mapping[str, Mapping[str, Arrival]]
    """The last of each key, where that is not the newest."""
    repeated: Mapping[str, Mapping[str, Repeated]]


Held = Mapping[str, Mapping[str, OrderKey]]
"""By topic and key, the order keys of the rows that were not older than what was chosen."""
_Last = dict[str, Arrival]


class Newest:
    """Writes again what must be the last of its key."""

    def __init__(
        self, datasets: Mapping[str, Dataset], readers: Mapping[str, Reader], means: Means
    ) -> None:
        """Take *datasets* and *readers* by topic."""
        self._rows = {topic: StoredRows(one, means.registered) for topic, one in datasets.items()}
        self._readers = readers
        self._posts = means.posts

    def uphold(self, connection: Connection, settle: Settle, flush: Flush, held: Held) -> None:
        """Write again, and wait for the broker; the flush is written, and not yet committed.

        Raises:
            Transient: the broker or the registry is away; nothing may be committed.
        """
        letters: list[tuple[str, Letter]] = []
        met = flush.late.keys() | held.keys() | flush.repeated.keys()
        for topic in met & self._rows.keys():  # nobody writes to a version that was replaced
            beaten, late = held.get(topic, {}), flush.late.get(topic, {})
            chosen = flush.chosen.get(topic, {})
            letters += [
                (key, again(chosen[key].record, last.record.partition))
                for key, last in late.items()
                if key not in beaten
            ]
            last = _last_of_beaten(chosen, late, beaten)
            last |= self._overtaken(connection, settle, topic, flush.repeated.get(topic, {}))
            letters += self._standing(connection, settle, topic, last)
        if letters:
            self._send(connection, letters)

    def _overtaken(
        self,
        connection: Connection,
        settle: Settle,
        topic: str,
        repeated: Mapping[str, Repeated],
    ) -> _Last:
        """Read those repeats that end a key although its row has an earlier raw record.

        Streams writes a whole run again in its order. So a repeat is followed by those of all later
        raw records of its key, and it is the very last only where the order keys go another way.
        """
        if not repeated:
            return {}
        raws = {key: one.raw.offset for key, one in repeated.items()}
        asked = self._rows[topic].ask_overtaken(connection, raws)
        settle()
        keys = [str(key) for (key,) in asked]
        read = self._readers[topic].read
        return {key: read(repeated[key].record, repeated[key].raw) for key in keys}

    def _standing(
        self, connection: Connection, settle: Settle, topic: str, last: _Last
    ) -> list[tuple[str, Letter]]:
        """Make the letters of rows that are newer than their *last* record and lie before it."""
        if not last:
            return []
        rows = self._rows[topic]
        lying = {key: (one.record.partition, one.record.offset) for key, one in last.items()}
        asked = rows.ask_before(connection, lying)
        settle()
        found = [rows.read(row) for row in asked]
        return [
            (row.key, rows.letter(row, last[row.key].record.partition))
            for row in found
            if last[row.key].order < row.order  # Invariant 4, for every reader
        ]

    def _send(self, connection: Connection, letters: list[tuple[str, Letter]]) -> None:
        faults.point("province.before_reemission")
        offsets = self._posts.send([letter for _, letter in letters])  # before COMMIT: invariant 1
        faults.point("province.after_reemission")
        places: dict[str, dict[str, str]] = {}
        for (key, letter), offset in zip(letters, offsets, strict=True):
            if offset >= 0:
                places.setdefault(letter.topic, {})[key] = f"{letter.partition}:{offset}"
        for topic, moved in places.items():
            self._rows[topic].move(connection, moved)
        log.info("records.reemitted", records=len(letters))


def _last_of_beaten(
    chosen: Mapping[str, Arrival], late: Mapping[str, Arrival], beaten: Mapping[str, OrderKey]
) -> _Last:
    """Give the last record of each key whose stored row may be newer than it."""
    return {
        key: late.get(key, chosen[key])
        for key, order in beaten.items()
        if key in late or order > chosen[key].order
    }
