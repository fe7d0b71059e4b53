"""Kafka clients: the settings every client of ours shares, and the outbox a producer keeps."""

import asyncio
import time
from collections.abc import Callable
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
        "linger.ms": 20,  # fewer, larger requests; no flush waits for it
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

    A record is acknowledged when the client holds it no more and has reported no failure: failures
    are reported before it lets a record go. After any failure the outbox is spent: the process must
    exit without acknowledging its input.
    """

    def __init__(self, config: dict[str, Any], patience_s: float = 300.0) -> None:
        """Open a producer with *config* (client_config | producer_config).

        *patience_s* is how long the records sent since the last `settle` may take together.
        """
        self._producer = Producer(config | {"delivery.report.only.error": True})
        self._patience_s = patience_s
        self._deadline: float | None = None
        self._failure: str | None = None
        self._settling = asyncio.Lock()
        """One waits at a time: what another wait has met is noted when it returns."""

    def send(self, topic: str, key: bytes | None, value: bytes | None, headers: Headers) -> None:
        """Hand one record to the producer; waits while its queue is full.

        Raises:
            Transient: an earlier record has failed.
            Fatal: the client refuses the record (larger than LARGEST_MESSAGE).
        """
        if self._deadline is None:
            self._deadline = time.monotonic() + self._patience_s
        while True:
            if self._failure is not None:
                self._refuse_after_failure()
            try:
                self._producer.produce(topic, value, key, on_delivery=self._note, headers=headers)
            except BufferError:
                self._serve(self._producer.poll, 0.1)
                self._refuse_after_failure()
            except KafkaException as error:
                message = f"Kafka's client refused a record for {topic}: {error.args[0].str()}."
                raise Fatal(message) from error
            else:
                return

    async def settle(self) -> None:
        """Wait until the broker has acknowledged every record sent (invariant 1).

        Raises:
            Transient: a record could not be delivered within *patience_s*.
        """
        async with self._settling:
            while len(self._producer):
                self._refuse_after_failure()
                await asyncio.to_thread(self._serve, self._producer.flush, 0.5)
            self._refuse_after_failure()  # Invariant 1: asked once nothing is held any more
            self._deadline = None

    def _note(self, error: KafkaError | None, _message: Message) -> None:
        if error is not None and self._failure is None:
            self._failure = f"Kafka did not take a record: {error.str()}"

    def _serve(self, wait: Callable[[float], int], seconds: float) -> None:
        """Let failures be reported: *wait* is `flush` or `poll`."""
        try:
            wait(seconds)
        except (KafkaException, SystemError) as error:  # how the client says that it is at its end
            self._failure = self._failure or f"Kafka did not take a record: {_why(error)}"

    def _refuse_after_failure(self) -> None:
        waiting = len(self._producer)
        late = self._deadline is not None and time.monotonic() > self._deadline
        if waiting and late and self._failure is None:
            late_ones = f"{waiting} records in {self._patience_s:g} s"
            self._failure = f"Kafka has not acknowledged {late_ones}"
        if self._failure is not None:
            message = f"{self._failure}; the input stays unacknowledged."
            raise Transient(message)


def _why(error: KafkaException | SystemError) -> str:
    """Say what a client raised; at times nothing of its first error is left."""
    try:
        return told(error).str()
    except SystemError:
        return "its client gave up"
