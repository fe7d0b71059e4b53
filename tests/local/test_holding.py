"""The driver behind its gate, against a real broker: a held topic stands exactly where it stopped.

The application is tests/support/driver_app.py: the product's own loop, driver and control topic.
"""

import asyncio
import os
import signal
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from confluent_kafka import Producer
from support.driver_app import GONE
from support.driving import PARTITIONS, Place, Run, fill
from support.plain_broker import make_topic, plain_broker
from support.waiting import until

from infra.control import Control, write_standing
from infra.kafka import Outbox, producer_config
from schemas import control
from schemas.control import Standing
from schemas.topics import CONTROL

_names = (f"raw.held.{number}" for number in count())
GATED = ("--driver", "gated")


@pytest.fixture(scope="module")
def bootstrap(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with plain_broker(tmp_path_factory.mktemp("broker")) as address:
        make_topic(address, CONTROL, 1)
        yield address


@pytest.fixture
def run(bootstrap: str, tmp_path: Path) -> Iterator[Run]:
    """One topic; the dataset runs before and after, with nothing accepted."""
    topic = next(_names)
    make_topic(bootstrap, topic, PARTITIONS)
    forget(bootstrap)
    yield Run(bootstrap, topic, tmp_path / "processed")
    forget(bootstrap)


def forget(bootstrap: str) -> None:
    """Take the dataset's standing away, as a person with a tombstone could."""
    producer = Producer({"bootstrap.servers": bootstrap})
    producer.produce(CONTROL, key=b"thu", value=None)
    assert producer.flush(20) == 0


def standing(bootstrap: str) -> Standing | None:
    """What the topic says of the dataset now."""
    reader = Control({"bootstrap.servers": bootstrap}, "test")
    try:
        reader.catch_up()
        return reader.standings.get("thu")
    finally:
        reader.close()


def write(bootstrap: str, one: Standing) -> None:
    outbox = Outbox({"bootstrap.servers": bootstrap} | producer_config())
    asyncio.run(write_standing(outbox, one))


def resume(bootstrap: str) -> None:
    before = standing(bootstrap)
    assert before is not None
    write(bootstrap, control.resumed(before, control.decided("thử"), "test"))


def gone(run: Run, partition: int = 0) -> int:
    """Write one record whose column has vanished; returns its offset."""
    offsets: list[int] = []
    producer = Producer({"bootstrap.servers": run.bootstrap})
    producer.produce(
        run.topic,
        value=GONE,
        partition=partition,
        on_delivery=lambda _, message: offsets.append(int(message.offset() or 0)),
    )
    assert producer.flush(20) == 0
    return offsets[0]


def stopped(run: Run) -> bool:
    held = standing(run.bootstrap)
    return held is not None and held.paused


def said(run: Run, event: str) -> int:
    """How often the applications have said *event*."""
    return run.out.with_suffix(".log").read_text().count(event)


def in_order(run: Run) -> bool:
    """Whether the records of each partition came for the first time in their order."""
    first: dict[Place, None] = dict.fromkeys(run.processed())
    return all(
        [offset for part, offset in first if part == number]
        == sorted(offset for part, offset in first if part == number)
        for number in range(PARTITIONS)
    )


def stop_midway(run: Run) -> tuple[set[Place], int]:
    """Write records, one without its column, and more; returns them all, and that one's offset."""
    sent = fill(run)
    at = gone(run)
    return sent | {(0, at)} | fill(run), at


def test_a_stop_holds_the_exact_offset_and_a_resume_goes_on_there(run: Run) -> None:
    sent, at = stop_midway(run)
    with run.app(*GATED) as worker:
        until(lambda: stopped(run) and run.committed()[0] == at)  # Invariant 10
        assert {offset for part, offset in run.processed() if part == 0} == set(range(at))
        held = standing(run.bootstrap)
        assert held is not None
        assert held.cause.at == f"{run.topic}:0:{at}"
        resume(run.bootstrap)
        until(run.all_committed)
        assert worker.poll() is None
    assert set(run.processed()) == sent
    assert in_order(run)
    assert run.committed() == run.ends()


def test_every_partition_stands_still_and_a_restart_frees_none(run: Run) -> None:
    _, at = stop_midway(run)
    with run.app(*GATED):
        until(lambda: stopped(run) and run.committed()[0] == at)
    resting, processed = run.committed(), run.processed()
    fill(run, 200)
    with run.app(*GATED):
        until(lambda: said(run, "partitions.assigned") == 2)
    assert (run.committed(), run.processed()) == (resting, processed)
    assert resting[1] < run.ends()[1]


def test_a_worker_started_while_paused_reads_nothing(run: Run) -> None:
    write(run.bootstrap, control.paused("thu", control.decided("bảo trì"), "test"))
    fill(run, 400)
    with run.app(*GATED):
        until(lambda: said(run, "partitions.assigned"))
        assert run.processed() == []
        resume(run.bootstrap)
        until(run.all_committed)
    assert in_order(run)


def test_another_worker_follows_and_a_rebalance_frees_nothing(run: Run) -> None:
    sent, at = stop_midway(run)
    with run.app(*GATED) as first, run.app(*GATED) as second:
        until(lambda: stopped(run) and run.committed()[0] == at)
        os.kill(first.pid, signal.SIGTERM)
        assert first.wait(30) == 0  # what is held keeps nobody from leaving
        fill(run, 400)
        with run.app(*GATED):
            assert run.committed()[0] == at
            resume(run.bootstrap)
            until(run.all_committed, 60)
        assert second.poll() is None
    assert sent <= set(run.processed())
    assert run.committed() == run.ends()


@pytest.mark.parametrize("point", ["before", "after"])
def test_killed_around_the_write_it_meets_the_record_again(
    run: Run, point: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # Invariant 8
    sent, at = stop_midway(run)
    armed = tmp_path / f"streams.{point}_pause"
    armed.write_text("KILL")
    monkeypatch.setenv("SUOI_FAULTS", str(tmp_path))
    with run.app(*GATED) as first:
        assert first.wait(30) == -signal.SIGKILL
    assert armed.with_name(f"{armed.name}.struck").exists()
    assert stopped(run) is (point == "after")
    with run.app(*GATED):
        until(lambda: stopped(run) and run.committed()[0] == at)
        resume(run.bootstrap)
        until(run.all_committed)
    assert set(run.processed()) == sent


def test_pausing_and_resuming_in_haste_loses_and_reorders_nothing(run: Run) -> None:
    sent: set[Place] = set()
    struck = 0
    with run.app(*GATED, "--slow", "0.3"):
        for turn in range(1, 5):
            sent |= fill(run, 10_000)
            write(run.bootstrap, control.paused("thu", control.decided("thử"), "test"))
            until(lambda turn=turn: said(run, "dataset.paused") == turn)  # type: ignore[misc]
            struck += not run.all_committed()
            resume(run.bootstrap)
            until(lambda turn=turn: said(run, "dataset.resumed") == turn)  # type: ignore[misc]
        until(run.all_committed, 60)
    assert struck  # a pause came while chunks were under way
    assert set(run.processed()) == sent
    assert in_order(run)
