"""DOMAIN.md 5: numbers as texts and as JSON; decimals never pass through binary floating point."""

import re
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from schemas.contract import Field
from support.oracle.cell import Refused

FORMAT, NOT_FINITE, TYPE = "number.format", "number.not_finite", "type.invalid"
PLAIN = re.compile(r"-?[0-9]+(\.[0-9]+)?")
VI = re.compile(r"-?([0-9]+|[0-9]{1,3}(\.[0-9]{3})+)(,[0-9]+)?")
ENDLESS = re.compile(r"[+-]?(nan|inf|infinity|∞)", re.IGNORECASE)


def from_text(text: str, field: Field) -> Decimal:
    """Read *text* in the field's locale."""
    if ENDLESS.fullmatch(text) and NOT_FINITE in field.rules:
        raise Refused(NOT_FINITE)
    if field.options.locale == "vi":
        if not VI.fullmatch(text):
            raise Refused(FORMAT)
        return Decimal(text.replace(".", "").replace(",", "."))
    if not PLAIN.fullmatch(text):
        raise Refused(FORMAT)
    return Decimal(text)


def from_json(number: Any, field: Field) -> Decimal:  # noqa: ANN401
    """Read a JSON number."""
    if isinstance(number, bool) or not isinstance(number, int | float):
        raise Refused(TYPE)
    value = Decimal(number) if isinstance(number, int) else Decimal(repr(number))
    if not value.is_finite():
        listed = NOT_FINITE in field.rules
        raise Refused(NOT_FINITE if listed else TYPE)
    return value


def canonical(value: Decimal) -> str:
    """No exponent, no trailing zeros, no minus zero."""
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def rounded(value: Decimal, scale: int) -> Decimal:
    """Half-even to *scale* places."""
    return value.quantize(Decimal(1).scaleb(-scale), ROUND_HALF_EVEN)


def out_of_range(value: Decimal, field: Field, *, rounds: bool) -> bool:
    """Outside min..max, or more digits than the type holds."""
    if field.minimum is not None and value < Decimal(field.minimum):
        return True
    if field.maximum is not None and value > Decimal(field.maximum):
        return True
    if field.scale is not None and not rounds and value != rounded_wide(value, field.scale):
        return True
    return too_wide(value, field)


def too_wide(value: Decimal, field: Field) -> bool:
    """More integer digits than the type holds."""
    if field.precision is None:
        return False
    return abs(value) >= Decimal(10) ** (field.precision - (field.scale or 0))


def rounded_wide(value: Decimal, scale: int) -> Decimal:
    """*value* cut to *scale* places, however long it is."""
    whole, _, fraction = f"{value:f}".partition(".")
    return Decimal(f"{whole}.{fraction[:scale] or '0'}")


def digits(number: int) -> str:
    """The decimal text of *number*, however long."""
    return f"{Decimal(number):f}"


def equal(number: float, word: str) -> bool:
    """Whether *word* means *number*: -9999.0 is -9999."""
    try:
        return Decimal(number) == Decimal(word)
    except ArithmeticError:
        return False
