"""The usual values of each kind, judged by a few lines of code; the rest goes to the refiner.

A `Block` holds the lines of one field: branches, each a test that a value is of a shape we know and
what is done then, and the call that is made otherwise. A fast path never decides anything a refiner
would decide differently (the tests compare them).
"""

from collections.abc import Callable, Mapping

from streams.fast.block import Block, Branch
from streams.fast.dates import date_branches, timestamp_branches
from streams.fast.identifiers import (
    cccd_branches,
    geohash_branches,
    paper_branches,
    phone_branches,
    register_branches,
    tax_branches,
)
from streams.fast.memory import known_branches
from streams.fast.numbers import decimal_branches, integer_branches
from streams.fast.texts import text_branches

FAST: Mapping[str, Callable[[Block], list[Branch]]] = {
    "text": text_branches,
    "name": text_branches,
    "ident": text_branches,
    "code": known_branches,
    "gender": known_branches,
    "ethnic": known_branches,
    "country": known_branches,
    "boolean": known_branches,
    "time": known_branches,
    "school_year": known_branches,
    "vsic": known_branches,
    "integer": integer_branches,
    "decimal": decimal_branches,
    "date": date_branches,
    "partial_date": date_branches,
    "timestamp": timestamp_branches,
    "cccd": cccd_branches,
    "id_paper": paper_branches,
    "register_number": register_branches,
    "mst": tax_branches,
    "mst_or_person": tax_branches,
    "geohash": geohash_branches,
    "phone": phone_branches,
}
"""The kinds that have a fast path."""


def lines_of(block: Block) -> list[str]:
    """Return the lines that set the field's value from `raw`."""
    branches = FAST[block.plan.item.kind](block) if block.plan.item.kind in FAST else []
    slow = f"{block.value} = {block.bind('refine', block.refine)}(raw, notes{block.beside})"
    if not branches:
        return [slow]
    if not (block.plan.mandatory or block.plan.item.options.empty):
        branches = [("raw is None", [f"{block.value} = None"]), *branches]
    lines: list[str] = []
    for test, done in branches:
        lines += [f"{'elif' if lines else 'if'} {test}:", *(f"    {line}" for line in done)]
    return [*lines, "else:", f"    {slow}"]
