"""A sink frozen past its session: another takes over in time, and the late one changes nothing."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from support.proof import Sampler, held, prove
from support.registers import Clerk
from support.stack import ROOT, Stack
from support.waiting import until
from support.witness import Witness

from infra.local.access import environment
from infra.local.home import Home

PAST_SESSION_S = 8.0
"""Longer than the test stack's session timeout of 6 s."""


@contextmanager
def second_sink(stack: Stack) -> Iterator[subprocess.Popen[bytes]]:
    """Run another provincial sink of the same group beside the supervised one."""
    surroundings = stack.environment | environment(Home(stack.home), "province_sink")
    surroundings.pop("SUOI_FAULTS")
    log = (stack.home / "logs" / "second_sink.log").open("ab")
    process = subprocess.Popen(
        [sys.executable, "-m", "suoi", "run", "province"], env=surroundings, cwd=ROOT, stderr=log
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(20)
        log.close()


def said(stack: Stack) -> str:
    """What the supervised sink has said until now."""
    return (stack.home / "logs" / "province_sink.log").read_text("utf-8")


def let_go(stack: Stack, frozen: int, told: int) -> bool:
    """Whether the late one left, or joined the group anew with nothing in hand.

    It leaves where it wrote and the ledger refused it. Where the server has ended its transaction,
    or nothing was left to write, it learns from the group that its partitions are another's.
    """
    left = stack.state()["province_sink"]
    gone = left["state"] == "ready" and left["pid"] != frozen
    return gone or "partitions.assigned" in said(stack)[told:]


@pytest.mark.parametrize(
    "point", ["province.before_write", "province.before_commit", "province.after_commit"]
)
def test_a_late_sink_changes_nothing_and_counts_nothing(
    stack: Stack, witness: Witness, clerk: Clerk, sampler: Sampler, point: str
) -> None:
    frozen = stack.pid("province_sink")
    struck = stack.arm(point, "STOP")
    until(struck.exists, 30)
    since = time.monotonic()
    struck.unlink()
    before = len(held(stack, "ho_tich.khai_sinh"))
    with second_sink(stack):
        # session timeout 6 s, idle-in-transaction and lock limits are of the same order
        until(lambda: len(held(stack, "ho_tich.khai_sinh")) != before, 40)
        until(lambda: time.monotonic() > since + PAST_SESSION_S)
        told = len(said(stack))
        os.kill(frozen, signal.SIGCONT)
        until(lambda: let_go(stack, frozen, told), 60)
        clerk.stop()
        prove(stack, witness, seconds=90)
    sampler.stop()
