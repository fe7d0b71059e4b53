"""What the portal sink writes again, so that the last record of a key is the newest (DESIGN.md 2).

The script of the cache names the rows that stand although a later record of theirs is older.
"""

from collections.abc import Iterable, Sequence

import structlog

from consumers.batch import Record
from consumers.cache.stored import CachedRows
from consumers.reemitted import Means
from schemas.contract import Dataset

_REMEMBERED = 100_000

log = structlog.get_logger()


class WrittenAgain:
    """Writes cached rows of one dataset again; remembers where, as long as this process lives."""

    def __init__(self, dataset: Dataset, means: Means) -> None:
        """Take the *means* to send them."""
        self._rows = CachedRows(dataset, means.registered)
        self._posts = means.posts
        self._places: dict[bytes, int] = {}
        """Open key -> the offset behind every record of its row that we know of."""

    def forget(self) -> None:
        """Forget the places: partitions were given anew."""
        self._places.clear()

    def send(self, standing: Sequence[bytes], records: Iterable[Record]) -> None:
        """Write again what is *standing* (key, place, JSON, key, …) behind *records*, and wait.

        An old record before a place where its row was written again asks for nothing.

        Raises:
            Transient: the broker or the registry is away.
        """
        last = {record.key: record for record in records}
        letters = [
            self._rows.letter(key, place, body, last[key].partition)
            for key, place, body in zip(*[iter(standing)] * 3, strict=True)
            if last[key].offset >= self._places.get(key, 0)
        ]
        offsets = self._posts.send(letters)
        if len(self._places) > _REMEMBERED:
            self._places.clear()
        self._places |= zip((letter.key for letter in letters), offsets, strict=True)
        if letters:
            log.info("records.reemitted", records=len(letters))
