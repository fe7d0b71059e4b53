"""DOMAIN.md 2: T1 to T14, in this order, on one text."""

import re
import unicodedata
from collections.abc import Callable
from typing import NamedTuple

from schemas.contract import Field

NAMES = ("name", "commune_name", "province", "district")
MEASURED_LATER = ("plate", "school_year")
"""Identifier kinds: their canonical text is measured (T13)."""

BIDI = {*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C}
INVISIBLE = {0xFEFF, 0x200B, 0x200C, 0x200D, 0x2060, 0x00AD, 0x180E}
WHITE = "\t\n\v\f\r \u0085\u2028\u2029"
"""White space after T7, as Unicode lists it: U+001C to 001F are controls."""
APOSTROPHES = "\u0027\u2018\u02bc\u00b4\u0060"
MOJIBAKE = re.compile(
    r"Æ[°¡]|á[º»][\u0080-\u00BF€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|Ä[‘ƒ]|Ã[¡¢£ª²³´µ¹º½]"  # noqa: RUF001
)
LEGACY = re.compile(
    r"[A-Za-z][¨©ª¬µ¶·¸¹¼½¾×÷Þþ]|®[A-Za-zµ¸ª©¨¬]|[a-z][ÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝÇËÎÏÑÖØÜÐ]|[ae][àâåùø]"  # noqa: RUF001
)
UNICODE_LETTERS = re.compile("[\u1ea0-\u1ef9đĐơƠưƯ]")

# TCVN 5712:1993, third table: byte -> letter.
_TCVN3 = {
    0xA1: "ĂÂÊÔƠƯĐăâêôơưđ",
    0xB5: "àảãáạ",
    0xBB: "ằẳẵắ",
    0xC6: "ặầẩẫấậè",
    0xCE: "ẻẽéẹềểễếệìỉ",
    0xDC: "ĩíịò",
    0xE1: "ỏõóọồổỗốộờởỡớợù",
    0xF1: "ủũúụừửữứựỳỷỹýỵ",
}
TCVN3 = {
    start + place: letter
    for start, letters in _TCVN3.items()
    for place, letter in enumerate(letters)
}


class Cleaned(NamedTuple):
    """A text after section 2: what it became, every problem, every repair."""

    text: str
    problems: list[str]
    flags: list[str]


def clean(text: str, field: Field) -> Cleaned:
    """Take *text* through T1 to T14 for *field*; its length and letters judged too."""
    problems: list[str] = []
    flags: list[str] = []
    kind = field.kind
    if field.options.encoding != "utf-8":
        text = _decode(text, problems, flags)  # T1
    if "\0" in text:  # T2
        problems.append("text.nul")
    if "\ufffd" in text or MOJIBAKE.search(text) or any(0xD800 <= ord(c) < 0xE000 for c in text):
        problems.append("text.encoding")  # T3
    if field.options.encoding == "utf-8" and kind in ("text", "name") and LEGACY.search(text):
        problems.append("text.legacy_suspect")  # T4
    text = _step(text, _eth(text), "ETH_FIXED", flags)  # T5
    text = _step(text, unicodedata.normalize("NFC", text), "NFC", flags)  # T6
    text = _step(text, _visible(text), "INVISIBLE_REMOVED", flags)  # T7
    # What stood between a letter and its mark is gone: NFC again, or it would change once more.
    text = _step(text, unicodedata.normalize("NFC", text), "NFC", flags)
    spaced = "".join(" " if unicodedata.category(c) == "Zs" else c for c in text)
    text = _step(text, spaced.strip(WHITE), "TRIMMED", flags)  # T8
    text = _step(text, _lines(text, kind), "TRIMMED", flags)
    problems += _controls(text, kind)
    text = _step(text, re.sub(" +", " ", text), "TRIMMED", flags)  # T9
    if kind in NAMES:
        text = _step(text, _apostrophes(text), "APOSTROPHE", flags)  # T10
    if kind not in ("text", "name"):
        text = _step(text, _narrow(text), "FULLWIDTH", flags)  # T11
    if kind != "text" and any(map(_foreign, text)):
        problems.append("text.homoglyph")  # T12
    if kind not in MEASURED_LATER:
        problems += too_long(text, field)  # T13
    if kind == "name":
        text = _step(text, _cased(text), "NAME_CASED", flags)  # T14
    return Cleaned(text, list(dict.fromkeys(problems)), flags)


