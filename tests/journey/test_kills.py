"""kill -9 anywhere, at any time, loses nothing and needs no human (invariant 8)."""

import signal

import pytest
from support.proof import Sampler, prove
from support.registers import Clerk
from support.stack import Stack
from support.waiting import until
from support.witness import Witness


@pytest.mark.parametrize(
    ("component", "point"),
    [
        ("streams", "streams.before_output"),
        ("streams", "streams.after_output"),
        ("province_sink", "province.before_write"),
        ("province_sink", "province.before_commit"),
        ("province_sink", "province.after_commit"),
        ("quarantine_sink", "quarantine.before_commit"),
    ],
)
def test_a_worker_killed_at_a_named_point_loses_nothing(
    stack: Stack, witness: Witness, clerk: Clerk, sampler: Sampler, component: str, point: str
) -> None:
    before = stack.pid(component)
    stack.strike_at(point)
    stack.wait_restarted(component, before)
    clerk.stop()
    prove(stack, witness)  # Invariants 1, 2, 3, 8
    sampler.stop()  # Invariant 4


@pytest.mark.parametrize("component", ["kafka", "connect"])
def test_a_part_of_the_engine_killed_in_the_stream_loses_nothing(
    stack: Stack, witness: Witness, clerk: Clerk, sampler: Sampler, component: str
) -> None:
    until(lambda: clerk.changes > 50)
    struck = stack.signal(component)
    busy = clerk.changes
    until(lambda: clerk.changes > busy + 50)  # the source goes on while the part is away
    stack.wait_restarted(component, struck)
    clerk.stop()
    prove(stack, witness, seconds=90)
    sampler.stop()


def test_the_provincial_database_killed_in_the_middle_of_a_batch_loses_nothing(
    stack: Stack, witness: Witness, clerk: Clerk, sampler: Sampler
) -> None:
    stack.strike_at("province.before_commit", "STOP")  # the sink stands inside its transaction
    database = stack.signal("province")
    stack.wait_restarted("province", database)
    stack.signal("province_sink", signal.SIGCONT)
    clerk.stop()
    prove(stack, witness, seconds=90)
    sampler.stop()
