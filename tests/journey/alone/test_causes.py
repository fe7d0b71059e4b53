"""A working day of a department, days ago by its clock: each commune ends as it worked, and why.

The department's clock stands an hour before the cut-off of a working day whose breach is over; its
rows are real commits, captured, judged and refused as ever. Then its clock is put right, and the
watermark passes the cut-off.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
import pytest
from support.registers import DEATH, insert
from support.rows import BIRTH
from support.waiting import until, until_equal
from support.wired import WiredStack, wired_stack
from support.wires import clock_file, faketime

from schemas.calendar.book import read_calendar
from schemas.calendar.cutoff import VIETNAM, cut_off

pytestmark = [
    pytest.mark.chaos,
    pytest.mark.skipif(faketime() is None, reason="needs the Debian package libfaketime"),
]
SOURCE = "so_tu_phap"
GOOD, LACKING, STRANGE, NIL, SILENT = "03646", "03664", "03670", "03688", "03679"
_CALENDAR = read_calendar()


def _day() -> date:
    """The newest working day whose breach is over."""
    today = datetime.now(UTC).astimezone(VIETNAM).date()
    return _CALENDAR.before(_CALENDAR.before(today))


@pytest.fixture(scope="module")
def day() -> date:
    return _day()


@pytest.fixture(scope="module")
def stack(day: date) -> Iterator[WiredStack]:
    """One whose department lives in *day*."""

    def past(running: WiredStack) -> None:
        off_s = int((cut_off(day) - timedelta(hours=1) - datetime.now(UTC)).total_seconds())
        file = clock_file(running.home, SOURCE)
        file.parent.mkdir()
        file.write_text(str(off_s))

    with wired_stack(past) as running:
        yield running


def found(stack: WiredStack, day: date, dataset: str) -> dict[str, tuple[str, str | None]]:
    """Status and cause of each commune's duty."""
    told: dict[str, Any] = stack.json("obligations", "--date", day.isoformat())
    rows = [one for one in told["obligations"] if one["dataset"] == dataset]
    return {one["scope"]: (one["status"], one["cause"]) for one in rows}


def work(department: psycopg.Connection, day: date) -> None:
    """What the communes did that day."""
    births = "ho_tich.khai_sinh"
    insert(department, births, BIRTH | {"ma_xa": GOOD, "so_ks": "11/2026"})
    insert(department, births, BIRTH | {"ma_xa": LACKING, "so_ks": "12/2026", "nyc_hoten": None})
    insert(department, births, BIRTH | {"ma_xa": STRANGE, "so_ks": "13/2026", "dan_toc": "98"})
    attested = {"ma_xa": NIL, "loai_so": "KS", "ngay": day, "nguoi_xn": "Cán bộ Ví Dụ"}
    insert(department, "ho_tich.xac_nhan_khong_phat_sinh", attested)
    department.execute("alter table ho_tich.khai_tu drop column ho_ten")
    insert(department, "ho_tich.khai_tu", {**without(DEATH, "ho_ten"), "uuid": _UUID})


_UUID = "00000000-0000-4000-b000-000000000001"


def without(row: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key != name}


def test_each_commune_ends_as_it_worked_that_day(stack: WiredStack, day: date) -> None:
    work(stack.justice(), day)
    until(lambda: stack.one("select 1 from clean.tp_xac_nhan where ma_xa = %s", NIL), 60)
    until(lambda: len(stack.all("select 1 from quarantine.item where status = 'open'")) == 2, 60)
    clock_file(stack.home, SOURCE).write_text("+0")
    wanted = {
        GOOD: ("MET_CHANGED", None),
        LACKING: ("PARTIAL", "MISSING_MANDATORY"),
        STRANGE: ("PARTIAL", "NOT_STANDARDISED"),
        NIL: ("MET_NIL_ATTESTED", None),
        SILENT: ("MISSED", "UNIT_NOT_UPDATED"),
    }

    def told() -> dict[str, tuple[str, str | None]]:
        births = found(stack, day, "tp_khai_sinh")
        return {commune: births[commune] for commune in wanted}

    until_equal(told, wanted, 180)


def test_a_register_whose_column_vanished_is_not_unified(stack: WiredStack, day: date) -> None:
    deaths = set(found(stack, day, "tp_khai_tu").values())
    assert deaths == {("MISSED", "STRUCTURE_NOT_UNIFIED")}


def test_a_dead_connector_is_ours(stack: WiredStack, day: date) -> None:
    marriages = set(found(stack, day, "tp_ket_hon").values())
    assert marriages == {("MISSED", "UNIT_NOT_UPDATED")}
    stack.tell_connect(SOURCE, "stop")

    def told() -> set[tuple[str, str | None]]:
        return set(found(stack, day, "tp_ket_hon").values())

    until_equal(told, {("MISSED", "TECHNICAL")}, 180)