def too_long(text: str, field: Field) -> list[str]:
    """T13: longer than allowed, where the contract asks."""
    longest = field.max_length
    judged = "text.too_long" in field.rules and longest is not None
    return ["text.too_long"] if judged and len(text) > (longest or 0) else []


def fold(text: str) -> str:
    """The match key of *text*."""
    text = unicodedata.normalize("NFC", text)
    text = "".join(c for c in text if c not in APOSTROPHES + "\u2019")
    text = unicodedata.normalize("NFD", text)
    text = "".join(c for c in text if not unicodedata.category(c).startswith("M"))
    text = text.replace("đ", "d").replace("Đ", "d").casefold()
    text = "".join(c if c.isascii() and c.isalnum() else " " for c in text)
    return " ".join(text.split())


def simple(char: str, cased: Callable[[str], str]) -> str:
    """*char* in another case, where that is one character too: no "SS" for "ß"."""
    other = cased(char)
    return other if len(other) == 1 else char


def upper(text: str) -> str:
    """*text* in capitals, as long as it was."""
    return "".join(simple(char, str.upper) for char in text)


def _step(before: str, after: str, flag: str, flags: list[str]) -> str:
    if before != after and flag not in flags:
        flags.append(flag)
    return after


def _decode(text: str, problems: list[str], flags: list[str]) -> str:
    if UNICODE_LETTERS.search(text):
        problems.append("text.legacy_suspect")
        return text
    try:
        letters = [_letter(_byte(c)) for c in text]
    except LookupError:
        problems.append("text.encoding")
        return text
    return _step(text, "".join(letters), "ENCODING_CONVERTED", flags)


def _byte(char: str) -> int:
    try:
        return char.encode("cp1252")[0]
    except UnicodeEncodeError:
        if ord(char) in (0x81, 0x8D, 0x8F, 0x90, 0x9D):  # the five holes
            return ord(char)
        raise LookupError from None


def _letter(byte: int) -> str:
    if byte < 0x80:
        return chr(byte)
    if byte == 0xA0:
        return "\u00a0"
    return TCVN3[byte]


def _eth(text: str) -> str:
    return text.replace("\u00d0", "Đ").replace("\u00f0", "đ").replace("\u0189", "Đ")


def _visible(text: str) -> str:
    return "".join(c for c in text if ord(c) not in INVISIBLE)


def _lines(text: str, kind: str) -> str:
    if kind == "text":
        return text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return text.replace("\r\n", ";").replace("\n", ";") if kind == "plate" else text


def _controls(text: str, kind: str) -> list[str]:
    found = []
    if any(ord(c) in BIDI for c in text):
        found.append("text.bidi")
    kept = "\0\n" if kind == "text" else "\0"  # U+0000 has its own code
    if any(unicodedata.category(c) == "Cc" and c not in kept for c in text):
        found.append("text.control")
    marks = "".join("m" if unicodedata.category(c).startswith("M") else "." for c in text)
    if "mmmm" in marks:
        found.append("text.control")
    return found


def _is_letter(char: str) -> bool:
    return unicodedata.category(char).startswith("L") and char not in APOSTROPHES


def _apostrophes(text: str) -> str:
    chars = list(text)
    for place in range(1, len(text) - 1):
        around = _is_letter(text[place - 1]) and _is_letter(text[place + 1])
        if text[place] in APOSTROPHES and around:
            chars[place] = "\u2019"
    return "".join(chars)


def _narrow(text: str) -> str:
    return "".join(chr(ord(c) - 0xFEE0) if 0xFF01 <= ord(c) <= 0xFF5E else c for c in text)


def _foreign(char: str) -> bool:
    letter = unicodedata.category(char).startswith("L")
    return letter and not unicodedata.name(char, "").startswith("LATIN")


def _cased(text: str) -> str:
    letters = [c for c in text if c.isalpha()]
    same = all(c == c.upper() for c in letters) or all(c == c.lower() for c in letters)
    if not letters or not same:
        return text
    done, opening = [], True
    for char in text:
        if char.isalpha():
            done.append(simple(char, str.upper if opening else str.lower))
            opening = False
        else:
            done.append(char)
            opening = opening or char in " -\u2019"
    return "".join(done)
