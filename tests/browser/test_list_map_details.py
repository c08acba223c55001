"""What the map of a list says to whoever points, presses, zooms, prints, keeps a picture or goes away and comes back."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.use_cases import Command, dispatch_case
from gezhi.kernel.clock import now
from tests.browser.conftest import SCREENSHOTS
from tests.factories.areas import CELL, centre
from tests.factories.cases import Town, report
from tests.factories.walks import Walk

# Where the town's cases lie, told by their numbers: three close together in the first grid, one alone in the last.
SPOTS = ((0, -1), (0, 0), (0, 1), (3, 0))
WAITING = {"zh-hans": "已上报", "en": "Reported"}
LATE = {"zh-hans": "超时", "en": "Overdue"}


@pytest.fixture
def walk(browser: Browser, live_server, town: Town, language: str, width: int):
    for cell, step in SPOTS:
        lon, lat = centre(cell)
        report(lon=lon + step * CELL / 400, lat=lat, now=now())
    first = Case.objects.order_by("pk")[0]
    Case.objects.filter(pk=first.pk).update(due_at=now() - timedelta(hours=1))
    walker = Walk(
        browser, live_server.url, town, language=language, width=width, output=SCREENSHOTS, accept_downloads=True
    )
    walker.sign_in("operations")
    walker.go("/hub/map?queue=all")
    drawn(walker.page)
    yield walker
    walker.close()
    assert walker.complaints == []


def drawn(page: Page) -> None:
    """The map is drawn: its picture for paper has something on it."""
    page.wait_for_selector(".map-canvas canvas")
    page.wait_for_function("() => document.querySelector('.map-print')?.width > 300")
    page.wait_for_timeout(300)


def numbers() -> list[str]:
    return list(Case.objects.order_by("pk").values_list("number", flat=True))


def place_of(page: Page) -> tuple[float, float, float, float]:
    box = page.locator(".map-canvas canvas").bounding_box()
    assert box is not None
    return box["x"], box["y"], box["width"], box["height"]


def meet(page: Page, act, until: str) -> tuple[float, float]:
    """Do something along the middle of the map, where the town's only row of grids lies, until it answers."""
    left, top, width, height = place_of(page)
    for x in range(int(left) + 10, int(left + width) - 10, 8):
        act(x, top + height / 2 - 8)
        page.wait_for_timeout(40)
        if page.locator(until).count():
            return x, top + height / 2 - 8
    pytest.fail(f"nothing on the map answers with {until}")


def position(page: Page) -> list[float]:
    return page.evaluate("() => document.querySelector('case-map').map.view()")


def mark_on(page: Page) -> str:
    """Where the mark is, and how large; empty where there is none."""
    return page.locator(".map-canvas").get_attribute("data-marked") or ""


def test_a_pressed_case_is_shown_as_its_row_and_closed_again(walk: Walk) -> None:
    page = walk.page
    meet(page, page.mouse.click if walk.width > 600 else page.touchscreen.tap, ".map-card a")
    card = page.locator(".map-card")
    number = card.locator("[data-case]").first.get_attribute("data-case")
    row = Case.objects.get(number=number)
    expect(card).to_contain_text(row.description[:10])
    expect(card.locator(".chip").first).to_have_text(WAITING[walk.language])
    expect(card.locator(".chip").first).to_have_attribute("data-tone", "warn")
    expect(card.locator(".due").first).to_be_visible()
    expect(card).to_contain_text(row.community.name)
    walk.look("list-map-card")
    # It leaves the map's buttons alone, and the map itself can be moved.
    shown, buttons = card.bounding_box(), page.locator(".map-controls").bounding_box()
    assert shown is not None
    assert buttons is not None
    assert shown["x"] + shown["width"] <= buttons["x"] or shown["y"] >= buttons["y"] + buttons["height"]
    assert shown["y"] > 400
    page.keyboard.press("Escape")
    expect(card).to_have_count(0)
    page.evaluate("(keys) => document.querySelector('case-map').choose(keys)", numbers()[:2])
    expect(card.locator("a")).to_have_count(2)
    page.locator(".map-card-close").click()
    expect(card).to_have_count(0)


