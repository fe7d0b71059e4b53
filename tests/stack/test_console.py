"""The console of a running stack: its door, its first user, and what it shows and does."""

import signal
import stat
from collections.abc import Iterator
from functools import partial

import httpx
import pytest
from support.stack import Stack
from support.waiting import until, until_equal

PATIENCE_S = 12.0
"""The slowest page waits for the province's connection; the others are there at once."""


@pytest.fixture
def admin(stack: Stack) -> Iterator[httpx.Client]:
    """The first user, logged in through the API."""
    path = stack.home / "secrets" / "console_admin"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    yield from entered(stack, "admin", path.read_text().strip())


@pytest.fixture
def operator(stack: Stack) -> Iterator[httpx.Client]:
    """An operator that `suoi user` has made."""
    stack.suoi("user", "add", "van.hanh", "--role", "operator", check=False)
    password = stack.suoi("user", "reset", "van.hanh").stdout.strip()
    yield from entered(stack, "van.hanh", password)


def entered(stack: Stack, name: str, password: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=stack.env["console"]["url"], timeout=30) as client:
        answer = client.post("/api/v1/login", json={"name": name, "password": password})
        assert answer.status_code == 200
        client.headers["x-csrf-token"] = answer.json()["csrf"]
        yield client


def problems(client: httpx.Client) -> list[tuple[str, str]]:
    """What the first page says is wrong, and where."""
    return [(one["code"], one["where"]) for one in client.get("/api/v1/home").json()["problems"]]


def test_a_healthy_stack_is_shown_healthy(stack: Stack, admin: httpx.Client) -> None:
    until_equal(partial(problems, admin), [], 120)
    shown = admin.get("/api/v1/datasets/tp_khai_sinh").json()
    counted = stack.json("status", check=False)["datasets"]["tp_khai_sinh"]
    assert shown["sum"]["captured"] <= counted["captured"]
    assert shown["complete_through"] is not None
    assert admin.get("/api/v1/obligations").json()["away"] == ""


def test_a_killed_worker_is_named_within_seconds(stack: Stack, admin: httpx.Client) -> None:
    struck = stack.signal("streams")

    until(lambda: "streams" in {where for _, where in problems(admin)}, 30)
    stack.wait_restarted("streams", struck)
    until_equal(partial(problems, admin), [], 60)


def test_a_dataset_is_paused_and_goes_on(stack: Stack, operator: httpx.Client) -> None:
    try:
        answer = operator.post("/api/v1/datasets/tp_khai_tu/pause", json={"reason": "thử"})
        assert answer.status_code == 200
        listed = {one["dataset"]: one for one in stack.json("dataset", "list")}
        assert (listed["tp_khai_tu"]["state"], listed["tp_khai_tu"]["by"]) == ("paused", "van.hanh")
    finally:
        done = operator.post("/api/v1/datasets/tp_khai_tu/resume", json={"reason": "thử xong"})
    assert done.status_code == 200


@pytest.mark.usefixtures("stack")
def test_a_connector_is_paused_and_goes_on(operator: httpx.Client) -> None:
    def state() -> str:
        found = operator.get("/api/v1/connectors/so_nnmt").json()["connector"]
        return str(found["connector"])

    try:
        operator.post("/api/v1/connectors/so_nnmt/pause", json={"reason": "thử"})
        until(lambda: state() == "PAUSED", 30)
    finally:
        operator.post("/api/v1/connectors/so_nnmt/resume", json={"reason": "thử xong"})
    until(lambda: state() == "RUNNING", 30)


def test_pages_render_while_kafka_is_away(stack: Stack, admin: httpx.Client) -> None:
    struck = stack.signal("kafka")
    read_all(admin)
    stack.wait_restarted("kafka", struck, 120)
    until_equal(partial(problems, admin), [], 120)


@pytest.mark.chaos
@pytest.mark.parametrize(
    ("part", "silent"),
    [("kafka", "silent.books"), ("connect", "capture.reach"), ("province", "silent.quarantine")],
)
def test_pages_render_while_a_part_is_frozen_and_say_so(
    stack: Stack, admin: httpx.Client, part: str, silent: str
) -> None:
    try:
        stack.signal(part, signal.SIGSTOP)
        until(lambda: silent in {code for code, _ in problems(admin)}, 90)
        read_all(admin)
    finally:
        stack.signal(part, signal.SIGCONT)
    until_equal(partial(problems, admin), [], 120)


def read_all(client: httpx.Client) -> None:
    """Every sort of page answers, and soon: pages are made of what is known."""
    for path in ("/", "/board", "/datasets/tp_khai_sinh", "/connectors", "/quarantine"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert answer.elapsed.total_seconds() < PATIENCE_S, path
    assert client.get("/obligations").status_code == 200
