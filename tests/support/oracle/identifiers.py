"""DOMAIN.md 3: what each kind of identifier must look like, and its canonical form."""

import re
import unicodedata
from typing import NamedTuple

from schemas.codes import CodeLists
from support.oracle.lookups import listed
from support.oracle.text import upper

WEIGHTS = (31, 29, 23, 19, 17, 13, 7, 5, 3)
PLATE = re.compile(r"[0-9]{2}[A-Z][A-Z0-9]?[0-9]{4,5}")
PHONES = (r"0[35789][0-9]{8}", r"02[0-9]{9}")
SERVICES = r"1[89]00[0-9]{4,6}"
GEOHASH = "0123456789bcdefghjkmnpqrstuvwxyz"
COMPACT = (
    "cccd", "id_paper", "mst", "mst_or_person", "bhxh", "bhyt", "geohash", "register_number",
    "vsic",
)  # fmt: skip
"""Identifiers whose spaces and dots are removed first."""


class Known(NamedTuple):
    """What is known of the person and the day a number is judged against."""

    event_year: int
    birth_year: str | None = None
    gender: str | None = None
    strict: bool = False


class Read(NamedTuple):
    """The canonical identifier, what refuses it, what warns."""

    value: str
    rejects: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()


def compact(text: str) -> str:
    """Without spaces and dots."""
    return text.replace(" ", "").replace(".", "")


