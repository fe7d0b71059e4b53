"""A checkpoint of the books: what was added up once is not read again, nor lost when it expires.

A file of the home, written whole; each raw partition stands in it as of the last check that missed
nothing of it. It is a memory, never a proof: without it everything is read again, as long as
books.streams has it (90 days). Several check at once, maybe by different contracts (`suoi ledger
check`, the console, metrics): a part says for itself how far the books were read for it, so that
who does not know a dataset moves nothing past its verdicts. All write the truth; the last stands.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from consumers.ledger.spans import Base, Run, Verdicts
from infra.kafka_reader import Place
from infra.local.files import write_whole


class Part(msgspec.Struct, frozen=True):
    """One raw partition: totals below *through*, and the runs already booked beyond it.

    All of that was said below the offset *books* of books.streams.
    """

    topic: str
    partition: int
    through: int
    totals: dict[str, int]
    beyond: list[Run] = []
    books: int = 0

    @property
    def place(self) -> Place:
        """The raw partition."""
        return Place(self.topic, self.partition)

    @property
    def base(self) -> Base:
        """What a new sum starts from."""
        return Base(self.through, self.totals)

    def fits(self, low: int, end: int, committed: int) -> bool:
        """Whether the books [low, end) go on where this ends, and no commit was set back."""
        return low <= self.books <= end and self.through <= committed


class Checkpoint(msgspec.Struct, frozen=True):
    """The parts, each a partition of its own."""

    parts: list[Part] = []
    books: int = 0
    """Of a file written before parts had theirs: how far all of them were read."""


_decode = msgspec.json.Decoder(Checkpoint).decode


def read_checkpoint(path: Path | None) -> list[Part]:
    """Read the parts of the checkpoint at *path*; one that is absent or spoilt says nothing."""
    try:
        found = _decode(path.read_bytes() if path else b"")
    except (OSError, msgspec.MsgspecError):
        return []
    return [msgspec.structs.replace(one, books=one.books or found.books) for one in found.parts]


def write_checkpoint(
    path: Path, books: int, found: Mapping[Place, Verdicts], before: Iterable[Part]
) -> None:
    """Write what was *found* below *books* without a hole, and else what was known *before*."""
    whole = {place: one for place, one in found.items() if one.hole() is None}
    parts = [one for one in before if one.place not in whole]
    parts += [
        Part(*place, one.committed, dict(one.totals), list(one.beyond()), books)
        for place, one in whole.items()
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, msgspec.json.encode(Checkpoint(parts)).decode())
