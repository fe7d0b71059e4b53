"""Numbers as text and as JSON gives them, never through binary floating point (DOMAIN.md 5)."""

import re
from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import NamedTuple

FORMAT = "number.format"
RANGE = "number.range"
NOT_FINITE = "number.not_finite"

_SYNTAX = {
    "plain": re.compile(r"-?\d+(?:\.\d+)?", re.ASCII),
    "vi": re.compile(r"-?(?:\d+|\d{1,3}(?:\.\d{3})+)(?:,\d+)?", re.ASCII),
}
_TO_PLAIN: dict[str, dict[int, str | None]] = {"plain": {}, "vi": {ord("."): None, ord(","): "."}}
NOT_FINITE_WORDS = frozenset(
    sign + word for sign in ("", "-", "+") for word in ("nan", "inf", "infinity", "∞")
)
_WIDE = Context(prec=4096, rounding=ROUND_HALF_EVEN)
"""Wide enough that nothing is rounded behind our back."""
_STEPS = tuple(Decimal(1).scaleb(-scale) for scale in range(39))
MAX_DIGITS = 1000
"""A longer number is out of every range; counting it would only cost time."""


class Number(NamedTuple):
    """A number as read (*value*), or the reason why it is none."""

    value: Decimal = Decimal(0)
    code: str = ""
    rounded: bool = False


class Limits(NamedTuple):
    """What a decimal field holds: digits in all, decimals, and its range."""

    precision: int | None = None
    scale: int | None = None
    low: Decimal | None = None
    high: Decimal | None = None


def parse_number(text: str, locale: str) -> Number:
    """Read *text* as the declared *locale* writes numbers: plain 1234.5, vi 1.234,5."""
    if not _SYNTAX[locale].fullmatch(text):
        return Number(code=FORMAT)
    if len(text) > MAX_DIGITS:
        return Number(code=RANGE)
    return Number(Decimal(text.translate(_TO_PLAIN[locale])))


def fit(value: Decimal, limits: Limits, *, rounds: bool = False) -> Number:
    """Return *value* within *limits*; *rounds* (a double, a conversion) rounds half-even."""
    rounded = False
    if limits.scale is not None:
        at_scale = _WIDE.quantize(value, _STEPS[limits.scale])
        rounded = at_scale != value
        if rounded and not rounds:
            return Number(code=RANGE)
        value = at_scale
    return Number(value, "" if _within(value, limits) else RANGE, rounded)


def _within(value: Decimal, limits: Limits) -> bool:
    if limits.precision is not None and abs(value) >= Decimal(10) ** (
        limits.precision - (limits.scale or 0)
    ):
        return False
    return (limits.low is None or value >= limits.low) and (
        limits.high is None or value <= limits.high
    )


def decimal_text(value: Decimal) -> str:
    """Return the canonical text: no exponent, no trailing zeros, no minus before zero."""
    if not value:
        return "0"
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


class Unit(NamedTuple):
    """What a unit is turned into."""

    canonical: str
    factor: Decimal
    dimension: str

    @property
    def places(self) -> int | None:
        """How many places the mark moves to the right; None where *factor* is no power of ten."""
        _, digits, exponent = self.factor.normalize().as_tuple()
        return int(exponent) if digits == (1,) else None


def units(rows: tuple[dict[str, str], ...]) -> Mapping[str, Unit]:
    """Return code -> Unit from the lines of codes/unit.csv."""
    return {
        row["code"]: Unit(
            row["canonical_unit"], Decimal(row["factor_to_canonical"]), row["dimension"]
        )
        for row in rows
    }


def convert(value: Decimal, unit: Unit) -> Decimal:
    """Return *value* in the canonical unit, exactly."""
    return _WIDE.multiply(value, unit.factor)


def moved(text: str, places: int) -> str:
    """Return canonical *text*, not below 0, times ten to the power of *places*."""
    whole, _, fraction = text.partition(".")
    if places < 0:
        whole = whole.zfill(1 - places)
        whole, fraction = whole[:places], whole[places:] + fraction
    else:
        whole, fraction = whole + fraction[:places].ljust(places, "0"), fraction[places:]
    whole, fraction = whole.lstrip("0") or "0", fraction.rstrip("0")
    return f"{whole}.{fraction}" if fraction else whole
