"""Pages: the same dict as HTML and as JSON, in memory alone; refusals with the nearest names."""

import pytest
from fastapi.routing import APIRoute
from pydantic import TypeAdapter
from support.console import OTHER, UNIT, Console, an_item, make_services

from infra.errors import Transient
from suoi.console.headers import CONTENT
from suoi.console.page import Query
from suoi.console.pages import PAGES
from suoi.console.roles import Role
from suoi.console.snapshot import empty
from suoi.console.words import words_of

READER = {"audit": Role.AUDITOR, "users": Role.ADMIN}
GAPS = {
    "dataset": "tp_khai_sinh",
    "source": "so_tu_phap",
    "item": "1",
    "day": "2026-03-16",
}


def path_of(page: object) -> str:
    return page.path.format_map(GAPS)  # type: ignore[attr-defined]  a Page


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_is_the_same_as_html_and_as_json(sick: Console, page: object) -> None:
    assert hasattr(page, "name")
    reader = sick.person(READER.get(page.name, Role.OPERATOR))
    path = path_of(page)
    answer = reader.get("/api/v1/home" if path == "/" else f"/api/v1{path}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    if page.human:
        shown = reader.get(path)
        assert shown.status_code == 200
        assert shown.headers["cache-control"] == "no-store"
        assert shown.headers["content-security-policy"] == CONTENT
        assert "<script>alert" not in shown.text
        assert "style=" not in shown.text
        assert "onclick" not in shown.text


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_view_gives_exactly_what_its_type_says(sick: Console, page: object) -> None:
    user = sick.person(READER.get(page.name, Role.STEWARD)).user  # type: ignore[attr-defined]  a Page
    query = Query(words_of("vi"), GAPS)
    seen = sick.services.sampler.snapshot
    found = page.answered(sick.services, seen, user, query)  # type: ignore[attr-defined]  a Page
    checked = TypeAdapter(page.answer).validate_python(found, extra="forbid")  # type: ignore[attr-defined]
    assert checked == found


@pytest.mark.parametrize("page", [page for page in PAGES if page.human], ids=lambda one: one.name)
def test_a_page_renders_before_anything_is_known(tmp_path: object, page: object) -> None:
    seen = empty(make_services(tmp_path).sampler.snapshot.datasets)  # type: ignore[arg-type]
    console = Console(make_services(tmp_path / "again", seen))  # type: ignore[operator]
    reader = console.person(READER.get(page.name, Role.STEWARD))  # type: ignore[attr-defined]
    answer = reader.get(path_of(page))
    assert answer.status_code == (404 if page.name == "connector" else 200)  # type: ignore[attr-defined]
    if page.name == "home":  # type: ignore[attr-defined]
        assert "chưa rõ" in answer.text
        assert "✓" not in answer.text  # Invariant 9


def test_no_page_of_memory_asks_the_stack(sick: Console) -> None:
    sick.hands.away = Transient("nobody is there")
    reader = sick.person(Role.OPERATOR)
    for page in PAGES:
        if page.find is None and page.human:
            assert reader.get(path_of(page)).status_code == 200


def test_the_list_of_items_says_when_the_province_is_away(console: Console) -> None:
    console.hands.away = Transient("PostgreSQL cannot be reached")
    reader = console.person(Role.STEWARD)
    answer = reader.get("/quarantine")
    assert answer.status_code == 200
    assert "không trả lời" in answer.text
    item = reader.get("/api/v1/quarantine/1")
    assert item.status_code == 503
    assert item.headers["content-type"] == "application/problem+json"
    assert "PostgreSQL cannot be reached" in item.json()["detail"]


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/datasets/tp_khai_sin", 404, "tp_khai_sinh"),
        ("/connectors/so_tu_fap", 404, "so_tu_phap"),
        ("/datasets/%F0%9F%90%9F", 404, "Gần giống"),
        ("/quarantine/99", 404, "99"),
        ("/quarantine/x", 404, "“x”"),
        ("/quarantine/" + "9" * 40, 404, "“"),
        ("/nothing/here", 404, "/nothing/here"),
        ("/board?unit=nobody", 400, "nobody"),
        ("/board?state=blue", 400, "blue"),
        ("/quarantine?status=all", 400, "all"),
        ("/quarantine?after=-1", 400, "-1"),
        ("/quarantine?after=" + "9" * 30, 400, "số"),
        ("/quarantine?code=what.ever", 400, "what.ever"),
        ("/datasets/" + "x" * 5000, 404, "xxx"),
        ("/obligations?month=2026-13", 400, "2026-13"),
        ("/obligations?month=2031-01", 400, "2031"),
        ("/obligations?unit=nobody", 400, "nobody"),
        ("/obligations/yesterday", 404, "yesterday"),
        ("/obligations/2026-03-16?end=well", 400, "well"),
        ("/static/../web.py", 404, ""),
        ("/static/manifest.toml", 404, ""),
    ],
)
def test_a_wrong_address_is_refused_with_a_sentence(
    sick: Console, path: str, status: int, said: str
) -> None:
    reader = sick.person(Role.STEWARD, name="steward2")
    answer = reader.get(path)
    assert answer.status_code == status
    assert said in answer.text
    assert "Traceback" not in answer.text
    assert len(answer.text) < 8000
    if not path.startswith("/static"):
        api = reader.get("/api/v1" + path)
        assert api.status_code == status
        assert api.headers["content-type"] == "application/problem+json"
        assert api.json()["status"] == status


