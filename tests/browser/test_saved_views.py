"""A dispatcher keeps a list under a name, shares it, renames it, deletes it and takes that back."""

from __future__ import annotations

from playwright.sync_api import expect

from gezhi.contexts.cases.queries import CASES
from gezhi.kernel.clock import now
from gezhi.platform.saved_views.use_cases.save_view import save_view
from tests.factories.cases import report
from tests.factories.walks import Walk


def test_a_dispatcher_keeps_a_view(walk: Walk) -> None:
    page = walk.page
    report(now=now())
    report(now=now(), description="人行道上有一张旧沙发，挡住盲道")
    walk.sign_in("dispatcher")
    walk.go("/hub?queue=dispatch&q=沙发")
    page.locator(".list-more summary").click()
    page.locator("[data-save-view]").click()
    walk.look("views-save")
    page.fill("#id_name", "挡路的旧家具")
    page.locator("#id_office").select_option(index=1)
    page.locator("main .button-primary").click()
    expect(page.locator(".views a[aria-current]")).to_have_text("挡路的旧家具")
    expect(page.locator("[data-rows] a[data-case]")).to_have_count(1)
    for name, query in (("真武山街道待核查", "queue=check"), ("超时未办结", "queue=overdue")):
        walk.go(f"/hub?{query}")
        page.locator(".views-more").click()
        page.fill("#id_name", name)
        page.locator("main .button-primary").click()
    walk.look("views-above-the-list")
    page.locator(".views-more").click()
    walk.look("views-kept")
    shared = page.locator("li", has_text="挡路的旧家具").last
    shared.locator("input[name=name]").fill("真武山街道待核查")
    shared.locator("form button").first.click()
    expect(page.get_by_role("alert")).to_be_visible()
    walk.look("views-name-taken")
    shared = page.locator("li", has_text="挡路的旧家具").last
    shared.locator("button[formaction$=delete]").click()
    # Others see it: the question says who.
    walk.look("views-delete-shared")
    page.locator(".button-danger").click()
    expect(page.locator("li", has_text="挡路的旧家具")).to_have_count(0)
    walk.look("views-deleted")
    # The keyboard is at what happened, and the next thing is to take it back.
    expect(page.locator("#deleted")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".views a[aria-current]")).to_have_text("挡路的旧家具")


def test_the_keyboard_stays_at_a_view_that_was_renamed(walk: Walk) -> None:
    page = walk.page
    walk.sign_in("dispatcher")
    for number in range(29):
        walk_save(walk, f"第{number}条 老城区路面破损", f"q={number}")
    walk.go("/hub?queue=all&q=7")
    walk.look("views-many")
    assert page.locator(".views").first.bounding_box()["height"] < 140
    page.locator(".views-fold summary").click()
    walk.look("views-many-unfolded")
    page.locator(".views-more").click()
    item = page.locator("li.card", has_text="第20条").first
    name = item.get_attribute("id")
    item.locator("input[name=name]").fill("路面破损")
    page.keyboard.press("Enter")
    expect(page.locator(f"#{name}")).to_contain_text("路面破损")
    expect(page.locator(f"#{name}")).to_be_focused()
    page.locator(f"#{name} button[formaction$=delete]").click()
    expect(page.locator("#deleted")).to_be_focused()


def walk_save(walk: Walk, name: str, query: str) -> None:
    actor = walk.town.actor("dispatcher", now=now())
    save_view(actor=actor, tool=CASES, query=query, name=name, now=now())


def test_figures_lead_to_their_cases(walk: Walk) -> None:
    report(now=now())
    report(now=now(), class_code="E0113", grid=1)
    walk.sign_in("operations")
    walk.go("/operations")
    walk.look("operations-figures")
    walk.page.locator(".table td a").first.click()
    expect(walk.page.locator("[data-rows] a[data-case]")).to_have_count(2)
    # The list is that of the day, whenever it is opened.
    assert "reported_in=today" in walk.page.url
    walk.look("hub-of-today")


def test_an_address_that_cannot_be_read_leads_back(walk: Walk) -> None:
    walk.sign_in("dispatcher")
    walk.go("/hub?queue=none")
    walk.look("hub-bad-address")
    walk.page.locator("main .button").click()
    expect(walk.page.locator("#queue")).to_be_visible()
