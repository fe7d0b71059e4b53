"""What is owed on a day: 225 duties of the justice registers, and one a period of the others."""

from collections import Counter
from datetime import date

import pytest

from consumers.ledger.obligations.duties import Duties, register_of
from schemas.calendar.book import CalendarUnknown, read_calendar
from schemas.calendar.cutoff import cut_off
from schemas.catalogue import read_catalogue
from schemas.codes import read_codes
from schemas.register.reading import read_register

DUTIES = Duties(
    register=read_register(),
    contracts=read_catalogue(),
    calendar=read_calendar(),
    codes=read_codes(),
)


def owed(day: str) -> Counter[str]:
    return Counter(one.key.dataset for one in DUTIES.due(date.fromisoformat(day)))


def test_the_justice_registers_owe_225_on_each_working_day() -> None:
    for day in ("2026-11-23", "2026-02-23", "2026-08-22", "2027-02-12"):
        registers = [one for one in DUTIES.due(date.fromisoformat(day)) if one.mandatory]
        assert len(registers) == 225
        assert Counter(one.key.dataset for one in registers) == {
            "tp_khai_sinh": 75,
            "tp_ket_hon": 75,
            "tp_khai_tu": 75,
        }
        assert {one.key.unit for one in registers} == {"so_tu_phap"}
        assert len({one.key for one in registers}) == 225


@pytest.mark.parametrize("day", ["2026-11-21", "2026-02-17", "2026-08-31", "2026-01-02"])
def test_nothing_is_owed_on_a_day_off(day: str) -> None:
    assert DUTIES.due(date.fromisoformat(day)) == ()


def test_other_datasets_owe_one_for_each_period() -> None:
    monday = owed("2026-11-23")
    assert monday["nnmt_thua_dat"] == monday["stc_doanh_nghiep"] == 1
    assert monday["bhxh_the_bhyt"] == monday["xd_van_tai_giay_phep"] == 1
    assert not monday["nnmt_ocop"]
    assert owed("2026-09-30")["nnmt_ocop"] == 1
    assert owed("2026-12-31")["gddt_truong"] == 1
    assert sum(monday.values()) == 225 + 9


def test_our_own_books_are_not_owed() -> None:
    assert "tp_xac_nhan" not in owed("2026-11-23")


def test_the_duties_after_tet_reach_back_over_all_of_it() -> None:
    found = DUTIES.due(date(2026, 2, 23))
    assert {one.after for one in found if one.mandatory} == {cut_off(date(2026, 2, 13))}
    assert {one.key.due for one in found} == {cut_off(date(2026, 2, 23))}


def test_an_owner_that_changed_owes_from_its_first_day_on() -> None:
    assert DUTIES.register.entries["ca_ly_lich_tu_phap"].tenure(date(2026, 11, 23)).unit == (
        "cong_an_tinh"
    )
    units = {one.key.unit for one in DUTIES.due(date(2026, 11, 23))}
    assert "cong_an_tinh" in units


def test_a_day_beyond_the_calendar_is_refused() -> None:
    with pytest.raises(CalendarUnknown, match=r"days\.csv"):
        DUTIES.due(date(2028, 3, 1))  # Invariant 10


def test_each_register_has_its_word_in_the_attestations() -> None:
    words = [
        register_of(name) for name in ("tp_khai_sinh", "tp_ket_hon", "tp_khai_tu", "nnmt_ocop")
    ]
    assert words == ["KS", "KH", "KT", None]
