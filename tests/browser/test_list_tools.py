"""What is done with a list stands in one line; what is rarer is behind its last button, and has its keys all the same."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from gezhi.kernel.clock import now
from tests.factories.cases import report


# Each width in each language, here always: it is the long words on the narrow screen that break a line.
@pytest.mark.parametrize("screen", [390, 1024, 1440])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_tools_of_a_list_are_one_line_of_equal_height(walks, language, screen):
    walk = walks(language=language, width=screen)
    walk.sign_in("dispatcher")
    walk.go("/hub")
    tools = walk.page.locator(".list-tools > .button, .list-more > summary")
    shown = [tool.bounding_box() for tool in tools.all()]
    assert len(shown) == 4
    assert len({(round(box["y"]), round(box["height"])) for box in shown}) == 1
    walk.page.locator(".list-more summary").click()
    menu = walk.page.locator(".list-more .menu-body").bounding_box()
    assert menu["x"] >= 0
    assert menu["x"] + menu["width"] <= screen
    walk.look("list-tools")


def test_choosing_several_begins_in_the_menu_and_ends_beside_what_is_chosen(walks):
    report(now=now())
    walk = walks(width=1440)
    walk.sign_in("dispatcher")
    walk.go("/hub")
    page = walk.page
    expect(page.locator(".live-state")).to_have_attribute("data-state", "polling")
    page.locator(".list-more summary").click()
    page.locator(".list-more [data-choose-several]").click()
    expect(page.locator(".list-more .menu-body")).to_be_hidden()
    expect(page.locator(".row-pick").first).to_be_focused()
    page.locator("#picked [data-choose-several]").click()
    expect(page.locator("#picked")).to_be_hidden()
    expect(page.locator(".list-more [data-choose-several]")).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("B")
    expect(page.locator("#picked")).to_be_visible()
    expect(page.locator(".list-more .menu-body")).to_be_hidden()
