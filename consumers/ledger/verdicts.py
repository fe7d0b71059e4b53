"""Reads books.streams from its end back to a checkpoint, a block at a time."""

from collections.abc import Iterable, Iterator, Mapping

import orjson
from confluent_kafka import Consumer, Message

from consumers.ledger.checkpoint import Part
from consumers.ledger.spans import Run, Verdicts
from infra import kafka_reader
from infra.kafka_reader import Place
from schemas import topics

BLOCK = 2_000
"""Records of books.streams held at once: each tells of a chunk, 1 to 20 kB."""


class Read:
    """What the books say: the verdicts of each raw partition."""

    def __init__(
        self, reader: Consumer, known: Iterable[Part], committed: Mapping[Place, int]
    ) -> None:
        """Read what came after the *known* parts, or everything of what no part fits.

        Raises:
            Transient: Kafka does not answer.
        """
        self._place = Place(topics.BOOKS, 0)
        self._low, self.end = kafka_reader.bounds(reader, self._place)
        self._parts = {
            one.place: one
            for one in known
            if one.fits(self._low, self.end, committed.get(one.place, -1))
        }
        self.verdicts = {
            place: Verdicts(through, self._parts[place].base if place in self._parts else None)
            for place, through in committed.items()
        }
        begin = min(map(self._begin, committed), default=self.end)
        for message in self._backwards(reader, begin):
            self._enter(message)
        for place, part in self._parts.items():
            for run in reversed(part.beyond):
                self.verdicts[place].add(run)

    def expired(self, place: Place) -> bool:
        """Whether the first books are gone, and no part tells what they said of *place*."""
        return self._low > 0 and place not in self._parts

    def _begin(self, place: Place) -> int:
        """Where the books are still to be read for *place*."""
        return self._parts[place].books if place in self._parts else self._low

    def _backwards(self, reader: Consumer, low: int) -> Iterator[Message]:
        end = self.end
        while end > low:
            first = max(low, end - BLOCK)
            yield from reversed([*kafka_reader.read(reader, {self._place: (first, end)})])
            end = first

    def _enter(self, message: Message) -> None:
        """Take in one record; of records judged again the first verdict stands (invariant 2)."""
        book = orjson.loads(message.value() or b"{}")
        place = Place(book["topic"], book["partition"])
        found = self.verdicts.get(place)
        if found is None or book.get("again"):
            return
        if (message.offset() or 0) >= self._begin(place):
            for first, length, verdict in reversed(book["runs"]):
                found.add(Run(first, length, verdict))
