"""The rules over rows once more, told plainly and slowly: every pair of rows is looked at.

Written from rules.csv, not from consumers.findings: it knows no group, no digest and no SQL.
"""

from calendar import monthrange
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from itertools import combinations
from typing import Any

from streams.fold import fold

Row = Mapping[str, Any]
Rows = Mapping[str, Mapping[str, Row]]
"""dataset -> key -> row."""
Named = tuple[str, str]
IN_FORCE = "hieu_luc"
COMMITTED = date(2026, 5, 2)
"""The local day on which tests.support.registry_of_rows says that every row was committed."""
_EVENT_DATES = {
    "bhxh_the_bhyt": "gia_tri_tu",
    "tp_luat_su_cong_chung": "ngay_cap",
    "nnmt_ocop": "ngay_cong_nhan",
}


def findings(rows: Rows) -> list[tuple[str, list[Named]]]:
    """Return what should be found: the rule, and its rows ordered by (event date, key)."""
    found: set[tuple[str, frozenset[Named]]] = set()
    for dataset, rule, same in _EQUAL:
        for values in same:
            found |= {(rule, group) for group in _alike(dataset, rows.get(dataset, {}), values)}
    found |= set(_entitled(rows))
    return sorted((rule, sorted(group, key=lambda one: _order(rows, one))) for rule, group in found)


def _alike(
    dataset: str, rows: Mapping[str, Row], values: Callable[[Row], set[Any]]
) -> set[frozenset[Named]]:
    """Every largest set of rows that all hold one value."""
    held = {value for row in rows.values() for value in values(row)}
    groups = {
        frozenset((dataset, key) for key, row in rows.items() if value in values(row))
        for value in held
    }
    return {group for group in groups if any(True for _ in combinations(group, 2))}


def _entitled(rows: Rows) -> list[tuple[str, frozenset[Named]]]:
    found: dict[str, set[Named]] = {}
    for card, paid in rows.get("bhxh_the_bhyt", {}).items():
        for act, death in rows.get("tp_khai_tu", {}).items():
            person = paid["so_dinh_danh"]
            if paid["trang_thai"] != IN_FORCE or person is None or person != death["so_dinh_danh"]:
                continue
            if paid["gia_tri_den"] > _last(death["ngay_chet"]) + timedelta(30):
                named = {("bhxh_the_bhyt", card), ("tp_khai_tu", act)}
                found[person] = found.get(person, set()) | named
    rule = "bhxh_the_bhyt.rule.entitlement_after_death"
    return [(rule, frozenset(group)) for group in found.values()]


def _last(partial: str) -> date:
    parts = [int(part) for part in partial.split("-")]
    year, month = parts[0], parts[1] if len(parts) > 1 else 12
    return date(year, month, parts[2] if len(parts) > 2 else monthrange(year, month)[1])


def _order(rows: Rows, one: Named) -> tuple[Any, ...]:
    dataset, key = one
    event = rows[dataset][key].get(_EVENT_DATES.get(dataset, "ngay_dang_ky"))
    return (event or COMMITTED, key, dataset)


def _whole(*values: object) -> set[Any]:
    return set() if None in values else {values}


def _in_register(row: Row) -> set[Any]:
    return _whole(row["co_quan_dang_ky_goc"], row["co_quan_dang_ky_he"], row["so_dang_ky"])


def _child(row: Row) -> set[Any]:
    name = fold(" ".join(part for part in (row["ho"], row["chu_dem"], row["ten"]) if part))
    return _whole(name, row["ngay_sinh"], row["me_so_giay_to"])


def _current(row: Row) -> set[Any]:
    return _whole(row["ma_dinh_danh_thua"]) if row["trang_thai"] == "hien_hanh" else set()


def _party(row: Row) -> set[Any]:
    if row["tinh_trang"] != IN_FORCE:
        return set()
    return {row["chong_so_giay_to"], row["vo_so_giay_to"]} - {None}


_EQUAL: tuple[tuple[str, str, tuple[Callable[[Row], set[Any]], ...]], ...] = (
    ("tp_khai_sinh", "tp_khai_sinh.rule.duplicate_number", (_in_register,)),
    ("tp_khai_sinh", "tp_khai_sinh.rule.duplicate_person", (_child,)),
    ("tp_ket_hon", "tp_ket_hon.rule.active_marriage", (_party,)),
    ("tp_khai_tu", "tp_khai_tu.rule.duplicate_number", (_in_register,)),
    ("tp_khai_tu", "tp_khai_tu.rule.duplicate_person", (lambda r: _whole(r["so_dinh_danh"]),)),
    (
        "tp_luat_su_cong_chung",
        "tp_luat_su_cong_chung.rule.duplicate_number",
        (lambda r: _whole(r["loai_hanh_nghe"], r["so_the"]),),
    ),
    ("nnmt_thua_dat", "nnmt_thua_dat.rule.duplicate_number", (_current,)),
    ("nnmt_ocop", "nnmt_ocop.rule.duplicate_number", (lambda r: _whole(r["ma_san_pham"]),)),
)
