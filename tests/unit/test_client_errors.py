"""What Kafka's client raises, also where it raises two errors at once."""

import asyncio

import pytest
from confluent_kafka import KafkaError, KafkaException

from infra.errors import Transient
from infra.kafka import Outbox
from infra.posting import Letter, Post

FATAL = KafkaException(KafkaError(KafkaError._GAPLESS_GUARANTEE, "Topic authorization failed"))  # noqa: SLF001


class Refused:
    """A producer whose broker refuses it: the client wraps one error in another."""

    def produce(self, *_: object, **__: object) -> None:
        """Take it."""

    def flush(self, _seconds: float) -> int:
        """Meet the fatal error while a report is handed over."""
        message = "a method returned a result with an exception set"
        raise SystemError(message) from FATAL

    def __len__(self) -> int:
        """Hold one record."""
        return 1

    def purge(self) -> None:
        """Give up."""


def test_a_refused_outbox_is_trouble_that_passes() -> None:
    outbox = Outbox({})
    outbox._producer = Refused()  # type: ignore[assignment]  # noqa: SLF001
    outbox.send("clean.thu.v1", b"k", b"v", [])
    with pytest.raises(Transient, match="Topic authorization failed"):
        asyncio.run(outbox.settle())


def test_a_refused_post_is_trouble_that_passes() -> None:
    post = Post({})
    post._producer = Refused()  # type: ignore[assignment]  # noqa: SLF001
    with pytest.raises(Transient, match="Topic authorization failed"):
        post.send([Letter("clean.thu.v1", 0, b"k", b"v", [])])


def test_an_error_that_is_not_the_clients_stays_what_it_is() -> None:
    class Broken(Refused):
        def flush(self, _seconds: float) -> int:
            raise SystemError

    post = Post({})
    post._producer = Broken()  # type: ignore[assignment]  # noqa: SLF001
    with pytest.raises(SystemError):
        post.send([Letter("clean.thu.v1", 0, b"k", b"v", [])])
