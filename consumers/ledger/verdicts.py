"""Reads books.streams from its end back to a checkpoint, a block at a time."""

from collections.abc import Iterator, Mapping

import orjson
from confluent_kafka import Consumer, Message

from consumers.ledger.checkpoint import Checkpoint
from consumers.ledger.spans import Run, Verdicts
from infra import kafka_reader
from infra.kafka_reader import Place
from schemas import topics

BLOCK = 2_000
"""Records of books.streams held at once: each tells of a chunk, 1 to 20 kB."""


class Read:
    """What the books say: the verdicts of each raw partition."""

    def __init__(self, reader: Consumer, known: Checkpoint, committed: Mapping[Place, int]) -> None:
        """Read what came after *known*, or everything where it does not fit.

        Raises:
            Transient: Kafka does not answer.
        """
        self._place = Place(topics.BOOKS, 0)
        low, self.end = kafka_reader.bounds(reader, self._place)
        fits = known.fits(low, self.end, committed)
        self.known = known if fits else Checkpoint()
        self.expired = low > 0 and not self.known.books
        parts = self.known.by_place()
        self.verdicts = {
            place: Verdicts(through, parts[place].base if place in parts else None)
            for place, through in committed.items()
        }
        for message in self._backwards(reader, max(low, self.known.books)):
            self._enter(message)
        for place in parts.keys() & self.verdicts.keys():
            for run in reversed(parts[place].beyond):
                self.verdicts[place].add(run)

    def _backwards(self, reader: Consumer, low: int) -> Iterator[Message]:
        end = self.end
        while end > low:
            first = max(low, end - BLOCK)
            yield from reversed([*kafka_reader.read(reader, {self._place: (first, end)})])
            end = first

    def _enter(self, message: Message) -> None:
        """Take in one record; of records judged again the first verdict stands (invariant 2)."""
        book = orjson.loads(message.value() or b"{}")
        found = self.verdicts.get(Place(book["topic"], book["partition"]))
        if found is not None and not book.get("again"):
            for first, length, verdict in reversed(book["runs"]):
                found.add(Run(first, length, verdict))
