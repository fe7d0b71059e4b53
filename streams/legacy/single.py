"""The tables of one byte a character: TCVN3, VISCII, VPS and windows-1258.

A table is written as runs: the first byte, and what it and those after it mean. All of them keep
ASCII, but VISCII and VPS put capitals where ASCII has controls.
"""

import re
from collections.abc import Callable, Mapping

from streams.legacy.shown import SHOWN

_Runs = Mapping[int, str]

_TCVN3: _Runs = {
    0xA0: "\u00a0ĂÂÊÔƠƯĐăâêôơưđ",
    0xB5: "àảãáạ",
    0xBB: "ằẳẵắ",
    0xC6: "ặầẩẫấậè",
    0xCE: "ẻẽéẹềểễếệìỉ",
    0xDC: "ĩíịò",
    0xE1: "ỏõóọồổỗốộờởỡớợù",
    0xF1: "ủũúụừửữứựỳỷỹýỵ",
}
"""TCVN 5712:1993, VN3 (the ABC fonts): no capital has a tone. Confirmed by glibc's TCVN5712-1."""

_VISCII: _Runs = {
    0x02: "Ẳ",
    0x05: "ẴẪ",
    0x14: "Ỷ",
    0x19: "Ỹ",
    0x1E: "Ỵ",
    0x80: "ẠẮẰẶẤẦẨẬẼẸẾỀỂỄỆỐ",
    0x90: "ỒỔỖỘỢỚỜỞỊỎỌỈỦŨỤỲ",
    0xA0: "Õắằặấầẩậẽẹếềểễệố",
    0xB0: "ồổỗỠƠộờởịỰỨỪỬơớƯ",
    0xC0: "ÀÁÂÃẢĂẳẵÈÉÊẺÌÍĨỳ",
    0xD0: "ĐứÒÓÔạỷừửÙÚỹỵÝỡư",
    0xE0: "àáâãảăữẫèéêẻìíĩỉ",
    0xF0: "đựòóôõỏọụùúũủýợỮ",
}
"""VISCII 1.1, RFC 1456, table 1. Confirmed by the viscii of glibc and of Perl's Encode."""

_VPS: _Runs = {
    0x02: "ẠẬẶẸỆ",
    0x10: "ỊỌỘỢỤỰ",
    0x19: "Ỵ",
    0x1C: "ẪỮ",
    0x80: "ÀẢÃẤẦẨọỗĂếềểệẮẰẲ",
    0x90: "Ế‘’ỀỂỄỐỒỔỖýỷỵỚỜỞ",  # noqa: RUF001  the quotes are what the bytes mean
    0xA0: "\u00a0ắằẳẵặỠớÙờởỡŨỨợỪ",
    0xB0: "ổỬỲỸÍÌộỈĨÓửữÒỎÕự",
    0xC0: "ầÁÂấẩẫậđẻÉÊẹỉễịỹ",
    0xD0: "ƯỦồốÔỏơÈừứÚũưÝẺß",
    0xE0: "àáâãảạăçèéêẽìíîĩ",
    0xF0: "ẴĐòóôõöƠụùúủüỶẼỳ",
}
"""VPS, by the x-viet-vps of Mozilla. Letters above 0x7F confirmed by the tables of UniKey and
xvnkb, capitals in control positions by Wikipedia's "VPSKeys"; ß ç î ö ü stand in Mozilla's alone.
"""

_WINDOWS_1258: _Runs = {
    0x80: "€",
    0x82: "‚ƒ„…†‡ˆ‰",  # noqa: RUF001
    0x8B: "‹Œ",  # noqa: RUF001
    0x91: "‘’“”•–—˜™",  # noqa: RUF001
    0x9B: "›œ",  # noqa: RUF001
    0x9F: "Ÿ\u00a0¡¢£¤¥¦§¨©ª«¬\u00ad®¯",
    0xB0: "°±²³´µ¶·¸¹º»¼½¾¿",  # noqa: RUF001
    0xC0: "ÀÁÂĂÄÅÆÇÈÉÊË\u0300ÍÎÏ",
    0xD0: "ĐÑ\u0309ÓÔƠÖ×ØÙÚÛÜƯ\u0303ß",
    0xE0: "àáâăäåæçèéêë\u0301íîï",
    0xF0: "đñ\u0323óôơö÷øùúûüư₫ÿ",
}
"""Code page 1258 of Microsoft: tones follow their letters. Confirmed by Python and glibc."""


def _table(runs: _Runs) -> dict[int, str]:
    ascii_half = {byte: chr(byte) for byte in range(0x80)}
    letters = {
        ord(SHOWN[first + step]): letter
        for first, run in runs.items()
        for step, letter in enumerate(run)
    }
    return ascii_half | letters


TABLES: Mapping[str, Mapping[int, str]] = {
    "tcvn3": _table(_TCVN3),
    "viscii": _table(_VISCII),
    "vps": _table(_VPS),
    "windows-1258": _table(_WINDOWS_1258),
}
"""Encoding -> (code point of the windows-1252 character -> what it meant)."""


def single_decoder(encoding: str) -> Callable[[str], str | None]:
    """Return what reads *encoding*: text -> what it meant, or None."""
    table = TABLES[encoding]
    meaningless = re.compile(f"[^{re.escape(''.join(map(chr, table)))}]").search

    def decode(text: str) -> str | None:
        return None if meaningless(text) else text.translate(table)

    return decode
