"""Rows of any contract, wire-typed as streams hands them to its encoder (schemas.records)."""

from typing import Any

from hypothesis import strategies as st

from schemas.contract import Column, Dataset
from schemas.sequence import in_order

_LONG = 2**63
_DAY_US = 86_400_000_000
TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=40)
"""What PostgreSQL can hold."""


def decimals(column: Column) -> st.SearchStrategy[str]:
    """Canonical texts of *column*: no trailing zeros."""
    limit, scale = 10 ** (column.precision or 0) - 1, column.scale or 0

    def text(number: int) -> str:
        digits = str(abs(number)).rjust(scale + 1, "0")
        whole, fraction = digits[: len(digits) - scale], digits[len(digits) - scale :].rstrip("0")
        return ("-" if number < 0 else "") + (f"{whole}.{fraction}" if fraction else whole)

    return st.integers(-limit, limit).map(text)


def value_of(column: Column) -> st.SearchStrategy[Any]:
    """Values of *column*; None is one of them."""
    kinds: dict[str, st.SearchStrategy[Any]] = {
        "text": TEXTS,
        "integer": st.integers(-_LONG, _LONG - 1),
        "boolean": st.booleans(),
        "date": st.integers(-719_162, 2_932_896),  # the years 1 to 9999
        "timestamp": st.integers(-719_162 * _DAY_US, 2_932_897 * _DAY_US - 1),
    }
    return st.none() | (decimals(column) if column.type == "decimal" else kinds[column.type])


def canonical(columns: tuple[Column, ...]) -> st.SearchStrategy[tuple[Any, ...]]:
    """A value of each of *columns*."""
    return st.tuples(*map(value_of, columns))


def systems(dataset: Dataset) -> st.SearchStrategy[dict[str, Any]]:
    """The system fields of a clean record, but its key."""
    order = [item.name for item in in_order(dataset)]
    originals = st.dictionaries(st.sampled_from(order), TEXTS, max_size=4).map(
        lambda found: dict(sorted(found.items(), key=lambda one: order.index(one[0])))
    )
    return st.fixed_dictionaries(
        {
            "_source": st.just(dataset.source),
            "_generation": st.integers(1, 2**31 - 1),
            "_position": st.integers(0, _LONG - 1),
            "_step": st.integers(0, _LONG - 1),
            "_ruleset": st.integers(1, 2**31 - 1),
            "_source_ts": st.integers(0, 2**52),
            "_captured_ts": st.integers(0, 2**52),
            "_flags": st.lists(TEXTS, max_size=4).map(tuple),
            "_originals": originals,
            "_hash": st.just("0f" * 32),
            "_raw": st.integers(0, _LONG - 1).map(lambda offset: f"raw.s.t:1:{offset}"),
        }
    )
