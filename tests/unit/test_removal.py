"""What may be removed after a gap, on what was said: every decision."""

import pytest

from consumers.sweep import Vanished
from suoi.removal import Asked, not_to_sweep

FEW = Vanished("a", 10, 11, 0)
MANY = Vanished("b", 11, 100, 0)
PART = Vanished("b", 9, 100, 0)
NAMELESS = Vanished("c", 1, 100, 2)


def asked(*, sweep: bool = True, rows: int | None = None) -> Asked:
    return Asked(reason="thử", sweep=sweep, rows=rows, patience_s=0)


@pytest.mark.parametrize(
    ("found", "said", "removes"),
    [
        ((), asked(sweep=False), True),
        ((PART,), asked(sweep=False), False),
        ((PART,), asked(), True),
        ((FEW,), asked(), True),
        ((MANY,), asked(), False),
        ((MANY,), asked(rows=11), True),
        ((MANY,), asked(rows=10), False),
        ((MANY, PART), asked(rows=11), False),
        ((MANY, PART), asked(rows=20), True),
        ((NAMELESS,), asked(), False),
        ((NAMELESS,), asked(rows=1), True),
        ((PART, MANY), asked(), False),
    ],
)
def test_rows_are_removed_only_as_many_as_was_said(
    found: tuple[Vanished, ...], said: Asked, *, removes: bool
) -> None:
    assert (not not_to_sweep(found, said, shown=True)) is removes


def test_a_refusal_says_the_number_to_give() -> None:
    [sentence] = not_to_sweep((MANY, PART), asked(), shown=True)
    assert "--rows 20" in sentence


def test_what_was_never_shown_is_removed_only_by_its_number() -> None:
    assert not_to_sweep((PART,), asked(), shown=False)
    assert not not_to_sweep((PART,), asked(rows=9), shown=False)
