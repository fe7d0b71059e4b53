"""A working day of a department, days ago by its clock: each commune ends as it worked, and why.

The department's clock stands an hour before the cut-off of a working day whose breach is over; its
rows are real commits, captured, judged and refused as ever. Then its clock is put right, and the
watermark passes the cut-off.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from support.clocks import set_clock
from support.registers import DEATH, insert
from support.rows import BIRTH, MANY_PARCELS
from support.waiting import until, until_equal
from support.wired import WiredStack, wired_stack

from schemas.calendar.book import read_calendar
from schemas.calendar.cutoff import VIETNAM, cut_off
from suoi.obligations.words import labels

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(600)]
SOURCE = "so_tu_phap"
LAND, PARCELS = "vbdlis_sonla", "nnmt_thua_dat"
GOOD, LACKING, STRANGE, NIL, SILENT = "03646", "03664", "03670", "03688", "03679"
BIRTHS = "ho_tich.khai_sinh"
_UUID = "00000000-0000-4000-b000-000000000001"


@pytest.fixture(scope="module")
def day() -> date:
    """The newest working day whose breach is over."""
    calendar, today = read_calendar(), datetime.now(UTC).astimezone(VIETNAM).date()
    return calendar.before(calendar.before(today))


@pytest.fixture(scope="module")
def stack(day: date) -> Iterator[WiredStack]:
    """One whose department lives in *day*."""

    def past(home: Path) -> None:
        set_clock(home, SOURCE, cut_off(day) - timedelta(hours=1) - datetime.now(UTC))

    with wired_stack(past) as running:
        yield running


Duties = dict[str, tuple[str, str | None]]
"""Status and cause of each commune's duty; `*` is that of a whole dataset."""


def found(stack: WiredStack, day: date, dataset: str) -> Duties:
    return {one["scope"]: (one["status"], one["cause"]) for one in asked(stack, day, dataset)}


def asked(stack: WiredStack, day: date, dataset: str) -> list[dict[str, Any]]:
    told: dict[str, Any] = stack.json("obligations", "--date", day.isoformat())
    return [one for one in told["obligations"] if one["dataset"] == dataset]


def birth(commune: str, number: str) -> dict[str, Any]:
    """A birth that every rule accepts, registered in *commune*."""
    return BIRTH | {"ma_xa": commune, "ten_xa": labels().communes[commune], "so_ks": number}


def work(department: psycopg.Connection, day: date) -> None:
    """What the communes did that day."""
    insert(department, BIRTHS, birth(GOOD, "11/2026"))
    insert(department, BIRTHS, birth(LACKING, "12/2026") | {"nyc_hoten": None})
    insert(department, BIRTHS, birth(STRANGE, "13/2026") | {"dan_toc": "98"})
    attested = {"ma_xa": NIL, "loai_so": "KS", "ngay": day, "nguoi_xn": "Cán bộ Ví Dụ"}
    insert(department, "ho_tich.xac_nhan_khong_phat_sinh", attested)
    department.execute("alter table ho_tich.khai_tu drop column ho_ten")
    nameless = {name: value for name, value in DEATH.items() if name != "ho_ten"}
    insert(department, "ho_tich.khai_tu", nameless | {"uuid": _UUID})


def test_an_idle_table_is_met_and_a_ministry_s_own_system_is_blocked(
    stack: WiredStack, day: date
) -> None:
    idle = {"*": ("MET_NO_CHANGE", None)}
    until_equal(lambda: found(stack, day, "stc_doanh_nghiep"), idle, 120)
    assert found(stack, day, "ca_ly_lich_tu_phap") == {"*": ("BLOCKED", "BLOCKED_MINISTRY")}


def test_a_dead_connector_is_ours(stack: WiredStack, day: date) -> None:
    def told() -> set[tuple[str, str, str]]:
        duties = asked(stack, day, "tp_ket_hon")
        return {
            (one["status"], one["cause"], one["evidence"].get("cause", {}).get("connector"))
            for one in duties
        }

    stack.tell_connect(SOURCE, "stop")
    until_equal(told, {("PENDING", "TECHNICAL", "STOPPED")}, 60)
    stack.tell_connect(SOURCE, "resume")


def test_each_commune_ends_as_it_worked_that_day(stack: WiredStack, day: date) -> None:
    work(stack.justice(), day)
    until(lambda: stack.one("select 1 from clean.tp_xac_nhan where ma_xa = %s", NIL), 60)
    until(lambda: len(stack.all("select 1 from quarantine.item where status = 'open'")) == 2, 60)
    set_clock(stack.home, SOURCE, timedelta(0))
    wanted = {
        GOOD: ("MET_CHANGED", None),
        LACKING: ("PARTIAL", "MISSING_MANDATORY"),
        STRANGE: ("PARTIAL", "NOT_STANDARDISED"),
        NIL: ("MET_NIL_ATTESTED", None),
        SILENT: ("MISSED", "UNIT_NOT_UPDATED"),
    }

    def told() -> Duties:
        births = found(stack, day, "tp_khai_sinh")
        return {commune: births[commune] for commune in wanted}

    until_equal(told, wanted, 180)
    assert set(found(stack, day, "tp_ket_hon").values()) == {("MISSED", "UNIT_NOT_UPDATED")}


def test_a_register_whose_column_vanished_is_not_unified(stack: WiredStack, day: date) -> None:
    deaths = set(found(stack, day, "tp_khai_tu").values())
    assert deaths == {("PENDING", "STRUCTURE_NOT_UNIFIED")}  # nothing is proved of it


def test_a_first_load_under_way_is_volume(stack: WiredStack, day: date) -> None:
    assert found(stack, day, PARCELS) == {"*": ("MET_NO_CHANGE", None)}
    with psycopg.connect(stack.env["sources"][LAND]["dsn"], autocommit=True) as land:
        land.execute(MANY_PARCELS, (1, 200_000))
    begin = ("--reason", "nạp lại từ đầu", "--yes", "--patience", "1")
    stack.suoi("source", "regenerate", LAND, *begin, check=False)
    until_equal(lambda: found(stack, day, PARCELS), {"*": ("PENDING", "VOLUME")}, 60)
