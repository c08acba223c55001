"""Where the eye and the keyboard are: what is new announces itself, what went wrong is in focus, what looks chosen is."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from gezhi.contexts.cases.use_cases import Command, Contact, accept_case, dispatch_case, note_case
from gezhi.kernel.clock import now
from tests.factories.cases import Town, report


def dispatched(town: Town, name: str) -> str:
    number = report(now=now()).number
    command = Command(actor=town.actor("dispatcher", now=now()), number=number, now=now())
    dispatch_case(command, assignee_id=town.users[name].pk)
    return number


def test_new_tasks_come_by_themselves_into_an_empty_list_and_announce_themselves_in_a_full_one(walks, town):
    walk = walks(width=390)
    walk.sign_in("worker")
    walk.go("/worker")
    page = walk.page
    expect(page.locator(".live-state")).to_have_attribute("data-state", "polling")
    first = dispatched(town, "worker")
    page.evaluate("customElements.whenDefined('live-list').then(() => document.querySelector('live-list').ask())")
    expect(page.locator(f"a[data-case='{first}']")).to_be_visible()
    dispatched(town, "worker")
    report(now=now())
    dispatched(town, "colleague")
    page.evaluate("customElements.whenDefined('live-list').then(() => document.querySelector('live-list').ask())")
    # Of all that happened in the grid one thing is mine.
    expect(page.locator(".list-new")).to_have_text("有 1 条新内容，点击查看")
    expect(page.locator("a.list-row")).to_have_count(1)
    page.locator(".list-new").click()
    expect(page.locator("a.list-row")).to_have_count(2)


@pytest.mark.parametrize(("name", "address"), [("dispatcher", "/hub"), ("worker", "/worker")])
def test_the_open_case_shows_at_once_what_somebody_else_did(walks, town, name, address):
    number = dispatched(town, "worker")
    walk = walks()
    walk.sign_in(name)
    walk.go(f"{address}/cases/{number}")
    page = walk.page
    told = page.locator("[data-just-now]")
    expect(told).to_be_hidden()
    accept_case(Command(actor=town.actor("worker", now=now()), number=number, now=now()))
    if name == "dispatcher":
        page.evaluate("customElements.whenDefined('live-list').then(() => document.querySelector('live-list').ask())")
    else:
        page.evaluate(
            "customElements.whenDefined('live-case').then(() => document.querySelector('live-case').feed.ask())"
        )
    expect(told).to_contain_text("刚刚：")
    walk.look(f"moved-on-{name}")
    expect(page.locator("[data-part=head] .chip").filter(has_text="处置中")).to_be_visible()
    expect(page.locator("[data-moved-on]")).to_be_hidden()


def test_ones_own_step_is_no_news(walks, town):
    number = report(now=now()).number
    walk = walks()
    walk.sign_in("dispatcher")
    walk.go(f"/hub/cases/{number}")
    page = walk.page
    page.keyboard.press("d")
    page.locator("dialog[open] .button-primary").click()
    expect(page.locator(".toast")).to_contain_text(number)
    page.evaluate("customElements.whenDefined('live-list').then(() => document.querySelector('live-list').ask())")
    page.wait_for_timeout(600)
    expect(page.locator("[data-moved-on]")).to_be_hidden()
    expect(page.locator("[data-just-now]")).to_be_hidden()


def test_no_mark_stands_on_the_map_before_a_place_is_chosen(walks):
    walk = walks(width=390)
    walk.go("/report")
    page = walk.page
    expect(page.locator(".map-frame canvas")).to_be_visible()
    expect(page.locator(".map-where")).to_have_text("点击问题所在位置，或移动地图")
    expect(page.locator(".map-aim")).to_be_hidden()
    page.locator("form .button-primary").click()
    expect(page.locator(".error-summary")).to_be_focused()
    page.locator(".map-frame canvas").click()
    expect(page.locator(".map-aim")).to_be_visible()
    expect(page.locator("#id_lon")).not_to_have_value("")
    expect(page.locator(".map-where")).to_contain_text("真武山街道")
    page.locator("form .button-primary").click()
    expect(page.locator("#id_description")).to_be_visible()


def test_a_long_text_says_so_and_stays_whole(walks, town):
    walk = walks()
    walk.go("/report/what?lon=112.1005&lat=32.0005")
    page = walk.page
    page.locator("#id_description").fill("垃" * 5_000)
    expect(page.locator(".field-count")).to_have_text("5000 / 4000")
    page.locator("form .button-primary").last.click()
    expect(page.locator(".error-summary")).to_be_focused()
    assert len(page.locator("#id_description").input_value()) == 5_000
    walk.look("resident-long-text")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_maps_buttons_are_seen_and_named_in_the_devices_colours(walks, scheme):
    walk = walks(width=390, color_scheme=scheme)
    walk.go("/report")
    button = walk.page.get_by_role("button", name="放大", exact=True)
    expect(button).to_be_visible()
    # The sign and what it stands on, as light as they look: the one is far from the other in either scheme.
    sign, ground = button.evaluate("""one => {
        const clear = style => style.backgroundColor === 'rgba(0, 0, 0, 0)';
        let under = one;
        while (clear(getComputedStyle(under))) under = under.parentElement;
        const light = colour => colour.match(/[0-9.]+/g).slice(0, 3).reduce((sum, part) => sum + Number(part), 0);
        return [light(getComputedStyle(one).color), light(getComputedStyle(under).backgroundColor)];
    }""")
    assert (ground < sign - 200) if scheme == "dark" else (sign < ground - 200)


def test_escape_gives_the_focus_back(walks, town):
    number = report(now=now(), contact=Contact(phone="13812341234")).number
    walk = walks()
    walk.sign_in("dispatcher")
    walk.go(f"/hub/cases/{number}")
    page = walk.page
    # Refused, the form opens again by itself: its opener is a button that did not exist before.
    page.keyboard.press("Q")
    page.locator("dialog[open] .button-primary").click()
    page.goto(walk.base + "/privacy")
    walk.go(f"/hub/cases/{number}")
    page.keyboard.press("m")
    page.locator("dialog[open] .button-primary").click()
    expect(page.locator("dialog[open] textarea")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("[data-dialog='do-note']")).to_be_focused()
    page.keyboard.press("?")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement !== document.body")


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("open_case", [False, True])
def test_the_hub_has_one_main_part_and_one_title(walks, town, width, open_case):
    number = report(now=now()).number
    walk = walks(width=width)
    walk.sign_in("dispatcher")
    walk.go(f"/hub/cases/{number}" if open_case else "/hub")
    assert walk.page.locator("main").count() == walk.page.locator("h1").count() == 1
    expect(walk.page.locator("main")).to_be_visible()
    walk.look(f"hub-{'case' if open_case else 'list'}-landmarks")


def test_a_narrowed_list_announces_only_what_belongs_to_it(walks, town):
    report(now=now())
    walk = walks()
    walk.sign_in("dispatcher")
    walk.go("/hub?queue=all&q=沙发")
    page = walk.page
    expect(page.get_by_text("没有符合条件的工单")).to_be_visible()
    report(now=now(), description="路灯不亮")
    page.evaluate("customElements.whenDefined('live-list').then(() => document.querySelector('live-list').ask())")
    page.wait_for_timeout(1_500)
    expect(page.locator(".list-new")).to_have_count(0)
    report(now=now(), description="有人把沙发扔在路边")
    page.evaluate("customElements.whenDefined('live-list').then(() => document.querySelector('live-list').ask())")
    expect(page.locator("a.list-row")).to_have_count(1)


def test_a_missing_reason_is_told_at_once_and_not_after_the_time_for_taking_back(walks, town):
    number = report(now=now()).number
    walk = walks()
    walk.sign_in("dispatcher")
    walk.go(f"/hub/cases/{number}")
    page = walk.page
    page.keyboard.press("Q")
    page.locator("dialog[open] .button-primary").click()
    expect(page.locator("dialog[open] .field-error")).to_have_text("请填写理由。")
    expect(page.locator(".toast .button")).to_have_count(0)


def test_the_focus_is_at_what_was_wrong_on_the_pages_of_the_account_too(walks):
    walk = walks(width=390)
    walk.sign_in("checker")
    walk.go("/accounts/password/change/")
    page = walk.page
    page.locator("main input[type=password]").first.fill("wrong")
    page.locator("main form button").click()
    expect(page.locator("main [data-invalid] input").first).to_be_focused()
    # No way that is closed is shown.
    expect(page.locator("main a[href*='reset']")).to_have_count(0)
    walk.look("account-password")


def test_the_figures_of_the_queues_move_with_the_cases(walks, town):
    walk = walks()
    walk.sign_in("dispatcher")
    walk.go("/hub?queue=check")
    page = walk.page
    first = page.locator("#queue option[value=dispatch]")
    expect(first).to_have_text("待派遣（0）")
    number = report(now=now()).number
    page.evaluate("customElements.whenDefined('live-list').then(() => document.querySelector('live-list').ask())")
    expect(first).to_have_text("待派遣（1）")
    # The list was not moved, and the search field is left with its words in it.
    expect(page.locator("a.list-row")).to_have_count(0)
    page.keyboard.press("/")
    page.keyboard.type(number)
    page.keyboard.press("Escape")
    expect(page.locator("#q")).not_to_be_focused()
    expect(page.locator("#q")).to_have_value(number)
    page.locator(".filters-search button").click()
    page.get_by_role("link", name="在全部工单中查找").click()
    expect(page.locator(f"a[data-case='{number}']")).to_be_visible()


def test_a_dialog_that_comes_too_late_leads_to_the_case_as_it_is_now(walks, town):
    number = report(now=now()).number
    walk = walks(width=390)
    walk.sign_in("dispatcher")
    walk.go(f"/hub/cases/{number}")
    page = walk.page
    page.locator("[data-dialog='do-note']").click()
    note_case(Command(actor=town.actor("dispatcher", now=now()), number=number, now=now(), note="先看看"))
    page.fill("dialog[open] textarea", "看过")
    # A style that the browser or a script sets is no reason for a complaint when the case comes back.
    page.evaluate("document.querySelector('#note-note').style.color = 'inherit'")
    page.locator("dialog[open] .button-primary").click()
    way = page.locator("dialog[open] .banner a")
    expect(way).to_be_focused()
    walk.look("moved-on-dialog")
    way.click()
    expect(page.locator("dialog[open]")).to_have_count(0)
    expect(page.locator(".timeline-words").first).to_have_text("先看看")
