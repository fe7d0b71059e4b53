"""DOMAIN.md 6.2: communes, provinces and districts, in two systems that share their codes."""

import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import NamedTuple

from schemas.codes import CodeLists, CsvRow
from support.oracle.cell import Cell
from support.oracle.lookups import listed
from support.oracle.text import fold

OLD, NEW = "DVHC-2004", "DVHC-2025"
CHANGE = date(2025, 7, 1)
KIND_WORD = re.compile("(phuong|xa|thi tran|dac khu|p|tt|x) ")


class Asked(NamedTuple):
    """A code as sent, what was said of its system and name, and the day it is judged on."""

    code: str
    system: str | None
    """None = unknown, "" = said, but outside the map."""
    name: str | None
    day: date | None
    scope: str
    timeless: bool


def commune(asked: Asked, codes: CodeLists) -> Cell:
    """Steps 1 to 6."""
    cell = Cell()
    if not re.fullmatch("[0-9]{5}", asked.code) or asked.system == "":
        return cell.refuse("code.unknown")
    lists = {system: _list(codes, system, asked.scope) for system in (OLD, NEW)}
    system = asked.system
    if system == "by_event_date":
        if asked.day is None:  # not judged
            cell.extra = {"goc": asked.code, "he": None}
            return cell
        system = _in_force(asked.day)
    if system is None:
        system = _system(asked, lists, cell)
        if cell.bad:
            return cell
    elif asked.code not in lists[system]:
        return cell.refuse("code.unknown")
    elif asked.name is not None and not _matching(asked.name, [lists[system][asked.code]]):
        cell.refuse("code.name_mismatch")
    _check_day(system, asked, cell)
    return cell if cell.bad else _found(asked, system, codes, cell)


def _system(asked: Asked, lists: Mapping[str, Mapping[str, CsvRow]], cell: Cell) -> str:
    """Step 3: which of the two systems an unlabelled code is of."""
    rows = {system: found[asked.code] for system, found in lists.items() if asked.code in found}
    if not rows:
        cell.refuse("code.unknown")
        return ""
    if asked.name is not None:
        kept = _matching(asked.name, list(rows.values()))
        rows = {system: row for system, row in rows.items() if row in kept}
        if not rows:
            cell.refuse("code.name_mismatch")
            return ""
        if len(rows) == 1:
            cell.flags.append("SYSTEM_BY_NAME")
    if len(rows) == 1:
        return next(iter(rows))
    names = {fold(row["label"]) for row in rows.values()}
    if asked.day is None or (asked.name is None and len(names) > 1):
        cell.refuse("code.ambiguous")
        return ""
    cell.flags.append("SYSTEM_BY_DATE")
    return _in_force(asked.day)


def _check_day(system: str, asked: Asked, cell: Cell) -> None:
    """Step 5."""
    if asked.day is None or asked.timeless:
        return
    if system == OLD and asked.day >= CHANGE:
        cell.refuse("code.expired")
    if system == NEW and asked.day < CHANGE:
        cell.warn("code.not_yet_valid")


def _found(asked: Asked, system: str, codes: CodeLists, cell: Cell) -> Cell:
    """Step 6."""
    cell.extra = {"goc": asked.code, "he": system}
    cell.value = asked.code
    if system == OLD:
        cell.value = _upgraded(codes).get(asked.code)
        cell.flags.append("COMMUNE_UPGRADED" if cell.value else "NO_CROSSWALK")
    return cell


def by_name(name: str, asked: Asked, codes: CodeLists) -> Cell:
    """`resolve=name`: a name alone, in the declared list."""
    cell = Cell()
    system = asked.system or NEW
    found = _matching(name, list(_list(codes, system, asked.scope).values()))
    if len(found) != 1:
        return cell.refuse("code.ambiguous" if found else "code.unknown")
    there = asked._replace(code=found[0]["code"], system=system)
    _check_day(system, there, cell)
    return cell if cell.bad else _found(there, system, codes, cell)


def province(asked: Asked, codes: CodeLists) -> Cell:
    """By date: one of 34 or of 63."""
    cell = Cell()
    system = asked.system
    if not re.fullmatch("[0-9]{2}", asked.code):
        return cell.refuse("code.unknown")
    if system == "by_event_date":
        if asked.day is None:
            cell.extra = {"goc": asked.code, "he": None}
            return cell
        system = _in_force(asked.day)
    years = {OLD: "2004", NEW: "2025"}
    if asked.code not in listed(codes, f"province_dvhc{years[system or NEW]}"):
        return cell.refuse("code.unknown")
    cell.extra = {"goc": asked.code, "he": system}
    cell.value = asked.code
    if system == OLD:
        rows = codes.rows("crosswalks/province_2004_to_2025")
        cell.value = {row["old_code"]: row["new_code"] for row in rows}[asked.code]
        cell.flags.append("CODE_MAPPED")
    return cell


def district(asked: Asked, codes: CodeLists) -> Cell:
    """History only."""
    cell = Cell()
    if asked.code not in listed(codes, "district_dvhc2004"):
        return cell.refuse("code.unknown")
    if asked.day is not None and asked.day >= CHANGE:
        cell.warn("code.level_abolished")
    cell.value = asked.code
    return cell


def _in_force(day: date) -> str:
    return NEW if day >= CHANGE else OLD


def _list(codes: CodeLists, system: str, scope: str) -> Mapping[str, CsvRow]:
    year = {OLD: "2004", NEW: "2025"}[system]
    return listed(codes, f"commune_vn_dvhc{year}" if scope == "VN" else f"commune_dvhc{year}")


@cache
def _upgraded(codes: CodeLists) -> Mapping[str, str]:
    rows = codes.rows("crosswalks/commune_2004_to_2025")
    return {row["old_code"]: row["new_code"] for row in rows}


def _matching(name: str, rows: list[CsvRow]) -> list[CsvRow]:
    """Rows whose full fold is the name's, or if none whose core is."""
    whole = _whole(name)
    found = [row for row in rows if fold(row["label"]) == whole]
    return found or [row for row in rows if _core(row["label"]) == _core(name)]


def _whole(name: str) -> str:
    """The fold; a leading "P." counts as phường, "X." as xã."""
    for short, word in (("p.", "phường "), ("x.", "xã ")):
        if name.casefold().startswith(short):
            return fold(word + name[2:])
    return fold(name)


def _core(name: str) -> str:
    folded = fold(name)
    leading = KIND_WORD.match(folded)
    return folded[leading.end() :] if leading else folded
