"""The communes of Sơn La as clerks write them: old and new codes, with names or without.

Since 2025-07-01 there are 75 communes; each of their codes existed before, 22 under another name
(DOMAIN.md 6.2).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from schemas.codes import CsvRow, read_codes

REFORM = date(2025, 7, 1)
"""First day of the list of 75 communes."""

VILLAGES = (
    "Bó", "Pọng", "Nà Lo", "Hìn", "Co Muông", "Phiêng Nghè", "Lặp", "Hôm", "Noong Đúc", "Mòng",
    "Phiêng Ban", "Nà Ngà", "Pá Khôm", "Huổi Lắc", "Suối Thín", "Tà Lạng", "Nậm Mạ", "Sốp Nặm",
)  # fmt: skip


class Place(NamedTuple):
    """A commune of one of the two lists: *system* is 2004 or 2025."""

    system: str
    code: str
    name: str
    district: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Places:
    """The lists a clerk may copy a commune from."""

    old: tuple[Place, ...]
    new: tuple[Place, ...]
    bare_old: tuple[Place, ...]
    """Old communes whose code alone names them: no new commune carries it under another name."""
    bare_new: tuple[Place, ...]
    elsewhere: tuple[str, ...]
    """Codes of new communes in other provinces."""

    def in_force(self, day: date) -> tuple[Place, ...]:
        """Return the list in force on *day*."""
        return self.new if day >= REFORM else self.old

    def bare(self, day: date) -> tuple[Place, ...]:
        """Return the places of that list that need no name beside the code."""
        return self.bare_new if day >= REFORM else self.bare_old


@lru_cache(maxsize=1)
def read_places() -> Places:
    """Read the places from the product's code lists."""
    codes = read_codes()
    old = tuple(_place("2004", row) for row in codes.rows("codes/commune_dvhc2004"))
    new = tuple(_place("2025", row) for row in codes.rows("codes/commune_dvhc2025"))
    abroad = codes.rows("codes/commune_vn_dvhc2025")
    names = {place.code: place.name for place in new}
    same = {place.code for place in old if names.get(place.code) == place.name}
    return Places(
        old=old,
        new=new,
        bare_old=tuple(place for place in old if place.code in same or place.code not in names),
        bare_new=tuple(place for place in new if place.code in same),
        elsewhere=tuple(row["code"] for row in abroad if row["province_code"] != "14")[::40],
    )


def _place(system: str, row: CsvRow) -> Place:
    return Place(system, row["code"], row["label"], row.get("district_label", ""))


def address(place: Place, village: str) -> str:
    """Write an address in the two or three levels of the place's time."""
    levels: Sequence[str] = (f"Bản {village}", _lower_kind(place.name), _lower_kind(place.district))
    return ", ".join((*filter(None, levels), "tỉnh Sơn La"))


def _lower_kind(name: str) -> str:
    return name[:1].lower() + name[1:]
