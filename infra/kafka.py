"""Kafka clients: the settings every client of ours shares, and the outbox a producer keeps."""

import asyncio
import math
import time
from typing import Any

from confluent_kafka import KafkaError, KafkaException, Message, Producer

from infra.errors import Fatal, Transient
from infra.settings import KafkaAccess

LARGEST_MESSAGE = 17 * 1024 * 1024
"""16 MiB of raw record (DESIGN.md 2, Topics) and room for a reject's headers."""

Headers = list[tuple[str, str | bytes | None]]


def client_config(access: KafkaAccess) -> dict[str, Any]:
    """Settings with which a confluent-kafka client authenticates as one principal."""
    return {
        "bootstrap.servers": access.bootstrap,
        "security.protocol": "SASL_SSL",
        "sasl.mechanisms": "SCRAM-SHA-512",
        "sasl.username": access.user,
        "sasl.password": access.password_file.read_text().strip(),
        "ssl.ca.location": str(access.ca),
    }


def producer_config() -> dict[str, Any]:
    """Settings of a producer that keeps order and leaves no gap.

    Sinks know a repeat by its raw offset, so a record written after one that failed would be a
    loss: idempotence keeps the order, the gapless guarantee stops the producer instead of skipping
    (invariant 1). That guarantee does not cover a message timeout, so there is none: the Outbox
    gives up for all records at once.
    """
    return {
        "enable.idempotence": True,
        "enable.gapless.guarantee": True,
        "acks": "all",
        "compression.type": "lz4",
        "linger.ms": 5,
        "message.timeout.ms": 0,
        "message.max.bytes": LARGEST_MESSAGE,
        "partitioner": "murmur2_random",  # the partitions Java clients choose
        "queue.buffering.max.messages": 500_000,
        "queue.buffering.max.kbytes": 65_536,
    }


def told(error: KafkaException | SystemError) -> KafkaError:
    """Give what a client raised; of a fatal error met while it reports another, a SystemError."""
    cause = error.__cause__ if isinstance(error, SystemError) else error
    if not isinstance(cause, KafkaException):
        raise error
    found: KafkaError = cause.args[0]
    return found


class Outbox:
    """Records on their way to the broker; `settle` returns once every one of them is acknowledged.

    After any failure the outbox is spent: the process must exit without acknowledging its input.
    """

    def __init__(self, config: dict[str, Any], patience_s: float = 300.0) -> None:
        """Open a producer with *config* (client_config | producer_config).

        *patience_s* is how long the records sent since the last `settle` may take together.
        """
        self._producer = Producer(config)
        self._patience_s = patience_s
        self._deadline = math.inf
        self._waiting = 0
        self._failure: KafkaError | None = None

    def send(self, topic: str, key: bytes | None, value: bytes | None, headers: Headers) -> None:
        """Hand one record to the producer; waits while its queue is full.

        Raises:
            Transient: an earlier record has failed.
            Fatal: the client refuses the record (larger than LARGEST_MESSAGE).
        """
        if not self._waiting:
            self._deadline = time.monotonic() + self._patience_s
        while True:
            self._refuse_after_failure()
            try:
                self._producer.produce(
                    topic, value=value, key=key, headers=headers, on_delivery=self._report
                )
            except BufferError:
                self._producer.poll(0.1)
            except KafkaException as error:
                message = f"Kafka's client refused a record for {topic}: {error.args[0].str()}."
                raise Fatal(message) from error
            else:
                self._waiting += 1
                return

    async def settle(self) -> None:
        """Wait until the broker has acknowledged every record sent (invariant 1).

        Raises:
            Transient: a record could not be delivered within *patience_s*.
        """
        self._refuse_after_failure()
        while self._waiting:
            try:
                await asyncio.to_thread(self._producer.flush, 0.5)
            except (KafkaException, SystemError) as error:
                self._failure = self._failure or told(error)
            self._refuse_after_failure()

    def _report(self, error: KafkaError | None, _message: Message) -> None:
        self._waiting -= 1
        if error is not None and self._failure is None:
            self._failure = error

    def _refuse_after_failure(self) -> None:
        if self._failure is not None:
            reason = self._failure.str()
            message = f"Kafka did not take a record: {reason}; its input stays unacknowledged."
            raise Transient(message)
        if self._waiting and time.monotonic() > self._deadline:
            late = f"{self._waiting} records in {self._patience_s:g} s"
            message = f"Kafka has not acknowledged {late}; their input stays unacknowledged."
            raise Transient(message)
