"""Every kind of defect the sample departments hold, with its share and the reason it must give.

A defect spoils an ordinary entry in one way: what must be found then is said beside it.
"""

from suoi.demo.defects.business import DEFECTS as _BUSINESS
from suoi.demo.defects.business import ENTERPRISES, HOUSEHOLDS
from suoi.demo.defects.civil import BIRTHS, DEATHS, MARRIAGES
from suoi.demo.defects.civil import DEFECTS as _CIVIL
from suoi.demo.defects.kind import Defect
from suoi.demo.defects.land import DEFECTS as _LAND
from suoi.demo.defects.land import PARCELS
from suoi.demo.defects.practice import ATTESTATIONS, PRACTITIONERS
from suoi.demo.defects.practice import DEFECTS as _PRACTICE
from suoi.demo.defects.products import DEFECTS as _PRODUCTS
from suoi.demo.defects.products import PRODUCTS
from suoi.demo.defects.stations import DEFECTS as _STATIONS
from suoi.demo.defects.stations import READINGS

__all__ = [
    "ATTESTATIONS",
    "BIRTHS",
    "DEATHS",
    "DEFECTS",
    "ENTERPRISES",
    "HOUSEHOLDS",
    "MARRIAGES",
    "PARCELS",
    "PRACTITIONERS",
    "PRODUCTS",
    "READINGS",
    "Defect",
]

DEFECTS: tuple[Defect, ...] = (
    *_CIVIL,
    *_PRACTICE,
    *_LAND,
    *_BUSINESS,
    *_PRODUCTS,
    *_STATIONS,
)
