"""A partition set back while its group is active, against a real broker: exactly once marked.

The application is tests/support/driver_app.py: the product's own loop, driver, notes and rewinder.
"""

import asyncio
import signal
from collections import Counter
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from confluent_kafka import Consumer, TopicPartition
from support.driving import PARTITIONS, RECORDS, Place, Run, fill
from support.plain_broker import make_topic, plain_broker
from support.waiting import until

from infra.control import Control, write_rewind, write_standing
from infra.kafka import Outbox, producer_config
from schemas import control, marks
from schemas.rewinds import Rewind
from schemas.topics import CONTROL

_names = (f"raw.rewound.{number}" for number in count())
GATED = ("--driver", "gated")
STARTS = {0: 100, 1: 1500}


@pytest.fixture(scope="module")
def bootstrap(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with plain_broker(tmp_path_factory.mktemp("broker")) as address:
        make_topic(address, CONTROL, 1)
        yield address


@pytest.fixture
def run(bootstrap: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    topic = next(_names)
    make_topic(bootstrap, topic, PARTITIONS)
    faults = tmp_path / "faults"
    faults.mkdir()
    monkeypatch.setenv("SUOI_FAULTS", str(faults))
    yield Run(bootstrap, topic, tmp_path / "processed")
    asyncio.run(write_rewind(sender(bootstrap), "thu", None))


def sender(bootstrap: str) -> Outbox:
    return Outbox({"bootstrap.servers": bootstrap} | producer_config())


def ask(run: Run, name: str) -> None:
    """Ask for a rewind as the command does."""
    rewind = Rewind(dataset="thu", id=name, starts=STARTS, since="2026-03-11T17:00Z", by="test")
    asyncio.run(write_rewind(sender(run.bootstrap), "thu", rewind))


def asked(run: Run) -> bool:
    """Whether a request waits."""
    reader = Control({"bootstrap.servers": run.bootstrap}, "test")
    try:
        reader.catch_up()
        return bool(reader.rewinds)
    finally:
        reader.close()


def again(run: Run) -> list[Place]:
    """What was marked, in order."""
    lines = run.out.with_suffix(".again").read_text().splitlines()
    return [(int(one), int(two)) for one, two in (line.split(":") for line in lines)]


def notes(run: Run) -> list[marks.Mark]:
    consumer = Consumer({"bootstrap.servers": run.bootstrap, "group.id": run.topic})
    wanted = [TopicPartition(run.topic, number) for number in range(PARTITIONS)]
    found = [marks.decode(one.metadata) for one in consumer.committed(wanted, 10)]
    consumer.close()
    return found


PAST = {(part, offset) for part, first in STARTS.items() for offset in range(first, RECORDS // 2)}


def test_what_is_judged_again_is_marked_and_what_follows_is_not(run: Run) -> None:
    sent = fill(run)
    with run.app(*GATED):
        until(run.all_committed)
        before = len(run.processed())
        ask(run, "one")
        until(lambda: not asked(run))
        later = fill(run, 400)
        until(lambda: run.all_committed() and len(set(run.processed())) == RECORDS + 400)
    assert Counter(again(run)) == Counter(PAST)  # Invariant 2: each once, none of the later ones
    assert set(run.processed()) == sent | later
    replayed = run.processed()[before:]
    for part in range(PARTITIONS):  # in order, live changes after
        offsets = [offset for one, offset in replayed if one == part]
        assert offsets == sorted(offsets)
    assert [one.again for one in notes(run)] == [0, 0]
    assert [one.rulesets for one in notes(run)] == [(1,), (1,)]


@pytest.mark.parametrize("point", ["streams.before_rewind", "streams.after_rewind"])
def test_a_worker_killed_while_setting_back_leaves_nothing_undone(
    run: Run, tmp_path: Path, point: str
) -> None:  # Invariant 8
    fill(run)
    with run.app(*GATED) as first:
        until(run.all_committed)
        (tmp_path / "faults" / point).write_text("KILL")
        ask(run, "one")
        assert first.wait(30) == -signal.SIGKILL
    assert asked(run)
    with run.app(*GATED):
        until(lambda: not asked(run))
        until(lambda: run.all_committed() and set(again(run)) >= PAST)
    assert set(again(run)) == PAST
    if point == "streams.before_rewind":
        assert len(again(run)) == len(PAST)  # carried out once


def test_a_worker_killed_while_judging_again_goes_on_and_still_marks(run: Run) -> None:
    fill(run, 40_000)
    past = {(part, at) for part, first in STARTS.items() for at in range(first, 20_000)}
    with run.app(*GATED):
        until(run.all_committed)
    with run.app(*GATED, "--slow", "0.02") as slow:
        ask(run, "one")
        until(lambda: len(again(run)) > 2000)
        slow.kill()
    assert not run.all_committed()
    with run.app(*GATED):
        until(lambda: run.all_committed() and past <= set(again(run)))
        until(lambda: not asked(run))
    assert set(again(run)) == past
    twice = Counter(run.processed())
    assert all(twice[place] >= 2 for place in past)
    unmarked = [place for place, seen in (twice - Counter(again(run))).items() if seen != 1]
    assert unmarked == []  # the first time unmarked, every other time marked


def test_a_paused_dataset_is_set_back_and_judged_once_it_runs(run: Run) -> None:
    fill(run)
    pause = control.paused("thu", control.decided("thử"), "test")
    with run.app(*GATED):
        until(run.all_committed)
        asyncio.run(write_standing(sender(run.bootstrap), pause))
        ask(run, "one")
        until(lambda: not asked(run))
        assert run.committed() == STARTS
        assert again(run) == []
        resume = control.resumed(pause, control.decided("thử"), "test")
        asyncio.run(write_standing(sender(run.bootstrap), resume))
        until(lambda: run.all_committed() and set(again(run)) >= PAST)
    assert Counter(again(run)) == Counter(PAST)


def test_two_workers_each_set_back_what_is_theirs(run: Run) -> None:
    fill(run)
    with run.app(*GATED), run.app(*GATED):
        until(run.all_committed)
        ask(run, "one")
        until(lambda: not asked(run))
        until(lambda: run.all_committed() and set(again(run)) >= PAST)
    assert set(again(run)) == PAST
