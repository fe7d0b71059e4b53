"""Records written by a sink: sent, and waited for, before the sink's own write may be durable.

A sink seldom writes to Kafka, so the producer is opened when the first letter is sent, and given up
after any failure: what it still held is then never sent by it.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any, NamedTuple, Protocol

from confluent_kafka import KafkaError, KafkaException, Message, Producer

from infra.errors import Transient
from infra.kafka import Headers, told

PATIENCE_S = 4.0
"""Below the sinks' `idle_in_transaction_session_timeout`: they wait inside a transaction."""


Lying = tuple[int, int]
"""Partition and offset."""
_UNKNOWN: Lying = (-1, -1)


class Letter(NamedTuple):
    """One record for one partition."""

    topic: str
    partition: int
    """-1 = the one its key chooses, as streams would."""
    key: bytes
    value: bytes | None
    headers: Headers


class Posts(Protocol):
    """Whoever sends letters: Post, or a double."""

    def send(self, letters: Sequence[Letter]) -> list[int]:
        """Send *letters* in order and wait for the broker; give the offset of each.

        An offset the broker did not tell is -1.

        Raises:
            Transient: one was not acknowledged; some of the others may have been.
        """


class Post:
    """Sends letters to a broker; upholds Posts."""

    def __init__(self, config: dict[str, Any], patience_s: float = PATIENCE_S) -> None:
        """Take a producer's *config* (client_config | producer_config); nothing is opened yet."""
        expiry = {"linger.ms": 0, "message.timeout.ms": int(patience_s * 1000)}
        self._config = config | expiry
        self._patience_s = patience_s
        self._producer: Producer | None = None

    def send(self, letters: Sequence[Letter]) -> list[int]:
        """Send *letters*; see Posts."""
        return [offset for _, offset in self.deliver(letters)]

    def deliver(self, letters: Sequence[Letter]) -> list[Lying]:
        """Send *letters* as `send` does; give the partition and the offset of each."""
        if not letters:
            return []
        if self._producer is None:
            self._producer = Producer(self._config)
        offsets: dict[int, Lying] = {}
        refused: list[KafkaError] = []
        try:
            for number, letter in enumerate(letters):
                self._hand_over(letter, partial(_note, offsets, refused, number))
            self._producer.flush(self._patience_s)
        except (KafkaException, SystemError) as error:
            refused.append(told(error))
        if refused or len(offsets) < len(letters):
            self._give_up(len(letters) - len(offsets), refused)
        return [offsets[number] for number in range(len(letters))]

    def _hand_over(self, letter: Letter, report: Any) -> None:  # noqa: ANN401  the client's type
        assert self._producer is not None  # noqa: S101  `send` has just opened it
        topic, partition, key, value, headers = letter
        while True:
            try:
                self._producer.produce(
                    topic, value, key, partition, on_delivery=report, headers=headers
                )
            except BufferError:
                self._producer.poll(0.1)
            else:
                return

    def _give_up(self, missing: int, refused: list[KafkaError]) -> None:
        if self._producer is not None:
            self._producer.purge()
            self._producer = None
        why = refused[0].str() if refused else f"no answer for {self._patience_s:g} s"
        message = f"Kafka did not take {missing} records written again ({why}); it is tried again."
        raise Transient(message)


def _note(
    offsets: dict[int, Lying],
    refused: list[KafkaError],
    number: int,
    error: KafkaError | None,
    message: Message,
) -> None:
    if error is None:
        partition, offset = message.partition(), message.offset()
        offsets[number] = _UNKNOWN if partition is None or offset is None else (partition, offset)
    else:
        refused.append(error)
