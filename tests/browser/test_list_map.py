"""The map beside a list: what is pressed on one is marked on the other, and a part of the map narrows both."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.use_cases import Command, dispatch_case
from gezhi.contexts.places.use_cases import refresh_index
from gezhi.kernel.clock import now
from gezhi.platform.kept import forget_all
from tests.browser.conftest import SCREENSHOTS
from tests.factories.areas import CELL, centre
from tests.factories.cases import Town, report
from tests.factories.walks import Walk


def press_a_point(page: Page) -> None:
    """Press along the middle of the map, where the town's only row of grids lies, until a case answers."""
    box = page.locator(".map-canvas canvas").bounding_box()
    assert box is not None
    for x in range(int(box["x"]) + 20, int(box["x"] + box["width"]) - 20, 7):
        page.mouse.click(x, box["y"] + box["height"] / 2)
        page.wait_for_timeout(30)
        if page.locator(".map-cases").count():
            return
    pytest.fail("no point on the map answers")


@pytest.mark.parametrize(("width", "language"), [(390, "zh-hans"), (1440, "en")])
def test_list_and_map_go_together(browser: Browser, live_server, town: Town, width: int, language: str) -> None:
    for cell in range(4):
        lon, lat = centre(cell)
        report(lon=lon, lat=lat, now=now())
    walk = Walk(browser, live_server.url, town, language=language, width=width, output=SCREENSHOTS)
    page = walk.page
    walk.sign_in("operations")
    walk.go("/hub?queue=all")
    page.get_by_role("link", name="Map" if language == "en" else "地图", exact=True).click()
    page.wait_for_selector(".map-canvas canvas")
    page.wait_for_timeout(1_500)
    expect(page.locator("case-map")).to_contain_text("4 cases on the map" if language == "en" else "地图上 4 件工单")
    walk.look("list-map")
    press_a_point(page)
    card = page.locator(".map-cases a").first
    number = (card.get_attribute("href") or "").split("/hub/cases/")[1].split("?")[0]
    assert Case.objects.filter(number=number).exists()
    if width > 1_000:
        expect(page.locator(f"#row-{number}")).to_have_attribute("data-pointed", "")
    with page.expect_download() as download:
        page.locator(".map-save").click()
    assert download.value.path().read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    expect(page.locator(".map-here")).to_have_count(0)
    canvas = page.locator(".map-canvas canvas").bounding_box()
    assert canvas is not None
    x, y = canvas["x"] + canvas["width"] / 2, canvas["y"] + canvas["height"] / 3
    page.mouse.move(x, y)
    page.mouse.down()
    # Everything goes out at the left.
    page.mouse.move(x - canvas["width"] * 0.45, y, steps=8)
    page.mouse.move(x - canvas["width"] * 0.49, y, steps=8)
    page.mouse.up()
    page.locator(".map-here").click()
    page.wait_for_selector(".map-canvas canvas")
    west, _, east, _ = map(float, parse_qs(urlsplit(page.url).query)["box"][0].split(","))
    inside = [number for number, lon in Case.objects.values_list("number", "lon") if west <= lon <= east]
    assert 0 < len(inside) < 4
    assert page.locator("a.list-row[data-case]").count() == len(inside)
    card = page.locator("a.list-row[data-case]").first
    if width > 1_000:
        card.click()
        expect(page.locator("#case [data-case-page]")).to_be_visible()
        page.go_back()
        page.wait_for_selector(".map-canvas canvas")
    walk.close()
    assert walk.complaints == []


@pytest.mark.parametrize(("width", "language"), [(390, "zh-hans"), (1440, "en")])
def test_a_worker_sees_the_tasks_on_a_map(browser: Browser, live_server, town: Town, width: int, language: str) -> None:
    lon, lat = centre(0)
    for step in range(-1, 2):
        number = report(lon=lon + step * CELL / 4, lat=lat, now=now()).number
        command = Command(actor=town.actor("dispatcher"), number=number, now=now())
        dispatch_case(command, assignee_id=town.users["worker"].pk)
    walk = Walk(browser, live_server.url, town, language=language, width=width, output=SCREENSHOTS)
    page = walk.page
    walk.sign_in("worker")
    walk.go("/worker")
    page.get_by_role("link", name="Map" if language == "en" else "地图", exact=True).click()
    page.wait_for_selector(".map-canvas canvas")
    page.wait_for_timeout(1_500)
    walk.look("worker-map")
    # The list stands below, for whoever cannot or will not press points; each row leads back here too.
    rows = page.locator("live-list .list-row")
    expect(rows).to_have_count(3)
    expect(rows.first).to_have_attribute("href", re.compile(r"\?map=tasks$"))
    canvas = page.locator(".map-canvas canvas")
    before = canvas.bounding_box()
    press_a_point(page)
    page.wait_for_timeout(300)
    assert canvas.bounding_box() == before
    page.locator(".map-cases a").first.click()
    expect(page).to_have_url(re.compile(r"/worker/cases/\d+\?map=tasks$"))
    page.get_by_role("link", name="Back to the map" if language == "en" else "返回地图").click()
    expect(page).to_have_url(re.compile(r"/worker/map#here$"))
    page.wait_for_selector(".map-canvas canvas")
    walk.close()
    assert walk.complaints == []


@pytest.mark.parametrize(("width", "language"), [(390, "zh-hans"), (1440, "en")])
def test_a_place_is_found_on_the_map_of_a_list(
    browser: Browser, live_server, town: Town, width: int, language: str
) -> None:
    lon, lat = centre(3)
    report(lon=lon, lat=lat, now=now())
    refresh_index()
    forget_all()
    walk = Walk(browser, live_server.url, town, language=language, width=width, output=SCREENSHOTS)
    page = walk.page
    for who, address in (("operations", "/hub/map?queue=all"), ("worker", "/worker/map")):
        walk.sign_in(who)
        walk.go(address)
        page.wait_for_selector(".map-canvas canvas")
        page.wait_for_timeout(1_000)
        field = page.get_by_role("combobox", name="Find a place by name" if language == "en" else "按名称查找地点")
        field.fill(town.areas["420602001002"].name)
        page.locator(".places-found a.place").first.click()
        expect(page.locator(".map-canvas .maplibregl-marker")).to_be_visible()
        walk.look(f"found-on-map-{who}")
        middle = page.evaluate("() => document.querySelector('case-map').middle")
        assert middle is not None
        found = page.evaluate("() => document.querySelector('place-search').at")
        assert middle == pytest.approx(found, abs=1e-3)
    walk.close()
    assert walk.complaints == []
