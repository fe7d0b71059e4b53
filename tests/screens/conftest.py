"""A console that listens, fed by a script, and Debian's Chromium that looks at it."""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from support.console import PASSWORD, Console, a_sick_snapshot, make_services

from suoi.console.accounts import User
from suoi.console.gate import cookie_name
from suoi.console.roles import Role

CHROMIUM = "/usr/bin/chromium"
ARTEFACTS = Path(os.environ.get("SUOI_SCREENSHOTS", ".build/screens"))
WIDTHS = {"desktop": (1280, 900), "phone": (390, 844)}
AXE = Path(__file__).parent / "vendor" / "axe.min.js"


class Served(Console):
    """A console behind a port of this machine."""

    url: str = ""


@contextmanager
def serving(console: Console) -> Iterator[str]:
    """Serve *console* on a free loopback port; yields its address."""
    options = {"port": 0, "log_config": None, "access_log": False, "timeout_graceful_shutdown": 1}
    server = uvicorn.Server(uvicorn.Config(console.app, **options))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started:
        assert time.monotonic() < deadline, "the console did not start"
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One thing of every sort is wrong, and somebody of every role has come."""
    console = Served(make_services(tmp_path_factory.mktemp("console"), a_sick_snapshot()))
    for role in Role:
        unit = "so_tu_phap" if role in {Role.OFFICER, Role.STEWARD} else None
        console.services.accounts.add(User(name=role.value, role=role, unit=unit), PASSWORD)
    with serving(console) as url:
        console.url = url
        yield console


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium; Playwright's own builds are never fetched."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


def entered(chromium: Browser, served: Served, role: Role, **options: object) -> BrowserContext:
    """A browser in which somebody of *role* is logged in."""
    context = chromium.new_context(base_url=served.url, locale="vi-VN", **options)
    user = served.services.accounts.find(role.value)
    assert user is not None
    token = served.services.sessions.start(user)
    cookie = {"name": cookie_name(served.services), "value": token, "url": served.url}
    context.add_cookies([cookie])
    context.set_default_timeout(10_000)
    return context


def watched(context: BrowserContext) -> tuple[Page, list[str]]:
    """A page, and everything its console complains of."""
    page, said = context.new_page(), []
    page.on("console", lambda one: said.append(one.text) if one.type != "log" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    return page, said
