"""Numbers that name a person, a firm, a paper or a thing: DOMAIN.md 3.

Each reader takes a text that has been through the text rules and gives `Named`: the canonical text,
the reasons against it, and the flags of what was repaired. A kind is never guessed from the
content.
"""

import re
from collections.abc import Callable, Mapping
from operator import mul
from typing import NamedTuple

CCCD_SHAPE = "id.cccd_shape"
CCCD_PLACE = "id.cccd_place_unknown"
CMND = "id.cmnd_legacy"
OUT_OF_RANGE = "date.range"

_DOTS = str.maketrans("", "", " .")
_DIGITS_12 = re.compile("[0-9]{12}")
_DIGITS_9 = re.compile("[0-9]{9}")
_PASSPORT = re.compile("(?=.*[A-Za-z])[0-9A-Za-z]{6,20}")
_MST = re.compile(r"([0-9]{10})(?:-?([0-9]{3}))?")
MST_WEIGHTS = (31, 29, 23, 19, 17, 13, 7, 5, 3)
_BHXH = re.compile("[0-9]{10}")
_BHYT = re.compile("[A-Z]{2}[1-5][0-9]{12}|[0-9]{10}")
_GEOHASH = re.compile("[0-9b-hjkmnp-z]{12}")
_PLATE = re.compile("[0-9]{2}[A-Z][A-Z0-9]?[0-9]{4,5}")
PHONE_NOISE = str.maketrans("", "", " .-()")
PHONE_ENDS = ";,/"
_PHONE_END = re.compile(f"[{PHONE_ENDS}]")
_PHONE = re.compile(r"0[35789][0-9]{8}|02[0-9]{9}")
_SHORT_PHONE = re.compile(r"1[89]00[0-9]{4,6}")
_TIME = re.compile(r"([0-9]{1,2})(?::([0-9]{2})|[hH]([0-9]{2})?)")
_SCHOOL_YEAR = re.compile(r"([0-9]{4}) ?[-\u2010-\u2015\u2212] ?([0-9]{4})")
FIRST_REGISTER_YEAR = 1945
_SAME = frozenset(digit * 12 for digit in "0123456789")
_LAST_HOUR, _LAST_MINUTE = 23, 59

Born = tuple[int | None, object]
"""A known birth year (or None) and a canonical gender code (or anything else)."""
NOTHING_KNOWN: Born = (None, None)


class Named(NamedTuple):
    """An identifier as it is written for good; *codes* are reasons, some of which only warn."""

    text: str
    codes: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()


