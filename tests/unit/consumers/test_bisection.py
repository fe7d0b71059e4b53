"""How many tries it takes to find the rows that a database refuses; the database is a stand-in.

The real one stands in tests/local/test_refused.py.
"""

from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest

from consumers.refused import bisect


def tries(rows: int, bad: set[int]) -> tuple[list[int], list[int], int]:
    """Return what was refused, what was written, and in how many tries."""
    written: list[int] = []
    sizes: list[int] = []

    def write(part: Any) -> None:  # noqa: ANN401  rows that are numbers
        sizes.append(len(part))
        if bad & set(part):
            raise psycopg.errors.CheckViolation
        written.extend(part)

    connection: Any = SimpleNamespace(transaction=nullcontext)
    refused: list[Any] = [one.arrival for one in bisect(connection, range(rows), write)]  # type: ignore[arg-type]
    return refused, written, len(sizes)


@pytest.mark.parametrize(
    ("bad", "most"),
    [
        (set(), 1),
        ({0}, 30),
        ({4999}, 30),
        ({2500}, 30),
        ({7, 8, 9}, 40),
        (set(range(0, 5000, 500)), 300),
        (set(range(0, 5000, 2)), 7600),
        (set(range(5000)), 5020),
    ],
)
def test_refused_rows_are_found_in_few_tries(bad: set[int], most: int) -> None:
    refused, written, count = tries(5000, bad)
    assert refused == sorted(bad)
    assert written == [one for one in range(5000) if one not in bad]
    assert count <= most


def test_no_rows_are_no_tries() -> None:
    assert tries(0, set()) == ([], [], 0)
