"""The usual value of each kind, judged by a few lines of code; the rest goes to the refiner.

A `Block` holds the lines of one field: a test that a value is already as it should be, what is done
then, and the call that is made otherwise. A fast path never decides anything a refiner would decide
differently (the tests compare them).
"""

from collections.abc import Callable, Mapping

from streams.fast.amounts import date_path, integer_path, timestamp_path, year_path
from streams.fast.block import Block, Path
from streams.fast.texts import cccd_path, paper_path, phone_path, register_path, text_path
from streams.fast.words import boolean_path, code_path

FAST: Mapping[str, Callable[[Block], Path]] = {
    "text": text_path,
    "name": text_path,
    "ident": text_path,
    "code": code_path,
    "gender": code_path,
    "ethnic": code_path,
    "country": code_path,
    "boolean": boolean_path,
    "integer": integer_path,
    "date": date_path,
    "partial_date": date_path,
    "timestamp": timestamp_path,
    "cccd": cccd_path,
    "id_paper": paper_path,
    "register_number": register_path,
    "phone": phone_path,
}
"""The kinds that have a fast path."""


def lines_of(block: Block) -> list[str]:
    """Return the lines that set the field's value from `raw`."""
    path = _path(block)
    slow = f"{block.value} = {block.bind('refine', block.refine)}(raw, notes{block.beside})"
    if not path:
        return [slow]
    test, done = path
    null = (
        []
        if block.plan.mandatory or block.plan.item.options.empty
        else ["if raw is None:", f"    {block.value} = None"]
    )
    word = "elif" if null else "if"
    usual = [*null, f"{word} {test}:", *(f"    {line}" for line in done)]
    if block.plan.item.kind == "partial_date" and "y" in block.plan.item.options.date_formats:
        usual += year_path(block)
    return [*usual, "else:", f"    {slow}"]


def _path(block: Block) -> Path:
    path = FAST.get(block.plan.item.kind)
    return path(block) if path else None
