"""Coming in and staying: passwords, waits, sessions, forged requests."""

import sqlite3
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from support.console import PASSWORD, Console, make_services

from suoi.console import lockout, sessions
from suoi.console.accounts import User
from suoi.console.roles import Role
from suoi.console.sessions import Ended, Session


def enter(console: Console, name: str, password: str, **headers: str):  # noqa: ANN201  the client's
    return console.visitor().post(
        "/login", data={"name": name, "password": password}, headers=headers
    )


def test_who_knows_the_password_comes_in(console: Console) -> None:
    console.person(Role.VIEWER)
    answer = enter(console, "viewer", PASSWORD)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert ("login", "done") in console.outcomes()


def test_behind_tls_the_cookie_is_bound_to_the_host(tmp_path: Path) -> None:
    console = Console(make_services(tmp_path, secure=True))
    console.person(Role.VIEWER)
    answer = enter(console, "viewer", PASSWORD)
    assert answer.headers["set-cookie"].startswith("__Host-suoi=")
    assert "secure" in answer.headers["set-cookie"].lower()
    assert "max-age" in answer.headers["strict-transport-security"]


@pytest.mark.parametrize("name", ["viewer", "nobody", "", "x" * 1000, "'; drop table user; --"])
def test_a_wrong_password_and_a_wrong_name_sound_alike(console: Console, name: str) -> None:
    console.person(Role.VIEWER)
    answer = enter(console, name, "wrong")
    assert answer.status_code == 401
    assert "Tên hoặc mật khẩu không đúng." in answer.text
    assert "set-cookie" not in answer.headers


def test_a_name_that_is_no_user_is_not_written_down(console: Console) -> None:
    enter(console, "my-password-typed-here", "x")
    assert console.outcomes() == []


def test_the_sixth_guess_waits_and_the_wait_doubles(console: Console) -> None:
    console.person(Role.VIEWER)
    for _ in range(lockout.FREE):
        assert "không đúng" in enter(console, "viewer", "wrong").text
    answer = enter(console, "viewer", PASSWORD)
    assert "Xin chờ 5 giây" in answer.text
    console.clock.now += 5
    assert "không đúng" in enter(console, "viewer", "wrong").text
    assert "Xin chờ 10 giây" in enter(console, "viewer", PASSWORD).text
    console.clock.now += 10
    assert enter(console, "viewer", PASSWORD).status_code == 303


def test_many_names_from_one_address_wait_too(console: Console) -> None:
    for at in range(lockout.FREE):
        enter(console, f"name{at}", "wrong")
    assert "Xin chờ" in enter(console, "another", "wrong").text


def test_no_wait_is_longer_than_a_quarter_of_an_hour(console: Console) -> None:
    for _ in range(40):
        console.services.lockout.fail("viewer", "10.0.0.1")
    assert console.services.lockout.wait_s("viewer", "") == lockout.LONGEST_S
    console.clock.now += lockout.REMEMBERED_S + 1
    assert console.services.lockout.wait_s("viewer", "") == 0


def test_only_the_hash_of_a_token_and_of_a_password_is_kept(
    console: Console, tmp_path: Path
) -> None:
    user = console.person(Role.VIEWER).user
    token = console.services.sessions.start(user)
    path = tmp_path / "console.sqlite"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for file in tmp_path.glob("console.sqlite*"):
        kept = file.read_bytes()
        assert token.encode() not in kept
        assert PASSWORD.encode() not in kept
    with sqlite3.connect(path) as opened:
        (password,) = opened.execute("select password from user").fetchone()
        assert opened.execute("pragma journal_mode").fetchone() == ("wal",)
    opened.close()
    assert password.startswith("$argon2id$")


def test_a_login_ends_the_session_the_browser_had(console: Console) -> None:
    person = console.person(Role.VIEWER)
    before = person.browser.cookies["suoi_session"]
    person.browser.post(
        "/login", data={"name": "viewer", "password": PASSWORD, "csrf": person.csrf}
    )
    assert console.services.sessions.find(before) is Ended.ABSENT


