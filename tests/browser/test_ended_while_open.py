"""A role or an account that ends while the hub is open: nothing of the cases stays on the screen."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from gezhi.kernel.clock import now
from gezhi.platform.access.models import Grant
from tests.factories.cases import report


def forbidden_is_meant(walk) -> None:
    walk.complaints[:] = [
        said for said in walk.complaints if "status of 401" not in said and "status of 403" not in said
    ]


def ask(page: Page) -> None:
    page.evaluate("document.querySelector('live-list').ask()")


def open_hub(walks, name: str, address: str):
    walk = walks()
    walk.sign_in(name)
    walk.go(address)
    expect(walk.page.locator(".live-state")).to_have_attribute("data-state", "polling")
    return walk


def test_a_role_that_ends_closes_the_list_and_the_case(walks, town):
    number = report(now=now()).number
    listed, opened = open_hub(walks, "dispatcher", "/hub"), open_hub(walks, "dispatcher", f"/hub/cases/{number}")
    Grant.objects.filter(user=town.users["dispatcher"]).update(valid_to=now())
    for walk in (listed, opened):
        ask(walk.page)
        expect(walk.page.locator("h1.state-title")).to_have_text("这个页面不对您开放")
        expect(walk.page.locator("[data-case], [data-case-page]")).to_have_count(0)
        walk.look("hub-role-ended")
        forbidden_is_meant(walk)


def test_a_press_after_the_role_has_ended_loads_the_page_whole(walks, town):
    number = report(now=now()).number
    walk = open_hub(walks, "dispatcher", "/hub")
    Grant.objects.filter(user=town.users["dispatcher"]).update(valid_to=now())
    walk.page.locator(f"[data-walk] [data-case='{number}']").click()
    expect(walk.page.locator("h1.state-title")).to_have_text("这个页面不对您开放")
    expect(walk.page.locator("[data-case]")).to_have_count(0)
    forbidden_is_meant(walk)


def test_an_account_that_ends_leads_to_the_sign_in_page_and_words_wait_for_who_wrote_them(walks, town):
    number, user = report(now=now()).number, town.users["dispatcher"]
    listed, opened = open_hub(walks, "dispatcher", "/hub"), open_hub(walks, "dispatcher", f"/hub/cases/{number}")
    opened.page.keyboard.press("m")
    opened.page.locator("dialog[open] textarea").fill("已联系物业，等回话")
    user.is_active = False
    user.save()
    listed.page.locator(f"[data-walk] [data-case='{number}']").click()
    ask(opened.page)
    for walk in (listed, opened):
        expect(walk.page.locator("main input[type=password]")).to_be_visible()
        expect(walk.page.locator("[data-case], [data-case-page], .split")).to_have_count(0)
        forbidden_is_meant(walk)
    assert listed.page.url.endswith("login/?next=/hub")
    user.is_active = True
    user.save()
    opened.sign_in("dispatcher")
    opened.go(f"/hub/cases/{number}")
    opened.page.keyboard.press("m")
    expect(opened.page.locator("dialog[open] textarea")).to_have_value("已联系物业，等回话")
    opened.sign_in("operations")
    opened.go(f"/hub/cases/{number}")
    assert "已联系物业" not in opened.page.evaluate("JSON.stringify({...sessionStorage})")
