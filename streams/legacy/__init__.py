"""Text in the code tables of before Unicode: a declared column's bytes, read as what they meant.

DOMAIN.md 2, T1: the text came to us as windows-1252, so each character stands for one byte (or, in
VNI, two characters stand for one letter). Conversion is never guessed and never done twice: a text
that already holds a Vietnamese letter is refused before it comes here.
"""

from collections.abc import Callable, Mapping

from streams.legacy.single import TABLES, single_decoder
from streams.legacy.vni import decode_vni

DECODERS: Mapping[str, Callable[[str], str | None]] = {
    **{encoding: single_decoder(encoding) for encoding in TABLES},
    "vni": decode_vni,
}
"""Encoding -> what reads it: text -> what it meant, or None where a byte has no meaning."""


def decode_legacy(text: str, encoding: str) -> str | None:
    """Return *text* read through the table of *encoding*; None if a character has no meaning there.

    windows-1258 gives combining tones, which T6 joins to their letters.

    Raises:
        LookupError: the product has no table for *encoding* (a contract names only those of
        `DECODERS`).
    """
    return DECODERS[encoding](text)


__all__ = ("DECODERS", "TABLES", "decode_legacy")
