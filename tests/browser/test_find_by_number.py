"""A caller says the number; the dispatcher finds the report, by keyboard, and the number is left nowhere in the browser."""

from __future__ import annotations

from playwright.sync_api import expect

from gezhi.contexts.cases.use_cases import Contact
from gezhi.kernel.clock import now
from tests.factories.cases import report
from tests.factories.walks import Walk

PHONE = "13812341234"


def test_a_report_is_found_by_the_caller_s_number(walk: Walk) -> None:
    page = walk.page
    made = report(now=now(), contact=Contact(name="王小明", phone=PHONE))
    walk.sign_in("dispatcher")
    walk.go("/hub")
    walk.look("hub-with-the-way-to-a-number")
    page.locator(".list-more > summary").press("Enter")
    page.locator("a[href='/hub/by-number']").press("Enter")
    expect(page.locator("#phone")).to_be_focused()
    walk.look("by-number-form")
    page.keyboard.type("1381")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.locator("#phone")).to_be_focused()
    expect(page.locator("#phone")).to_have_value("")
    walk.look("by-number-refused")
    page.keyboard.type("13999999999")
    page.keyboard.press("Enter")
    expect(page.locator("#found")).to_be_focused()
    walk.look("by-number-nothing")
    page.locator("#phone").fill("138 1234 1234")
    page.keyboard.press("Enter")
    expect(page.locator("#found")).to_be_focused()
    expect(page.locator("#phone")).to_have_value("")
    assert page.url.endswith("/hub/by-number")
    walk.look("by-number-found")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{walk.base}/hub/cases/{made.number}")
    kept = page.evaluate("JSON.stringify([{...sessionStorage}, {...localStorage}, location.href])")
    assert "1234" not in kept.replace(made.number, "")


def test_what_was_typed_is_not_kept_when_the_language_changes(walk: Walk) -> None:
    page = walk.page
    walk.sign_in("dispatcher")
    walk.go("/hub/by-number")
    page.locator("#phone").fill(PHONE)
    other = "en" if walk.language == "zh-hans" else "zh-hans"
    page.evaluate(f"document.querySelector('[data-preferences] button[name=language][value={other}]').click()")
    expect(page.locator("html")).to_have_attribute("lang", "en" if other == "en" else "zh-CN")
    expect(page.locator("#phone")).to_have_value("")
    assert PHONE not in page.evaluate("JSON.stringify({...sessionStorage})")
