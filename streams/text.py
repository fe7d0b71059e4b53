# ruff: noqa: RUF001  the look-alikes are what the rules are about
"""Text as it should have been typed: rules T1 to T14 of DOMAIN.md 2, in that order.

`refine_text` takes a text as it was sent and gives the canonical one, with the reasons to refuse it
(all of them, invariant 5) and a flag for each silent repair. Nothing is cut, guessed or merged.
What it gives, it gives back unchanged: so NFC is made again where T7 or T11 brought a letter and
its mark together, T11 comes before T10, and T3 and T4 judge the text as sent and as it would be
stored.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple
from unicodedata import category, is_normalized, name, normalize

from streams.legacy import decode_legacy

_LOWER = "àáâãèéêìíòóôõùúýăđĩũơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ"
_UPPER = _LOWER.upper()
# Vietnamese and ASCII text that no rule touches; T4's letters only where T4 is content.
_T4_UPPER = "ÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝ"
_SAFE = "".join(sorted(set(_LOWER + _UPPER) - set(_T4_UPPER) - set("àâù")))
_ONE = rf"(?:[àâù](?<![ae].)|[{_T4_UPPER}](?<![a-z].))"
# In a name also what T14 would turn into T4's pairs: "CHIEÀNG" would be "Chieàng".
_ONE_OF_NAME = r"(?:[àâù](?<![ae].)|[ÁÃÈÉÊÌÍÒÓÔÕÚÝ](?<![a-z].)|[ÀÂÙ](?<![a-zAE].))"
_PLAIN = r"(?! )[{0}]*+(?:{1}[{0}]*+)*+(?<! )"
plain_text = re.compile(_PLAIN.format(rf" -~{_SAFE}", _ONE)).fullmatch
plain_name = re.compile(_PLAIN.format(rf" -&(-_a-~{_SAFE}", _ONE_OF_NAME)).fullmatch
plain_ascii = re.compile(r"(?! )[ -&(-_a-~]*(?<! )").fullmatch

_VIETNAMESE = re.compile("[\u1ea0-\u1ef9đĐơƠưƯ]")
_MOJIBAKE = re.compile(
    "[\ufffd\ud800-\udfff]|Æ[°¡]|á[º»][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|Ä[‘ƒ]|Ã[¡¢£ª²³´µ¹º½]"
)
_AFTER_ANY, _AFTER_SMALL, _AFTER_AE = "¨©ª¬µ¶·¸¹¼½¾×÷Þþ", "ÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝÇËÎÏÑÖØÜÐ", "àâåùø"
# A pattern that begins with its rare letter is searched for quickly; what stands before comes next.
_LEGACY = re.compile(
    f"[®{_AFTER_ANY}{_AFTER_SMALL}{_AFTER_AE}](?:(?<=[A-Za-z][{_AFTER_ANY}])"
    f"|(?<=®)[A-Za-zµ¸ª©¨¬]|(?<=[a-z][{_AFTER_SMALL}])|(?<=[ae][{_AFTER_AE}]))"
)
_ours = re.compile(f"[ -~{_LOWER}{_UPPER}]*+").fullmatch
_ETH = str.maketrans("ÐðƉ", "ĐđĐ")
_ETHS = re.compile("[ÐðƉ]")
_INVISIBLE = re.compile("[\ufeff\u200b-\u200d\u2060\u00ad\u180e]")
_SPACE = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_WHITE = "\t\n\v\f\r \x85\u2028\u2029"
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]")
_CONTROL = re.compile("[\x01-\x1f\x7f-\x9f]")
_CONTROL_BUT_LF = re.compile("[\x01-\x09\x0b-\x1f\x7f-\x9f]")
_RUN = re.compile(" {2,}")
_QUOTES, _LETTER = "['\u2018\u02bc\u00b4`]", "[^\\W\\d_\u02bc]"
_APOSTROPHE = re.compile(f"{_QUOTES}(?<={_LETTER}{_QUOTES})(?={_LETTER})")
_FULLWIDTH = re.compile("[\uff01-\uff5e]")
_ASCII_OF = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_PART = re.compile("[^ \u2019-]+")
_MARKS_IN_A_ROW = 3
# No mark has its place in the Latin blocks, where nearly all our text is written.
_MARKS = re.compile(f"[\u0300-\u1dff\u1f00-\U0010ffff]{{{_MARKS_IN_A_ROW + 1}}}")

_WITH_APOSTROPHE = frozenset(("name", "commune_name", "province", "district"))
_PROSE = frozenset(("text", "name"))


class Refined(NamedTuple):
    """A text after the rules: *codes* are the reasons to refuse it, *flags* the repairs made."""

    text: str
    codes: Sequence[str] = ()
    flags: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class TextRules:
    """Which of the rules hold for one field."""

    kind: str
    encoding: str = "utf-8"
    max_length: int | None = None
    """In code points; None where the field's `rules` do not name text.too_long."""