def cccd(number: str, known: Known, codes: CodeLists, shape: str = "id.cccd_shape") -> Read:
    """A personal number; *shape* is the code of a wrong one."""
    if not re.fullmatch("[0-9]{12}", number) or len(set(number)) == 1:
        return Read(number, (shape,))
    year = 1900 + 100 * (int(number[3]) // 2) + int(number[4:6])
    if year > known.event_year:
        return Read(number, ("date.range",))
    warnings = [] if _known_place(number[:3], codes) else ["id.cccd_place_unknown"]
    born = known.birth_year is not None and int(known.birth_year) != year
    male = {"1": True, "2": False}.get(known.gender or "")
    if born or (male is not None and male != (int(number[3]) % 2 == 0)):
        if known.strict:
            return Read(number, ("id.cccd_conflict",), tuple(warnings))
        warnings.append("id.cccd_conflict_legacy")
    return Read(number, (), tuple(warnings))


def _known_place(prefix: str, codes: CodeLists) -> bool:
    provinces = {row["cccd_prefix"] for row in listed(codes, "province_dvhc2004").values()}
    return prefix in provinces or int(prefix) >= 101 or prefix in codes.extra_cccd_places


def id_paper(number: str, paper: str | None, known: Known, codes: CodeLists) -> Read:
    """A paper's number, by the kind of the paper where it is told."""
    digits = re.fullmatch("[0-9]+", number) is not None
    if paper == "cccd" or (paper is None and digits and len(number) == 12):
        return cccd(number, known, codes)
    if paper in ("cmnd", None) and digits and len(number) == 9:
        return Read(number, (), ("id.cmnd_legacy",))
    if paper == "ho_chieu":
        return Read(upper(number))
    if paper == "giay_khac":
        return Read(number)
    passport = re.fullmatch("[A-Za-z0-9]{6,20}", number) and not digits
    return Read(upper(number)) if paper is None and passport else Read(number, ("id.cccd_shape",))


def mst(number: str) -> Read:
    """A tax code."""
    parts = re.fullmatch(r"([0-9]{10})(?:(-?)([0-9]{3}))?", number)
    if not parts or parts[3] == "000":
        return Read(number, ("id.mst_shape",))
    total = sum(int(d) * w for d, w in zip(parts[1], WEIGHTS, strict=False))
    if 10 - total % 11 != int(parts[1][9]):
        return Read(number, ("id.mst_checksum",))
    if not parts[3]:
        return Read(number)
    return Read(f"{parts[1]}-{parts[3]}", flags=() if parts[2] else ("DASH_INSERTED",))


def mst_or_person(number: str, known: Known, codes: CodeLists) -> Read:
    """A tax code or, since 2025-07-01, a personal number."""
    if re.fullmatch("[0-9]{12}", number):
        return cccd(number, known, codes, "id.mst_shape")
    return mst(number)


def bhxh(number: str, known: Known, codes: CodeLists) -> Read:
    """A social-insurance number."""
    if re.fullmatch("[0-9]{10}", number):
        return Read(number)
    return cccd(number, known, codes, "id.bhxh_shape")


def bhyt(number: str) -> Read:
    """A health-insurance card; another form is kept."""
    number = upper(number)
    good = re.fullmatch("[A-Z]{2}[1-5][0-9]{12}|[0-9]{10}", number)
    return Read(number) if good else Read(number, (), ("id.bhyt_shape",))


def geohash(number: str) -> Read:
    """A parcel's id."""
    number = number.lower()
    good = len(number) == 12 and all(char in GEOHASH for char in number)
    return Read(number) if good else Read(number, ("id.parcel_geohash",))


def register_number(text: str, separators: tuple[str, ...], event_year: int) -> Read:
    """N/YYYY."""
    between = "|".join(map(re.escape, separators))
    parts = re.fullmatch(rf"0*([0-9]{{1,6}})(?:{between})([0-9]{{4}})", text)
    if not parts or int(parts[1]) < 1 or not 1945 <= int(parts[2]) <= event_year:
        return Read(text, ("id.register_number",))
    return Read(f"{int(parts[1])}/{parts[2]}")


def phone(text: str) -> Read:
    """A telephone number; another form is kept."""
    first = re.split("[;,/]", text)[0]
    number = re.sub(r"[ .()-]", "", first)
    number = re.sub(r"^(\+84|0084)", "0", number)
    if any(re.fullmatch(form, number) for form in PHONES):
        return Read("+84" + number[1:])
    return Read(number) if re.fullmatch(SERVICES, number) else Read(text, (), ("phone.shape",))


def plate(text: str) -> Read:
    """Plates, joined with semicolons."""
    parts = [upper(re.sub("[ .-]", "", part)) for part in re.split("[;,\n]", text)]
    parts = [part for part in parts if part]
    good = bool(parts) and all(PLATE.fullmatch(part) for part in parts)
    return Read(";".join(parts)) if good else Read(text, (), ("id.plate_shape",))


def time(text: str) -> Read:
    """A time of day."""
    parts = re.fullmatch("([0-9]{1,2})(?::([0-9]{2})|[hH]([0-9]{2})?)", text)
    if not parts:
        return Read(text, ("type.invalid",))
    hour, minute = int(parts[1]), int(parts[2] or parts[3] or 0)
    if hour > 23 or minute > 59:
        return Read(text, ("type.invalid",))
    return Read(f"{hour:02}:{minute:02}")


def school_year(text: str) -> Read:
    """Two years that follow each other, with any dash."""
    dashed = "".join("-" if unicodedata.category(c) == "Pd" or c == "\u2212" else c for c in text)
    parts = re.fullmatch("([0-9]{4}) ?- ?([0-9]{4})", dashed)
    if not parts or int(parts[2]) != int(parts[1]) + 1:
        return Read(text, ("type.invalid",))
    return Read(f"{parts[1]}-{parts[2]}")


def vsic(text: str, codes: CodeLists) -> Read:
    """A branch of the economy: its first two digits are listed."""
    known = listed(codes, "vsic_division")
    good = re.fullmatch("[0-9]{4,5}", text) and text[:2] in known
    return Read(text) if good else Read(text, ("code.unknown",))


def cell_of(number: str) -> tuple[float, float, float, float]:
    """South, north, west, east of a GeoHash."""
    box = [[-90.0, 90.0], [-180.0, 180.0]]
    bits = "".join(f"{GEOHASH.index(char):05b}" for char in number)
    for place, bit in enumerate(bits):
        side = box[(place + 1) % 2]  # longitude first
        side[1 - int(bit)] = sum(side) / 2
    return (*box[0], *box[1])
