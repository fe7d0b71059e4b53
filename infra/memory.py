"""`control.sources` as its readers see it: read to its end when asked; never in a group.

What a record says is schemas.vitals' matter. One that cannot be read changes nothing, loudly.
"""

import asyncio
from dataclasses import dataclass, field

import structlog
from confluent_kafka import Consumer, Message

from infra import kafka_reader
from infra.control import Sender
from infra.kafka_reader import Place
from schemas.alarms import Alarms
from schemas.topics import SOURCES
from schemas.vitals import Record, Seen, Step, Term, decode, encode, key_of

_log = structlog.get_logger()


@dataclass(slots=True)
class Memory:
    """What is known of the sources, by id; `seen` and `generation` leave out what is outdated."""

    terms: dict[str, Term] = field(default_factory=dict)
    looks: dict[str, Seen] = field(default_factory=dict)
    alarms: dict[str, Alarms] = field(default_factory=dict)

    def generation(self, source: str, written: int) -> int:
        """Return the generation in force; *written* is the one in the source's file."""
        term = self.terms.get(source)
        return max(term.generation, written) if term else written

    def resetting(self, source: str) -> bool:
        """Say whether the source's old position is being thrown away just now."""
        term = self.terms.get(source)
        return term is not None and term.step is Step.RESETTING

    def seen(self, source: str, generation: int) -> Seen | None:
        """Return what was seen of *source* in *generation*; None where nothing was."""
        found = self.looks.get(source)
        return found if found and found.generation == generation else None


class MemoryReader:
    """Follows the topic: each `read` takes in what was written since the one before."""

    def __init__(self, reader: Consumer) -> None:
        """Read with *reader* (infra.kafka_reader); it joins no group."""
        self._reader = reader
        self._next: dict[Place, int] = {}
        self._memory = Memory()

    def read(self) -> Memory:
        """Take in all that is written by now; empty where the topic is not made yet.

        Raises:
            Transient: Kafka does not answer.
        """
        ends = {
            place: kafka_reader.bounds(self._reader, place)
            for place in kafka_reader.partitions(self._reader, SOURCES)
        }
        stretches = {
            place: (max(low, self._next.get(place, low)), end) for place, (low, end) in ends.items()
        }
        for message in kafka_reader.read(self._reader, stretches):
            _enter(self._memory, message)
        self._next = {place: end for place, (_, end) in stretches.items()}
        return self._memory


def write_memory(outbox: Sender, record: Record) -> None:
    """Write *record* and wait until the broker has it.

    Raises:
        Transient: it did not take it.
    """
    outbox.send(SOURCES, key_of(record), encode(record), [])
    asyncio.run(outbox.settle())  # Invariant 1


def _enter(memory: Memory, message: Message) -> None:
    key, value = message.key(), message.value()
    try:
        found = decode(_bytes(key), _bytes(value))
    except ValueError as error:
        _log.error("memory.unreadable", offset=message.offset(), reason=str(error))
        return
    match found:
        case Seen():
            memory.looks[found.source] = found
        case Alarms():
            memory.alarms[found.source] = found
        case Term():
            memory.terms[found.source] = found


def _bytes(part: str | bytes | None) -> bytes:
    return part.encode() if isinstance(part, str) else part or b""
