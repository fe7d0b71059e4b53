"""Dates written as text (DOMAIN.md 4): day before month, always; 01/01 is never invented.

`parse_date` decides by the forms a column declares. A text in a declared form is that form or no
day at all; a text in another known form is ambiguous; anything else is no date.
"""

import re
from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple

from streams.days import earliest

INVALID = "date.invalid"
AMBIGUOUS = "date.ambiguous"
TWO_DIGITS = "date.two_digit_year"
ZERO_DATES = frozenset(("0000-00-00", "0000-00-00 00:00:00"))
"""MariaDB's empty date."""
_EXCEL_DAYS = 73_050
_EXCEL_NO_DAY = 60
"""29 February 1900, which Excel believes in."""


class Form(NamedTuple):
    """One way to write a date: its syntax, how to read it, and how much it says."""

    syntax: re.Pattern[str]
    read: Callable[[re.Match[str]], str]
    """Gives YYYY-MM-DD, or less where less is known; ValueError = no such day."""
    precision: str
    """day, part (a month or a year), or time."""


def _dmy(found: re.Match[str]) -> str:
    return _checked(found[4], found[3], found[1])


def _checked(year: str, month: str, day: str) -> str:
    return date(int(year), int(month), int(day)).isoformat()


def _iso(found: re.Match[str]) -> str:
    return _checked(*found.groups())


def _month(found: re.Match[str]) -> str:
    return _checked(found["y"], found["m"], "1")[:7]


def _year(found: re.Match[str]) -> str:
    return _checked(found[0], "1", "1")[:4]


def _unknown_as_zero(found: re.Match[str]) -> str:
    year, month, day = found.groups()
    if (month, day) == ("00", "00"):
        return _checked(year, "1", "1")[:4]
    return _checked(year, month, "1")[:7] if day == "00" else _checked(year, month, day)


def _excel(found: re.Match[str]) -> str:
    serial = int(found[0])
    if not 1 <= serial <= _EXCEL_DAYS or serial == _EXCEL_NO_DAY:
        raise ValueError
    return (date(1899, 12, 30 if serial > _EXCEL_NO_DAY else 31) + timedelta(serial)).isoformat()


def _local_minute(found: re.Match[str]) -> str:
    year, month, day, hour, minute = (int(part) for part in found.groups())
    return datetime(year, month, day, hour, minute).isoformat() + "+07:00"  # noqa: DTZ001  zone: text


def _offset(found: re.Match[str]) -> str:
    fraction = (found["f"] or "").rstrip("0")
    if len(fraction) > len("ffffff"):
        raise ValueError
    text = f"{found['d']}T{found['t']}.{fraction:0<6}{found['z'].upper()}"
    return datetime.fromisoformat(text).isoformat()


def _form(syntax: str, read: Callable[[re.Match[str]], str], precision: str = "day") -> Form:
    return Form(re.compile(syntax, re.ASCII), read, precision)


FORMS: Mapping[str, Form] = {
    "iso": _form(r"(\d{4})-(\d\d)-(\d\d)", _iso),
    "dmy": _form(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4})", _dmy),
    "my": _form(r"(?P<m>\d{1,2})[/.-](?P<y>\d{4})", _month, "part"),
    "y": _form(r"\d{4}", _year, "part"),
    "ymd8": _form(r"(\d{4})(\d\d)(\d\d)", _iso),
    "ymd8z": _form(r"(\d{4})(\d\d)(\d\d)", _unknown_as_zero),
    "ym6": _form(r"(?P<y>\d{4})(?P<m>\d\d)", _month, "part"),
    "excel_serial": _form(r"0{0,4}[1-9]\d{0,3}|[1-6]\d{4}|7[0-2]\d{3}|730[0-4]\d|73050", _excel),
    "ymdhm12": _form(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)", _local_minute, "time"),
    "iso_offset": _form(
        r"(?P<d>\d{4}-\d\d-\d\d)[Tt](?P<t>\d\d:\d\d:\d\d)(?:\.(?P<f>\d+))?(?P<z>[Zz]|[+-]\d\d:[0-5]\d)",
        _offset,
        "time",
    ),
}
"""Every known form, by its name in a contract's date_formats."""

_ISO_PART = re.compile(r"\d{4}(?:-\d\d)?", re.ASCII)
_TWO_DIGIT_YEAR = re.compile(r"\d{1,2}([/.-])\d{1,2}\1\d\d", re.ASCII)
_LEAST = {
    "date": frozenset(("day",)),
    "partial_date": frozenset(("day", "part")),
    "timestamp": frozenset(("time",)),
}


class Read(NamedTuple):
    """A date as read, in ISO form, or the reason why it cannot be."""

    text: str = ""
    code: str = ""


def parse_date(text: str, formats: Collection[str], kind: str) -> Read:
    """Read *text* for a field of *kind* (date, partial_date, timestamp); *formats* are declared."""
    declared = ("iso", *formats)
    for name in declared:
        found = FORMS[name].syntax.fullmatch(text)
        if found:
            return _read(FORMS[name], found, kind)
    if "iso" in formats and kind == "partial_date" and _ISO_PART.fullmatch(text):
        return _read_part(text)
    if kind != "timestamp" and _TWO_DIGIT_YEAR.fullmatch(text):
        return Read(code=TWO_DIGITS)
    known = [form for form in FORMS.values() if form.syntax.fullmatch(text)]
    if any(form.precision not in _LEAST[kind] and form.precision != "time" for form in known):
        return Read(code=INVALID)  # less than the field needs, declared or not
    return Read(code=AMBIGUOUS if known else INVALID)


def _read(form: Form, found: re.Match[str], kind: str) -> Read:
    try:
        text = form.read(found)
    except ValueError:
        return Read(code=INVALID)
    enough = len(text) == len("YYYY-MM-DD") if kind == "date" else form.precision in _LEAST[kind]
    return Read(text) if enough else Read(code=INVALID)


def _read_part(text: str) -> Read:
    try:
        earliest(text)
    except ValueError:
        return Read(code=INVALID)
    return Read(text)
