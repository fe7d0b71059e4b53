"""The provincial sink before a real broker: `python -m support.newest_process BROKER DSN`.

It is the product's own loop, sink and post; SIGTERM ends it.
"""

import sys

from confluent_kafka import Consumer

from consumers.group import consumer_config
from consumers.loop import Loop, stop_on_signals
from consumers.province import Province
from consumers.reemitted import Means
from infra.kafka import producer_config
from infra.postgres import Database
from infra.posting import Post
from infra.settings import Timing
from schemas import topics
from support.deliveries import OCOP, Registered

TIMING = Timing(session_timeout=6.0, heartbeat=1.0, commit=0.2, patience=20.0)


def main() -> None:
    """Deliver until told to stop."""
    broker, dsn = {"bootstrap.servers": sys.argv[1]}, sys.argv[2]
    means = Means(Registered(), Post(producer_config() | broker))
    sink = Province(Database("test", dsn), Registered(), [OCOP], means)
    member = {"group.instance.id": "province-1"}
    consumer = Consumer(consumer_config("province", TIMING) | broker | member)
    Loop(consumer, sink, TIMING, stop_on_signals()).run([topics.clean(OCOP)])


if __name__ == "__main__":
    main()
