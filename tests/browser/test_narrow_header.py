"""The head of a page on a phone: one row, menus that are on the screen, and words on what is pressed."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

PHONE = 390
PAGES = ["/who", "/report", "/calendar"]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_member_of_staff_on_the_residents_pages_has_one_row_and_a_way_back_in_words(walks, language):
    walk = walks(language=language, width=PHONE)
    walk.sign_in("dispatcher")
    for address in PAGES:
        walk.go(address)
        header = walk.page.locator(".site-header")
        assert header.bounding_box()["height"] < 60
        way = walk.page.locator(".way-to-work a")
        expect(way).to_have_text("街道网格中心" if language == "zh-hans" else "Street hub")
    walk.look(f"staff-on-who-{language}")
    way.click()
    walk.page.wait_for_url("**/hub")


def test_the_menus_are_whole_on_a_phone_beside_the_mark_of_the_network(walks):
    walk = walks(width=PHONE)
    walk.sign_in("worker")
    walk.go("/worker")
    walk.page.locator("offline-mark").evaluate("(mark) => { mark.online = false; }")
    expect(walk.page.locator(".offline-mark")).to_be_visible()
    for menu in walk.page.locator("details.menu").all():
        menu.locator("summary").click()
        box = menu.locator(".menu-body").bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= PHONE
        walk.page.screenshot(path=walk.output / "menu-beside-offline.png")
        walk.page.keyboard.press("Escape")


def test_the_word_on_a_toasts_button_stays_whole(walks):
    walk = walks(language="en", width=PHONE)
    walk.go("/report")
    walk.page.evaluate(
        """() => {
          const box = document.createElement('div');
          box.className = 'toast';
          const said = '<span>Being sent: Dispatch to the department · 20261128000002</span>';
          box.innerHTML = `${said}<button class="button button-small">Undo</button>`;
          document.querySelector('.toasts').append(box);
        }"""
    )
    assert walk.page.locator(".toast .button").bounding_box()["height"] < 45
