"""An application on the driver, run on one topic of a plain broker: for the driver's tests."""

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from confluent_kafka import Consumer, Producer, TopicPartition

APP = Path(__file__).with_name("driver_app.py")
RECORDS = 4000
PARTITIONS = 2

Place = tuple[int, int]


class Run(NamedTuple):
    """One topic, the file of what was processed, and how to start an application on it."""

    bootstrap: str
    topic: str
    out: Path

    @contextlib.contextmanager
    def app(self, *options: str) -> Iterator[subprocess.Popen[bytes]]:
        """An application on the topic; killed at the end, whatever happened."""
        command = [sys.executable, str(APP), self.bootstrap, self.topic, str(self.out), *options]
        with self.out.with_suffix(".log").open("ab") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            yield process
        finally:
            process.kill()
            process.wait()

    def processed(self) -> list[Place]:
        """Places processed so far, by all applications."""
        if not self.out.exists():
            return []
        lines = self.out.read_text().splitlines()
        return [(int(one), int(two)) for one, two in (line.split(":") for line in lines)]

    def committed(self) -> dict[int, int]:
        """Committed offset of each partition; -1001 where there is none."""
        with contextlib.closing(self._consumer()) as consumer:
            wanted = [TopicPartition(self.topic, number) for number in range(PARTITIONS)]
            return {item.partition: item.offset for item in consumer.committed(wanted, 10)}

    def ends(self) -> dict[int, int]:
        """End offset of each partition."""
        with contextlib.closing(self._consumer()) as consumer:
            return {
                number: consumer.get_watermark_offsets(TopicPartition(self.topic, number), 10)[1]
                for number in range(PARTITIONS)
            }

    def lost(self, sent: set[Place]) -> set[Place]:
        """Committed but never processed."""
        committed = self.committed()
        return {place for place in sent if place[1] < committed[place[0]]} - set(self.processed())

    def all_committed(self) -> bool:
        """Tell whether the group has come to the end."""
        return self.committed() == self.ends()

    def _consumer(self) -> Consumer:
        return Consumer({"bootstrap.servers": self.bootstrap, "group.id": self.topic})


def fill(run: Run, records: int = RECORDS, *, gaps: bool = False) -> set[Place]:
    """Write *records*; with *gaps*, in transactions, whose markers take offsets of their own."""
    sent: set[Place] = set()
    config = {"bootstrap.servers": run.bootstrap, "linger.ms": 5}
    if gaps:
        config["transactional.id"] = run.topic
    producer = Producer(config)
    if gaps:
        producer.init_transactions(20)
    for number in range(records):
        if gaps and number % 50 == 0:
            producer.begin_transaction()
        producer.produce(
            run.topic,
            value=b"not even JSON \xff" if number % 97 == 0 else b"{}",
            partition=number % PARTITIONS,
            on_delivery=lambda _, message: sent.add((message.partition(), message.offset())),
        )
        if gaps and number % 50 == 49:
            producer.commit_transaction(20)
    producer.flush(20)
    return sent
