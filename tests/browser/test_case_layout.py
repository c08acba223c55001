"""How a case and the form of a worker's report lie on the screen."""

from __future__ import annotations

from gezhi.contexts.cases.use_cases import Command, dispatch_case
from gezhi.kernel.clock import now
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
