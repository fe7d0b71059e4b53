"""The usual values of each kind: which taker takes them; the rest goes to the refiner.

A taker (`streams.takers`) is made for one field and called in place of its refiner, with the same
arguments. It never decides anything the refiner would decide differently (the tests compare them).
"""

from collections.abc import Callable, Mapping

from streams.fast.dates import date_taker, timestamp_taker
from streams.fast.identifiers import (
    geohash_taker,
    personal_taker,
    phone_taker,
    register_taker,
    tax_taker,
)
from streams.fast.known import known_taker
from streams.fast.numbers import decimal_taker, integer_taker
from streams.fast.task import Task
from streams.fast.texts import text_taker
from streams.plan import Refine

FAST: Mapping[str, Callable[[Task], Refine]] = {
    "text": text_taker,
    "name": text_taker,
    "ident": text_taker,
    "code": known_taker,
    "gender": known_taker,
    "ethnic": known_taker,
    "country": known_taker,
    "boolean": known_taker,
    "time": known_taker,
    "school_year": known_taker,
    "vsic": known_taker,
    "integer": integer_taker,
    "decimal": decimal_taker,
    "date": date_taker,
    "partial_date": date_taker,
    "timestamp": timestamp_taker,
    "cccd": personal_taker,
    "id_paper": personal_taker,
    "mst_or_person": personal_taker,
    "bhxh": personal_taker,
    "register_number": register_taker,
    "mst": tax_taker,
    "geohash": geohash_taker,
    "phone": phone_taker,
}
"""The kinds that have a fast path."""


def taker(task: Task) -> Refine:
    """Return what judges the field of *task*."""
    make = FAST.get(task.plan.item.kind)
    return make(task) if make else task.refine
