"""Every day from 1900 to 2100 in every form a contract may declare, and in every undeclared one."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from support.contracts import a_field
from support.judging import CODES

from schemas.contract import Field, Options
from streams.beside import Beside
from streams.dates import AMBIGUOUS, FORMS, INVALID, Read, parse_date
from streams.days import day_text, days, earliest, latest
from streams.fast import taker
from streams.fast.task import Task
from streams.notes import Notes
from streams.plan import Refine, plan_field
from streams.refine import refiner

_FIRST, _LAST = date(1900, 1, 1), date(2100, 12, 31)
EVERY_DAY = [_FIRST + timedelta(n) for n in range((_LAST - _FIRST).days + 1)]
EVERY_MONTH = [day for day in EVERY_DAY if day.day == 1]
_EPOCH = date(1899, 12, 31)
_EXCEL_ERROR = 60
_WRITTEN: dict[str, Callable[[date], str]] = {
    "iso": str,
    "dmy": lambda day: "/".join(reversed(str(day).split("-"))),
    "ymd8": lambda day: str(day).replace("-", ""),
    "ymd8z": lambda day: str(day).replace("-", ""),
}


def _serial(day: date) -> int:
    """The number Excel gives *day*, which believes in 29 February 1900."""
    plain = (day - _EPOCH).days
    return plain + (plain >= _EXCEL_ERROR)


def test_all_days_are_here() -> None:
    assert len(EVERY_DAY) == 73_414


@pytest.mark.parametrize("form", _WRITTEN)
def test_every_day_is_read_as_it_is_written(form: str) -> None:
    write = _WRITTEN[form]
    for day in EVERY_DAY:
        assert parse_date(write(day), (form,), "date").text == str(day)


def test_any_separator_and_lost_zeros_are_read_too() -> None:
    for day in EVERY_DAY[::5]:
        for mark in "/-.":
            text = f"{day.day}{mark}{day.month}{mark}{day.year}"
            assert parse_date(text, ("dmy",), "date").text == str(day)


def test_every_serial_of_excel_is_its_day() -> None:
    days_of_excel = [day for day in EVERY_DAY if _serial(day) <= 73_050]
    assert days_of_excel[-1] == date(2099, 12, 31)
    for day in days_of_excel:
        assert parse_date(str(_serial(day)), ("excel_serial",), "date") == Read(f"{day}")
    for none in ("0", "60", "73051", "99999"):
        assert parse_date(none, ("excel_serial",), "date").code == INVALID


def test_every_moment_of_a_day_is_read_with_its_zone() -> None:
    for day in EVERY_DAY[::5]:
        found = parse_date(f"{day:%Y%m%d}2359", ("ymdhm12",), "timestamp")
        assert found.text == f"{day}T23:59:00+07:00"
        found = parse_date(f"{day}T00:00:00.25Z", ("iso_offset",), "timestamp")
        assert found.text == f"{day}T00:00:00.250000+00:00"


def test_every_month_and_year_is_kept_as_partial_as_it_is() -> None:
    for day in EVERY_MONTH:
        month, year = f"{day:%Y-%m}", f"{day:%Y}"
        for text, form in (
            (f"{day:%m/%Y}", "my"),
            (f"{day.month}-{day.year}", "my"),
            (f"{day:%Y%m}", "ym6"),
            (f"{day:%Y%m}00", "ymd8z"),
        ):
            assert parse_date(text, (form,), "partial_date").text == month
            assert parse_date(text, (form,), "date").code == INVALID
        assert parse_date(year, ("y",), "partial_date").text == year
        assert parse_date(f"{year}0000", ("ymd8z",), "partial_date").text == year


def test_every_day_is_the_first_and_last_of_itself_alone() -> None:
    for day in EVERY_DAY:
        text = str(day)
        number = days(text)
        assert earliest(text) == latest(text) == number
        assert day_text(number) == text
    for day in EVERY_MONTH:
        following = (day + timedelta(31)).replace(day=1)
        assert latest(f"{day:%Y-%m}") + 1 == days(f"{following}")


def test_no_day_outside_the_calendar_is_read() -> None:
    for year in range(1900, 2101):
        leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
        assert bool(parse_date(f"29/02/{year}", ("dmy",), "date").code) != leap
        for never in ("30/02", "31/04", "31/06", "31/09", "31/11", "32/01", "01/13", "00/05"):
            assert parse_date(f"{never}/{year}", ("dmy",), "date").code == INVALID


def test_a_day_in_a_form_that_is_not_declared_is_never_guessed() -> None:
    for form, write in _WRITTEN.items():
        others = tuple(name for name in FORMS if name not in {form, "ymd8", "ymd8z"})
        for day in EVERY_DAY[::97]:
            found = parse_date(write(day), others, "date")
            assert found == (Read(str(day)) if form == "iso" else Read(code=AMBIGUOUS))


@pytest.mark.parametrize("form", ["iso", "dmy", "ymd8"])
def test_the_taker_of_days_reads_every_day_as_the_reader_does(form: str) -> None:
    item = a_field("date", type="date", options=Options(date_formats=(form,)))
    take, notes = taken(item), Notes(0)
    for day in (*EVERY_DAY[::7], *(date(year, 2, 28) for year in range(1800, 2200))):
        for near in (day, day + timedelta(1)):
            assert take(_WRITTEN[form](near), notes) == days(str(near))
    assert notes.faults == []


def test_the_taker_of_partial_dates_reads_months_and_years_as_the_reader_does() -> None:
    item = a_field("partial_date", type="partial_date", options=Options(date_formats=("my", "y")))
    take, notes = taken(item), Notes(0)
    for day in EVERY_MONTH:
        assert take(f"{day:%m/%Y}", notes) == f"{day:%Y-%m}"
        assert take(f"{day:%Y}", notes) == f"{day:%Y}"
    assert notes.faults == []


def test_the_taker_of_cells_reads_every_serial_as_the_reader_does() -> None:
    item = a_field("date", type="date", source_type="xlsx date or text",
                   options=Options(date_formats=("dmy", "excel_serial")))  # fmt: skip
    take, notes = taken(item), Notes(0)
    for serial in (*range(1, 60), *range(61, 73_051, 3), 73_050):
        read = parse_date(str(serial), ("excel_serial",), "date")
        assert take(serial, notes) == days(read.text)
    assert notes.faults == []


def taken(item: Field) -> Refine:
    """The taker of *item*, alone."""
    plan = plan_field(item, 0, CODES)
    return taker(Task(plan, CODES, refiner(plan, CODES), Beside()))
