"""Whole numbers and decimals, typed or written, and their conversion to a canonical unit."""

import math
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

from schemas.codes import CodeLists
from streams import words
from streams.notes import BAD, Notes
from streams.numbers import (
    FORMAT,
    NOT_FINITE,
    NOT_FINITE_WORDS,
    RANGE,
    Limits,
    Number,
    Unit,
    convert,
    decimal_text,
    fit,
    moved,
    parse_number,
    units,
)
from streams.plan import Plan, Refine
from streams.refine.texts import invalid, keep, text_reader, vanished

_LONG = 2**63
_FLOATS = frozenset(("double", "json number", "cell"))


def limits_of(plan: Plan) -> Limits:
    """Return what the field holds."""
    low, high = plan.item.minimum, plan.item.maximum
    return Limits(
        plan.item.precision,
        plan.item.scale,
        None if low is None else Decimal(low),
        None if high is None else Decimal(high),
    )


def whole_bounds(plan: Plan) -> tuple[int, int]:
    """Return the least and the greatest whole number of the field; a column holds 64 bits."""
    limits = limits_of(plan)
    low = -_LONG if limits.low is None else math.ceil(limits.low)
    return low, _LONG - 1 if limits.high is None else math.floor(limits.high)


def integer_refiner(plan: Plan, _codes: CodeLists) -> Refine:
    """Judge a whole number; 20.0 is 20 in a spreadsheet cell only (DOMAIN.md 9b)."""
    numbers = _number_reader(plan)
    low, high = whole_bounds(plan)

    def refine(raw: object, notes: Notes) -> Any:  # noqa: ANN401
        if type(raw) is int and plan.wire not in {"text", "decimal"}:
            return _in_range(plan, raw, notes, (low, high))
        if type(raw) is float and not (plan.wire == "cell" and raw.is_integer()):
            return _refuse_float(plan, raw, notes)
        value = numbers(raw, notes)
        if value is None or value is BAD:
            return value
        whole = value.to_integral_value() or Decimal(0)  # -0 is 0
        if value != whole:
            return notes.refuse(plan.pen.fault(RANGE, words.of_range(plan.item)))
        if isinstance(raw, str):
            keep(plan, raw, f"{whole:f}", notes)
        return _in_range(plan, int(value), notes, (low, high))

    return refine


def _in_range(plan: Plan, value: int, notes: Notes, bounds: tuple[int, int]) -> Any:  # noqa: ANN401
    if plan.item.options.placeholders and _stands_for_nothing(plan, value):
        return vanished(plan, value, notes)
    if bounds[0] <= value <= bounds[1]:
        return value
    return notes.refuse(plan.pen.fault(RANGE, words.of_range(plan.item)))


def _stands_for_nothing(plan: Plan, value: float) -> bool:
    if not (_numeric(plan.nothing) and -_LONG < value < _LONG):
        return False
    return decimal_text(Decimal(repr(value))) in plan.nothing


@lru_cache(maxsize=256)
def _numeric(words: frozenset[str]) -> bool:
    """Whether a number may be among *words*."""
    return any(mark.isdigit() for word in words for mark in word)


def _refuse_float(plan: Plan, raw: float, notes: Notes) -> Any:  # noqa: ANN401
    if not math.isfinite(raw) and NOT_FINITE in plan.item.rules:
        return notes.refuse(plan.pen.fault(NOT_FINITE))
    return invalid(plan, notes)


def _number_reader(plan: Plan) -> Refine:
    """Return what reads any number: (raw, notes) -> Decimal, None or BAD."""
    read = text_reader(plan)
    locale = plan.item.options.locale if plan.wire == "text" else "plain"
    textual = plan.wire == "decimal" or FORMAT in plan.item.rules
    typed = plan.wire in {"double", "json number", "cell"}

    def number(raw: object, notes: Notes) -> Any:  # noqa: ANN401
        if typed and type(raw) in {int, float}:
            return _typed(plan, raw, notes)
        text = read(raw, notes) if raw is None or isinstance(raw, str) else invalid(plan, notes)
        if text is None or text is BAD:
            return text
        if text.casefold() in NOT_FINITE_WORDS and NOT_FINITE in plan.item.rules:
            return notes.refuse(plan.pen.fault(NOT_FINITE))
        if not textual:
            return invalid(plan, notes)
        return _settled(plan, parse_number(text, locale), notes)

    return number


def _typed(plan: Plan, raw: Any, notes: Notes) -> Any:  # noqa: ANN401
    if type(raw) is float and not math.isfinite(raw):
        return _refuse_float(plan, raw, notes)
    if not -_LONG < raw < _LONG:
        return notes.refuse(plan.pen.fault(RANGE, words.of_range(plan.item)))
    # repr gives the shortest decimal text of a double: no binary digits come through.
    return vanished(plan, raw, notes) if _stands_for_nothing(plan, raw) else Decimal(repr(raw))