def _told() -> dict[str, tuple[int, str]]:
    """Return digits 4 to 6 of a personal number -> (birth year, gender): even male, odd female."""
    return {
        f"{century}{year:02}": (1900 + 100 * (century // 2) + year, "21"[century % 2 == 0])
        for century in range(10)
        for year in range(100)
    }


_SEXES = ("1", "2")
TOLD: Mapping[str, tuple[int, str]] = _told()


class PersonalNumbers(NamedTuple):
    """The rule of the personal number (cccd), with the places known to it."""

    places: frozenset[str]
    conflict: str
    """The reason where birth year or gender disagree: id.cccd_conflict, or its legacy warning."""

    def codes(self, number: str, event_year: int, born: Born) -> tuple[str, ...]:
        """Return every reason against *number*, given the event's year and what the record says."""
        if not is_personal(number):
            return (CCCD_SHAPE,)
        told = TOLD[number[3:6]]
        if told[0] > event_year:
            return (OUT_OF_RANGE,)
        place = () if number[:3] in self.places else (CCCD_PLACE,)
        return (*place, self.conflict) if _disagree(told, born) else place


def _disagree(told: tuple[int, str], born: Born) -> bool:
    year, gender = born
    return (year is not None and year != told[0]) or (gender in _SEXES and gender != told[1])


def known_places(rows: tuple[dict[str, str], ...], extra: tuple[str, ...]) -> frozenset[str]:
    """Return the first digits a personal number may have: 63 provinces, abroad, *extra*."""
    return frozenset((*(row["cccd_prefix"] for row in rows), *map(str, range(101, 1000)), *extra))


def is_personal(number: str) -> bool:
    """Say whether *number* has the shape of a personal number: 12 digits, not all the same."""
    return _DIGITS_12.fullmatch(number) is not None and number not in _SAME


def joined(text: str) -> tuple[str, tuple[str, ...]]:
    """Return *text* without its spaces and dots, and the flag of that repair."""
    bare = text.translate(_DOTS)
    return bare, () if bare == text else ("TRIMMED",)


def raised(text: str) -> str:
    """Return *text* in capitals; a letter without a capital of its own, as ß, stays."""
    return text.upper() if text.isascii() else "".join(map(_raised, text))


def _raised(character: str) -> str:
    capital = character.upper()
    return capital if character.isalpha() and len(capital) == 1 else character


def paper(text: str, kind: str | None) -> tuple[str, str | None]:
    """Return a paper's number as stored and its kind; the shape tells where none is declared.

    The kind None says that the number has no shape we know.
    """
    if kind is None:
        kind = _kind_by_shape(text)
    if kind == "cmnd" and not _DIGITS_9.fullmatch(text):
        return text, None
    return (raised(text), kind) if kind == "ho_chieu" else (text, kind)


def _kind_by_shape(text: str) -> str | None:
    if _DIGITS_12.fullmatch(text):
        return "cccd"
    if _DIGITS_9.fullmatch(text):
        return "cmnd"
    return "ho_chieu" if _PASSPORT.fullmatch(text) else None


def register_syntax(separators: tuple[str, ...]) -> re.Pattern[str]:
    """Return the syntax of N/YYYY with the declared *separators*; groups N and year."""
    marks = "".join(map(re.escape, separators))
    return re.compile(f"0*([1-9][0-9]{{0,5}})[{marks}]([0-9]{{4}})")


def register_number(text: str, syntax: re.Pattern[str], event_year: int) -> Named:
    """Read a civil-status number: N 1 to 999999, year 1945 to the event's."""
    found = syntax.fullmatch(text)
    if not found or not FIRST_REGISTER_YEAR <= int(found[2]) <= event_year:
        return Named(text, ("id.register_number",))
    return Named(f"{found[1]}/{found[2]}")


def tax_code(text: str) -> Named:
    """Read a tax code (mst): digit 10 is 10 less the weighted sum modulo 11, never 0."""
    found = _MST.fullmatch(text)
    if not found or found[2] == "000":
        return Named(text, ("id.mst_shape",))
    rest = sum(map(mul, MST_WEIGHTS, map(int, found[1]))) % 11  # the last digit has no weight
    if rest == 0 or int(found[1][9]) != 10 - rest:
        return Named(text, ("id.mst_checksum",))
    dash = found[2] and "-" not in text
    return Named(
        f"{found[1]}-{found[2]}" if found[2] else text, (), ("DASH_INSERTED",) if dash else ()
    )


def insurance_number(text: str) -> Named:
    """Read a social-insurance number of 10 digits; since 2025-08-01 a personal number serves."""
    return Named(text, () if _BHXH.fullmatch(text) else ("id.bhxh_shape",))


def insurance_card(text: str) -> Named:
    """Read a health-insurance card number (bhyt), in upper case; another shape only warns."""
    card = raised(text)
    return Named(card, () if _BHYT.fullmatch(card) else ("id.bhyt_shape",))


def geohash(text: str) -> Named:
    """Read a parcel id: 12 characters of the GeoHash alphabet, lower case."""
    cell = text.lower()
    return Named(cell, () if _GEOHASH.fullmatch(cell) else ("id.parcel_geohash",))


def phone(text: str) -> Named:
    """Read the first telephone number of *text* as +84…; another shape only warns and is kept."""
    digits = _PHONE_END.split(text, maxsplit=1)[0].translate(PHONE_NOISE)
    for prefix in ("+84", "0084"):
        if digits.startswith(prefix):
            digits = "0" + digits.removeprefix(prefix)
    if _PHONE.fullmatch(digits):
        return Named("+84" + digits[1:])
    return Named(digits) if _SHORT_PHONE.fullmatch(digits) else Named(text, ("phone.shape",))


def plate(text: str) -> Named:
    """Read vehicle plates parted by ; or , and join them by ";"; another shape only warns."""
    parts = [part.translate(PHONE_NOISE).upper() for part in re.split("[;,]", text)]
    plates = [part for part in parts if part]
    known = bool(plates) and all(map(_PLATE.fullmatch, plates))
    return Named(";".join(plates), ()) if known else Named(text, ("id.plate_shape",))


def clock(text: str) -> Named:
    """Read a time of day: 7:05, 07:05, 7h05, 7h."""
    found = _TIME.fullmatch(text)
    hour, minute = (int(found[1]), int(found[2] or found[3] or 0)) if found else (99, 99)
    if hour > _LAST_HOUR or minute > _LAST_MINUTE:
        return Named(text, ("type.invalid",))
    return Named(f"{hour:02}:{minute:02}")


def school_year(text: str) -> Named:
    """Read two consecutive years with any dash between them."""
    found = _SCHOOL_YEAR.fullmatch(text)
    if not found or int(found[2]) != int(found[1]) + 1:
        return Named(text, ("type.invalid",))
    return Named(f"{found[1]}-{found[2]}")


OR_PERSON: Mapping[str, Callable[[str], Named]] = {
    "mst_or_person": tax_code,
    "bhxh": insurance_number,
}
"""Kinds for which a personal number may stand: the reader of every other text."""

SIMPLE: Mapping[str, tuple[Callable[[str], Named], bool]] = {
    "mst": (tax_code, True),
    "bhyt": (insurance_card, True),
    "geohash": (geohash, True),
    "phone": (phone, False),
    "plate": (plate, False),
    "time": (clock, False),
    "school_year": (school_year, False),
}
"""Kinds whose text alone decides: their reader, and whether spaces and dots are removed first."""
