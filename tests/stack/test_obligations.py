"""A running stack tells the book of a day, and why: silence, an event, a connector that stands."""

from datetime import UTC, date, datetime
from typing import Any

from support.registers import insert
from support.rows import BIRTH
from support.stack import Stack
from support.waiting import until

from schemas.calendar.book import read_calendar
from schemas.calendar.cutoff import VIETNAM, plain_day

CALENDAR = read_calendar()


def last_day() -> date:
    """The newest working day whose breach is over, so that nothing of it is pending by time."""
    day = CALENDAR.before(datetime.now(UTC).astimezone(VIETNAM).date())
    return CALENDAR.before(day)


def births(stack: Stack, day: date) -> dict[str, dict[str, Any]]:
    told = stack.json("obligations", "--date", day.isoformat())
    return {one["scope"]: one for one in told["obligations"] if one["dataset"] == "tp_khai_sinh"}


def test_a_silent_day_is_missed_by_the_units_once_the_chain_proves_it(stack: Stack) -> None:
    day = last_day()

    def proved() -> bool:
        found = births(stack, day)
        return {one["cause"] for one in found.values()} == {"UNIT_NOT_UPDATED"}

    until(proved, 90)
    found = births(stack, day)
    assert len(found) == 75
    assert {one["status"] for one in found.values()} == {"MISSED"}
    assert not any(one["final"] for one in found.values()), "the book begins today"
    told = stack.json("obligations", "--date", day.isoformat())
    vertical = [one for one in told["obligations"] if one["dataset"] == "bhxh_the_bhyt"]
    assert [(one["status"], one["cause"]) for one in vertical] == [("BLOCKED", "BLOCKED_MINISTRY")]


def test_an_event_of_the_open_window_is_counted_for_its_commune(stack: Stack) -> None:
    day = plain_day(datetime.now(UTC))
    while not CALENDAR.works(day):
        day = next(CALENDAR.working_days(day, date(day.year, 12, 31)))
    before = births(stack, day)
    with stack.justice() as clerk:
        insert(clerk, "ho_tich.khai_sinh", BIRTH | {"so_gcs": "OBLIGATION"})

    def counted() -> bool:
        found = births(stack, day)
        return any(
            one["evidence"]["by_now"]["events"] > before[scope]["evidence"]["by_now"]["events"]
            for scope, one in found.items()
        )

    until(counted, 60)
    assert {one["status"] for one in births(stack, day).values()} == {"PENDING"}


def test_the_worker_is_a_component_and_begins_the_book(stack: Stack) -> None:
    status = stack.json("status", check=False)
    assert status["components"]["obligations"]["state"] == "ready"
    until(lambda: stack.json("obligations")["begun"] is not None, 60)
