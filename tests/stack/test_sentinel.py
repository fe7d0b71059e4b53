"""A worker frozen on a real stack: red at once, restarted once, and nothing lost."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from support.stack import ROOT, Stack
from support.waiting import until

from infra.local.access import environment
from infra.local.home import Home

pytestmark = pytest.mark.timeout(300)


@contextmanager
def impatient(stack: Stack) -> Iterator[None]:
    """Run a sentinel that waits 5 s in place of the stack's own, which is frozen meanwhile."""
    surroundings = stack.environment | environment(Home(stack.home), "sentinel")
    surroundings |= {"SUOI_STANDSTILL_S": "5", "SUOI_SAMPLE_S": "0.5"}
    stack.signal("sentinel", signal.SIGSTOP)
    command = [sys.executable, "-m", "suoi", "run", "sentinel"]
    process = subprocess.Popen(command, env=surroundings, cwd=ROOT)
    try:
        yield
    finally:
        process.terminate()
        process.wait(20)
        stack.signal("sentinel", signal.SIGCONT)


@pytest.mark.parametrize("worker", ["streams", "province_sink"])
def test_a_frozen_worker_is_red_and_restarted_by_itself(stack: Stack, worker: str) -> None:
    with impatient(stack), stack.justice() as registers:
        until(lambda: stack.json("lag"), 30)
        struck = stack.signal(worker, signal.SIGSTOP)
        problems = stack.json("status", check=False)["problems"]
        assert any(one["where"] == worker and "frozen" in one["what"] for one in problems)
        registers.execute(
            "update ho_tich.khai_sinh set ten = ten where ctid in "
            "(select ctid from ho_tich.khai_sinh limit 5)"
        )
        if worker == "province_sink":
            until(lambda: _waits(stack), 30)
        stack.wait_restarted(worker, struck, 60)
    until(lambda: stack.json("status", check=False)["healthy"], 60)


def _waits(stack: Stack) -> bool:
    hop = stack.json("lag", check=False)["tp_khai_sinh"]["verdict_to_applied"]
    return bool(hop["messages"])
