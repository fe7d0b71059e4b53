"""Dates, partial dates and timestamps, typed or written."""

import re
from typing import Any, NamedTuple

from schemas.codes import CodeLists
from streams import words
from streams.dates import ZERO_DATES, parse_date
from streams.days import (
    DAY_US,
    FIRST_DAY,
    LAST_DAY,
    ZONE_US,
    days,
    earliest,
    instant,
    instant_text,
    latest,
)
from streams.notes import BAD, Notes
from streams.plan import Plan, Refine
from streams.refine.texts import digits, invalid, keep, text_reader

_BEYOND = re.compile(r"[+-]?infinity|(?:[+-]\d{4,}|\d{5,})-\d\d-\d\dT.*", re.ASCII | re.IGNORECASE)
"""A timestamptz that ends never, or lies outside the years 0001 to 9999."""


class Bounds(NamedTuple):
    """The range of a field in its own unit; None = the moment of the record (today, now)."""

    low: int | None
    high: int | None

    def hold(self, first: int, last: int, moment: int) -> bool:
        """Say whether something between *first* and *last* lies inside."""
        low = moment if self.low is None else self.low
        high = moment if self.high is None else self.high
        return last >= low and first <= high


def day_bounds(plan: Plan) -> Bounds:
    """Return the bounds of a date field, in days; without bounds, the years 0001 to 9999."""
    low, high = plan.item.minimum, plan.item.maximum
    return Bounds(_day(low, FIRST_DAY), _day(high, LAST_DAY))


def instant_bounds(plan: Plan) -> Bounds:
    """Return the bounds of a timestamp field, in µs."""
    low, high = plan.item.minimum, plan.item.maximum
    return Bounds(_moment(low, FIRST_DAY * DAY_US), _moment(high, (LAST_DAY + 1) * DAY_US - 1))


def _day(bound: str | None, default: int) -> int | None:
    return None if bound == "today" else days(bound) if bound else default


def _moment(bound: str | None, default: int) -> int | None:
    return None if bound == "now" else instant(bound) if bound else default


def date_refiner(plan: Plan, _codes: CodeLists) -> Refine:
    """Judge kinds date (days since the epoch) and partial_date (text)."""
    written, bounds = _written(plan, plan.item.options.date_formats), day_bounds(plan)
    typed, partial = plan.wire == "date", plan.item.kind == "partial_date"
    cell = plan.wire == "date cell"
    outside = plan.pen.fault("date.range", words.of_days(plan.item))

    def refine(raw: object, notes: Notes) -> Any:  # noqa: ANN401  day, text, None or BAD
        if typed and type(raw) is int:
            return raw if bounds.hold(raw, raw, notes.today) else notes.refuse(outside)
        if raw is None or _zero(plan, raw, notes):
            return None
        if cell and type(raw) in {int, float}:
            raw = _serial(raw)
        text = invalid(plan, notes) if typed else written(raw, notes)
        if text is None or text is BAD:
            return text
        if not bounds.hold(earliest(text), latest(text), notes.today):
            return notes.refuse(outside)
        keep(plan, raw, text, notes)
        return _partial(plan, text, notes) if partial else days(text)

    return refine


def _serial(number: Any) -> str:  # noqa: ANN401  int or float
    """Return the number of a date cell as text; with a time of day it is no date."""
    if type(number) is float and not number.is_integer():
        return repr(number)
    return digits(int(number))


def _partial(plan: Plan, text: str, notes: Notes) -> str:
    if len(text) < len("YYYY-MM-DD"):
        notes.flags.append(plan.flag("PARTIAL_DATE"))
    return text


def _zero(plan: Plan, raw: object, notes: Notes) -> bool:
    if not isinstance(raw, str) or raw.strip() not in ZERO_DATES:
        return False
    notes.flags.append(plan.flag("ZERO_DATE"))
    keep(plan, raw, None, notes)
    return True


def _written(plan: Plan, formats: tuple[str, ...]) -> Refine:
    """Return what reads a textual date: (raw, notes) -> ISO text, None or BAD."""
    read, expected = text_reader(plan), words.of_dates(formats)

    def refine(raw: object, notes: Notes) -> Any:  # noqa: ANN401  text, None or BAD
        text = read(raw, notes)
        if text is None or text is BAD:
            return text
        found = parse_date(text, formats, plan.item.kind)
        return notes.refuse(plan.pen.fault(found.code, expected)) if found.code else found.text

    return refine


def timestamp_refiner(plan: Plan, _codes: CodeLists) -> Refine:
    """Judge a moment: µs since the epoch, UTC. Columns without a zone hold Việt Nam's time."""
    # timestamptz: Debezium writes ISO 8601 with Z.
    formats = ("iso_offset",) if plan.wire == "instant" else plan.item.options.date_formats
    moment = _typed_moment(plan) if plan.wire == "timestamp" else _written_moment(plan, formats)
    bounds = instant_bounds(plan)
    outside = plan.pen.fault("date.range", words.of_days(plan.item))

    def refine(raw: object, notes: Notes) -> Any:  # noqa: ANN401  µs, None or BAD
        if raw is None or _zero(plan, raw, notes):
            return None
        micros = moment(raw, notes)
        if micros is None or micros is BAD or bounds.hold(micros, micros, notes.now):
            return micros
        return notes.refuse(outside)

    return refine


def _typed_moment(plan: Plan) -> Refine:
    assumed = plan.flag("ZONE_ASSUMED")

    def moment(raw: object, notes: Notes) -> Any:  # noqa: ANN401  µs or BAD
        if type(raw) is not int:
            return invalid(plan, notes)
        notes.flags.append(assumed)
        return raw - ZONE_US

    return moment


def _written_moment(plan: Plan, formats: tuple[str, ...]) -> Refine:
    written, assumed = _written(plan, formats), plan.flag("ZONE_ASSUMED")
    typed = plan.wire == "instant"  # the text is Debezium's; nobody at the department wrote it
    outside = plan.pen.fault("date.range", words.of_days(plan.item))

    def moment(raw: object, notes: Notes) -> Any:  # noqa: ANN401  µs, None or BAD
        if typed and isinstance(raw, str) and _BEYOND.fullmatch(raw):
            return notes.refuse(outside)
        text = written(raw, notes)
        if text is None or text is BAD:
            return text
        if isinstance(raw, str) and raw.strip().isdigit():  # ymdhm12 names no zone
            notes.flags.append(assumed)
        try:
            micros = instant(text)
            canonical = instant_text(micros)
        except ValueError:  # in UTC it lies before the year 1 or after 9999
            return notes.refuse(outside)
        if not typed:
            keep(plan, raw, canonical, notes)
        return micros

    return moment
