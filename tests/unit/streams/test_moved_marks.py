"""A decimal times a power of ten: its mark moves, and nothing else."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.judging import CODES

from streams.numbers import decimal_text, moved, units

AMOUNTS = st.decimals(0, 10**12, allow_nan=False, allow_infinity=False, places=6).map(decimal_text)


@given(text=AMOUNTS, places=st.integers(-9, 9))
def test_a_moved_mark_is_a_multiplication(text: str, places: int) -> None:
    assert moved(text, places) == decimal_text(Decimal(text).scaleb(places))


@pytest.mark.parametrize(
    ("text", "places", "result"),
    [
        ("0", 3, "0"),
        ("0", -3, "0"),
        ("0.7", -3, "0.0007"),
        ("0.007", 2, "0.7"),
        ("1200", -2, "12"),
        ("22190.1", 2, "2219010"),
    ],
)
def test_zeros_stand_only_where_they_count(text: str, places: int, result: str) -> None:
    assert moved(text, places) == result


def test_a_unit_knows_how_far_its_mark_moves() -> None:
    known = units(CODES.rows("codes/unit"))
    for unit in known.values():
        assert unit.places is None or unit.factor == Decimal(10) ** unit.places
    assert known["tan"].places == 3
    assert known["ug_l"].places == -3
