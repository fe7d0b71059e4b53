"""Keys that match freely typed words, never persons: fold and core (DOMAIN.md 2)."""

import re

from schemas.fold import fold

_KIND_WORD = re.compile("(?:phuong|xa|thi tran|dac khu|p|tt|x) ")
_SHORT_KIND = {"p": "phuong", "x": "xa"}


def fold_place(text: str) -> str:
    """Return the full fold of a commune's name; a leading "P." counts as phường, "X." as xã."""
    first, gap, rest = fold(text).partition(" ")
    return f"{_SHORT_KIND.get(first, first)}{gap}{rest}"


def core(full: str) -> str:
    """Return a full fold without its leading kind word: "phuong chieng le" becomes "chieng le"."""
    return _KIND_WORD.sub("", full, count=1) if _KIND_WORD.match(full) else full


__all__ = ("core", "fold", "fold_place")
