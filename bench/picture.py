"""A small picture of curves, side by side, as SVG: no library is needed for so little."""

from collections.abc import Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape

_WIDE, _HIGH, _LEFT, _TOP, _BOTTOM, _GAP = 320, 220, 56, 34, 36, 24


class Curve(NamedTuple):
    """One curve: what it is, and its points (size, records a second), sizes rising."""

    title: str
    points: Sequence[tuple[int, float]]


def draw(curves: Sequence[Curve]) -> str:
    """Return one SVG; sizes stand at equal distances, records a second begin at 0."""
    whole = _WIDE + _GAP
    body = "".join(_panel(curve, number * whole) for number, curve in enumerate(curves))
    size = f'width="{max(1, len(curves)) * whole}" height="{_HIGH}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="11">'
        f'<rect width="100%" height="100%" fill="white"/>{body}</svg>\n'
    )


def _panel(curve: Curve, left: int) -> str:
    top = _round_up(max(rate for _, rate in curve.points))
    places = [
        (left + _across(number, len(curve.points)), _down(rate / top))
        for number, (_, rate) in enumerate(curve.points)
    ]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    parts = [_text(left + _LEFT, 16, curve.title, "start", 'font-weight="bold"')]
    parts += [_mark(left, share, top) for share in (0.0, 0.5, 1.0)]
    parts.append(f'<polyline points="{line}" fill="none" stroke="#1f5fa8" stroke-width="2"/>')
    for (x, y), (size, rate) in zip(places, curve.points, strict=True):
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="#1f5fa8"/>')
        parts.append(_text(x, y - 7, f"{rate / 1000:.1f}k", "middle", 'fill="#1f5fa8"'))
        parts.append(_text(x, _HIGH - _BOTTOM + 16, _short(size), "middle"))
    return "".join(parts)


def _mark(left: int, share: float, top: float) -> str:
    y = _down(share)
    line = f'<line x1="{left + _LEFT}" x2="{left + _WIDE}" y1="{y}" y2="{y}" stroke="#ccc"/>'
    return line + _text(left + _LEFT - 6, y + 4, f"{_short(share * top)}/s", "end")


def _text(x: float, y: float, words: str, anchor: str, more: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" {more}>{escape(words)}</text>'


def _across(number: int, count: int) -> float:
    step = (_WIDE - _LEFT - 40) / max(1, count - 1)
    return _LEFT + 20 + number * step


def _down(share: float) -> float:
    return _TOP + (_HIGH - _TOP - _BOTTOM) * (1 - share)


def _round_up(value: float) -> float:
    """Return the next of 1, 2, 5 times a power of ten."""
    power = 1.0
    while power * 10 <= value:
        power *= 10
    return next(power * step for step in (1, 2, 5, 10) if power * step >= value)


def _short(value: float) -> str:
    for divisor, letter in ((1_000_000, "M"), (1000, "k")):
        if value >= divisor:
            return f"{value / divisor:g}{letter}"
    return f"{value:g}"
