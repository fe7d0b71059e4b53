"""What a value goes through on its way to the public, where the value itself is not published.

A contract names one of `TRANSFORMS` (openTransform); `streams.projection` applies it (DOMAIN 10).
"""

from collections.abc import Callable, Mapping
from typing import Any

_BANDS = ((100, "<100"), (500, "100–500"), (1000, "500–1000"))
_LARGE = 10_000


def area_band(square_metres: str | None) -> str | None:
    """Return the band of an area: `<100`, `100–500`, `500–1000`, `1000–10000`, `>10000` m².

    A band begins with its lower figure, so 100 m² is `100–500`; 10,000 m² is not above 10,000.
    """
    if square_metres is None:
        return None
    whole, _, rest = square_metres.partition(".")
    area = int(whole)
    for above, band in _BANDS:
        if area < above:
            return band
    return ">10000" if area > _LARGE or (area == _LARGE and rest.strip("0")) else "1000–10000"


TRANSFORMS: Mapping[str, Callable[[Any], Any]] = {"area_band": area_band}
"""Every transform there is, by the name contracts use."""
