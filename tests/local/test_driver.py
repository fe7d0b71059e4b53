"""The transport driver against a real broker: what is committed has been processed.

These are the contract with the private names of Faust that the driver uses.
"""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import NamedTuple

import pytest
from confluent_kafka import Consumer, Producer, TopicPartition
from support.plain_broker import make_topic, plain_broker
from support.waiting import until

APP = Path(__file__).parents[1] / "support" / "driver_app.py"
RECORDS = 4000
PARTITIONS = 2
_names = (f"raw.driver.{number}" for number in count())

Place = tuple[int, int]


@pytest.fixture(scope="module")
def bootstrap(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with plain_broker(tmp_path_factory.mktemp("broker")) as address:
        yield address


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


@pytest.fixture
def run(bootstrap: str, tmp_path: Path) -> Run:
    topic = next(_names)
    make_topic(bootstrap, topic, PARTITIONS)
    return Run(bootstrap, topic, tmp_path / "processed")


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


def test_stock_faust_loses_records_after_one_exception(run: Run) -> None:
    """The control: the next test would see a loss."""
    sent = fill(run)
    with run.app("--driver", "stock", "--fail-at", "500"):
        until(lambda: len(run.processed()) >= RECORDS - 1 and run.all_committed())
    assert run.out.with_suffix(".failed").exists()
    assert run.lost(sent)


@pytest.mark.parametrize("loop", ["cdc", "worker"])
def test_one_exception_in_the_agent_loses_nothing(run: Run, loop: str) -> None:
    sent = fill(run)
    with run.app("--driver", loop, "--fail-at", "500") as first:
        assert first.wait(30) == 1
    assert run.out.with_suffix(".failed").exists()
    assert run.lost(sent) == set()  # Invariant 1
    with run.app("--driver", loop):
        until(run.all_committed)
    assert set(run.processed()) == sent  # Invariant 8


def test_offsets_with_gaps_are_committed_to_the_end(run: Run) -> None:
    sent = fill(run, 1000, gaps=True)
    assert max(offset for _, offset in sent) > 1000 / PARTITIONS  # there are gaps
    reached = {number: max(off for part, off in sent if part == number) for number in range(2)}
    with run.app():
        until(lambda: run.committed() == {p: o + 1 for p, o in reached.items()})
    assert set(run.processed()) == sent


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_a_worker_that_goes_leaves_nothing_undone(run: Run, how: signal.Signals) -> None:
    sent = fill(run, 20_000)
    slowly = ("--driver", "worker", "--slow", "0.05")
    with run.app(*slowly) as first, run.app(*slowly):
        until(lambda: len(run.processed()) >= 2000)
        assert not run.all_committed()
        os.kill(first.pid, how)
        assert first.wait(30) == (0 if how is signal.SIGTERM else -signal.SIGKILL)
        until(run.all_committed, 40)
        assert run.lost(sent) == set()
    assert set(run.processed()) == sent
