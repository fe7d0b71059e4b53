"""`control.datasets` as its readers see it: read to its end, then followed; never in a group.

What a record says is schemas.control's matter. The newest readable record of a dataset is in force:
one that cannot be read changes nothing, loudly.
"""

import threading
import time
from typing import Any, Protocol

import structlog
from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, Message, TopicPartition

from infra import kafka_reader
from infra.errors import Transient
from infra.kafka import Headers
from schemas import rewinds
from schemas.control import Standing, decode, encode
from schemas.rewinds import Rewind
from schemas.topics import CONTROL

_PATIENCE_S = 15.0
_BATCH = 100
_log = structlog.get_logger()


class Sender(Protocol):
    """Where records are sent: `infra.kafka.Outbox`, or a test's."""

    def send(self, topic: str, key: bytes | None, value: bytes | None, headers: Headers) -> None:
        """Hand one record over."""

    async def settle(self) -> None:
        """Wait until all are durable."""


class Control:
    """Follows the topic from its beginning; outlives the broker's restarts.

    `standings` is what was read so far. `follow` and `catch_up` may be called by several threads.
    """

    def __init__(self, config: dict[str, Any], group: str) -> None:
        """Open a consumer with *config* (client_config); nothing is read yet.

        *group* is one that the principal may see; it is never joined.
        """
        self._reader = kafka_reader.Reader(config | kafka_reader.ALONE | {"group.id": group})
        self._reader.assign([TopicPartition(CONTROL, 0, OFFSET_BEGINNING)])
        self._next = 0
        self._reading = threading.Lock()
        self.standings: dict[str, Standing] = {}
        self.rewinds: dict[str, Rewind] = {}

    def follow(self, wait_s: float) -> None:
        """Take in what has been written since; waits for it up to *wait_s*."""
        with self._reading:
            self._take(wait_s)

    def catch_up(self) -> None:
        """Take in all that is written by now.

        Raises:
            Transient: Kafka does not answer within 15 s.
        """
        deadline = time.monotonic() + _PATIENCE_S
        _, end = kafka_reader.bounds(self._reader, kafka_reader.Place(CONTROL, 0))
        with self._reading:
            while self._next < end:
                self._take(0.05)
                if time.monotonic() > deadline:
                    message = (
                        f"{CONTROL} could not be read to its end within {_PATIENCE_S:g} s; "
                        "without it nobody knows which datasets are paused."
                    )
                    raise Transient(message)

    def accepted(self, dataset: str) -> tuple[str, ...]:
        """Columns of *dataset* whose absence a person has accepted."""
        standing = self.standings.get(dataset)
        return standing.accepted if standing else ()

    def close(self) -> None:
        """Let the consumer go."""
        with self._reading:
            self._reader.close()

    def _take(self, wait_s: float) -> None:
        for message in self._reader.consume(_BATCH, timeout=wait_s):
            error = message.error()
            if error is None:
                self._next = int(message.offset() or 0) + 1
                enter(self.standings, message, self.rewinds)
            elif error.code() == KafkaError._PARTITION_EOF:  # noqa: SLF001  the client's only name for it
                self._next = int(message.offset() or 0)


def read_standings(reader: Consumer) -> dict[str, Standing]:
    """Read the standing of each dataset that has one, once; empty where the topic is not made yet.

    Raises:
        Transient: Kafka does not answer.
    """
    return read_control(reader)[0]


def read_control(reader: Consumer) -> tuple[dict[str, Standing], dict[str, Rewind]]:
    """Read standings and requests to rewind, once, by dataset.

    Raises:
        Transient: Kafka does not answer.
    """
    places = kafka_reader.partitions(reader, CONTROL)
    stretches = {place: kafka_reader.bounds(reader, place) for place in places}
    found: dict[str, Standing] = {}
    asked: dict[str, Rewind] = {}
    for message in kafka_reader.read(reader, stretches):
        enter(found, message, asked)
    return found, asked


def enter(
    standings: dict[str, Standing], message: Message, asked: dict[str, Rewind] | None = None
) -> None:
    """Take one record into *standings* or *asked*; a tombstone takes its dataset out."""
    key, value = message.key(), message.value()
    try:
        if (_bytes(key) or b"").startswith(rewinds.PREFIX):
            _enter_rewind({} if asked is None else asked, _bytes(key) or b"", _bytes(value))
        elif value is None:
            standings.pop(_text(key), None)
        else:
            standing = decode(_bytes(key), _bytes(value) or b"")
            standings[standing.dataset] = standing
    except ValueError as error:
        _log.error("control.unreadable", offset=message.offset(), reason=str(error))


def _enter_rewind(asked: dict[str, Rewind], key: bytes, value: bytes | None) -> None:
    if value is None:
        asked.pop(key.removeprefix(rewinds.PREFIX).decode(), None)
    else:
        rewind = rewinds.decode(key, value)
        asked[rewind.dataset] = rewind


async def write_rewind(outbox: Sender, dataset: str, rewind: Rewind | None) -> None:
    """Ask for *rewind*, or take the request of *dataset* away; wait until the broker has it.

    Raises:
        Transient: it did not take it.
    """
    value = None if rewind is None else rewinds.encode(rewind)
    outbox.send(CONTROL, rewinds.key(dataset), value, [])
    await outbox.settle()  # Invariant 1


async def write_standing(outbox: Sender, standing: Standing) -> None:
    """Write *standing* and wait until the broker has it.

    Raises:
        Transient: it did not take it.
    """
    outbox.send(CONTROL, standing.dataset.encode(), encode(standing), [])
    await outbox.settle()  # Invariant 1


def _bytes(part: str | bytes | None) -> bytes | None:
    return part.encode() if isinstance(part, str) else part


def _text(part: str | bytes | None) -> str:
    return (_bytes(part) or b"").decode()
