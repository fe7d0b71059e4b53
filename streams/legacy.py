"""Text in the code tables of before Unicode: a declared column's bytes, read as what they meant.

DOMAIN.md 2, T1: the text came to us as windows-1252, so each character stands for one byte.
Conversion is never guessed and never done twice: a text that already holds a Vietnamese letter is
refused.
"""

import re
from collections.abc import Mapping

# TCVN 5712:1993, VN3 (the ABC fonts): it has no upper-case accented letters.
_TCVN3_RUNS = {
    0xA1: "ĂÂÊÔƠƯĐăâêôơưđ",
    0xB5: "àảãáạ",
    0xBB: "ằẳẵắ",
    0xC6: "ặầẩẫấậè",
    0xCE: "ẻẽéẹềểễếệìỉ",
    0xDC: "ĩíịò",
    0xE1: "ỏõóọồổỗốộờởỡớợù",
    0xF1: "ủũúụừửữứựỳỷỹýỵ",
}
_HOLES = frozenset((0x81, 0x8D, 0x8F, 0x90, 0x9D))
"""Bytes that windows-1252 leaves empty; they arrive as the C1 controls of the same number."""


def _characters() -> dict[int, str]:
    """Return byte -> the character by which windows-1252 shows it."""
    return {
        byte: chr(byte) if byte in _HOLES else bytes([byte]).decode("cp1252") for byte in range(256)
    }


def _table(runs: Mapping[int, str]) -> dict[int, str]:
    shown = _characters()
    ascii_half = {ord(shown[byte]): chr(byte) for byte in range(0x80)}
    space = {ord(shown[0xA0]): "\u00a0"}
    letters = {
        ord(shown[first + step]): letter
        for first, run in runs.items()
        for step, letter in enumerate(run)
    }
    return ascii_half | space | letters


TABLES: Mapping[str, Mapping[int, str]] = {"tcvn3": _table(_TCVN3_RUNS)}
"""Encoding -> (code point of the windows-1252 character -> what it meant)."""


_MEANINGLESS = {
    encoding: re.compile(f"[^{re.escape(''.join(map(chr, table)))}]")
    for encoding, table in TABLES.items()
}


def decode_legacy(text: str, encoding: str) -> str | None:
    """Return *text* read through the table of *encoding*; None if a character has no meaning there.

    Raises:
        LookupError: the product has no table for *encoding* (a contract names only those of
        `TABLES`).
    """
    if _MEANINGLESS[encoding].search(text):
        return None
    return text.translate(TABLES[encoding])