def refine_text(text: str, rules: TextRules) -> Refined:
    """Return *text* after T1 to T13; T14 is `cased`, for it comes after the placeholders."""
    plain = (
        plain_text if rules.kind == "text" else plain_name if rules.kind == "name" else plain_ascii
    )
    if "  " not in text and plain(text) and (rules.encoding == "utf-8" or text.isascii()):
        return Refined(text, _length(text, rules))
    usual = _tidied(text, rules, plain)
    if usual is not None:
        return usual
    codes: list[str] = []
    flags: list[str] = []
    text = _decoded(text, rules, codes, flags)
    if flags and "  " not in text and plain(text):
        return Refined(text, _length(text, rules), flags)
    codes += _damage(text, rules)
    sent, text = text, _letters(text, flags)
    text = _spaces(text, rules, flags)
    codes += _controls(text, rules)
    text = _forms(_trimmed(text, flags), rules, flags)
    stored = cased(text) if rules.kind == "name" else text
    codes += _damage(stored, rules) if stored != sent else []
    if rules.kind != "text" and not (_ours(text) or all(map(_latin, text))):
        codes.append("text.homoglyph")
    codes += _length(text, rules)
    return Refined(text, _once(codes), _once(flags))


def _once(said: list[str]) -> Sequence[str]:
    return tuple(dict.fromkeys(said)) if len(said) > 1 else tuple(said)


def _tidied(text: str, rules: TextRules, plain: Callable[[str], object]) -> Refined | None:
    """Return a text whose only faults are spaces too many and marks typed apart; None for others.

    T3 and T4 judge it as sent: what is plain without the spaces is content, unless marks moved.
    """
    if rules.encoding != "utf-8" or rules.kind not in _PROSE:
        return None
    fixed = normalize("NFC", text)
    seen = fixed if fixed.isprintable() else _SPACE.sub(" ", fixed)
    tidy = " ".join(seen.split())
    if tidy == text or not seen.isprintable() or not plain(tidy):
        return None
    if fixed != text and _damage(text, rules):
        return None
    flags = (*(("NFC",) if fixed != text else ()), *(("TRIMMED",) if tidy != fixed else ()))
    return Refined(tidy, _length(tidy, rules), flags)


def _length(text: str, rules: TextRules) -> tuple[str, ...]:  # T13
    longer = rules.max_length is not None and len(text) > rules.max_length
    return ("text.too_long",) if longer else ()


def _decoded(text: str, rules: TextRules, codes: list[str], flags: list[str]) -> str:  # T1
    if rules.encoding == "utf-8":
        return text
    if _VIETNAMESE.search(text):
        codes.append("text.legacy_suspect")
        return text
    decoded = decode_legacy(text, rules.encoding)
    if decoded is None:
        codes.append("text.encoding")
        return text
    if decoded != text:
        flags.append("ENCODING_CONVERTED")
    return decoded


def _damage(text: str, rules: TextRules) -> list[str]:  # T2 to T4
    codes = ["text.nul"] if "\0" in text else []
    if text.isascii():  # no pattern is made of ASCII alone
        return codes
    if _MOJIBAKE.search(text):
        codes.append("text.encoding")
    if rules.encoding == "utf-8" and rules.kind in _PROSE and _LEGACY.search(text):
        codes.append("text.legacy_suspect")
    return codes


