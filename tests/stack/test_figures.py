"""What an operator is told: honest when idle, honest when stuck."""

import signal
from datetime import datetime
from typing import Any

from support.registers import insert
from support.rows import BIRTH
from support.stack import Stack
from support.waiting import until


def birth_figures(stack: Stack) -> dict[str, Any]:
    """The figures of tp_khai_sinh."""
    figures: dict[str, Any] = stack.json("status", check=False)["datasets"]["tp_khai_sinh"]
    return figures


def through(stack: Stack) -> datetime | None:
    """Until when tp_khai_sinh is complete; None = unknown."""
    said = birth_figures(stack)["complete_through"]
    return datetime.fromisoformat(said) if said else None


def test_the_watermark_moves_while_the_table_is_silent(stack: Stack) -> None:
    first = until(lambda: through(stack), 40)
    until(lambda: (now := through(stack)) is not None and now > first)  # Invariant 9


def test_a_worker_that_stands_still_makes_the_watermark_unknown_not_zero(stack: Stack) -> None:
    until(lambda: through(stack), 40)
    stack.signal("streams", signal.SIGSTOP)
    try:
        with stack.justice() as clerk:
            insert(clerk, "ho_tich.khai_sinh", BIRTH | {"so_gcs": "STILL"})
        until(lambda: stack.json("lag")["tp_khai_sinh"]["raw_to_verdict"]["messages"] > 0)
        figures = birth_figures(stack)
        assert figures["complete_through"] is None
        assert figures["lag_seconds"] is None
    finally:
        stack.signal("streams", signal.SIGCONT)
    until(lambda: through(stack), 60)


def test_law_2_is_printed_for_every_partition(stack: Stack) -> None:
    answer = stack.json("ledger", "check")
    assert answer["holds"]
    named = {(one["topic"], one["partition"]) for one in answer["partitions"]}
    assert ("raw.so_tu_phap.ho_tich.khai_sinh", 1) in named
    assert ("raw.so_nnmt.cdc.heartbeat", 0) in named
    for one in answer["partitions"]:
        ended = ("applied", "superseded", "replayed", "quarantined", "filtered", "in_flight")
        assert one["captured"] == sum(one[name] for name in ended)  # Invariant 2