def test_pointing_is_answered_on_the_other_side(walk: Walk) -> None:
    page = walk.page
    if walk.width < 600:
        assert page.locator(".map-tip").count() == 0
        return
    meet(page, page.mouse.move, ".map-tip")
    expect(page.locator(".map-tip")).to_contain_text(re.compile("3|" + WAITING[walk.language]))
    assert page.locator(".list-row[data-pointed]").count() in {1, 3}
    # All over the list: of each case the point, or the cluster that holds it, is marked.
    marks = []
    for number in numbers():
        page.locator(f"#row-{number}").hover()
        page.wait_for_timeout(300)
        marks.append(mark_on(page))
    assert all(marks)
    # One at the cluster of three, one at the case that lies alone.
    assert len({*marks[:3]}) == 1
    assert marks[3].split()[0] != marks[0].split()[0]
    assert float(marks[3].split()[1]) < float(marks[0].split()[1])
    page.mouse.move(5, 5)
    page.locator("#q").hover()
    page.wait_for_timeout(300)
    assert mark_on(page) == ""
    page.locator(f"#row-{numbers()[3]}").focus()
    page.wait_for_timeout(300)
    assert mark_on(page) == marks[3]


@pytest.mark.parametrize("how", ["wheel", "button", "double"])
def test_any_change_of_what_is_in_sight_offers_to_narrow_the_list_to_it(walk: Walk, how: str) -> None:
    page = walk.page
    expect(page.locator(".map-here")).to_have_count(0)
    left, top, width, height = place_of(page)
    # A new size of the window is none of it.
    page.set_viewport_size({"width": walk.width, "height": 800})
    page.wait_for_timeout(400)
    expect(page.locator(".map-here")).to_have_count(0)
    x, y = left + width / 2, top + height * 0.8
    if how == "wheel":
        page.mouse.move(x, y)
        page.mouse.wheel(0, -300)
    elif how == "button":
        page.locator(".map-controls button").first.click()
    else:
        page.mouse.dblclick(x, top + height * 0.3)
    expect(page.locator(".map-here")).to_be_visible()


def test_a_case_opened_from_the_map_leads_back_to_where_the_map_was(walk: Walk) -> None:
    page = walk.page
    page.locator(".map-controls button").first.click()
    expect(page.locator(".map-here")).to_be_visible()
    page.wait_for_timeout(600)
    before = position(page)
    if walk.width > 600:
        page.locator(f"#row-{numbers()[0]}").click()
    else:
        page.evaluate("(keys) => document.querySelector('case-map').choose(keys)", numbers()[:1])
        page.locator(".map-card a").click()
    expect(page.locator("#case [data-case-page]")).to_be_visible()
    walk.look("list-map-case")
    page.get_by_role("link", name="Back to the map" if walk.language == "en" else "返回地图").click()
    drawn(page)
    assert "queue=all" in page.url
    assert position(page) == pytest.approx(before, abs=1e-5)
    page.reload()
    drawn(page)
    assert position(page) == pytest.approx(before, abs=1e-5)


def test_the_map_is_printed_with_what_it_shows_and_nothing_else(walk: Walk) -> None:
    page = walk.page
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    filled = page.evaluate(
        """() => {
          const { data } = document.querySelector('.map-print').getContext('2d').getImageData(0, 0, 200, 200);
          return data.filter((value, place) => place % 4 === 3 && value === 255).length;
        }"""
    )
    assert filled == 200 * 200
    expect(page.locator(".map-print")).to_be_visible()
    told = page.locator(".case-map").inner_text()
    assert LATE[walk.language] in told
    assert WAITING[walk.language] in told
    assert ("As of" if walk.language == "en" else "截至") in told
    for hidden in (".filters", ".split-list", ".map-save", ".case-map .button", ".map-controls", ".site-header"):
        assert not any(one.is_visible() for one in page.locator(hidden).all()), hidden
    page.screenshot(
        path=SCREENSHOTS / f"list-map-print-{walk.language[:2]}-{walk.width}.png", full_page=True, caret="initial"
    )
    page.emulate_media(media="screen")


