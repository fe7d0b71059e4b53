"""One way of carrying raw records, measured from its first record to its last; see bench.streams.

    python -m bench.contender {driver,bare,stock} {touch,judge} BOOTSTRAP RECORDS GROUP

Prints {"seconds", "cpu_us", "rate", "rss_mb"} and ends. `touch` reads the length of each value;
`judge` is the whole workshop: decode, standardise, validate, encode, produce, wait, commit.
"""

import asyncio
import json
import os
import resource
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import faust
from confluent_kafka import Consumer

from bench.streams import TOPIC, births
from infra.kafka import Headers, Outbox, producer_config
from infra.settings import Timing
from schemas import topics
from schemas.catalogue import Catalogue
from schemas.codes import read_codes
from streams.carrier import Carrier
from streams.compiler import compile_dataset
from streams.conditions import CONDITIONS
from streams.worker import Place, application
from streams.workshop import Refined, Secrets, Workshop, open_workshop
from tests.support.raw import Raw

TURN = 4000


class Meter:
    """Counts records; at the last one it prints what the run cost and ends the process."""

    def __init__(self, wanted: int) -> None:
        """Stop after *wanted* records."""
        self._wanted = wanted
        self._seen = 0
        self._begun = (0.0, 0.0)

    def see(self, records: int) -> None:
        """Note that *records* have arrived."""
        if self._seen == 0:
            self._begun = (time.perf_counter(), time.process_time())
        self._seen += records

    def settle(self) -> None:
        """Note that all seen so far is done."""
        if self._seen < self._wanted:
            return
        seconds = time.perf_counter() - self._begun[0]
        cpu = time.process_time() - self._begun[1]
        result = {
            "seconds": round(seconds, 3),
            "cpu_us": cpu / self._seen * 1e6,
            "rate": self._seen / seconds,
            "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        }
        sys.stdout.write(json.dumps(result) + "\n")
        sys.stdout.flush()
        os._exit(0)


class Touch:
    """A workshop that does nothing but look at each value."""

    topics = (TOPIC,)

    def __init__(self, meter: Meter) -> None:
        """Tell *meter* what comes."""
        self._meter = meter

    def refine(self, chunk: Sequence[Any]) -> Refined:
        """Look at *chunk*."""
        self._meter.see(len(chunk))
        sum(len(record.value) for record in chunk)
        return Refined([], {})  # type: ignore[arg-type]  # nothing is counted


class Judged(Touch):
    """The real workshop, with a meter before it."""

    def __init__(self, meter: Meter) -> None:
        """Seat the judge of births."""
        super().__init__(meter)
        self._workshop = _workshop()

    def refine(self, chunk: Sequence[Any]) -> Refined:
        """Judge *chunk*."""
        self._meter.see(len(chunk))
        return self._workshop.refine(chunk)


class Metered:
    """An outbox that tells the meter when all is durable; None sends nowhere."""

    def __init__(self, outbox: Outbox | None, meter: Meter) -> None:
        """Send to *outbox*."""
        self._outbox = outbox
        self._meter = meter

    def send(self, topic: str, key: bytes | None, value: bytes | None, headers: Headers) -> None:
        """Pass on."""
        if self._outbox:
            self._outbox.send(topic, key, value, headers)

    async def settle(self) -> None:
        """Pass on, and tell."""
        if self._outbox:
            await self._outbox.settle()
        self._meter.settle()


def driver(workshop: Any, outbox: Metered, bootstrap: str, group: str) -> None:  # noqa: ANN401
    """Carry by Faust, our transport, our loop."""
    place = Place(None, bootstrap, Timing(), Path(mkdtemp()), group)
    app = application(place, workshop.topics)
    Carrier(workshop, outbox).attend(app)
    _start(app)


def stock(workshop: Touch, outbox: Metered, bootstrap: str, group: str) -> None:
    """Carry by Faust as it comes: one event a record."""
    app = faust.App(
        group, broker=f"kafka://{bootstrap}", key_serializer="raw", value_serializer="raw",
        table_standby_replicas=0, topic_allow_declare=False, topic_disable_leader=True,
        web_enabled=False, consumer_auto_offset_reset="earliest", datadir=mkdtemp(),
    )  # fmt: skip

    @app.agent(app.topic(TOPIC, value_type=bytes))
    async def carry(stream: Any) -> None:  # noqa: ANN401
        async for event in stream.events():
            workshop.refine((event.message,))
            await outbox.settle()

    _start(app)


def bare(workshop: Any, outbox: Metered, bootstrap: str, group: str) -> None:  # noqa: ANN401
    """Carry by a plain confluent-kafka loop, as fast as we know to write one."""
    consumer = Consumer(
        {
            "bootstrap.servers": bootstrap, "group.id": group, "enable.auto.commit": False,
            "auto.offset.reset": "earliest", "queued.min.messages": 200_000,
            "fetch.message.max.bytes": 4_000_000,
        }
    )  # fmt: skip
    consumer.subscribe([TOPIC])

    async def loop() -> None:
        while True:
            chunks: dict[int, list[Raw]] = {}
            for found in consumer.consume(TURN, 0.05):
                record = Raw(
                    TOPIC, found.partition(), found.offset(), found.key(), found.value(),
                    found.headers() or [],
                )  # fmt: skip
                chunks.setdefault(record.partition, []).append(record)
            if not chunks:
                continue
            for chunk in chunks.values():
                for one in workshop.refine(chunk).messages:
                    outbox.send(one.topic, one.key, one.value, one.headers)
            consumer.commit(asynchronous=True)
            await outbox.settle()

    asyncio.run(loop())


def _workshop() -> Workshop:
    dataset = births()
    catalogue = Catalogue({dataset.id: dataset})
    codes = read_codes()
    return open_workshop(
        catalogue,
        lambda given: compile_dataset(given, codes),
        CONDITIONS,
        Secrets({topics.clean(dataset): 1}, b""),
    )


def _start(app: Any) -> None:  # noqa: ANN401
    worker = faust.Worker(app, loglevel="ERROR", quiet=True, redirect_stdouts=False)
    worker.execute_from_commandline()


def main() -> None:
    """Run the contender named on the command line."""
    way, work, bootstrap, records, group = sys.argv[1:]
    meter = Meter(int(records))
    real = work == "judge"
    config = {"bootstrap.servers": bootstrap} | producer_config()
    outbox = Metered(Outbox(config) if real else None, meter)
    ways = {"driver": driver, "stock": stock, "bare": bare}
    ways[way](Judged(meter) if real else Touch(meter), outbox, bootstrap, group)


if __name__ == "__main__":
    main()
