"""Using the console: live, by keyboard alone, without JavaScript, and a whole action."""

import time

from playwright.sync_api import Browser, expect
from screens.conftest import PASSWORD, Served, entered, watched
from support.console import a_standing

from suoi.console.roles import Role


def test_a_change_is_seen_within_two_seconds(chromium: Browser, served: Served) -> None:
    context = entered(chromium, served, Role.VIEWER)
    page, said = watched(context)
    page.goto("/datasets/tp_ket_hon")
    expect(page.locator("#live")).to_contain_text("Đang kiểm tra")
    page.wait_for_timeout(1500)  # the stream is open, and has sent what there was
    before = served.services.sampler.snapshot.standings or {}
    changed = time.monotonic()
    served.services.sampler.put(standings={**before, **a_standing("tp_ket_hon", "lan")})
    expect(page.locator("#live")).to_contain_text("Tạm dừng bởi lan", timeout=2000)
    assert time.monotonic() - changed < 2
    served.services.sampler.put(standings=before)
    expect(page.locator("#live")).to_contain_text("Đang kiểm tra", timeout=2000)
    assert said == []
    context.close()


def test_what_the_reader_opened_stays_open_when_figures_change(
    chromium: Browser, served: Served
) -> None:
    context = entered(chromium, served, Role.VIEWER)
    page, _ = watched(context)
    page.goto("/")
    page.wait_for_timeout(1500)
    page.locator("#live details summary").first.click()
    page.locator("#live .problem a").first.focus()
    before = served.services.sampler.snapshot
    more = {
        name: {**one, "captured": one["captured"] + 7_000_000}
        for name, one in (before.counts or {}).items()
    }
    served.services.sampler.put(counts=more)
    expect(page.locator(".sums")).to_contain_text("70.0", timeout=3000)
    assert page.locator("#live details").first.evaluate("one => one.open")
    assert page.evaluate("document.activeElement.closest('.problem') !== null")
    served.services.sampler.put(counts=before.counts)
    context.close()


def test_the_plots_are_drawn_in_the_provinces_time(chromium: Browser, served: Served) -> None:
    context = entered(chromium, served, Role.VIEWER, timezone_id="America/New_York")
    page, said = watched(context)
    page.goto("/datasets/tp_khai_sinh")
    expect(page.locator(".plot canvas")).to_have_count(3)
    assert said == []
    context.close()


def test_everything_is_done_by_keyboard_alone(chromium: Browser, served: Served) -> None:
    context = chromium.new_context(base_url=served.url, locale="vi-VN")
    page, said = watched(context)
    page.goto("/login")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    while page.evaluate("document.activeElement.name") != "name":
        page.keyboard.press("Tab")
    page.keyboard.type("operator")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/")
    page.goto("/datasets/tp_khai_sinh/pause")
    while page.evaluate("document.activeElement.name") != "reason":
        page.keyboard.press("Tab")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    page.keyboard.type("chờ đơn vị thống nhất")
    page.keyboard.press("Enter")
    page.wait_for_url("**/datasets/tp_khai_sinh?done=dataset.pause")
    expect(page.locator("[role=status]")).to_contain_text("Đã tạm dừng bộ dữ liệu")
    assert ("pause_dataset", "tp_khai_sinh", "chờ đơn vị thống nhất", "operator") in (
        served.hands.done
    )
    assert said == []
    context.close()


def test_without_javascript_all_is_read_and_done(chromium: Browser, served: Served) -> None:
    context = entered(chromium, served, Role.STEWARD, java_script_enabled=False)
    page = context.new_page()
    page.goto("/")
    expect(page.locator(".problems")).to_contain_text("dòng chờ sửa")
    page.goto("/datasets/tp_khai_sinh")
    expect(page.locator("noscript a")).to_have_attribute(
        "href", "/api/v1/datasets/tp_khai_sinh/history"
    )
    page.goto("/quarantine/1/unmask")
    page.fill("#f-reason", "đối chiếu sổ gốc")
    page.click("button.main")
    expect(page.locator("pre").nth(1)).to_contain_text("LÒ THỊ CANARY")
    assert ("unmask", 1, "đối chiếu sổ gốc", "steward") in served.hands.done
    context.close()


def test_a_form_filled_wrongly_says_so_at_its_field(chromium: Browser, served: Served) -> None:
    context = entered(chromium, served, Role.ADMIN, java_script_enabled=False)
    page = context.new_page()
    page.goto("/users/add")
    page.fill("#f-name", "Tên Sai")
    page.select_option("#f-role", "viewer")
    page.fill("#f-reason", "thử")
    page.click("button.main")
    expect(page.locator("#w-name")).to_contain_text("chữ thường")
    assert page.locator("#f-name").get_attribute("aria-describedby") == "w-name"
    assert page.locator("#f-reason").input_value() == "thử"
    context.close()


def test_what_is_smuggled_into_a_page_does_not_run(chromium: Browser, served: Served) -> None:
    context = entered(chromium, served, Role.OPERATOR)
    page, _ = watched(context)
    page.on("dialog", lambda one: one.dismiss())
    page.goto("/connectors/so_tu_phap")
    assert "<script>alert(1)</script>" in page.locator("#live").inner_text() or (
        page.locator("#live details").first.evaluate("one => one.textContent").count("<script>")
    )
    ran = page.evaluate(
        "() => { const s = document.createElement('script'); s.textContent = 'window.ran = 1';"
        " document.body.append(s); return window.ran === 1 }"
    )
    assert not ran
    context.close()
