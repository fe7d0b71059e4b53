"""Communes and provinces through the reform of 2025-07-01: a code's list, its unit today.

DOMAIN.md 6.2. Provinces are judged as communes are: by their list, their name and the date.

The derived new code is the same under both readings of a shared code; what a wrong guess destroys
is the *original* unit. So a code without its list is accepted only where name or date settle it.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from schemas.codes import CodeLists
from streams.fold import core, fold_place
from streams.lookups import AMBIGUOUS, EXPIRED, NOT_YET, UNKNOWN

OLD = "DVHC-2004"
NEW = "DVHC-2025"
BY_DATE = "by_event_date"
MISMATCH = "code.name_mismatch"
_COMMUNE, _PROVINCE = re.compile("[0-9]{5}"), re.compile("[0-9]{2}")
_LISTS = {"14": "commune", "VN": "commune_vn"}


class Names(NamedTuple):
    """One unit's name, as it is compared."""

    full: str
    core: str


class Place(NamedTuple):
    """What a source said: a code, the list it is of where known, a name where given, and when.

    *after* says whether the event date is on or after 2025-07-01; None = unknown.
    """

    code: str
    system: str | None
    name: str | None
    after: bool | None


class Resolved(NamedTuple):
    """The unit today (*code*), the code as sent, its list; *reason* refuses, or warns (NOT_YET)."""

    code: str | None = None
    original: str | None = None
    system: str | None = None
    reason: str = ""
    flags: tuple[str, ...] = ()
    also: str = ""
    """A second reason: a code of another name may be of another time too (invariant 5)."""


class Communes(NamedTuple):
    """The units of one level and scope: system -> code -> label, and old code -> new code.

    Of communes outside Sơn La no new code is known.
    """

    lists: Mapping[str, Mapping[str, str]]
    today: Mapping[str, str]
    present_only: bool
    """system_only: a present-day address, whose code is not judged by date."""
    shape: re.Pattern[str] = _COMMUNE
    upgraded: str = "COMMUNE_UPGRADED"
    """The flag of an old code that became a new one."""

    def resolve(self, place: Place) -> Resolved:
        """Judge *place*: steps 1 to 6 of DOMAIN.md 6.2."""
        if not self.shape.fullmatch(place.code):
            return Resolved(reason=UNKNOWN)
        if place.system == BY_DATE:
            return self._by_date(place)
        systems = [place.system] if place.system else list(self.lists)
        held = [system for system in systems if place.code in self.lists[system]]
        if not held:
            return Resolved(reason=UNKNOWN)
        named = self._named(held, place)
        if not named:
            dated = self._dated(place.system, place, ()) if place.system else Resolved()
            return Resolved(reason=MISMATCH, also=dated.reason)
        return self._chosen(named, place)

    def by_name(self, name: str, system: str, after: bool | None) -> Resolved:  # noqa: FBT001
        """Find the one unit of *system* that is called *name*: full fold first, then core."""
        full = fold_place(name)
        units = self.lists[system].items()
        codes = [code for code, label in units if _folded(label).full == full]
        codes = codes or [code for code, label in units if _folded(label).core == core(full)]
        if len(codes) != 1:
            return Resolved(reason=AMBIGUOUS if codes else UNKNOWN)
        return self._dated(system, Place(codes[0], system, None, after), ())

    def _by_date(self, place: Place) -> Resolved:
        if place.after is None:
            return Resolved(None, place.code)  # not judged: its date was refused or missing
        system = NEW if place.after else OLD
        if place.code not in self.lists[system]:
            return Resolved(reason=UNKNOWN)
        if not self._named([system], place):
            return Resolved(reason=MISMATCH)
        return self._present(system, place, ())

    def _named(self, systems: list[str], place: Place) -> list[str]:
        """Return those of *systems* in which the code has the given name; all if none is given."""
        if place.name is None:
            return systems
        full = fold_place(place.name)
        names = {system: _folded(self.lists[system][place.code]) for system in systems}
        same = [system for system in systems if names[system].full == full]
        return same or [system for system in systems if names[system].core == core(full)]

    def _chosen(self, systems: list[str], place: Place) -> Resolved:
        if len(systems) == 1:
            settled = place.name is not None and place.system is None
            return self._dated(systems[0], place, ("SYSTEM_BY_NAME",) if settled else ())
        one_name = len({_folded(self.lists[system][place.code]).full for system in systems}) == 1
        if place.after is None or (place.name is None and not one_name):
            return Resolved(reason=AMBIGUOUS)
        return self._dated(NEW if place.after else OLD, place, ("SYSTEM_BY_DATE",))

    def _dated(self, system: str, place: Place, flags: tuple[str, ...]) -> Resolved:  # step 5
        if self.present_only or place.after is None or place.after == (system == NEW):
            return self._present(system, place, flags)
        if place.after:
            return Resolved(reason=EXPIRED)
        return self._present(system, place, flags)._replace(reason=NOT_YET)

    def _present(self, system: str, place: Place, flags: tuple[str, ...]) -> Resolved:  # step 6
        if system == NEW:
            return Resolved(place.code, place.code, NEW, "", flags)
        today = self.today.get(place.code)
        return Resolved(
            today, place.code, OLD, "", (*flags, self.upgraded if today else "NO_CROSSWALK")
        )


def read_communes(codes: CodeLists, scope: str, *, present_only: bool = False) -> Communes:
    """Return the communes of *scope*: "14" for Sơn La, "VN" for the country."""
    today = _successors(codes, "crosswalks/commune_2004_to_2025")
    return Communes(_lists(codes, _LISTS[scope]), today, present_only)


def read_provinces(codes: CodeLists, *, present_only: bool = False) -> Communes:
    """Return the provinces: 63 before the reform, 34 after, each old one with its new one."""
    today = _successors(codes, "crosswalks/province_2004_to_2025")
    return Communes(_lists(codes, "province"), today, present_only, _PROVINCE, "CODE_MAPPED")


@lru_cache(maxsize=16)
def _lists(codes: CodeLists, stem: str) -> Mapping[str, Mapping[str, str]]:
    """Read both lists once for all fields; a name is folded when it is first asked for."""
    return {
        system: {row["code"]: row["label"] for row in codes.rows(f"codes/{stem}_dvhc{system[-4:]}")}
        for system in (OLD, NEW)
    }


@lru_cache(maxsize=16)
def _successors(codes: CodeLists, crosswalk: str) -> Mapping[str, str]:
    return {row["old_code"]: row["new_code"] for row in codes.rows(crosswalk)}


@lru_cache(maxsize=16_384)
def _folded(label: str) -> Names:
    full = fold_place(label)
    return Names(full, core(full))
