"""Typed values: booleans, numbers and dates, from the column to the canonical value."""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from schemas.contract import Field
from support.oracle import dates, numbers
from support.oracle.cell import Cell, Refused
from support.oracle.coded import known_code
from support.oracle.context import Context
from support.oracle.sources import source_of


def judge_boolean(field: Field, raw: Any, cell: Cell, context: Context) -> Cell:  # noqa: ANN401
    """Judge yes or no: typed, or by the crosswalk."""
    if isinstance(raw, bool) and field.options.code_system is None:
        cell.value = raw
        return cell
    source, system = source_of(field), field.options.code_system
    if (
        isinstance(raw, int)
        and not isinstance(raw, bool)
        and source in ("integer", "json number", "xlsx number")
    ):
        raw = numbers.digits(raw)
    if isinstance(raw, str) and system is not None:
        found = known_code(field, raw, context)
        if found is not None:
            cell.value = found == "true"
            return cell
    return cell.refuse("type.invalid")


def judge_number(field: Field, raw: Any, cell: Cell) -> Cell:  # noqa: ANN401, PLR0911  a return a stage
    """Judge a whole number or a decimal, typed or written (section 5)."""
    source = source_of(field)
    try:
        if isinstance(raw, str):
            if source != "numeric" and "number.format" not in field.rules:
                return cell.refuse("type.invalid")
            value = numbers.from_text(raw, field)
        elif source in ("text", "numeric"):
            return cell.refuse("type.invalid")
        else:
            value = numbers.from_json(raw, field)
            whole = isinstance(raw, int) or (source == "xlsx number" and raw.is_integer())
            if field.kind == "integer" and not whole:
                return cell.refuse("type.invalid")
    except Refused as refused:
        return cell.refuse(refused.code)
    if field.kind == "integer" and value != value.to_integral_value():
        return cell.refuse("number.range")
    rounds = source == "double"
    if rounds and field.options.unit_field is None and field.scale is not None:
        value = _rounded(value, field, cell)
    if numbers.out_of_range(value, field, rounds=rounds):
        return cell.refuse("number.range")
    if field.kind == "integer":
        cell.value = int(value)
        return cell
    cell.sent = value
    cell.value = numbers.canonical(value)
    return cell


def _rounded(value: Decimal, field: Field, cell: Cell) -> Decimal:
    if abs(value) > Decimal(10) ** 20:
        return value
    rounded = numbers.rounded(value, field.scale or 0)
    if rounded != value:
        cell.flags.append("ROUNDED")
    return rounded


def judge_date(field: Field, raw: Any, cell: Cell, context: Context) -> Cell:  # noqa: ANN401
    """Judge a day, a partial day or a moment (section 4)."""
    try:
        found = _read_date(field, raw, cell)
    except Refused as refused:
        return cell.refuse(refused.code)
    if field.kind == "timestamp":
        assert found.moment is not None
        least, most = (_moment_bound(b, context) for b in (field.minimum, field.maximum))
        if (least and found.moment < least) or (most and found.moment > most):
            return cell.refuse("date.range")
        cell.value = dates.micros(found.moment)
        return cell
    least_day, most_day = (_day_bound(b, context) for b in (field.minimum, field.maximum))
    first, last = dates.earliest(found.partial), dates.latest(found.partial)
    if (least_day and last < least_day) or (most_day and first > most_day):
        return cell.refuse("date.range")
    if field.kind == "date":
        cell.value = (first - dates.EPOCH).days
        return cell
    if len(found.partial) < 10:
        cell.flags.append("PARTIAL_DATE")
    cell.value = found.partial
    return cell


def _read_date(field: Field, raw: Any, cell: Cell) -> dates.Found:  # noqa: ANN401
    source = source_of(field)
    if isinstance(raw, str):
        if source == "zoned":
            return _zoned(raw)
        found = dates.read(raw, field.kind, field.options.date_formats)
        if field.kind == "timestamp" and not raw.upper().endswith("Z") and raw.isdigit():
            cell.flags.append("ZONE_ASSUMED")
        return found
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        raise Refused(dates.TYPE)
    if source == "xlsx date":
        whole = isinstance(raw, int) or raw.is_integer()
        said = numbers.digits(int(raw)) if whole else repr(raw)  # with a time of day: no date
        return dates.read(said, field.kind, field.options.date_formats)
    if not isinstance(raw, int) or source not in ("date", "local"):
        raise Refused(dates.TYPE)
    return _typed(raw, source, field, cell)


def _typed(raw: int, source: str, field: Field, cell: Cell) -> dates.Found:
    """Days or µs since the epoch, as Debezium sends them."""
    try:
        if source == "date":
            return dates.Found((dates.EPOCH + timedelta(days=raw)).isoformat())
        moment = dates.MIDNIGHT + timedelta(microseconds=raw)
        if field.options.tz:
            cell.flags.append("ZONE_ASSUMED")
            moment -= timedelta(hours=7)
    except OverflowError:
        raise Refused(dates.RANGE) from None
    return dates.Found(moment=moment)


def _zoned(text: str) -> dates.Found:
    """A `timestamptz`: RFC 3339, or beyond the years we know."""
    if re.fullmatch(
        r"[+-]?infinity|([+-]\d{4,}|\d{5,})-\d\d-\d\dT.*", text, re.IGNORECASE | re.ASCII
    ):
        raise Refused(dates.RANGE)
    return dates.read(text, "timestamp", ("iso_offset",))


def _day_bound(bound: str | None, context: Context) -> date | None:
    if bound is None:
        return None
    return context.today if bound == "today" else date.fromisoformat(bound)


def _moment_bound(bound: str | None, context: Context) -> datetime | None:
    if bound is None:
        return None
    return context.now if bound == "now" else datetime.fromisoformat(bound)
