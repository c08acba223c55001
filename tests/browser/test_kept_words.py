"""A choice of language, type or colours costs nobody their words; an error goes when it is mended."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from gezhi.kernel.clock import now
from tests.browser.conftest import SCREENSHOTS
from tests.factories.areas import centre
from tests.factories.cases import Town, report
from tests.factories.photos import photo
from tests.factories.walks import Walk

LON, LAT = (f"{part:.6f}" for part in centre(0))
WHAT = f"/report/what?lon={LON}&lat={LAT}"
PICTURE = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": photo()}


@pytest.fixture
def desk(browser: Browser, live_server, town: Town):
    walker = Walk(browser, live_server.url, town, language="zh-hans", width=1440, output=SCREENSHOTS)
    yield walker
    walker.close()
    assert walker.complaints == []


@pytest.fixture
def plain(browser: Browser, live_server, town: Town):
    walker = Walk(
        browser, live_server.url, town, language="zh-hans", width=390, output=SCREENSHOTS, java_script_enabled=False
    )
    yield walker
    walker.close()


def choose(page: Page, name: str, value: str) -> None:
    menu = page.locator("details.menu").first
    if menu.get_attribute("open") is None:
        menu.locator("summary").click()
    page.locator(f"[data-preferences] button[name={name}][value={value}]").click()


def test_words_and_the_chosen_class_survive_every_choice(desk: Walk) -> None:
    page = desk.page
    desk.go(WHAT)
    page.fill("#id_description", "路灯坏了")
    page.locator("#classes input[value=none]").check()
    page.evaluate("window.same = true")
    choose(page, "type", "large")
    choose(page, "theme", "dark")
    expect(page.locator("html[data-type=large][data-theme=dark]")).to_be_visible()
    assert page.evaluate("window.same") is True
    expect(page.locator("#id_description")).to_have_value("路灯坏了")
    choose(page, "language", "en")
    expect(page.locator("html[lang=en][data-type=large][data-theme=dark]")).to_be_visible()
    expect(page.locator("#id_description")).to_have_value("路灯坏了")
    expect(page.locator("#classes .choice input[value=none]")).to_be_checked()
    desk.go(WHAT)
    expect(page.locator("#id_description")).to_have_value("")
    desk.go("/report")
    page.fill("#id_address", "North gate")
    choose(page, "language", "zh-hans")
    expect(page.locator("html[lang=zh-CN]")).to_be_visible()
    expect(page.locator("#id_address")).to_have_value("North gate")
    expect(page.locator(".error-summary")).to_have_count(0)


def test_the_last_step_comes_back_as_itself_with_its_pictures(desk: Walk) -> None:
    page = desk.page
    desk.go(WHAT)
    page.fill("#id_description", "路灯坏了")
    page.locator("#classes input").first.check()
    page.locator("main form .button-primary").click()
    page.fill("#id_name", "王小明")
    page.set_input_files("#photo", [PICTURE])
    choose(page, "language", "en")
    expect(page.locator("html[lang=en]")).to_be_visible()
    expect(page.locator("h1")).to_have_text("Anything to add?")
    expect(page.locator("#id_name")).to_have_value("王小明")
    expect(page.locator("input[name=held]")).to_have_count(1)
    desk.look("resident-finish-again")
    page.locator("main form .button-primary").click()
    page.wait_for_url("**/follow/**")


def test_a_notice_and_an_open_dialog_keep_their_words(desk: Walk) -> None:
    page = desk.page
    made = report(now=now())
    desk.sign_in("worker")
    desk.go("/worker/notice")
    page.fill("#id_description", "井盖松动")
    page.locator("summary", has_text="列表").click()
    district = str(desk.town.areas["420602"].pk)
    page.select_option("#place-district", district)
    expect(page.locator("#place-street")).to_be_enabled()
    page.set_input_files("#photo", [PICTURE])
    choose(page, "language", "en")
    expect(page.locator("html[lang=en]")).to_be_visible()
    expect(page.locator("#id_description")).to_have_value("井盖松动")
    expect(page.locator("#place-district")).to_have_value(district)
    expect(page.locator("#place-street")).to_be_enabled()
    expect(page.locator("photo-input .field-error")).to_contain_text("choose them again")
    desk.sign_in("dispatcher")
    desk.go(f"/hub/cases/{made.number}")
    page.keyboard.press("Q")
    page.fill("dialog[open] textarea", "重复上报")
    page.evaluate("document.querySelector('[data-preferences] button[name=language][value=zh-hans]').click()")
    expect(page.locator("html[lang=zh-CN]")).to_be_visible()
    expect(page.locator("dialog[open] textarea")).to_have_value("重复上报")


def test_an_error_goes_when_its_field_is_mended(desk: Walk) -> None:
    page = desk.page
    desk.go(WHAT)
    page.locator("main form .button-primary").click()
    expect(page.locator(".error-summary")).to_be_visible()
    page.fill("#id_description", "  ")
    expect(page.locator(".error-summary")).to_be_visible()
    page.fill("#id_description", "路灯坏了")
    expect(page.locator(".error-summary, .field-error, [data-invalid]")).to_have_count(0)
    desk.sign_in("worker")
    desk.go("/worker/notice")
    page.locator("main form .button-primary").click()
    expect(page.locator(".error-summary li")).to_have_count(2)
    page.fill("#id_description", "井盖松动")
    expect(page.locator(".error-summary li")).to_have_count(1)
    page.locator("main area-map canvas").click()
    expect(page.locator(".error-summary")).to_have_count(0)


def test_a_picture_that_cannot_be_shown_is_refused_at_once(desk: Walk) -> None:
    page = desk.page
    desk.go("/design")
    broken = {"name": "broken.jpg", "mimeType": "image/jpeg", "buffer": b"\xff\xd8\xff\xe0 no picture"}
    page.set_input_files("photo-input input", [PICTURE, broken])
    expect(page.locator("photo-input .field-error")).to_contain_text("broken.jpg")
    expect(page.locator("photo-input li.photo")).to_have_count(1)
    assert page.evaluate("document.querySelector('photo-input input').files.length") == 1


def test_with_a_script_nothing_is_asked_twice_and_lists_are_folded(desk: Walk) -> None:
    page = desk.page
    made = report(now=now())
    desk.go(f"/follow/{made.follow_code}?sent=1")
    expect(page.locator("[data-ask-once]")).to_have_count(0)
    expect(page.locator(f"form[action='/follow/{made.follow_code}/withdraw'] button")).to_be_visible()
    desk.go("/report")
    expect(page.locator("#place-lists")).to_be_hidden()


def test_without_a_script_the_pages_can_be_used(plain: Walk) -> None:
    page = plain.page
    made = report(now=now())
    plain.go("/report")
    expect(page.locator("#place-district")).to_be_visible()
    plain.go(f"/follow/{made.follow_code}?sent=1")
    expect(page.locator("[data-copy]")).to_be_hidden()
    withdraw = page.locator(f"form[action='/follow/{made.follow_code}/withdraw'] button")
    expect(withdraw).to_be_hidden()
    page.locator("[data-ask-once] summary").click()
    withdraw.click()
    expect(page.locator("main .chip").first).to_have_text("已作废")
