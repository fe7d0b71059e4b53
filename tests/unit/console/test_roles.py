"""The table of routes: every route as every role and as nobody; none beside the table."""

import pytest
from fastapi.routing import APIRoute
from support.console import Console

from suoi.console.actions import ACTIONS
from suoi.console.pages import PAGES
from suoi.console.roles import ROUTES, Role, rule_of

GAPS = {
    "dataset": "tp_khai_sinh",
    "source": "so_tu_phap",
    "item": "1",
    "day": "2026-03-16",
    "paper": "5",
    "entry": "1",
    "user": "admin",
    "asset": "console.css",
}
FREE = {"login", "language", "static"}
"""Reached before any login."""
READING = {
    "home", "board", "dataset", "history", "connectors", "connector", "quarantine", "item",
    "obligations", "duties", "account", "account.password", "openapi", "logout",
}  # fmt: skip
ALLOWED: dict[Role, set[str]] = {
    Role.VIEWER: READING,
    Role.OPERATOR: READING
    | {"connector.pause", "connector.resume", "connector.restart", "connector.load"}
    | {"dataset.pause", "dataset.resume"},
    Role.STEWARD: READING
    | {"quarantine.preview", "quarantine.replay", "item.unmask"}
    | {"duty.attest", "duty.withdraw", "duty.override"},
    Role.OFFICER: READING | {"item.unmask", "duty.attest", "duty.withdraw"},
    Role.AUDITOR: READING | {"audit"},
    Role.ADMIN: READING | {"audit", "users", "user.add", "user.role", "user.reset", "user.lock"},
}
"""What each role is there for, said once more, so that a slip in the table is seen."""


def routes(console: Console) -> list[APIRoute]:
    return [route for route in console.app.routes if isinstance(route, APIRoute)]


def address(route: APIRoute) -> str:
    return route.path.format(**{name: GAPS[name] for name in route.param_convertors})


def test_every_route_has_a_line_and_every_line_a_route(console: Console) -> None:
    named = {route.name.rpartition(":")[2] for route in routes(console)}
    assert named == set(ROUTES)
    assert {type(route) for route in console.app.routes} == {APIRoute}  # no door beside the gate


def test_every_page_and_action_is_named_in_the_table() -> None:
    assert {one.name for one in (*PAGES, *ACTIONS)} <= set(ROUTES)
    assert rule_of("nobody.knows.it") is None
    assert rule_of(None) is None


@pytest.mark.parametrize("role", list(Role))
def test_each_role_reaches_what_it_is_there_for_and_nothing_else(
    console: Console, role: Role
) -> None:
    person = console.person(role)
    for route in routes(console):
        if route.name.startswith("live:") or route.name == "logout":
            continue  # a stream does not end; both have tests of their own
        allowed = route.name.rpartition(":")[2] in ALLOWED[role] | FREE
        for method in route.methods:
            send = person.browser.request(
                method, address(route), headers={"x-csrf-token": person.csrf}
            )
            refused = send.status_code == 403 and role.value in send.text
            assert refused is not allowed, f"{method} {route.path} as {role}: {send.status_code}"


def test_the_stream_of_a_page_is_ruled_as_the_page(console: Console) -> None:
    for route in routes(console):
        if route.name.startswith("live:"):
            assert rule_of(route.name) is ROUTES[route.name.removeprefix("live:")]


def test_nobody_reaches_anything_but_the_doors(console: Console) -> None:
    visitor = console.visitor()
    for route in routes(console):
        for method in route.methods:
            answer = visitor.request(method, address(route))
            reached = route.name.rpartition(":")[2] in FREE
            sent_away = answer.status_code == 401 or (
                answer.headers.get("location", "").startswith("/login?next=")
            )
            if route.name.endswith("login") and method == "POST":
                assert answer.status_code == 401  # reached, and no password was given
            else:
                assert sent_away is not reached, f"{method} {route.path}: {answer.status_code}"


def test_a_route_without_a_line_is_not_there(console: Console) -> None:
    async def secret() -> str:
        return "secret"

    console.app.add_api_route("/secret", secret, name="secret")
    answer = console.person(Role.ADMIN).get("/secret")
    assert answer.status_code == 404
    assert "secret" not in answer.text.replace("/secret", "")


def test_what_a_page_offers_is_what_its_reader_may_do(sick: Console) -> None:
    offered = sick.person(Role.OPERATOR).get("/connectors").text
    assert "/connectors/so_tu_phap/pause" in offered
    assert "/pause" not in sick.person(Role.VIEWER).get("/connectors").text
