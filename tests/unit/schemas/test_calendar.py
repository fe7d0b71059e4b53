"""The working calendar: weekends, Tết, swapped days, cut-offs, and what cadences make of it."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from consumers.ledger.counts import window_day
from consumers.ledger.receipts.window import window
from schemas.calendar.book import BASES, CalendarUnknown, read_calendar
from schemas.calendar.cadence import PERIODS, due_before, is_due
from schemas.calendar.cutoff import CUT_OFF_TEXT, cut_off, plain_day
from schemas.catalogue import read_catalogue
from schemas.codes import read_codes
from schemas.register.lines import RegisterError

CALENDAR = read_calendar()
LAW = read_catalogue()


def d(text: str) -> date:
    return date.fromisoformat(text)


def due_days(cadence: str, first: str, last: str) -> list[str]:
    return [
        str(day)
        for day in CALENDAR.working_days(d(first), d(last))
        if is_due(cadence, day, CALENDAR)
    ]


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2026-11-23", True),
        ("2026-11-21", False),  # a Saturday
        ("2026-01-02", False),  # off, for …
        ("2026-01-10", True),  # … this Saturday
        ("2026-08-31", False),
        ("2026-08-22", True),
        ("2026-08-29", False),
        ("2026-02-13", True),
        ("2026-02-16", False),
        ("2026-02-20", False),
        ("2026-02-23", True),
        ("2027-02-05", False),
        ("2027-02-11", False),
        ("2027-02-12", True),
        ("2027-05-03", False),  # for Saturday, 1 May
    ],
)
def test_each_day_is_worked_or_not(day: str, works: bool) -> None:  # noqa: FBT001  the example
    assert CALENDAR.works(d(day)) is works


def test_every_holiday_of_the_centre_s_list_is_off_here_too() -> None:
    listed = [d(row["code"]) for row in read_codes().rows("codes/holiday")]
    assert listed
    assert [day for day in listed if CALENDAR.works(day)] == []


def test_each_day_says_how_it_is_known() -> None:
    assert {one.basis for one in CALENDAR.days.values()} <= set(BASES)
    assert all(one.note for one in CALENDAR.days.values())


@pytest.mark.parametrize("year", [2026, 2027])
def test_a_swapped_day_off_has_its_day_of_work(year: int) -> None:
    swapped = [day for day, one in CALENDAR.days.items() if "hoán đổi" in one.title]
    worked = [one.title for one in CALENDAR.days.values() if "Làm bù" in one.title]
    for day in swapped:
        assert any(f"{day:%d/%m/%Y}" in title for title in worked)
    assert sum(CALENDAR.works(date(year, 1, 1) + timedelta(days=n)) for n in range(365)) in {
        248,
        249,
        250,
        251,
        252,
    }


def test_the_window_after_tet_holds_the_whole_of_tet() -> None:
    after, through = CALENDAR.window(d("2026-02-23"))
    assert (after, through) == (cut_off(d("2026-02-13")), cut_off(d("2026-02-23")))


def test_the_windows_of_two_working_days_meet_and_do_not_overlap() -> None:
    days = list(CALENDAR.working_days(d("2026-01-05"), d("2027-12-31")))
    windows = [CALENDAR.window(day) for day in days]
    assert all(one[1] == two[0] for one, two in pairwise(windows))


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-11-23T10:00:00", "2026-11-23"),
        ("2026-11-23T10:00:00.000001", "2026-11-24"),
        ("2026-11-22T10:00:00.000001", "2026-11-23"),
        ("2026-11-22T23:30:00", "2026-11-23"),
    ],
)
def test_the_cut_off_sharp_is_of_the_day_and_a_microsecond_later_of_the_next(
    moment: str, day: str
) -> None:
    at = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    assert plain_day(at) == d(day)
    since = at - datetime(1970, 1, 1, tzinfo=UTC)
    micros = (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
    assert date(1970, 1, 1) + timedelta(days=window_day(micros)) == d(day)
    assert window(d(day)).after < at <= window(d(day)).through


def test_every_contract_is_due_at_the_cut_off_by_which_counts_are_kept() -> None:
    assert {one.id: one.deadline for one in LAW.values() if one.deadline != CUT_OFF_TEXT} == {}


def test_every_cadence_of_the_code_list_has_a_period_or_is_known_to_have_none() -> None:
    listed = set(read_codes().labels("update_frequency"))
    assert listed - PERIODS.keys() == {"per_season", "on_change"}


@pytest.mark.parametrize(
    ("cadence", "first", "last", "days"),
    [
        ("daily", "2026-11-20", "2026-11-24", ["2026-11-20", "2026-11-23", "2026-11-24"]),
        ("daily", "2026-08-21", "2026-08-24", ["2026-08-21", "2026-08-22", "2026-08-24"]),
        ("weekly", "2026-02-09", "2026-02-28", ["2026-02-13", "2026-02-27"]),
        ("weekly", "2026-08-17", "2026-08-30", ["2026-08-22", "2026-08-28"]),
        ("weekly", "2026-08-31", "2026-09-06", ["2026-09-04"]),
        ("monthly", "2026-01-01", "2026-03-31", ["2026-01-30", "2026-02-27", "2026-03-31"]),
        ("quarterly", "2026-01-01", "2026-09-30", ["2026-03-31", "2026-06-30", "2026-09-30"]),
        ("yearly", "2026-01-01", "2027-12-31", ["2026-12-31", "2027-12-31"]),
        ("weekly", "2027-12-27", "2027-12-31", ["2027-12-31"]),
        ("on_change", "2026-01-01", "2026-12-31", []),
        ("per_season", "2026-01-01", "2026-12-31", []),
    ],
)
def test_a_period_is_due_with_its_last_working_day(
    cadence: str, first: str, last: str, days: list[str]
) -> None:
    found = due_days(cadence, first, last)
    assert found == days


@pytest.mark.parametrize(
    ("cadence", "day", "before"),
    [
        ("daily", "2026-11-23", "2026-11-20"),
        ("weekly", "2026-02-27", "2026-02-13"),  # the week of Tết owed nothing
        ("monthly", "2026-03-31", "2026-02-27"),
        ("yearly", "2026-12-31", "2025-12-31"),
        ("realtime", "2026-01-05", "2025-12-31"),
    ],
)
def test_a_window_begins_where_the_one_before_ended(cadence: str, day: str, before: str) -> None:
    assert due_before(cadence, d(day), CALENDAR) == d(before)


def test_a_year_that_nobody_has_written_down_is_refused() -> None:
    with pytest.raises(CalendarUnknown, match="2028"):
        CALENDAR.works(d("2028-01-04"))  # Invariant 10


def test_a_wrong_line_is_named(tmp_path: Path) -> None:
    file = tmp_path / "days.csv"
    head = "day,working,title,basis,note\n"
    file.write_text(f"{head}2026-13-01,maybe,,law,\n2026-01-01,no,Tết,rumour,\n", "utf-8")
    with pytest.raises(RegisterError) as refused:
        read_calendar(file)
    assert "days.csv:2" in str(refused.value)
    assert "rumour" in str(refused.value)
