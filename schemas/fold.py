"""The key that matches freely typed words, never persons: fold (DOMAIN.md 2)."""

import re
from unicodedata import combining, normalize

_APOSTROPHES = str.maketrans("", "", "\u2019'\u02bc\u2018`\u00b4")
_D = str.maketrans("Đđ", "Dd")
_OTHER = re.compile("[^0-9a-z]+")


def fold(text: str) -> str:
    """Return *text* without marks, case, apostrophes and punctuation: "H'Mông" becomes "hmong"."""
    bare = normalize("NFC", text).translate(_APOSTROPHES).translate(_D)
    letters = "".join(c for c in normalize("NFD", bare) if not combining(c))
    return _OTHER.sub(" ", letters.casefold()).strip()