def _letters(text: str, flags: list[str]) -> str:  # T5, T6
    fixed = text.translate(_ETH) if _ETHS.search(text) else text
    if fixed != text:
        flags.append("ETH_FIXED")
    return _composed(fixed, flags)


def _composed(text: str, flags: list[str]) -> str:
    if is_normalized("NFC", text):
        return text
    flags.append("NFC")
    return normalize("NFC", text)


def _spaces(
    text: str, rules: TextRules, flags: list[str]
) -> str:  # T7, and what T8 lets a kind keep
    if text.isprintable():  # all spaces but ours, and all that is invisible, are not
        seen, spaced = text, text.strip(" ")
    else:
        seen = _INVISIBLE.sub("", text)
        if seen != text:
            flags.append("INVISIBLE_REMOVED")
            seen = _composed(seen, flags)
        spaced = _SPACE.sub(" ", seen).strip(_WHITE)
    if rules.kind == "text":
        spaced = spaced.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    elif rules.kind == "plate":
        spaced = spaced.replace("\r\n", ";").replace("\n", ";")
    if spaced != seen:
        flags.append("TRIMMED")
    return spaced


def _controls(text: str, rules: TextRules) -> list[str]:  # T8
    if text.isprintable():
        return ["text.control"] if _heaped(text) else []
    codes = ["text.bidi"] if _BIDI.search(text) else []
    control = _CONTROL_BUT_LF if rules.kind == "text" else _CONTROL
    if control.search(text) or _heaped(text):
        codes.append("text.control")
    return codes


def _heaped(text: str) -> bool:
    """Say whether more than three combining marks follow one another."""
    row = 0
    for character in text if _MARKS.search(text) else "":
        row = row + 1 if category(character)[0] == "M" else 0
        if row > _MARKS_IN_A_ROW:
            return True
    return False


def _trimmed(text: str, flags: list[str]) -> str:  # T9
    single = _RUN.sub(" ", text) if "  " in text else text
    if single != text:
        flags.append("TRIMMED")
    return single


def _forms(text: str, rules: TextRules, flags: list[str]) -> str:  # T11, T10
    if rules.kind not in _PROSE and _FULLWIDTH.search(text):
        flags.append("FULLWIDTH")
        text = _composed(text.translate(_ASCII_OF), flags)
    if rules.kind not in _WITH_APOSTROPHE:
        return text
    formed = _APOSTROPHE.sub(_between_letters, text)
    if formed != text:
        flags.append("APOSTROPHE")
    return formed


def _between_letters(mark: re.Match[str]) -> str:
    before, after = mark.string[mark.start() - 1], mark.string[mark.end()]
    return "\u2019" if before.isalpha() and after.isalpha() else mark[0]


@lru_cache(maxsize=2048)
def _latin(character: str) -> bool:  # T12
    return not character.isalpha() or name(character, "").startswith("LATIN")


def cased(text: str) -> str:
    """Return a name with its capitals (T14): "LÒ THỊ ÊNG" is "Lò Thị Êng", mixed case stays.

    A letter that has no other case of one letter, as "ß", stays as it is.
    """
    if not (text.isupper() or text.islower()):
        return text
    named = text.title() if text.replace(" ", "").isalpha() else ""
    if len(named) != len(text):
        named = _PART.sub(_capital, text)
    return named if is_normalized("NFC", named) else text


def _capital(part: re.Match[str]) -> str:
    first = next((place for place, one in enumerate(part[0]) if one.isalpha()), 0)
    return "".join(
        _simple(one, str.upper if place == first else str.lower)
        for place, one in enumerate(part[0])
    )


def _simple(letter: str, case: Callable[[str], str]) -> str:
    other = case(letter)
    return other if len(other) == 1 and letter.isalpha() else letter


def casefolded(text: str) -> str:
    """Return the key of an exact comparison: NFC and casefold (DOMAIN.md 6.1)."""
    return normalize("NFC", text).casefold()
