"""DOMAIN.md 4: dates as texts. A moment is a datetime at UTC, a partial day a text."""

import calendar
import re
from datetime import UTC, date, datetime, timedelta, timezone
from typing import NamedTuple

from support.oracle.cell import Refused

INVALID, AMBIGUOUS, RANGE = "date.invalid", "date.ambiguous", "date.range"
TWO_DIGIT_YEAR, TYPE = "date.two_digit_year", "type.invalid"

LOCAL = timezone(timedelta(hours=7))
EPOCH = date(1970, 1, 1)
MIDNIGHT = datetime(1970, 1, 1, tzinfo=UTC)

SYNTAX = {
    "iso": r"(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})",
    "dmy": r"(?P<d>\d{1,2})(?P<s>[/.-])(?P<m>\d{1,2})(?P=s)(?P<y>\d{4})",
    "my": r"(?P<m>\d{1,2})[/.-](?P<y>\d{4})",
    "y": r"(?P<y>\d{4})",
    "ymd8": r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})",
    "ymd8z": r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})",
    "ym6": r"(?P<y>\d{4})(?P<m>\d{2})",
    "ymdhm12": r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})(?P<H>\d{2})(?P<M>\d{2})",
    "iso_offset": (
        r"(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})[Tt](?P<H>\d{2}):(?P<M>\d{2}):(?P<S>\d{2})"
        r"(?P<f>\.\d+)?(?P<z>[Zz]|[+-]\d{2}:[0-5]\d)"
    ),
}
LESS = {"date": ("my", "y", "ym6"), "partial_date": ()}
WITHOUT_TIME = tuple(name for name in SYNTAX if name not in ("ymdhm12", "iso_offset"))
TWO_DIGITS = re.compile(r"[0-9]{1,2}([/.-])[0-9]{1,2}\1[0-9]{2}")
ZERO = ("0000-00-00", "0000-00-00 00:00:00")


class Found(NamedTuple):
    """What a text says: a day ("2026-03-11"), a part of one, or a moment."""

    partial: str = ""
    moment: datetime | None = None


def read(text: str, kind: str, formats: tuple[str, ...]) -> Found:
    """Read *text* for a field of *kind* that declares *formats*."""
    declared = ("iso", *formats)
    fits = [name for name in (*SYNTAX, "excel_serial") if _has_syntax(name, text)]
    too_little = (*WITHOUT_TIME, "excel_serial") if kind == "timestamp" else LESS[kind]
    for name in fits:
        if name in declared:
            if name in too_little:
                raise Refused(INVALID)
            return _as_said(name, text, kind)
    if kind != "timestamp" and TWO_DIGITS.fullmatch(text):
        raise Refused(TWO_DIGIT_YEAR)
    if any(name in too_little for name in fits) or not fits:
        raise Refused(INVALID)
    raise Refused(AMBIGUOUS)


def from_serial(number: int) -> date:
    """Excel's 1900 system: 1 = 1900-01-01, and a 29 February 1900 that never was (60)."""
    if not 1 <= number <= 73050 or number == 60:
        raise Refused(INVALID)
    return date(1899, 12, 31 if number < 60 else 30) + timedelta(days=number)


def earliest(partial: str) -> date:
    """The first day that *partial* may mean."""
    parts = [int(part) for part in partial.split("-")]
    return date(*[*parts, 1, 1][:3])


def latest(partial: str) -> date:
    """The last day that *partial* may mean."""
    parts = [int(part) for part in partial.split("-")]
    month = parts[1] if len(parts) > 1 else 12
    day = parts[2] if len(parts) > 2 else calendar.monthrange(parts[0], month)[1]
    return date(parts[0], month, day)


def micros(moment: datetime) -> int:
    """µs since the epoch, exactly."""
    return (moment - MIDNIGHT) // timedelta(microseconds=1)


def _has_syntax(name: str, text: str) -> bool:
    if not text.isascii():
        return False
    if name == "excel_serial":
        return re.fullmatch(r"\d{1,5}", text) is not None and 1 <= int(text) <= 73050
    return re.fullmatch(SYNTAX[name], text) is not None


def _as_said(name: str, text: str, kind: str) -> Found:
    try:
        if name == "excel_serial":
            return Found(from_serial(int(text)).isoformat())
        parts = re.fullmatch(SYNTAX[name], text).groupdict()
        if "H" in parts:
            return Found(moment=_moment(parts))
        return Found(_day(name, parts, kind))
    except ValueError:
        raise Refused(INVALID) from None


def _day(name: str, parts: dict[str, str], kind: str) -> str:
    year, month, day = (int(parts.get(part) or 0) for part in "ymd")
    known = [f"{year:04}"]
    if "m" in parts and (month or name != "ymd8z"):
        known.append(f"{month:02}")
        if "d" in parts and (day or name != "ymd8z"):
            known.append(f"{day:02}")
    if len(known) < 3 and kind == "date":
        raise Refused(INVALID)
    if name == "ymd8z" and day and not month:
        raise Refused(INVALID)  # a day of no month
    earliest("-".join(known))  # there is such a day
    return "-".join(known)


def _moment(parts: dict[str, str]) -> datetime:
    year, month, day, hour, minute = (int(parts[part]) for part in "ymdHM")
    fraction = (parts.get("f") or ".")[1:].rstrip("0")
    if len(fraction) > 6:  # never rounded
        raise Refused(INVALID)
    micro = int((fraction or "0").ljust(6, "0"))
    second = int(parts.get("S") or 0)
    zone = parts.get("z") or "+07:00"
    offset = timedelta()
    if zone not in "Zz":
        if int(zone[4:]) > 59 or int(zone[1:3]) > 23:
            raise Refused(INVALID)
        offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[4:])) * (-1, 1)[zone[0] == "+"]
    moment = datetime(year, month, day, hour, minute, second, micro, tzinfo=UTC)
    try:
        return moment - offset
    except OverflowError:
        raise Refused(RANGE) from None