def test_what_nobody_expected_is_a_sentence_too(
    console: Console, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> None:
        message = "LÒ THỊ CANARY"
        raise KeyError(message)

    monkeypatch.setattr(type(console.hands), "item", fail)
    answer = console.person(Role.VIEWER).get("/quarantine/1")
    assert answer.status_code == 500
    assert "KeyError" in answer.text
    assert "CANARY" not in answer.text + "".join(capfd.readouterr())  # Invariant 6


def test_the_language_is_a_cookie_and_changes_the_sentences(console: Console) -> None:
    reader = console.person(Role.VIEWER)
    answer = reader.send("/language", language="en", next="/board")
    assert answer.headers["location"] == "/board"
    reader.browser.cookies.set("suoi_lang", "en")
    assert 'lang="en"' in reader.get("/").text
    assert "Everything makes progress." in reader.get("/").text


def test_programs_name_their_language_in_a_header(console: Console) -> None:
    reader = console.person(Role.VIEWER)
    reader.browser.headers["accept-language"] = "en-GB"
    assert "nearest" in reader.get("/api/v1/datasets/x").json()["detail"]


def test_a_method_that_is_not_taken_is_refused_with_a_sentence(console: Console) -> None:
    answer = console.person(Role.VIEWER).browser.put("/api/v1/home")
    assert answer.status_code == 405
    assert "PUT" in answer.json()["detail"]


def test_the_list_shows_hashed_keys_and_goes_on_where_it_ended(console: Console) -> None:
    console.hands.rows = [an_item(number) for number in range(1, 121)]
    reader = console.person(Role.VIEWER)
    first = reader.get("/api/v1/quarantine").json()
    assert [one["id"] for one in first["items"]] == list(range(1, 51))
    second = reader.get("/api/v1" + first["following"]).json()
    assert [one["id"] for one in second["items"]] == list(range(51, 101))
    third = reader.get("/api/v1" + second["following"]).json()
    assert third["following"] == ""
    assert set(first["items"][0]) == {
        "id", "dataset", "unit", "key_hash", "op", "status", "status_text", "opened_at",
        "closed_at", "record", "problems",
    }  # fmt: skip


def test_the_description_names_every_page_and_action(console: Console) -> None:
    found = console.person(Role.VIEWER).get("/api/v1/openapi.json").json()
    named = {one["operationId"] for path in found["paths"].values() for one in path.values()}
    routes = [route.name for route in console.app.routes if isinstance(route, APIRoute)]
    mine = {name.removeprefix("api:") for name in routes if name.startswith("api:")}
    assert named == mine
    assert "Problem" in found["components"]["schemas"]
    unknown = [path for path in found["paths"] if not path.startswith("/api/v1/")]
    assert unknown == []


def test_the_conservation_sum_is_shown_with_what_is_in_flight(console: Console) -> None:
    found = console.person(Role.VIEWER).get("/api/v1/datasets/tp_khai_sinh").json()["sum"]
    assert found["captured"] == sum(one["count"] for one in found["parts"]) + found["in_flight"]
    assert found["in_flight"] == 1  # Invariant 2


def test_units_are_those_of_the_register(console: Console) -> None:
    found = console.person(Role.VIEWER).get("/api/v1/board").json()
    assert found["assigned"] == 329
    assert len(found["units"]) == 18
    assert {UNIT, OTHER} <= set(found["choices"])
