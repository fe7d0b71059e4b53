"""Takers of text: names, free text, free identifiers, and text of a declared legacy table."""

from functools import lru_cache

from streams.fast.known import FEW
from streams.fast.letters import alphabet, nothing
from streams.fast.task import Task
from streams.legacy import decode_legacy
from streams.plan import Refine
from streams.takers.texts import Legacy, Meanings, Text

_WHOLE_LETTERS = frozenset(("tcvn3", "viscii", "vps"))
"""The tables in which one byte is one letter, whatever stands beside it."""
_HOLES = frozenset((0x81, 0x8D, 0x8F, 0x90, 0x9D))
"""Bytes that windows-1252 leaves empty; they arrive as the C1 controls of the same number."""


def text_taker(task: Task) -> Refine:
    """Return the taker of text that no rule touches, and of text that is only decoded.

    T10 is for names alone; what else it leaves as it is, it also leaves in an identifier.
    """
    options = task.plan.item.options
    if task.plan.wire != "text" or options.numeric_ok:
        return task.refine
    letters, words = alphabet(named=task.named), nothing(task.plan.nothing)
    if options.encoding == "utf-8":
        return Text(task, letters, words, FEW).take
    if options.encoding not in _WHOLE_LETTERS or task.named:
        return task.refine
    return Legacy(task, letters, words, meanings(options.encoding)).take


@lru_cache(maxsize=len(_WHOLE_LETTERS))
def meanings(encoding: str) -> Meanings:
    """Return what the letters of *encoding* mean, found by asking `decode_legacy`, byte by byte."""
    letters = [chr(byte) if byte in _HOLES else _cp1252(byte) for byte in range(256)]
    known = {letter: decode_legacy(letter, encoding) for letter in letters}
    return Meanings({letter: meant for letter, meant in known.items() if meant})


def _cp1252(byte: int) -> str:
    return bytes((byte,)).decode("cp1252")