def test_a_session_nobody_uses_ends(console: Console) -> None:
    person = console.person(Role.VIEWER)
    console.clock.now += sessions.IDLE_S - 1
    assert person.get("/").status_code == 200
    console.clock.now += sessions.IDLE_S - 1
    assert person.get("/").status_code == 200
    console.clock.now += sessions.IDLE_S + 1
    answer = person.get("/board")
    assert answer.headers["location"] == "/login?next=/board&why=idle"
    assert "hết vì không hoạt động" in person.get("/login?why=idle").text


def test_a_session_ends_after_half_a_day_however_busy(console: Console) -> None:
    person = console.person(Role.VIEWER)
    for _ in range(25):
        console.clock.now += sessions.IDLE_S - 1
        last = person.get("/")
    assert "why=old" in last.headers["location"]


def test_a_clock_set_back_ends_a_session_with_a_sentence(console: Console) -> None:
    person = console.person(Role.VIEWER)
    console.clock.now -= 3600
    answer = person.get("/api/v1/home")
    assert answer.status_code == 401
    assert "Đồng hồ máy chủ" in answer.json()["detail"]


def test_who_is_locked_leaves_at_once(console: Console) -> None:
    person = console.person(Role.VIEWER)
    console.services.accounts.set_locked("viewer", locked=True)
    assert person.get("/").status_code == 303
    assert enter(console, "viewer", PASSWORD).status_code == 401
    assert console.services.accounts.verify("viewer", PASSWORD) is None


def test_a_changed_role_holds_from_the_next_request_on(console: Console) -> None:
    person = console.person(Role.ADMIN)
    console.services.accounts.set_role("admin", Role.VIEWER, None)
    assert person.get("/users").status_code == 403


def test_who_leaves_has_no_session(console: Console) -> None:
    person = console.person(Role.VIEWER)
    token = person.browser.cookies["suoi_session"]
    assert person.send("/logout").headers["location"] == "/login"
    assert console.services.sessions.find(token) is Ended.ABSENT


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"sec-fetch-site": "cross-site"},
        {"origin": "null"},
    ],
)
def test_what_another_site_sends_is_refused(console: Console, headers: dict[str, str]) -> None:
    person = console.person(Role.OPERATOR)
    values = {"csrf": person.csrf, "reason": "x"}
    answer = person.browser.post("/datasets/tp_khai_sinh/pause", data=values, headers=headers)
    assert answer.status_code == 403
    assert enter(console, "operator", PASSWORD, **headers).status_code == 403
    assert console.hands.done == []


@pytest.mark.parametrize("token", ["", "x", "é" * 20])
def test_a_form_without_the_sessions_token_is_refused(console: Console, token: str) -> None:
    person = console.person(Role.OPERATOR)
    answer = person.browser.post(
        "/datasets/tp_khai_sinh/pause", data={"csrf": token, "reason": "x"}
    )
    assert answer.status_code == 403
    assert "Tải lại trang" in answer.text
    api = person.browser.post("/api/v1/datasets/tp_khai_sinh/pause", json={"reason": "x"})
    assert api.status_code == 403
    assert console.hands.done == []


def test_the_login_leads_back_but_never_to_another_site(console: Console) -> None:
    console.person(Role.VIEWER)
    visitor = console.visitor()
    for given, lands in (
        ("/board", "/board"),
        ("//evil.example", "/"),
        ("https://evil.example", "/"),
        ("/\\evil.example", "/"),
        ("/a\r\nset-cookie: x", "/"),
    ):
        data = {"name": "viewer", "password": PASSWORD, "next": given}
        assert visitor.post("/login", data=data).headers["location"] == lands
        visitor.cookies.clear()


def test_a_strange_host_name_is_turned_away(tmp_path: Path) -> None:
    console = Console(make_services(tmp_path, hosts=("127.0.0.1",)))
    assert console.visitor().get("/login").status_code == 200
    answer = console.visitor().get("/login", headers={"host": "evil.example"})
    assert answer.status_code == 421


def test_a_session_of_another_role_is_another_reader(console: Console) -> None:
    user = User(name="viewer", role=Role.VIEWER)
    console.person(Role.VIEWER)
    found = console.services.sessions.find(console.services.sessions.start(user))
    assert isinstance(found, Session)
    assert found.user == user
    assert replace(found.user, unit="so_nnmt") != user
