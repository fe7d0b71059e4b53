"""Actions: the consequence first, a reason, an entry before and after, and nothing when refused."""

import sqlite3
from pathlib import Path

import pytest
from support.console import PAYLOAD, UNIT, Console, Remembering, make_services

from infra.errors import Transient, Usage
from suoi.console.actions import ACTIONS
from suoi.console.hands import Opened
from suoi.console.roles import Role

CAPTURE = {
    "/connectors/so_tu_phap/pause": ("pause_connector", "so_tu_phap"),
    "/connectors/so_tu_phap/resume": ("resume_connector", "so_tu_phap"),
    "/connectors/so_tu_phap/restart": ("restart_connector", "so_tu_phap"),
    "/datasets/tp_khai_tu/pause": ("pause_dataset", "tp_khai_tu", "vì thử", "operator"),
    "/datasets/tp_khai_tu/resume": ("resume_dataset", "tp_khai_tu", "vì thử", "operator"),
}


@pytest.mark.parametrize("path", CAPTURE)
def test_an_operator_acts_once_the_consequence_is_read(console: Console, path: str) -> None:
    operator = console.person(Role.OPERATOR)
    asked = operator.get(path)
    assert asked.status_code == 200
    assert 'name="reason"' in asked.text
    assert console.hands.done == []
    answer = operator.send(path, reason="vì thử")
    assert answer.status_code == 303
    assert console.hands.done == [CAPTURE[path]]
    (action,) = {action for action, _ in console.outcomes()}
    assert console.outcomes() == [(action, "begun"), (action, "done")]
    assert "✓" in operator.get(answer.headers["location"]).text


def test_the_entry_stands_before_the_deed_is_done(console: Console) -> None:
    seen: list[list[tuple[str, str]]] = []

    class Looking(Remembering):
        def pause_connector(self, source: str) -> None:
            seen.append([*console.outcomes(), ("paused", source)])

    object.__setattr__(console.services, "hands", Looking())
    console.person(Role.OPERATOR).send("/connectors/so_tu_phap/pause", reason="x")
    assert seen == [[("connector.pause", "begun"), ("paused", "so_tu_phap")]]


def test_what_fails_is_written_down_and_said(console: Console) -> None:
    console.hands.away = Transient("Kafka Connect does not answer")
    answer = console.person(Role.OPERATOR).send("/connectors/so_tu_phap/pause", reason="x")
    assert answer.status_code == 503
    assert "Kafka Connect does not answer" in answer.text
    assert console.outcomes() == [("connector.pause", "begun"), ("connector.pause", "failed")]


def test_what_is_not_possible_now_is_a_conflict(console: Console) -> None:
    console.hands.away = Usage("it is being loaded already")
    answer = console.person(Role.OPERATOR).send(
        "/api/v1/connectors/so_tu_phap/load", reason="x", dataset="tp_khai_sinh"
    )
    assert answer.status_code == 409
    assert "being loaded already" in answer.json()["detail"]


@pytest.mark.parametrize("reason", ["", "   ", "x" * 501, "hai\ndòng", "\x00"])
def test_a_reason_is_one_line_of_text(console: Console, reason: str) -> None:
    operator = console.person(Role.OPERATOR)
    answer = operator.send("/datasets/tp_khai_tu/pause", reason=reason)
    assert answer.status_code == 422
    assert 'id="w-reason"' in answer.text
    api = operator.send("/api/v1/datasets/tp_khai_tu/pause", reason=reason)
    assert [one["field"] for one in api.json()["errors"]] == ["reason"]
    assert console.hands.done == []
    assert console.outcomes() == []


def test_a_table_of_another_source_is_not_loaded(console: Console) -> None:
    answer = console.person(Role.OPERATOR).send(
        "/api/v1/connectors/so_tu_phap/load", dataset="nnmt_ocop", reason="x"
    )
    assert answer.status_code == 422
    assert "nnmt_ocop" in answer.json()["errors"][0]["detail"]


def test_a_steward_previews_before_all_is_judged_again(sick: Console) -> None:
    steward = sick.person(Role.STEWARD)
    asked = "?dataset=tp_khai_sinh&code=field.missing"
    assert "12 dòng" in steward.get("/quarantine/preview" + asked).text
    shown = steward.send(
        "/quarantine/preview" + asked, dataset="tp_khai_sinh", code="field.missing", reason="x"
    )
    assert "Sẽ được chấp nhận" in shown.text
    assert "/quarantine/replay?dataset=tp_khai_sinh&amp;code=field.missing" in shown.text
    done = steward.send(
        "/api/v1/quarantine/replay" + asked, dataset="tp_khai_sinh", code="", reason="x"
    )
    assert done.json()["shown"] == {"items": "3", "sent": "3"}
    names = [deed[0] for deed in sick.hands.done]
    assert names == ["preview", "replay"]
    assert sick.hands.done[1][1].by == "steward"


def test_a_steward_of_one_unit_judges_no_other_units_rows_again(sick: Console) -> None:
    steward = sick.person(Role.STEWARD, UNIT, name="cua.tp")
    answer = steward.send(
        "/quarantine/replay?dataset=tp_khai_sinh", dataset="nnmt_ocop", code="", reason="x"
    )
    assert answer.status_code == 404
    assert sick.hands.done == []


