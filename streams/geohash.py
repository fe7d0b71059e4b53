"""GeoHash cells and the province's box, in whole numbers: no rounding decides who owns a point.

A parcel's id is a GeoHash of 12 characters, 60 bits: longitude and latitude take turns, longitude
first, 30 bits each (DOMAIN.md 3, Thông tư 19/2026).
"""

from streams.takers.cells import Cells

_ALPHABET = "0123456789bcdefghjkmnpqrstuvwxyz"
_TO_BASE_32 = str.maketrans(_ALPHABET, "0123456789abcdefghijklmnopqrstuv")
_CELLS = 1 << 30
"""How many cells each axis is cut into."""
_DECIMALS = 8
_STEPS: int = 10**_DECIMALS
"""Points have at most 8 decimals of a degree: a step is the last of them."""
_MARGIN = 10
"""1e-7 degree, in steps: a cell is enlarged by it on each side (rules.csv)."""

SOUTH, NORTH, WEST, EAST = 2_057_000_000, 2_203_000_000, 10_321_000_000, 10_503_000_000
"""The province's box in steps: 20.57 to 22.03 N, 103.21 to 105.03 E (DOMAIN.md 3)."""
_SURELY = (20.571, 22.029, 103.211, 105.029)


def in_cell(cell: str, latitude: str, longitude: str) -> bool:
    """Say whether the point, in degrees as decimal text, lies in the enlarged *cell*."""
    if _SURE.hold(cell, latitude, longitude):
        return True
    bits = 0
    for place in range(0, len(cell), 2):  # even places are longitude's in every pair of letters
        bits = bits << _HALF | _PAIRS[cell[place : place + 2]]
    east, north = bits >> _APART, bits & _LATITUDE
    return _inside(east, longitude, 180) and _inside(north, latitude, 90)


def in_province(latitude: str, longitude: str) -> bool:
    """Say whether the point lies in the box of Sơn La, edges included."""
    south, north, west, east = _SURELY  # far enough from every edge for a float to know
    if south < float(latitude) < north and west < float(longitude) < east:
        return True
    return SOUTH <= _steps(latitude) <= NORTH and WEST <= _steps(longitude) <= EAST


def _inside(index: int, degrees: str, half: int) -> bool:
    """Compare in units of a step divided by the number of cells: all whole numbers."""
    place = (_steps(degrees) + half * _STEPS) * _CELLS
    width, margin = 2 * half * _STEPS, _MARGIN * _CELLS
    return index * width - margin <= place <= (index + 1) * width + margin


def _steps(degrees: str) -> int:
    whole, _, fraction = degrees.partition(".")
    return int(whole + fraction.ljust(_DECIMALS, "0"))


def _pair(text: str) -> int:
    """Return ten bits of a cell as they stand for each axis: longitude above, latitude below."""
    bits = int(text.translate(_TO_BASE_32), 32)
    longitude = sum((bits >> 2 * place + 1 & 1) << place for place in range(_HALF))
    latitude = sum((bits >> 2 * place & 1) << place for place in range(_HALF))
    return longitude << _APART | latitude


_HALF, _APART, _LATITUDE = 5, 32, _CELLS - 1
_PAIRS = {one + two: _pair(one + two) for one in _ALPHABET for two in _ALPHABET}
_SURE = Cells(_ALPHABET, _CELLS)
