"""Killed between output and commit, started again under a newer contract: law 2 is exact.

The uncommitted chunk is judged twice with different verdicts; the worker is the product's own, with
an invented judge (tests/support/stream_app.py).
"""

import contextlib
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from confluent_kafka import Producer
from support import stream_app
from support.plain_broker import make_topic, plain_broker
from support.raw import change
from support.stream_app import OCOP
from support.waiting import until

from consumers.again import is_again
from consumers.ledger.verdicts import Read
from consumers.record_code import raw_origin, read_record
from infra import kafka_reader
from infra.errors import Transient
from infra.kafka_reader import Place, Reader
from schemas import topics

RAW = Place(topics.raw(OCOP), 0)
WORDS = ("clean", "reject")


class Bench(NamedTuple):
    """A broker of its own, and what is kept of the worker."""

    bootstrap: str
    data: Path

    @contextlib.contextmanager
    def worker(self, ruleset: int) -> Iterator[subprocess.Popen[bytes]]:
        """The worker under *ruleset*; killed at the end."""
        command = [sys.executable, stream_app.__file__, self.bootstrap, str(ruleset)]
        with (self.data / "worker.log").open("ab") as log:
            process = subprocess.Popen([*command, str(self.data)], stdout=log, stderr=log)
        try:
            yield process
        finally:
            process.kill()
            process.wait()

    def reader(self, group: str = "test") -> Reader:
        """A reader outside any group."""
        own = kafka_reader.ALONE | {"group.id": group}
        return Reader({"bootstrap.servers": self.bootstrap} | own)

    def committed(self) -> int:
        """How far the group has come; -1 while the broker does not know yet."""
        reader = self.reader(stream_app.GROUP)
        try:
            return kafka_reader.committed_offsets(reader, [RAW])[RAW]
        except Transient:
            return -1
        finally:
            reader.close()

    def arm(self, point: str) -> None:
        """Let the next worker die at *point*."""
        (self.data / "faults" / point).write_text("KILL")


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    (tmp_path / "faults").mkdir()
    monkeypatch.setenv("SUOI_FAULTS", str(tmp_path / "faults"))
    with plain_broker(tmp_path) as address:
        for name in (topics.clean(OCOP), topics.reject(OCOP), topics.open_(OCOP)):
            make_topic(address, name, 2)
        make_topic(address, RAW.topic, 1)
        make_topic(address, topics.BOOKS, 1)
        yield Bench(address, tmp_path)


def send(bench: Bench, first: int, count: int) -> None:
    """Write rows of which every third changes its verdict with the second ruleset."""
    producer = Producer({"bootstrap.servers": bench.bootstrap})
    for number in range(first, first + count):
        words = (WORDS[number % 2], WORDS[(number + (number % 3 == 0)) % 2])
        record = change(OCOP, "c", {"id": number, "verdicts": words})
        producer.produce(RAW.topic, key=record.key, value=record.value, headers=record.headers)
    assert producer.flush(20) == 0


def results(bench: Bench) -> tuple[Counter[str], Counter[int]]:
    """First results as the sinks count them, by verdict and by raw offset: repeats left out."""
    reader = bench.reader()
    by_verdict: Counter[str] = Counter()
    by_offset: Counter[int] = Counter()
    for word, topic in zip(WORDS, (topics.clean(OCOP), topics.reject(OCOP)), strict=True):
        for place in kafka_reader.partitions(reader, topic):
            highest = -1
            for message in kafka_reader.read(reader, {place: kafka_reader.bounds(reader, place)}):
                record = read_record(message)
                offset = raw_origin(record).offset
                if not is_again(record) and offset > highest:
                    highest = offset
                    by_verdict[word] += 1
                    by_offset[offset] += 1
    reader.close()
    return by_verdict, by_offset


@pytest.mark.parametrize("before", [0, 50])
def test_a_chunk_judged_twice_under_two_contracts_counts_once(bench: Bench, before: int) -> None:
    if before:
        send(bench, 0, before)
        with bench.worker(1):
            until(lambda: bench.committed() == before, 60)
    send(bench, before, 200)
    bench.arm("streams.after_output")
    with bench.worker(1) as first:
        assert first.wait(60) == -signal.SIGKILL
    assert bench.committed() == before  # judged and sent, never committed
    _, sent = results(bench)
    assert len(sent) > before
    total = before + 200
    with bench.worker(2):
        until(lambda: bench.committed() == total, 60)
    by_verdict, by_offset = results(bench)
    assert by_offset == dict.fromkeys(range(total), 1)  # Invariants 2, 8
    reader = bench.reader()
    books = Read(reader, (), {RAW: total}).verdicts[RAW]
    reader.close()
    assert books.hole() is None
    assert books.totals == by_verdict
