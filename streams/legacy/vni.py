"""VNI for Windows: a letter is one byte, or a plain vowel and a byte that is its mark.

Written from the tables of UniKey (VNI-WIN) and xvnkb, which agree on every letter; VNI Software
never published a standard. A capital takes the capital mark. 0x80 to 0x9F are windows-1252's, by
UniKey alone; nothing above them that is no letter of this table is read (so TCVN3 is not mistaken
for VNI).
"""

import re
from unicodedata import normalize

from streams.legacy.shown import HOLES, SHOWN

_ALONE = dict(zip("ñôöíìæóòî", "đơưíìỉĩịỵ", strict=True))
_TONES = {"ù": "\u0301", "ø": "\u0300", "û": "\u0309", "õ": "\u0303", "ï": "\u0323"}
_ROOFS = {"â": "", "á": "\u0301", "à": "\u0300", "å": "\u0309", "ã": "\u0303", "ä": "\u0323"}
_BREVES = {"ê": "", "é": "\u0301", "è": "\u0300", "ú": "\u0309", "ü": "\u0303", "ë": "\u0323"}


def _marked(vowels: str, hat: str, marks: dict[str, str]) -> dict[str, str]:
    """Return each of *vowels* with each mark -> the letter: *hat* and tone on what it means."""
    return {
        vowel + mark: normalize("NFC", _ALONE.get(vowel, vowel) + hat + tone)
        for vowel in vowels
        for mark, tone in marks.items()
    }


_LOWER = {
    **_ALONE,
    **_marked("aeouyôö", "", _TONES),
    **_marked("aeo", "\u0302", _ROOFS),
    **_marked("a", "\u0306", _BREVES),
}
del _LOWER["yï"]  # ỵ is one byte, î

LETTERS = _LOWER | {typed.upper(): letter.upper() for typed, letter in _LOWER.items()}
"""One or two windows-1252 characters -> the Vietnamese letter they meant."""

_PLAIN = "".join(SHOWN[byte] for byte in range(0xA1) if byte not in HOLES)
_letter = re.compile("|".join(sorted(LETTERS, key=len, reverse=True)))
_whole = re.compile(f"(?:{_letter.pattern}|[{re.escape(_PLAIN)}])*+").fullmatch


def decode_vni(text: str) -> str | None:
    """Return what *text* meant in VNI; None if a byte has no meaning where it stands."""
    return _letter.sub(lambda found: LETTERS[found[0]], text) if _whole(text) else None
