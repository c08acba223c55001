"""How a case and the form of a worker's report lie on the screen."""

from __future__ import annotations

from playwright.sync_api import Route, expect

from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.use_cases import Command, dispatch_case
from gezhi.contexts.cases.use_cases.read_reporter import read_reporter
from gezhi.contexts.cases.use_cases.report_case import Contact
from gezhi.kernel.clock import now
from gezhi.platform.presence.here import here
from tests.factories.cases import report


def test_the_facts_stay_in_their_column_and_nothing_empty_takes_room(walks, town):
    number = report(now=now()).number
    dispatch_case(
        Command(actor=town.actor("dispatcher", now=now()), number=number, now=now()),
        assignee_id=town.users["worker"].pk,
    )
    walk = walks(language="en")
    walk.sign_in("dispatcher")
    walk.go(f"/hub/cases/{number}?queue=all")
    page = walk.page
    edge = page.locator(".case-columns aside").evaluate("(side) => side.getBoundingClientRect().right")
    for moment in page.locator(".facts time").all():
        assert moment.evaluate("(one) => one.getBoundingClientRect().right") <= edge
    head, actions = (
        page.locator("#case [data-part=head]").bounding_box(),
        page.locator("#case .actions").first.bounding_box(),
    )
    assert actions["y"] - head["y"] - head["height"] < 30
    walk.look("case-columns")


def test_the_search_for_a_place_stands_under_its_question(walks):
    walk = walks(width=390)
    walk.sign_in("worker")
    walk.go("/worker/notice")
    question = walk.page.get_by_text("问题在哪里？").first.bounding_box()
    search = walk.page.locator("place-search").bounding_box()
    frame = walk.page.locator("area-map").bounding_box()
    assert question["y"] < search["y"] < frame["y"]
    walk.look("notice-place")


def test_nothing_above_moves_when_what_comes_later_is_there(walks, town):
    case = Case.objects.get(number=report(now=now()).number)
    report(now=now())
    walk = walks()
    walk.sign_in("dispatcher")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    walk.page.route("**/alike*", hold)
    walk.page.route("**/here", hold)
    walk.go(f"/hub/cases/{case.number}?queue=all")
    page = walk.page
    expect(page.locator("#history")).to_be_visible()
    actions, history = page.locator("#case .actions").first, page.locator("#history")
    before, end = actions.bounding_box(), history.bounding_box()["y"]
    here(town.actor("operations", now=now()), "cases.case", case.pk, writing=True, now=now())
    page.wait_for_timeout(200)
    for route in held:
        route.continue_()
    expect(page.locator("[data-others]")).to_have_text("operations正在填写本工单")
    expect(page.locator("[data-alike]")).to_be_visible()
    assert actions.bounding_box() == before
    assert page.locator("[data-others]").bounding_box()["y"] >= before["y"] + before["height"]
    assert page.locator("#alike").bounding_box()["y"] > end
    walk.look("hub-later-parts")


def test_why_somebody_looked_is_in_sight_on_a_phone(walks, town):
    made = report(contact=Contact(name="王小明", phone="13812341234"), now=now())
    reason = "核实具体位置，并约定周三下午上门查看和处理"
    read_reporter(actor=town.actor("dispatcher", now=now()), number=made.number, reason=reason, now=now())
    walk = walks(width=390)
    walk.go(f"/follow/{made.follow_code}/data")
    why = walk.page.get_by_text(reason).bounding_box()
    assert why["x"] >= 0
    assert why["x"] + why["width"] <= 390
    walk.look("follow-data-looks")
