"""Canaries: invented personal values in every row the clerk writes, and where they may never be.

They travel in clean and in refused versions alike, so every journey carries them through every
place a row passes (invariant 6). The number is of a place that no real number has.
"""

from collections.abc import Iterator

import redis
from confluent_kafka import Consumer

from infra import kafka_reader
from infra.local.home import Home
from infra.settings import KafkaAccess
from support.stack import Stack

NUMBER = "099198000777"
NAME = "Quàng Thị Chim Sẻ"
CARRIED = {"me_giayto": NUMBER, "me_hoten": NAME}
"""Columns of a birth that carry them."""


def find(stack: Stack, open_topics: tuple[str, ...] = ("open.nnmt_ocop.v1",)) -> list[str]:
    """Name every place where a canary was met and may not be."""
    texts = (*_logs(stack), *_redis(stack), *_kafka(stack, open_topics))
    return [place for place, text in texts if NUMBER in text or NAME in text]


def _logs(stack: Stack) -> Iterator[tuple[str, str]]:
    for path in sorted((stack.home / "logs").glob("*")):
        yield str(path), path.read_text(errors="replace")


def _redis(stack: Stack) -> Iterator[tuple[str, str]]:
    """Every key and value the portal could read."""
    home = Home(stack.home)
    secret = home.secret("redis_admin")
    with redis.Redis(port=home.ports.redis, username="admin", password=secret) as admin:
        for key in admin.scan_iter(count=1000):
            values = admin.hgetall(key) if admin.type(key) == b"hash" else admin.dump(key)
            yield f"redis {key!r}", f"{key!r} {values!r}"


def _kafka(stack: Stack, topics: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """What anybody may read, and the books, whose readers may see no row."""
    reader = open_reader(stack)
    for topic in (*topics, "books.streams"):
        places = kafka_reader.partitions(reader, topic)
        stretches = {place: kafka_reader.bounds(reader, place) for place in places}
        for record in kafka_reader.read(reader, stretches):
            value = (record.value() or b"").decode(errors="replace")  # type: ignore[union-attr]
            yield topic, f"{record.key()!r} {value} {record.headers()}"
    reader.close()


def open_reader(stack: Stack) -> Consumer:
    """Kafka as the reader."""
    home = Home(stack.home)
    return kafka_reader.open_reader(
        KafkaAccess(
            bootstrap=f"127.0.0.1:{home.ports.kafka}",
            user="reader",
            password_file=home.secret_file("kafka_reader"),
            ca=home.ca,
        )
    )
