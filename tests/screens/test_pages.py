"""Every page in a real browser, at two widths: no complaint, no barrier, a picture kept."""

import json
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from screens.conftest import ARTEFACTS, AXE, WIDTHS, Served, entered, watched

from suoi.console.roles import Role

PAGES = {
    "login": (None, "/login"),
    "home": (Role.OPERATOR, "/"),
    "home-of-a-unit": (Role.OFFICER, "/"),
    "board": (Role.VIEWER, "/board?unit=so_tu_phap"),
    "board-whole": (Role.VIEWER, "/board"),
    "dataset": (Role.OPERATOR, "/datasets/tp_khai_sinh"),
    "dataset-paused": (Role.OPERATOR, "/datasets/tp_khai_tu"),
    "dataset-open": (Role.OPERATOR, "/datasets/nnmt_ocop"),
    "connectors": (Role.OPERATOR, "/connectors"),
    "connector": (Role.OPERATOR, "/connectors/so_tu_phap"),
    "pause": (Role.OPERATOR, "/connectors/so_nnmt/pause"),
    "load": (Role.OPERATOR, "/connectors/so_nnmt/load"),
    "quarantine": (Role.STEWARD, "/quarantine"),
    "item": (Role.STEWARD, "/quarantine/1"),
    "unmask": (Role.STEWARD, "/quarantine/1/unmask"),
    "preview": (Role.STEWARD, "/quarantine/preview?dataset=tp_khai_sinh&code=field.missing"),
    "obligations": (Role.VIEWER, "/obligations?month=2026-03"),
    "obligations-of-a-unit": (Role.OFFICER, "/obligations?month=2026-03"),
    "duties": (Role.VIEWER, "/obligations/2026-03-16"),
    "duties-of-a-unit": (Role.OFFICER, "/obligations/2026-03-31"),
    "duties-so-far": (Role.OFFICER, "/obligations/2026-04-01"),
    "attest": (Role.OFFICER, "/obligations/2026-03-31/attest"),
    "withdraw": (Role.OFFICER, "/attestations/5/withdraw"),
    "audit": (Role.AUDITOR, "/audit"),
    "users": (Role.ADMIN, "/users"),
    "user-add": (Role.ADMIN, "/users/add"),
    "account": (Role.VIEWER, "/account"),
    "password": (Role.VIEWER, "/account/password"),
    "refused": (Role.VIEWER, "/datasets/tp_khai_sin"),
}


def barriers(page: Page) -> list[dict[str, Any]]:
    """What axe-core finds; it is put in beside the page's own policy, not through it."""
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        {"id": one["id"], "nodes": [node["html"][:160] for node in one["nodes"][:3]]}
        for one in found["violations"]
    ]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_no_complaint_and_no_barrier(
    chromium: Browser, served: Served, name: str, width: str, scheme: str
) -> None:
    if scheme == "dark" and width == "phone":
        pytest.skip("colours do not depend on the width")
    role, path = PAGES[name]
    wide, high = WIDTHS[width]
    options = {"viewport": {"width": wide, "height": high}, "color_scheme": scheme}
    context = entered(chromium, served, role or Role.VIEWER, **options)
    if role is None:
        context.clear_cookies()
    page, said = watched(context)
    page.goto(path)
    page.wait_for_load_state("load")
    ARTEFACTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=ARTEFACTS / f"{name}-{width}-{scheme}.png", full_page=True)
    if name != "refused":  # the browser itself complains of a page that is not there
        assert said == []
    overflow = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert overflow <= 0, f"{overflow} px stand out at the side"
    assert barriers(page) == [], json.dumps(barriers(page), indent=1, ensure_ascii=False)
    context.close()