def _settled(plan: Plan, number: Number, notes: Notes) -> Any:  # noqa: ANN401
    if not number.code:
        return number.value
    expected = words.of_number(plan.item) if number.code == FORMAT else words.of_range(plan.item)
    return notes.refuse(plan.pen.fault(number.code, expected))


def decimal_refiner(plan: Plan, _codes: CodeLists) -> Refine:
    """Judge a decimal; its canonical form is text. Only doubles are rounded to the scale."""
    numbers, limits = _number_reader(plan), limits_of(plan)
    rounds = plan.wire in {"double", "json number", "cell"}
    if rounds and plan.item.options.unit_field:
        limits = _unrounded(limits)  # the value as sent is converted, then rounded (DOMAIN.md 9b)

    def refine(raw: object, notes: Notes) -> Any:  # noqa: ANN401
        value = numbers(raw, notes)
        if value is None or value is BAD:
            return value
        fitted = fit(value, limits, rounds=rounds)
        if fitted.rounded and not fitted.code:
            notes.flags.append(plan.flag("ROUNDED"))
        settled = _settled(plan, fitted, notes)
        if settled is BAD:
            return BAD
        text = decimal_text(settled)
        if isinstance(raw, str) or fitted.rounded:
            keep(plan, raw if isinstance(raw, str) else repr(raw), text, notes)
        return text

    return refine


def canonical_units(codes: CodeLists) -> frozenset[str]:
    """Return the units in which an amount stays as it is."""
    known = units(codes.rows("codes/unit"))
    return frozenset(
        code for code, unit in known.items() if unit.canonical == code and unit.factor == 1
    )


def fitting_amount(plan: Plan) -> Callable[[str], object] | None:
    """Return what knows texts that need no rounding; None where amounts come as decimals."""
    return _fitting(limits_of(plan)) if plan.wire in _FLOATS else None


def unit_converter(plan: Plan, unit_plan: Plan, codes: CodeLists) -> Refine:
    """Return (value, unit, notes) -> value, value as sent, unit, unit as sent (DOMAIN.md 9b)."""
    known = units(codes.rows("codes/unit"))
    scaled = _scaler(plan, known)

    def convert_units(value: Any, code: Any, notes: Notes) -> tuple[Any, Any, Any, Any]:  # noqa: ANN401
        if value is BAD and (code is None or code is BAD):
            return BAD, None, code, None
        if code is None or code is BAD:
            return (None if value is None else scaled(value, code, notes)), value, code, None
        unit = known[code]
        if unit.canonical != code:
            notes.flags.append(unit_plan.flag("UNIT_CONVERTED"))
        if value is None or value is BAD:
            return value, None, unit.canonical, code
        if unit.factor != 1:
            notes.flags.append(plan.flag("UNIT_CONVERTED"))
        return scaled(value, code, notes), value, unit.canonical, code

    return convert_units


def _scaler(plan: Plan, known: Mapping[str, Unit]) -> Callable[[str, Any, Notes], Any]:
    """Return (amount, unit, notes) -> the amount in the canonical unit, at its scale, or BAD."""
    limits = limits_of(plan)._replace(low=None, high=None)
    exact, fits = plan.wire in _FLOATS, _fitting(limits)
    as_it_is = Unit("", Decimal(1), "")
    moves = {code: unit.places for code, unit in known.items()}

    def scaled(value: str, code: Any, notes: Notes) -> Any:  # noqa: ANN401  text or BAD
        unit, places = known.get(code, as_it_is), moves.get(code)
        if unit.factor == 1 and (not exact or fits(value)):
            return value
        if places and fits(exactly := moved(value, places)):
            return exactly
        fitted = fit(convert(Decimal(value), unit), limits, rounds=True)
        if fitted.rounded:
            notes.flags.append(plan.flag("ROUNDED"))
        settled = _settled(plan, fitted, notes)
        return settled if settled is BAD else decimal_text(settled)

    return scaled


def _fitting(limits: Limits) -> Callable[[str], object]:
    """Return what knows most canonical texts, not below 0, that *limits* leave as they are."""
    whole, scale = (limits.precision or 0) - (limits.scale or 0), limits.scale or 0
    digits = rf"[0-9]{{1,{whole}}}" if whole > 0 else "0"
    return re.compile(rf"{digits}(?:[.][0-9]{{1,{scale}}})?" if scale else digits).fullmatch


def _unrounded(limits: Limits) -> Limits:
    """As many digits before the point, and as many after it as there are."""
    whole = None if limits.precision is None else limits.precision - (limits.scale or 0)
    return limits._replace(precision=whole, scale=None)