def test_only_the_unit_itself_opens_a_refused_record(console: Console) -> None:
    officer = console.person(Role.OFFICER, UNIT)
    shown = officer.send("/quarantine/1/unmask", reason="đối chiếu sổ")
    assert "LÒ THỊ CANARY" in shown.text
    assert shown.headers["cache-control"] == "no-store"
    assert ("unmask", 1, "đối chiếu sổ", "officer") in console.hands.done
    entries = console.services.audit.read()
    assert [(one["subject"], one["unit"]) for one in entries] == [("1", UNIT)] * 2
    assert "CANARY" not in str(entries)  # Invariant 6
    assert officer.get("/quarantine/2/unmask").status_code == 404
    whole = console.person(Role.STEWARD, name="toan.tinh")
    refused = whole.send("/quarantine/1/unmask", reason="tò mò")
    assert refused.status_code == 403
    assert PAYLOAD not in refused.text


def test_a_payload_that_is_kept_nowhere_is_said_to_be_gone(console: Console) -> None:
    console.hands.kept = False
    officer = console.person(Role.OFFICER, UNIT)
    answer = officer.send("/quarantine/1/unmask", reason="x")
    assert answer.status_code == 410
    assert console.outcomes()[-1] == ("item.unmask", "refused")
    assert Opened(1, None, None).value is None


def test_an_administrator_makes_users_and_shows_a_password_once(console: Console) -> None:
    admin = console.person(Role.ADMIN)
    shown = admin.send("/users/add", name="lan.anh", role="officer", unit=UNIT, reason="mới")
    password = shown.text.partition('class="secret">')[2].partition("<")[0]
    assert console.services.accounts.verify("lan.anh", password) is not None
    assert password not in str(console.services.audit.read())
    again = admin.send("/users/add", name="lan.anh", role="viewer", unit="", reason="mới")
    assert "Đã có người dùng" in again.text


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": "Lan", "role": "viewer"}, "name"),
        ({"name": "lan", "role": "king"}, "role"),
        ({"name": "lan", "role": "officer"}, "unit"),
        ({"name": "lan", "role": "viewer", "unit": "nowhere"}, "unit"),
    ],
)
def test_a_user_made_wrongly_is_refused_at_the_field(
    console: Console, values: dict[str, str], field: str
) -> None:
    answer = console.person(Role.ADMIN).send("/api/v1/users/add", reason="x", **values)
    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["errors"]] == [field]


def test_an_administrator_changes_others_but_not_themselves(console: Console) -> None:
    admin, viewer = console.person(Role.ADMIN), console.person(Role.VIEWER)
    assert admin.send("/users/admin/lock", locked="yes", reason="x").status_code == 409
    assert admin.send("/users/admin/role", role="viewer", reason="x").status_code == 409
    assert admin.send("/users/viewer/lock", locked="yes", reason="x").status_code == 303
    assert viewer.get("/").status_code == 303
    assert admin.send("/users/viewer/lock", locked="no", reason="x").status_code == 303
    assert admin.send("/users/viewer/reset", reason="quên").status_code == 200
    assert "Gần giống: viewer" in admin.get("/users/vewer/lock").text


def test_ones_own_password_is_changed_with_the_old_one(console: Console) -> None:
    viewer = console.person(Role.VIEWER)
    old, new = "a-password-of-the-tests", "another-long-password"

    def change(first: str, second: str, third: str):  # noqa: ANN202  the client's answer
        values = {"password_old": first, "password_new": second, "password_again": third}
        return viewer.send("/account/password", **values)

    assert 'id="w-password_old"' in change("wrong", new, new).text
    assert 'id="w-password_again"' in change(old, new, new + "x").text
    assert 'id="w-password_new"' in change(old, "short", "short").text
    assert change(old, new, new).status_code == 303
    assert console.services.accounts.verify("viewer", new) is not None
    assert viewer.get("/").status_code == 303
    assert new not in str(console.services.audit.read())


@pytest.mark.parametrize("action", ACTIONS, ids=lambda one: one.name)
def test_no_get_does_anything(sick: Console, action: object) -> None:
    path = action.path.format(
        source=UNIT,
        dataset="tp_khai_sinh",
        item="1",
        user="admin",
        day="2026-03-31",
        paper="5",
        entry="1",
    )  # type: ignore[attr-defined]  an Action
    for role in Role:
        sick.person(role, UNIT if role is Role.STEWARD else None).get(
            path + "?dataset=tp_khai_sinh&reason=x&locked=yes"
        )
    asked = {"item", "items", "paper", "entry"}
    assert [deed for deed in sick.hands.done if deed[0] not in asked] == []


def test_the_audit_is_never_changed_or_shortened(console: Console, tmp_path: Path) -> None:
    console.person(Role.OPERATOR).send("/connectors/so_tu_phap/pause", reason="x")
    with sqlite3.connect(tmp_path / "console.sqlite") as opened:
        for statement in ("delete from audit", "update audit set user = 'nobody'"):
            with pytest.raises(sqlite3.IntegrityError, match="audit"):
                opened.execute(statement)
    opened.close()


def test_state_survives_the_console(tmp_path: Path) -> None:
    first = make_services(tmp_path)
    user = Console(first).person(Role.VIEWER).user
    token = first.sessions.start(user)
    again = make_services(tmp_path)
    assert not isinstance(again.sessions.find(token), str)
