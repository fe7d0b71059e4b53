"""The register: 329 entries that agree with what was published, dated owners, strict lines."""

import shutil
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from schemas.register.book import DELIVERED
from schemas.register.reading import HERE, RegisterError, read_register

MARCH = date(2026, 3, 31)
REGISTER = read_register()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    for path in HERE.glob("*.csv"):
        shutil.copy(path, tmp_path)
    return tmp_path


def told(home: Path) -> tuple[str, ...]:
    with pytest.raises(RegisterError) as caught:
        read_register(home)
    return caught.value.faults


def change(home: Path, name: str, old: str, new: str) -> int:
    """Replace *old* once in a file; return the line it stood on."""
    path = home / name
    text = path.read_text("utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), "utf-8")
    return text[: text.index(old)].count("\n") + 1


def test_what_was_declared_adds_up_to_what_was_published() -> None:
    (reported,) = REGISTER.reported
    owed = {unit: list(REGISTER.of_unit(unit, MARCH)) for unit in REGISTER.units}
    done = {unit: sum(item.stage == DELIVERED for item in items) for unit, items in owed.items()}
    assert len(REGISTER.entries) == reported.datasets == 329
    assert sum(map(len, owed.values())) == 329
    assert sum(done.values()) == reported.delivered == 310
    assert len(owed) == reported.units == 18
    assert sum(done[unit] == len(owed[unit]) for unit in owed) == reported.units_complete == 12


def test_the_split_over_the_units_is_the_assumed_one() -> None:
    counts = Counter(item.tenures[-1].unit for item in REGISTER.entries.values())
    assert (counts["so_nnmt"], counts["so_tu_phap"], counts["thanh_tra"]) == (42, 24, 6)
    assert all(unit.assumed for unit in REGISTER.units.values())


def test_an_entry_moves_to_its_new_owner_on_the_day() -> None:
    entry = REGISTER.entries["ca_ly_lich_tu_phap"]
    before, after = entry.tenure(date(2025, 2, 28)), entry.tenure(date(2025, 3, 1))
    assert before is not None
    assert after is not None
    assert (before.unit, after.unit) == ("so_tu_phap", "cong_an_tinh")
    assert entry in REGISTER.of_unit("so_tu_phap", date(2025, 2, 28))
    assert entry not in REGISTER.of_unit("so_tu_phap", date(2025, 3, 1))


def test_what_nobody_owed_on_a_day_is_named() -> None:
    names = {item.id for item in REGISTER.unowned(date(2025, 2, 28))}
    assert "nnmt_ocop" in names
    assert "tp_khai_sinh" not in names
    assert REGISTER.unowned(MARCH) == ()


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("entries.csv", "nnmt_ocop,Sản phẩm", "tp_khai_sinh,Sản phẩm", "stands twice; first in"),
        ("entries.csv", "Chợ,,,yearly", "Chợ,,,hourly", "cadence 'hourly' is no cadence"),
        ("entries.csv", "Chợ,,,yearly,5", "Chợ,,,yearly,6", "stage 6 is not one of 0 to 5"),
        ("entries.csv", "Chợ,,,yearly,5", "Chợ,,,yearly,-1", "stage '-1' is no whole number"),
        ("entries.csv", "Chợ,,,yearly,5", "Chợ,,,yearly,2", "a dataset at stage 2 names its cause"),
        ("entries.csv", "Chợ,,,yearly,5,2026-03-31", "Chợ,,,yearly,5,31/3/2026", "is no day"),
        ("entries.csv", "Chợ,,,yearly,5,2026-03-31", "Chợ,,,yearly,5,", "is dated"),
        ("entries.csv", "Chợ,,,yearly,5,2026-03-31,", "Chợ,,,yearly,5,2026-03-31,LAZY", "no cause"),
        ("entries.csv", "Chợ,,,yearly", "Chợ,,yearly", "has 9 cells, not 10"),
        ("entries.csv", "id,title,", "id,name,", "the columns are id, title"),
        ("owners.csv", "ct_cho,so_cong_thuong", "ct_cho,so_nong", "unit 'so_nong' is no unit"),
        ("owners.csv", "ct_cho,", "ct_chua,", "entry 'ct_chua' is no entry of entries.csv"),
        ("owners.csv", ",2025-02-28,", ",2025-03-01,", "has two owners at one time"),
        ("owners.csv", ",2025-02-28,", ",,", "has two owners at one time"),
        ("owners.csv", "xd_van_tai_giay_phep,so_xay_dung,2025-03-01,",
         "xd_van_tai_giay_phep,so_xay_dung,2025-03-01,2024-01-01", "valid_to is before valid_from"),
        ("reported.csv", ",329,", ",many,", "datasets 'many' is no whole number"),
    ],
)  # fmt: skip
def test_a_wrong_line_is_named(home: Path, name: str, old: str, new: str, said: str) -> None:
    line = change(home, name, old, new)
    faults = told(home)
    places = {f"{name}:{line}", f"{name}:{line + 1}"}  # the later of two owners is the wrong one
    assert any(fault.split(": ")[0] in places and said in fault for fault in faults), faults


def test_every_wrong_line_is_said_at_once(home: Path) -> None:
    change(home, "entries.csv", "Chợ,,,yearly", "Chợ,,,hourly")
    change(home, "owners.csv", "ct_cho,so_cong_thuong", "ct_cho,so_nong")
    assert len(told(home)) == 2


def test_an_entry_without_an_owner_is_named(home: Path) -> None:
    change(home, "owners.csv", "ct_cho,so_cong_thuong,,,assumed,\n", "")
    (fault,) = told(home)
    assert "'ct_cho' has no owner in owners.csv" in fault


def test_a_file_that_is_not_there_is_named(home: Path) -> None:
    (home / "reported.csv").unlink()
    assert told(home) == ("reported.csv:1: the file cannot be read (No such file or directory)",)
