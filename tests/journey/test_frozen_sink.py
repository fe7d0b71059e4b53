"""A sink frozen past its session: another takes over in time, and the late one changes nothing."""

import os
import signal
import time

import pytest
from support.loading import Load, NoLoad
from support.proof import Sampler, held, prove
from support.registers import Clerk
from support.second import second_sink
from support.stack import Stack
from support.waiting import until
from support.witness import Witness

PAST_SESSION_S = 8.0
"""Longer than the test stack's session timeout of 6 s."""


@pytest.mark.parametrize(
    "point", ["province.before_write", "province.before_commit", "province.after_commit"]
)
def test_a_late_sink_changes_nothing_and_counts_nothing(
    stack: Stack,
    witness: Witness,
    clerk: Clerk,
    sampler: Sampler,
    beside: Load | NoLoad,
    point: str,
) -> None:
    beside.begin()
    frozen = stack.pid("province_sink")
    stack.strike_at(point, "STOP")
    since = time.monotonic()
    before = len(held(stack, "ho_tich.khai_sinh"))
    with second_sink(stack):
        # session timeout 6 s, idle-in-transaction and lock limits are of the same order
        until(lambda: len(held(stack, "ho_tich.khai_sinh")) != before, 40)
        until(lambda: time.monotonic() > since + PAST_SESSION_S)
        os.kill(frozen, signal.SIGCONT)
        stack.wait_restarted("province_sink", frozen)  # it found that it is no longer the owner
        beside.finish()
        clerk.stop()
        prove(stack, witness, seconds=90)
    sampler.stop()
