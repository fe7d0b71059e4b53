"""The transport driver against a real broker: what is committed has been processed.

These are the contract with the private names of Faust that the driver uses.
"""

import os
import signal
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from support.driving import PARTITIONS, RECORDS, Run, fill
from support.plain_broker import make_topic, plain_broker
from support.waiting import until

_names = (f"raw.driver.{number}" for number in count())


@pytest.fixture(scope="module")
def bootstrap(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with plain_broker(tmp_path_factory.mktemp("broker")) as address:
        yield address


@pytest.fixture
def run(bootstrap: str, tmp_path: Path) -> Run:
    topic = next(_names)
    make_topic(bootstrap, topic, PARTITIONS)
    return Run(bootstrap, topic, tmp_path / "processed")


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
