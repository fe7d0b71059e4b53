"""The keys of the portal cache in Redis, known to the sink that writes and the portal that reads.

`pub:<dataset>:cur` names the version that is whole; `pub:<dataset>:<version>:…` holds it:
`rows` open key -> JSON, `order` open key -> order key and commit time (µs; kept for closed rows
too), `offsets` and `ends` partition -> offset, `changed` the newest commit time at a source (µs).
"""

from itertools import accumulate
from typing import NamedTuple

from schemas.contract import Dataset
from schemas.records import OrderKey

_WIDTHS = (10, 19, 19, 10)
"""Digits of the parts of an order key in `order_text`."""


class CacheKeys(NamedTuple):
    """The keys of one version of one dataset's cache."""

    current: str
    rows: str
    order: str
    offsets: str
    ends: str
    changed: str


def cache_keys(dataset: Dataset, version: str) -> CacheKeys:
    """Name the keys of *version*; the sink writes the version of the open topic."""
    stem = f"pub:{dataset.id}"
    parts = (f"{stem}:{version}:{name}" for name in CacheKeys._fields[1:])
    return CacheKeys(f"{stem}:cur", *parts)


def order_text(order: OrderKey) -> str:
    """Write an order key so that texts compare as the keys do, also beyond 2^53 (Lua's numbers).

    Digits alone, of fixed width: generation and ruleset up to 2^31, position and step up to 2^63.
    """
    return f"{order.generation:010d}{order.position:019d}{order.step:019d}{order.ruleset:010d}"


def place_text(order: OrderKey, source_ts: int) -> str:
    """Write an order key and, behind it, the commit time (µs) of its version."""
    return f"{order_text(order)}:{source_ts}"


def read_place(text: str) -> tuple[OrderKey, int]:
    """Read what `place_text` wrote."""
    order, _, source_ts = text.partition(":")
    ends = list(accumulate(_WIDTHS))
    parts = (order[end - width : end] for end, width in zip(ends, _WIDTHS, strict=True))
    return OrderKey(*map(int, parts)), int(source_ts)
