"""The book in the console: a calendar that counts, one day with its causes, one unit's own."""

from typing import Any

from support.console import OTHER, UNIT, Console

from infra.errors import Transient
from suoi.console.roles import Role

MONTH = "/obligations?month=2026-03"


def asked(console: Console, path: str, role: Role = Role.VIEWER) -> dict[str, Any]:
    answer = console.person(role).get(f"/api/v1{path}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def days(found: dict[str, Any]) -> dict[int, dict[str, Any]]:
    return {day["number"]: day for week in found["weeks"] for day in week if day}


def test_each_day_of_the_calendar_says_the_worst_that_happened(console: Console) -> None:
    found = asked(console, MONTH)
    shown = days(found)
    assert list(shown) == list(range(1, 32))
    assert [len(week) for week in found["weeks"]] == [7] * 6
    assert shown[1]["state"] == "off"  # a Sunday
    assert shown[2]["state"] == "met"
    assert shown[13]["state"] == "late"
    assert shown[16]["state"] == "missing"
    assert shown[16]["ends"] == {"met": 3, "late": 0, "missing": 2, "pending": 0, "aside": 0}
    assert shown[31]["state"] == "pending"
    assert shown[31]["url"] == "/obligations/2026-03-31"


def test_the_sums_are_those_of_the_days(console: Console) -> None:
    found = asked(console, MONTH)
    for name, count in found["ends"].items():
        assert count == sum(day["ends"][name] for day in days(found).values())
        assert count == sum(one["ends"][name] for one in found["datasets"])
    assert sum(found["ends"].values()) == 5 * 22
    assert found["causes"] == [
        {"cause": "TECHNICAL", "text": found["causes"][0]["text"], "count": 4}
    ]


def test_a_month_that_the_book_does_not_hold_is_empty_and_not_met(console: Console) -> None:
    found = asked(console, "/obligations?month=2026-12")
    assert set(found["ends"].values()) == {0}
    assert {day["state"] for day in days(found).values()} <= {"off", "future", "none"}


def test_the_league_is_for_those_who_see_all_units(console: Console) -> None:
    whole = asked(console, MONTH)
    assert len(whole["league"]) == 18
    first = next(one for one in whole["league"] if one["unit"] == OTHER)
    assert (first["place"], first["share"], first["met"]) == (1, 1.0, 21)
    assert asked(console, f"{MONTH}&unit={UNIT}")["league"] == []


def test_an_officer_sees_the_duties_of_the_own_unit_alone(console: Console) -> None:
    found = asked(console, f"{MONTH}&unit={OTHER}", Role.OFFICER)
    assert {one["dataset"] for one in found["datasets"]} == {"tp_khai_sinh", "tp_khai_tu"}
    assert found["league"] == []
    day = asked(console, "/obligations/2026-03-16", Role.OFFICER)
    assert {one["unit"] for one in day["duties"]} == {UNIT}


def test_a_cause_that_a_person_gave_stands_beside_the_computed_one(console: Console) -> None:
    found = asked(console, "/obligations/2026-03-16?end=missing")
    assert len(found["duties"]) == 2
    one = found["duties"][0]
    assert (one["status"], one["cause"], one["commune"] is None) == ("MISSED", "TECHNICAL", False)
    assert one["computed_text"] != one["cause_text"]
    assert one["signed"] == "tho: mất điện <script>"
    told = {fact["name"]: (fact["label"], fact["text"]) for fact in one["evidence"]}
    assert told["refused"] == ("Bị từ chối", "3")
    assert told["reasons"][1].startswith("dan_toc: ")
    assert told["reasons"][1].endswith("(3)")
    assert "code.unknown" not in told["reasons"][1]
    shown = console.person(Role.VIEWER).get("/obligations/2026-03-16").text
    assert "mất điện &lt;script&gt;" in shown


def test_what_is_not_final_says_so(console: Console) -> None:
    found = asked(console, "/obligations/2026-03-31")
    assert {one["final"] for one in found["duties"]} == {False}
    assert {one["judged_at"] for one in found["duties"]} == {None}
    assert "chưa chốt" in console.person(Role.VIEWER).get("/obligations/2026-03-31").text


def test_when_the_province_is_away_both_pages_say_so(console: Console) -> None:
    console.hands.away = Transient("PostgreSQL cannot be reached")  # type: ignore[attr-defined]
    for path in (MONTH, "/obligations/2026-03-16"):
        assert asked(console, path)["away"]
        assert "không trả lời" in console.person(Role.VIEWER).get(path).text
