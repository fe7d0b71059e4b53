"""What people say of the book in the console: nothing happened, taken back, another cause."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from support.console import OTHER, UNIT, Console

from suoi.console.hands import Nil
from suoi.console.roles import Role
from suoi.console.words import COOKIE
from suoi.obligations import asked

OPEN, JUDGED = "/obligations/2026-03-31", "/obligations/2026-03-16"
SILENT = {"dataset": "tp_khai_sinh", "commune": "03646", "reason": "sổ trống"}


def deeds(console: Console) -> list[tuple[Any, ...]]:
    questions = {"duties", "so_far", "attestations", "paper", "entry"}
    return [one for one in console.hands.done if one[0] not in questions]


def errors(answer: Any) -> list[str]:  # noqa: ANN401  the client's answer
    assert answer.status_code == 422, answer.text
    return [one["field"] for one in answer.json()["errors"]]


def test_an_officer_attests_for_a_commune_of_the_own_unit(console: Console) -> None:
    officer = console.person(Role.OFFICER)
    shown = officer.get(OPEN).text
    link = f"{OPEN}/attest?dataset=tp_khai_sinh&amp;commune=03646"
    assert link in shown
    form = officer.get(link.replace("&amp;", "&")).text
    assert '<option value="03646" selected>' in form
    assert '<option value="tp_khai_sinh" selected>' in form
    assert "nnmt_ocop" not in form
    answer = officer.send(f"{OPEN}/attest", **SILENT)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{OPEN}?done=duty.attest")
    nil = Nil("tp_khai_sinh", "03646", date(2026, 3, 31), "sổ trống", "officer")
    assert deeds(console) == [("attest", nil)]
    assert console.outcomes() == [("duty.attest", "begun"), ("duty.attest", "done")]


def test_today_is_reached_before_anything_is_due(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = datetime(2026, 12, 1, 3, tzinfo=UTC)
    monkeypatch.setattr(asked, "moment", lambda: moment)
    weeks = console.person(Role.OFFICER).get("/api/v1/obligations").json()["weeks"]
    linked = {day["day"]: day["url"] for week in weeks for day in week if day and day["url"]}
    assert linked == {"2026-12-01": "/obligations/2026-12-01"}


def test_a_day_that_the_book_does_not_hold_yet_is_attested_too(console: Console) -> None:
    officer = console.person(Role.OFFICER)
    assert "/obligations/2026-04-01/attest" in officer.get("/obligations/2026-04-01").text
    answer = officer.send("/api/v1/obligations/2026-04-01/attest", **SILENT)
    assert answer.json()["paper"] == 6


def test_before_the_cut_off_a_day_shows_what_has_come(console: Console) -> None:
    officer = console.person(Role.OFFICER)
    (register,) = officer.get("/api/v1/obligations/2026-04-01").json()["so_far"]
    counts = {name: register[name] for name in ("arrived", "refused", "attested")}
    assert counts == {"arrived": 1, "refused": 1, "attested": 1}
    (silent,) = register["silent"]
    assert silent["url"] == "/obligations/2026-04-01/attest?dataset=tp_khai_sinh&commune=03679"
    assert silent["url"].replace("&", "&amp;") in officer.get("/obligations/2026-04-01").text
    viewer = console.person(Role.VIEWER)
    (register,) = viewer.get("/api/v1/obligations/2026-04-01").json()["so_far"]
    assert register["silent"] == [{"commune": silent["commune"], "url": ""}]
    other = console.person(Role.OFFICER, OTHER, "nong.nghiep")
    assert other.get("/api/v1/obligations/2026-04-01").json()["so_far"] == []


def test_what_is_in_the_book_or_has_not_come_is_not_counted(console: Console) -> None:
    officer = console.person(Role.OFFICER)
    for path in (OPEN, "/obligations/2099-01-05"):
        assert officer.get(f"/api/v1{path}").json()["so_far"] == []
    assert [one for one in console.hands.done if one[0] == "so_far"] == []


def test_what_was_judged_is_attested_no_more(console: Console) -> None:
    officer = console.person(Role.OFFICER)
    assert f"{JUDGED}/attest?" not in officer.get(JUDGED).text
    assert errors(officer.send(f"/api/v1{JUDGED}/attest", **SILENT)) == ["commune"]
    assert deeds(console) == []
    assert console.outcomes()[-1] == ("duty.attest", "refused")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"dataset": "nnmt_ocop"}, "dataset"),
        ({"dataset": ""}, "dataset"),
        ({"commune": "99999"}, "commune"),
        ({"commune": "*"}, "commune"),
        ({"reason": " "}, "reason"),
    ],
)
def test_an_attestation_names_a_register_a_commune_and_a_reason(
    console: Console, changed: dict[str, str], field: str
) -> None:
    officer = console.person(Role.OFFICER)
    answer = officer.send(f"/api/v1{OPEN}/attest", **(SILENT | changed))
    assert errors(answer) == [field]
    assert deeds(console) == []


def test_nobody_attests_for_another_unit_or_for_the_future(console: Console) -> None:
    whole, other = console.person(Role.STEWARD), console.person(Role.OFFICER, OTHER, "nong.nghiep")
    for person in (whole, other):
        assert "/attest" not in person.get(OPEN).text.replace("?dataset", "")
        assert person.send(f"{OPEN}/attest", **SILENT).status_code == 403
    officer = console.person(Role.OFFICER)
    assert officer.send("/obligations/2099-01-05/attest", **SILENT).status_code == 409
    assert "/attest" not in officer.get("/obligations/2099-01-05").text
    assert officer.send("/obligations/hom-nay/attest", **SILENT).status_code == 404
    assert deeds(console) == []


def test_what_was_attested_is_shown_and_taken_back_by_the_own_unit(console: Console) -> None:
    officer = console.person(Role.OFFICER)
    (told,) = officer.get(f"/api/v1{OPEN}").json()["attested"]
    assert (told["paper"], told["by"], told["reason"]) == (5, "lan.anh", "không phát sinh")
    assert [one["url"] for one in told["actions"]] == ["/attestations/5/withdraw"]
    form = officer.get("/attestations/5/withdraw").text
    assert f"{OPEN}/attest?dataset=tp_khai_tu&amp;commune=03670" not in officer.get(OPEN).text
    assert "lan.anh" in form
    assert "31/03/2026" in form
    answer = officer.send("/attestations/5/withdraw", reason="nhầm xã")
    assert answer.headers["location"].startswith(OPEN)
    assert deeds(console) == [("withdraw", 5, "nhầm xã", "officer")]
    assert officer.send("/attestations/6/withdraw", reason="x").status_code == 404
    assert officer.send("/attestations/x/withdraw", reason="x").status_code == 404


def test_an_attestation_of_another_unit_is_not_taken_back(console: Console) -> None:
    other = console.person(Role.OFFICER, OTHER, "nong.nghiep")
    assert other.get(f"/api/v1{OPEN}").json()["attested"] == []
    assert other.send("/attestations/5/withdraw", reason="x").status_code == 403
    whole = console.person(Role.STEWARD)
    (told,) = whole.get(f"/api/v1{OPEN}").json()["attested"]
    assert told["actions"] == []
    assert whole.send("/attestations/5/withdraw", reason="x").status_code == 403
    assert deeds(console) == []


def test_a_steward_of_the_province_puts_another_cause_beside(console: Console) -> None:
    steward = console.person(Role.STEWARD)
    missed = f"{JUDGED}?end=missing"
    assert "/entries/1/override" in steward.get(missed).text
    form = steward.get("/entries/1/override").text
    assert "Đơn vị" in form
    assert '<option value="TECHNICAL">' in form
    answer = steward.send("/entries/1/override", cause="TECHNICAL", reason="mất điện")
    assert answer.headers["location"].startswith("/obligations/2026-11-23")
    assert deeds(console) == [("override", 1, "TECHNICAL", "mất điện", "steward")]


def test_no_other_cause_without_a_computed_one_or_of_the_own_unit(console: Console) -> None:
    steward = console.person(Role.STEWARD)
    assert steward.send("/entries/2/override", cause="TECHNICAL", reason="x").status_code == 409
    assert steward.send("/entries/3/override", cause="TECHNICAL", reason="x").status_code == 404
    answer = steward.send("/api/v1/entries/1/override", cause="WEATHER", reason="x")
    assert errors(answer) == ["cause"]
    own = console.person(Role.STEWARD, UNIT, "cua.tp")
    assert "/override" not in own.get(JUDGED).text
    assert own.send("/entries/1/override", cause="TECHNICAL", reason="x").status_code == 403
    assert deeds(console) == []


def test_the_book_is_read_in_english_too(console: Console) -> None:
    steward = console.person(Role.STEWARD)
    steward.browser.cookies.set(COOKIE, "en")
    shown = steward.get(f"{JUDGED}?end=missing").text
    assert "Technical fault on our side" in shown
    assert "To Hieu Ward" in shown
