"""Who settles what, and the powers behind it: asked by lists, answered below them, at both widths, also without a script."""

from __future__ import annotations

from datetime import date

import pytest
from playwright.sync_api import Browser, expect

from gezhi.contexts.powers.use_cases.register_powers import PowerRow, register_powers
from tests.browser.conftest import SCREENSHOTS
from tests.factories.cases import MONDAY, SYSTEM, Town
from tests.factories.walks import Walk


@pytest.fixture(
    params=[(390, "zh-hans", True), (1440, "en", True), (390, "en", False)], ids=["zh-390", "en-1440", "no-script"]
)
def walk(request: pytest.FixtureRequest, browser: Browser, live_server, town: Town):
    width, language, scripted = request.param
    power = PowerRow(
        "XY-1", "路面修复监督", "housing", "street", date(2026, 1, 1), "Road repair", "E0113", "5WD", "依据"
    )
    register_powers(actor=SYSTEM, rows=[power], now=MONDAY)
    more = {} if scripted else {"java_script_enabled": False}
    found = Walk(browser, live_server.url, town, language=language, width=width, output=SCREENSHOTS, **more)
    found.scripted = scripted
    yield found
    found.close()
    assert found.complaints == []


def test_a_class_and_a_place_are_answered_with_the_reason_and_lead_to_the_powers(walk: Walk) -> None:
    page, areas = walk.page, walk.town.areas
    walk.go("/who")
    page.select_option("#id_class_code", "E0113")
    for level, code in (("district", "420602"), ("street", "420602001"), ("community", "420602001002")):
        if not walk.scripted and level != "district":
            # Without a script each choice is sent to have the next list filled.
            page.locator("main .button-primary").click()
        page.select_option(f"#place-{level}", str(areas[code].pk))
    page.locator("main .button-primary").click()
    answer = page.locator("#answer")
    expect(answer).to_be_visible()
    expect(answer.locator("h2")).not_to_be_empty()
    expect(answer).to_contain_text("E0113")
    expect(page.locator("#id_class_code")).to_have_value("E0113")
    expect(page.locator("#place-community")).to_have_value(str(areas["420602001002"].pk))
    answer.locator("details summary").click()
    expect(answer.locator("details li").first).to_be_visible()
    if walk.scripted:
        walk.look("who-settles")
    answer.locator("h3 a").click()
    expect(page.locator("main li")).to_have_count(1)
    if walk.scripted:
        walk.look("powers")
    page.fill("#powers-words", "没有这个")
    page.keyboard.press("Enter")
    expect(page.locator("main li")).to_have_count(0)
    expect(page.locator("main .card")).to_contain_text("E0113")
