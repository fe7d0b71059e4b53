"""A checkpoint of the books: what was added up once is not read again, nor lost when it expires.

A file of the home, written whole after a check in which nothing was missing. It is a memory, never
a proof: without it everything is read again, as long as books.streams has it (90 days). Two checks
at once both write the truth; the later one stands.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from consumers.ledger.spans import Base, Run, Verdicts
from infra.kafka_reader import Place
from infra.local.files import write_whole


class Part(msgspec.Struct, frozen=True):
    """One raw partition: totals below *through*, and the runs already booked beyond it."""

    topic: str
    partition: int
    through: int
    totals: dict[str, int]
    beyond: list[Run] = []

    @property
    def base(self) -> Base:
        """What a new sum starts from."""
        return Base(self.through, self.totals)


class Checkpoint(msgspec.Struct, frozen=True):
    """Everything books.streams said below its offset *books*."""

    books: int = 0
    parts: list[Part] = []

    def by_place(self) -> dict[Place, Part]:
        """The parts by raw partition."""
        return {Place(one.topic, one.partition): one for one in self.parts}

    def fits(self, low: int, end: int, committed: Mapping[Place, int]) -> bool:
        """Whether the books [low, end) go on where this ends, and no commit was set back."""
        return low <= self.books <= end and all(
            committed.get(place, 0) >= part.through
            for place, part in self.by_place().items()
            if place in committed
        )


def read_checkpoint(path: Path | None) -> Checkpoint:
    """Read the checkpoint at *path*; one that is absent or spoilt says nothing."""
    try:
        return msgspec.json.decode(path.read_bytes() if path else b"", type=Checkpoint)
    except (OSError, msgspec.MsgspecError):
        return Checkpoint()


def write_checkpoint(
    path: Path, books: int, found: Mapping[Place, Verdicts], before: Iterable[Part]
) -> None:
    """Write what was *found* below *books*, and what was known *before* of other partitions."""
    parts = [one for one in before if Place(one.topic, one.partition) not in found]
    parts += [
        Part(*place, one.committed, dict(one.totals), list(one.beyond()))
        for place, one in found.items()
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, msgspec.json.encode(Checkpoint(books, parts)).decode())
