"""What was read is gathered whole: however slowly it comes, nothing of it is dropped."""

import time
from random import Random

import pytest

from consumers import intake
from consumers.intake import Intake
from infra.errors import NotOwner
from infra.settings import Timing

DUE = 12_000
SLOW_S = 0.06
"""Longer than a batch lingers."""


class Message:
    """A record as the client gives it; tests/local/test_loop.py reads real ones."""

    def __init__(self, offset: int) -> None:
        self._offset = offset

    def error(self) -> None:
        """Say that there is none."""

    def headers(self) -> list[tuple[str, bytes]]:
        """Give none."""
        return []

    def topic(self) -> str:
        """Give the only topic."""
        return "clean.thu.v1"

    def partition(self) -> int:
        """Give the only partition."""
        return 0

    def offset(self) -> int:
        """Give its own."""
        return self._offset

    def key(self) -> bytes:
        """Give any."""
        return b"[1]"

    def value(self) -> bytes:
        """Give any."""
        return b"x"

    def timestamp(self) -> tuple[int, int]:
        """Give any."""
        return (1, 0)


class Drip:
    """A consumer whose records come in drops of uneven size, some of them late."""

    def __init__(self, seed: int) -> None:
        self._chance, self._next = Random(seed), 0

    def poll(self, _seconds: float) -> Message | None:
        """Give the next."""
        found = self._given(1)
        return found[0] if found else None

    def consume(self, most: int, _seconds: float) -> list[Message]:
        """Give some, or none."""
        if self._chance.random() < 0.2:
            time.sleep(self._chance.choice([0, 0.004, SLOW_S]))
        return self._given(min(most, self._chance.choice([0, 1, 3, 700, 1_000])))

    def _given(self, count: int) -> list[Message]:
        first, self._next = self._next, min(self._next + count, DUE)
        return [Message(offset) for offset in range(first, self._next)]


@pytest.mark.parametrize("seed", range(3))
def test_no_record_that_was_read_is_dropped(seed: int) -> None:  # Invariant 8
    taken = Intake(Drip(seed), Timing())  # type: ignore[arg-type]
    found: list[int] = []
    while records := taken.gather():
        assert len(records) < intake._LARGEST_BATCH + intake._PIECE  # noqa: SLF001
        found += [record.offset for record in records]
    assert found == list(range(DUE))


def test_what_a_callback_met_is_raised_by_the_read() -> None:
    taken = Intake(Drip(0), Timing())  # type: ignore[arg-type]
    taken.trouble = NotOwner("another owner")
    with pytest.raises(NotOwner, match="another owner"):
        taken.gather()
