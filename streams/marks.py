"""The notes beside our commits: what streams must know of a partition before it judges any of it.

A note is read when the first chunk of a partition comes, and forgotten when the partition goes. Its
`rulesets` name every revision that may have sent results beyond the commit; where one is not ours,
what it sent is looked up before we send anything, and our own revision is noted first: killed
anywhere, the next worker looks again (invariants 2, 8).
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from schemas.marks import Mark, encode
from streams.deliveries import Partition
from streams.past import NOTHING, Past


class Keeper(Protocol):
    """Who commits: the driver's consumer."""

    async def keep(self, offsets: dict[Partition, int]) -> None:
        """Commit *offsets*, where they stand already, with their notes."""


Ask = Callable[[list[Partition]], Mapping[Partition, tuple[int, Mark]]]
"""Partitions -> what is committed, 0 where nothing is, and the note beside it."""
Look = Callable[[str, Mapping[int, int]], Mapping[int, Mapping[int, str]]]
"""Raw topic, partition -> offset: what was sent of the offsets from there on (`find_firsts`)."""


@dataclass(slots=True)
class _Known:
    mark: Mark
    committed: int
    past: Past = field(default=NOTHING)

    @property
    def top(self) -> int:
        """From here on nobody else has sent anything."""
        return max([self.past.limit, *(offset + 1 for offset in self.past.firsts)])


class Marks:
    """What is known of the partitions of one worker; asked from its event loop alone."""

    def __init__(self, rulesets: Mapping[str, int], ask: Ask, look: Look) -> None:
        """*rulesets*: raw topic -> the revision it is judged under here; others need no note."""
        self._rulesets = rulesets
        self._ask, self._look = ask, look
        self._known: dict[Partition, _Known] = {}
        self._epoch = 0
        self._loading = asyncio.Lock()

    async def load(self, places: Iterable[Partition], keeper: Keeper) -> None:
        """Know *places* before anything of them is sent.

        Raises:
            Transient: Kafka does not answer.
        """
        async with self._loading:
            while missing := [place for place in {*places} if not self.knows(place)]:
                epoch = self._epoch
                found = await asyncio.to_thread(self._read, missing)
                if epoch == self._epoch:
                    self._known |= found
                    notes = {
                        place: one.committed
                        for place, one in found.items()
                        if one.mark.rulesets != self._sent(place, one.mark)
                    }
                    if notes:
                        await keeper.keep(notes)

    def knows(self, place: Partition) -> bool:
        """Whether *place* may be judged and committed."""
        return place in self._known or place.topic not in self._rulesets

    def past(self, place: Partition) -> Past:
        """Give what is known of *place*."""
        known = self._known.get(place)
        return known.past if known else NOTHING

    def rewound(self, place: Partition) -> str:
        """Give the id of the last rewind of *place*."""
        return self._known[place].mark.rewound

    def rewind(self, place: Partition, name: str, reached: int) -> int:
        """Take note that *place* is set back, by the request *name*; what is decided stays so.

        *reached* is how far it is durable. Gives the offset below which it had its verdicts.
        """
        known = self._known[place]
        high = max(known.past.limit, known.committed, reached)
        known.past = Past(high, known.past.firsts)
        known.mark = Mark(high, known.mark.rulesets, name)
        return high

    def note(self, place: Partition, offset: int) -> str:
        """Write the note that goes with a commit of *offset*."""
        known = self._known.get(place)
        if known is None:
            return ""
        again = known.past.limit if offset < known.past.limit else 0
        rulesets = (
            self._sent(place, known.mark) if offset < known.top else (self._rulesets[place.topic],)
        )
        return encode(Mark(again, rulesets, known.mark.rewound))

    def forget(self, places: Iterable[Partition]) -> None:
        """Forget *places*: they are somebody else's now, who may note anything."""
        self._epoch += 1
        for place in places:
            self._known.pop(place, None)

    def _sent(self, place: Partition, mark: Mark) -> tuple[int, ...] | None:
        """Revisions that may have sent something beyond the commit, ours among them."""
        if mark.rulesets is None:
            return None  # nobody knows: whoever comes next has to look, too
        return tuple(sorted({*mark.rulesets, self._rulesets[place.topic]}))

    def _read(self, places: list[Partition]) -> dict[Partition, _Known]:
        """Read notes, and look for what another revision has sent; blocks."""
        found: dict[Partition, _Known] = {}
        for place, (committed, mark) in self._ask(places).items():
            known = _Known(mark, committed, Past(mark.again))
            if mark.rulesets != (self._rulesets[place.topic],):
                begun = max(committed, mark.again)
                firsts = self._look(place.topic, {place.partition: begun})
                known.past = Past(mark.again, firsts.get(place.partition, {}))
            found[place] = known
        return found