def test_a_kept_picture_says_what_it_shows(walk: Walk) -> None:
    page = walk.page
    with page.expect_download() as download:
        page.locator(".map-save").click()
    picture = Image.open(io.BytesIO(download.value.path().read_bytes())).convert("RGB")
    _, _, width, height = place_of(page)
    picture.save(SCREENSHOTS / f"list-map-kept-{walk.language[:2]}-{walk.width}.png")
    assert picture.width == pytest.approx(width, abs=2)
    # Title, instant and number, and the legend stand in a strip below it.
    strip = picture.crop((0, round(height), picture.width, picture.height))
    assert strip.height > 60
    colours = {colour for _, colour in strip.getcolors(100_000)}
    for token in ("--ink", "--warn", "--urgent"):
        tone = page.evaluate(
            "(name) => getComputedStyle(document.documentElement).getPropertyValue(name)", token
        ).strip()
        assert tuple(bytes.fromhex(tone[1:])) in colours


def test_the_map_follows_the_list(walk: Walk, town: Town) -> None:
    page = walk.page
    page.locator(".map-controls button").first.click()
    page.wait_for_timeout(600)
    before = position(page)
    number = numbers()[3]
    page.evaluate("(keys) => document.querySelector('case-map').choose(keys)", [number])
    dispatch_case(
        Command(actor=town.actor("dispatcher"), number=number, now=now()), organisation_id=town.bodies["sanitation"].pk
    )
    lon, lat = centre(1)
    report(lon=lon, lat=lat, now=now())
    with page.expect_response(lambda answer: "/hub/points" in answer.url, timeout=20_000):
        page.evaluate("document.dispatchEvent(new CustomEvent('gezhi:lost'))")
    expect(page.locator("case-map")).to_contain_text(
        "5 cases on the map" if walk.language == "en" else "地图上 5 件工单"
    )
    expect(page.locator(".map-card .chip").first).to_have_text("Dispatched" if walk.language == "en" else "已派遣")
    assert position(page) == pytest.approx(before, abs=1e-5)


def test_the_words_below_a_workers_map_are_above_the_bar(
    browser: Browser, live_server, town: Town, language: str
) -> None:
    lon, lat = centre(0)
    for step in range(2):
        number = report(lon=lon + step * CELL / 4, lat=lat, now=now()).number
        if step:
            command = Command(actor=town.actor("dispatcher"), number=number, now=now())
            dispatch_case(command, assignee_id=town.users["worker"].pk)
    walk = Walk(browser, live_server.url, town, language=language, width=390, output=SCREENSHOTS)
    walk.sign_in("worker")
    walk.go("/worker/map")
    drawn(walk.page)
    walk.look("worker-map-bar")
    bar = walk.page.locator(".bottom-bar").bounding_box()
    key = walk.page.locator(".map-key").last.bounding_box()
    frame = walk.page.locator(".map-frame").bounding_box()
    assert bar is not None
    assert key is not None
    assert frame is not None
    assert key["y"] + key["height"] <= bar["y"]
    assert frame["height"] > 300
    walk.close()
    assert walk.complaints == []


def test_the_list_is_printed_without_what_it_is_worked_with(walk: Walk) -> None:
    walk.go("/hub?queue=all")
    page = walk.page
    page.emulate_media(media="print")
    for hidden in (".filters", ".split-case", ".split-list-head .row", ".live-state"):
        assert not any(one.is_visible() for one in page.locator(hidden).all()), hidden
    rows = page.locator(".list-row").all()
    assert len(rows) == 4
    last, section = rows[-1].bounding_box(), page.locator(".split-list").bounding_box()
    assert last is not None
    assert section is not None
    assert last["y"] + last["height"] <= section["y"] + section["height"] + 1
    page.emulate_media(media="screen")


def test_the_keys_of_the_page_work_while_the_map_has_the_focus(walk: Walk) -> None:
    page, canvas = walk.page, walk.page.locator(".map-canvas canvas")
    canvas.focus()
    page.keyboard.press("Shift+?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    canvas.focus()
    page.keyboard.press("ArrowRight")
    expect(canvas).to_be_focused()
    page.keyboard.press("j")
    expect(page).to_have_url(re.compile(r"/hub/cases/\d+"))
