"""Records deleted before they were judged: the dataset is held and says so, nothing is skipped.

A real broker, the product's own loop, driver and gate (tests/support/driver_app.py).
"""

import asyncio
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from confluent_kafka import Producer, TopicPartition
from confluent_kafka.admin import AdminClient
from support.driving import PARTITIONS, Run, fill
from support.plain_broker import make_topic, plain_broker
from support.waiting import until

from infra.control import Control, write_standing
from infra.kafka import Outbox, producer_config
from schemas import control
from schemas.control import EXPIRED, Standing
from schemas.topics import CONTROL

_names = (f"raw.expired.{number}" for number in count())


@pytest.fixture(scope="module")
def bootstrap(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with plain_broker(tmp_path_factory.mktemp("broker")) as address:
        make_topic(address, CONTROL, 1)
        yield address


@pytest.fixture
def run(bootstrap: str, tmp_path: Path) -> Iterator[Run]:
    """One topic whose group has come to its end and is away."""
    one = Run(bootstrap, next(_names), tmp_path / "processed")
    make_topic(bootstrap, one.topic, PARTITIONS)
    fill(one, 200)
    with one.app("--driver", "gated"):
        until(one.all_committed)
    yield one
    producer = Producer({"bootstrap.servers": bootstrap})
    producer.produce(CONTROL, key=b"thu", value=None)
    assert producer.flush(20) == 0


def expire(run: Run) -> dict[int, int]:
    """Write records that nobody reads, delete them, write one more; returns the first kept."""
    fill(run, 100)
    ends = run.ends()
    admin = AdminClient({"bootstrap.servers": run.bootstrap})
    cut = [TopicPartition(run.topic, number, end) for number, end in ends.items()]
    for future in admin.delete_records(cut).values():
        future.result(20)
    fill(run, PARTITIONS)
    return ends


def standing(run: Run) -> Standing | None:
    reader = Control({"bootstrap.servers": run.bootstrap}, "test")
    try:
        reader.catch_up()
        return reader.standings.get("thu")
    finally:
        reader.close()


def is_paused(run: Run) -> bool:
    found = standing(run)
    return found is not None and found.paused


def resume(run: Run) -> None:
    before = standing(run)
    assert before is not None
    after = control.resumed(before, control.decided("sẽ nạp lại"), "test")
    outbox = Outbox({"bootstrap.servers": run.bootstrap} | producer_config())
    asyncio.run(write_standing(outbox, after))


def test_records_deleted_before_they_were_judged_hold_the_dataset(run: Run) -> None:
    before, processed = run.committed(), set(run.processed())
    expire(run)
    with run.app("--driver", "gated"):
        until(lambda: is_paused(run))  # Invariant 10
    found = standing(run)
    assert found is not None
    assert found.cause.code == EXPIRED
    assert [gap for gap in found.cause.columns if gap.startswith("@")]
    assert run.committed() == before
    assert set(run.processed()) == processed


def test_a_person_who_knows_lets_it_go_on_and_once_is_enough(run: Run) -> None:
    kept = expire(run)
    with run.app("--driver", "gated"):
        until(lambda: is_paused(run))
    while not run.all_committed():  # each partition has a gap of its own
        if is_paused(run):
            resume(run)
        with run.app("--driver", "gated"):
            until(lambda: run.all_committed() or is_paused(run))
    assert {(number, first) for number, first in kept.items()} <= set(run.processed())
    fill(run, PARTITIONS)
    with run.app("--driver", "gated"):
        until(run.all_committed)
    assert not is_paused(run)
