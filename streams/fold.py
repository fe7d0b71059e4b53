"""Keys that match freely typed words, never persons: fold and core (DOMAIN.md 2)."""

import re
from unicodedata import combining, normalize

_APOSTROPHES = str.maketrans("", "", "\u2019'\u02bc\u2018`\u00b4")
_D = str.maketrans("Đđ", "Dd")
_OTHER = re.compile("[^0-9a-z]+")
_KIND_WORD = re.compile("(?:phuong|xa|thi tran|dac khu|p|tt|x) ")
_SHORT_KIND = {"p": "phuong", "x": "xa"}


def fold(text: str) -> str:
    """Return *text* without marks, case, apostrophes and punctuation: "H'Mông" becomes "hmong"."""
    bare = normalize("NFC", text).translate(_APOSTROPHES).translate(_D)
    letters = "".join(c for c in normalize("NFD", bare) if not combining(c))
    return _OTHER.sub(" ", letters.casefold()).strip()


def fold_place(text: str) -> str:
    """Return the full fold of a commune's name; a leading "P." counts as phường, "X." as xã."""
    first, gap, rest = fold(text).partition(" ")
    return f"{_SHORT_KIND.get(first, first)}{gap}{rest}"


def core(full: str) -> str:
    """Return a full fold without its leading kind word: "phuong chieng le" becomes "chieng le"."""
    return _KIND_WORD.sub("", full, count=1) if _KIND_WORD.match(full) else full
