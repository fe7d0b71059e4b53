"""What comes twice is counted once: raw records sent again, groups set back, poison among them."""

import json
import random
import signal

import pytest
from confluent_kafka import Message
from support.halting import end, halted
from support.loading import Load, NoLoad
from support.proof import Sampler, prove
from support.raw_topics import CLERKS, last_records, reset_group, send
from support.registers import MANDATORY, Clerk
from support.stack import Stack
from support.waiting import until
from support.witness import Witness

from infra.local.home import Home

POISON = b'{"op":"u","after":{"id":'
"""The beginning of an envelope: no decoder can read it."""


def outcomes(stack: Stack) -> int:
    """How many records the ledger has counted."""
    row = stack.one("select coalesce(sum(n), 0)::bigint from ledger.outcome")
    assert row is not None
    return int(row[0])


def quarantined(stack: Stack, dataset: str) -> int:
    """How many items stand for a dataset, open or closed."""
    row = stack.one("select count(*) from quarantine.item where dataset = %s", dataset)
    assert row is not None
    return int(row[0])


def is_good(record: Message) -> bool:
    """Whether *record* is a birth that is not refused: three thousand of another are a storm."""
    row = json.loads(record.value() or b"{}").get("after")
    return bool(row and row[MANDATORY["ho_tich.khai_sinh"]])


def test_the_last_records_of_raw_sent_again_change_nothing(
    stack: Stack, witness: Witness, clerk: Clerk, sampler: Sampler, beside: Load | NoLoad
) -> None:
    until(lambda: clerk.changes > 200)
    again = last_records(stack, CLERKS, 10_000)
    valued = sum(1 for record in again if record.value() is not None)  # a tombstone is filtered
    before = outcomes(stack)
    beside.begin()
    send(stack, again)
    until(lambda: outcomes(stack) >= before + valued, 60)
    beside.finish()
    clerk.stop()
    prove(stack, witness)  # Invariants 2, 3
    sampler.stop()  # Invariant 4
    replayed = "select sum(n) from ledger.outcome where outcome = 'replayed'"
    assert (stack.one(replayed) or (0,))[0] > 0


@pytest.mark.parametrize(
    ("component", "group"), [("province_sink", "province"), ("streams", "streams")]
)
def test_a_group_set_back_in_kafka_counts_nothing_twice(
    stack: Stack,
    witness: Witness,
    clerk: Clerk,
    sampler: Sampler,
    beside: Load | NoLoad,
    component: str,
    group: str,
) -> None:
    until(lambda: clerk.changes > 100)
    beside.begin()
    struck = stack.pid(component)
    with halted(stack):
        end(stack, component, signal.SIGKILL)
        places = reset_group(stack, group, 5_000)
    assert places
    stack.wait_restarted(component, struck)
    busy = clerk.changes
    until(lambda: clerk.changes > busy + 50)
    beside.finish()
    clerk.stop()
    prove(stack, witness, seconds=90)  # the ledger's offsets win
    sampler.stop()


@pytest.mark.parametrize("every", [1_000, 1])
def test_poison_is_quarantined_and_stops_nobody(
    stack: Stack,
    witness: Witness,
    clerk: Clerk,
    sampler: Sampler,
    beside: Load | NoLoad,
    every: int,
) -> None:
    until(lambda: clerk.changes > 50)
    pattern = next(filter(is_good, last_records(stack, CLERKS[:1], 100)))
    records = [pattern] * 3_000
    chance = random.Random(every)
    values = {n: POISON for n in range(len(records)) if chance.randrange(every) == 0}
    values.setdefault(0, POISON)
    before = quarantined(stack, "tp_khai_sinh")
    beside.begin()
    send(stack, records, values)
    until(lambda: quarantined(stack, "tp_khai_sinh") >= before + len(values), 60)
    log = (Home(stack.home).logs / "streams.log").read_text(errors="replace")
    assert POISON.decode() not in log
    beside.finish()
    clerk.stop()
    prove(stack, witness, seconds=90)
    sampler.stop()
