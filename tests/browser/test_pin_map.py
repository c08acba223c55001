"""The map that a place is chosen on: where it begins, what it refuses, and how it is moved without a mouse."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.conftest import SCREENSHOTS
from tests.factories.areas import centre
from tests.factories.cases import Town
from tests.factories.clients import in_handling
from tests.factories.walks import Walk

LON, LAT = centre(0)
_DRAWN = "() => document.querySelector('area-map')?.map !== undefined"


@pytest.fixture(params=[(390, "zh-hans"), (1440, "en")], ids=["zh-390", "en-1440"])
def walk(request: pytest.FixtureRequest, browser: Browser, live_server, town: Town):
    width, language = request.param
    found = Walk(browser, live_server.url, town, language=language, width=width, output=SCREENSHOTS)
    yield found
    found.close()
    assert found.complaints == []


def zoom(page: Page) -> float:
    page.wait_for_function(_DRAWN)
    return page.evaluate("() => document.querySelector('area-map').map.getZoom()")


def middle(page: Page) -> tuple[float, float]:
    return tuple(page.evaluate("() => document.querySelector('area-map').middle"))


def press(page: Page, *, inside: bool) -> None:
    """Press the map of the whole city in its middle, or above the city."""
    box = page.locator("area-map canvas").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + (box["height"] / 2 if inside else 30))


def test_a_map_of_a_chosen_place_begins_with_its_houses(walk: Walk) -> None:
    page, number = walk.page, in_handling(walk.town)
    walk.go(f"/report?lon={LON}&lat={LAT}")
    assert zoom(page) == pytest.approx(17)
    walk.sign_in("worker")
    walk.go(f"/worker/cases/{number}")
    page.locator("area-map[mode=show]").scroll_into_view_if_needed()
    assert zoom(page) == pytest.approx(17)


def test_a_place_outside_the_city_is_told_and_not_taken(walk: Walk) -> None:
    page = walk.page
    walk.go("/report")
    page.wait_for_function(_DRAWN)
    press(page, inside=False)
    told = page.locator("area-map [role=alert]")
    words = "不在本市" if walk.language == "zh-hans" else "outside the city"
    expect(told).to_contain_text(words)
    expect(page.locator("#id_lon")).to_have_value("")
    page.wait_for_timeout(400)
    before = middle(page)
    for _ in range(2):
        page.locator(".button-big").click()
        page.wait_for_timeout(300)
        expect(told).to_contain_text(words)
    assert re.search(r"/report$", page.url)
    assert middle(page) == pytest.approx(before)
    walk.look("report-outside")
    page.locator("area-map .map-controls button").nth(2).click()
    page.wait_for_timeout(300)
    press(page, inside=True)
    expect(told).to_have_count(0)
    expect(page.locator("#id_lon")).not_to_have_value("")


def test_a_community_of_the_lists_goes_on_from_a_place_outside(walk: Walk) -> None:
    page = walk.page
    walk.go("/report")
    page.wait_for_function(_DRAWN)
    press(page, inside=False)
    expect(page.locator("area-map [role=alert]")).to_be_visible()
    page.locator("details:has(#place-lists) summary").click()
    for level in ("district", "street", "community"):
        page.locator(f"#place-{level}:not([disabled])").select_option(index=1)
    page.locator(".button-big").click()
    expect(page).to_have_url(re.compile(r"/report/what\?"))


def test_a_rough_position_and_its_view_stay_when_the_form_comes_back(walk: Walk) -> None:
    page = walk.page
    walk.go("/report")
    page.wait_for_function(_DRAWN)
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"longitude": LON, "latitude": LAT, "accuracy": 900})
    page.locator("area-map .row button").click()
    words = "900 米" if walk.language == "zh-hans" else "900 m"
    expect(page.locator("area-map [role=alert]")).to_contain_text(words)
    page.wait_for_timeout(400)
    before, closeness = middle(page), zoom(page)
    page.locator(".button-big").click()
    expect(page.locator(".error-summary")).to_be_visible()
    assert zoom(page) == pytest.approx(closeness)
    assert middle(page) == pytest.approx(before)
    expect(page.locator("area-map [role=alert]")).to_contain_text(words)
    page.wait_for_function("() => document.querySelector('area-map').map.getSource('accuracy') !== undefined")
    # Whoever comes to the page from elsewhere, and lets it know nothing, finds the whole city.
    page.context.clear_permissions()
    walk.go("/")
    walk.go("/report")
    assert zoom(page) != pytest.approx(closeness)


def test_an_arrow_key_moves_the_map_by_some_metres(walk: Walk) -> None:
    page = walk.page
    walk.go(f"/report?lon={LON}&lat={LAT}")
    page.wait_for_function(_DRAWN)
    canvas = page.locator("area-map canvas")
    canvas.focus()
    label = page.locator("area-map .maplibregl-canvas-container canvas").get_attribute("aria-label")
    assert "Shift" in label
    for key, most in (("ArrowRight", 16), ("Shift+ArrowRight", 64)):
        before = middle(page)
        page.keyboard.press(key)
        page.wait_for_timeout(400)
        moved = (middle(page)[0] - before[0]) * 111_195 * 0.848
        assert most / 2 < moved < most
        assert middle(page)[1] == pytest.approx(before[1])
    expect(page.locator("#id_lon")).to_have_value(f"{middle(page)[0]:.6f}")


def test_a_small_map_to_choose_on_has_all_its_buttons(walk: Walk) -> None:
    page, number = walk.page, in_handling(walk.town)
    walk.sign_in("worker")
    walk.go("/worker/notice")
    page.wait_for_function(_DRAWN)
    buttons = page.locator("area-map .map-controls button")
    expect(buttons).to_have_count(4)
    for button in buttons.all():
        expect(button).to_be_visible()
    last, scale = buttons.last.bounding_box(), page.locator(".maplibregl-ctrl-scale").bounding_box()
    assert last is not None
    assert scale is not None
    assert last["y"] + last["height"] < scale["y"]
    walk.look("notice-map")
    # A map that shows a place has only those to come closer.
    walk.go(f"/worker/cases/{number}")
    page.locator("area-map[mode=show]").scroll_into_view_if_needed()
    page.wait_for_function(_DRAWN)
    expect(page.locator("area-map[mode=show] .map-controls button:visible")).to_have_count(2)


def test_the_scale_is_in_the_words_of_the_page(walk: Walk) -> None:
    walk.go(f"/report?lon={LON}&lat={LAT}")
    words = re.compile(r"\d+\s(米|公里)$" if walk.language == "zh-hans" else r"\d+\s(m|km)$")
    expect(walk.page.locator(".maplibregl-ctrl-scale")).to_have_text(words)


def test_a_map_that_is_long_in_coming_says_so(walk: Walk) -> None:
    page = walk.page
    words = "地图加载中" if walk.language == "zh-hans" else "The map is loading"
    held: dict[str, list[Route]] = {"chunks": [], "tiles": []}
    let_go: set[str] = set()

    def hold(kind: str) -> Callable[[Route], None]:
        return lambda route: route.continue_() if kind in let_go else held[kind].append(route)

    def release(kind: str) -> None:
        let_go.add(kind)
        while held[kind]:
            held[kind].pop().continue_()

    page.route("**/chunks/area-map*.js", hold("chunks"))
    page.route("**/*.mvt", hold("tiles"))
    page.goto(f"{walk.base}/report", wait_until="domcontentloaded")
    before = page.evaluate("() => getComputedStyle(document.querySelector('area-map'), '::before').content")
    assert words in before
    release("chunks")
    expect(page.locator(".map-loading")).to_contain_text(words)
    page.wait_for_function(_DRAWN)
    # Drawn, but nothing has come that it could show.
    expect(page.locator(".map-loading")).to_be_visible()
    release("tiles")
    expect(page.locator(".map-loading")).to_have_count(0)
