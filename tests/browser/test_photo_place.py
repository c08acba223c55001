"""Where a picture was taken: asked as soon as it is chosen, taken only when somebody says so."""

from __future__ import annotations

from math import cos, radians
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.use_cases.attach_photo import photos_of
from gezhi.platform.files.images import take_in
from tests.browser.conftest import SCREENSHOTS
from tests.factories.areas import CELL, centre
from tests.factories.cases import Town
from tests.factories.photos import mutated, photo
from tests.factories.walks import Walk

LON, LAT = centre(0)
# So far to the east as the city goes.
EAST = 3.2 * CELL
METRE = 1 / 111_195 / cos(radians(LAT))
_DRAWN = "() => document.querySelector('area-map')?.map !== undefined"


@pytest.fixture(params=[(390, "zh-hans"), (1440, "en")], ids=["zh-390", "en-1440"])
def walk(request: pytest.FixtureRequest, browser: Browser, live_server, town: Town, settings, tmp_path: Path):
    settings.GEZHI_HOME = tmp_path
    width, language = request.param
    found = Walk(browser, live_server.url, town, language=language, width=width, output=SCREENSHOTS)
    yield found
    found.close()
    assert found.complaints == []


def last_step(walk: Walk, address: str = "") -> Page:
    page = walk.page
    walk.go(f"/report/what?lon={LON:.6f}&lat={LAT:.6f}&address={address}")
    page.locator("#id_description").fill("路边垃圾满溢")
    page.locator(".button-big").click()
    expect(page.locator("photo-input")).to_be_visible()
    page.wait_for_function("() => customElements.get('photo-place') !== undefined")
    return page


def choose(page: Page, east: float, *, name: str = "photo.jpg", **more: object) -> None:
    raw = photo(at=(LON + east, LAT), taken="2026:03:02 09:58:00", **more)
    page.locator("#photo").set_input_files({"name": name, "mimeType": "image/jpeg", "buffer": raw})


def mark(page: Page) -> float:
    return float(page.locator("#id_lon").input_value())


def send(page: Page) -> None:
    page.locator(".button-big").click()
    expect(page.locator(".follow-code")).to_be_visible()


@pytest.mark.parametrize(
    ("metres", "chinese", "english", "far"),
    [
        (43, "约 40 米", "about 40 m", False),
        (118, "约 120 米", "about 120 m", False),
        (610, "约 600 米", "about 600 m", True),
    ],
)
def test_a_chosen_picture_offers_its_place(walk: Walk, metres: float, chinese: str, english: str, far: bool) -> None:
    page = last_step(walk)
    choose(page, metres * METRE)
    asked = page.locator("photo-place .banner")
    expect(asked).to_contain_text(chinese if walk.language == "zh-hans" else english)
    expect(asked).to_have_attribute("data-tone", "warn" if far else "info")
    expect(asked).to_have_attribute("role", "alert" if far else "status")
    page.locator("area-map").scroll_into_view_if_needed()
    page.wait_for_function(_DRAWN)
    # Both places are on the map, each in sight.
    expect(page.locator("area-map .map-photo")).to_be_in_viewport()
    expect(page.locator("area-map .map-marker")).to_be_in_viewport()
    if far:
        walk.look("photo-place-asked")
    assert mark(page) == pytest.approx(LON)


def test_the_place_that_is_taken_moves_the_mark_and_its_words(walk: Walk) -> None:
    page = last_step(walk, "北门")
    before = page.locator("[data-place-words]").inner_text()
    choose(page, EAST)
    page.locator("photo-place button").first.click()
    there = f"{LON + EAST:.4f}"
    page.wait_for_function(f"() => document.querySelector('#id_lon').value.startsWith('{there}')")
    expect(page.locator("[data-place-words]")).not_to_have_text(before)
    expect(page.locator("[data-place-words]")).to_contain_text("北门")
    expect(page.locator(".map-photo")).to_have_count(0)
    assert there in page.locator("report-steps a").first.get_attribute("href")
    # What was answered can be taken back, by whoever pressed the button, with the keyboard.
    expect(page.locator("photo-place button")).to_be_focused()
    walk.look("photo-place-used")
    page.keyboard.press("Enter")
    assert mark(page) == pytest.approx(LON)
    expect(page.locator("[data-place-words]")).to_have_text(before)
    page.locator("photo-place button").first.click()
    page.wait_for_function(f"() => document.querySelector('#id_lon').value.startsWith('{there}')")
    send(page)
    assert Case.objects.get().lon == pytest.approx(LON + EAST, abs=1e-4)


def test_who_keeps_the_mark_sends_the_picture_without_its_place(walk: Walk) -> None:
    page = last_step(walk)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    choose(page, EAST)
    page.locator("photo-place button").nth(1).click()
    held = page.evaluate(
        "async () => [...new Uint8Array(await document.querySelector('#photo').files[0].arrayBuffer())]"
    )
    whole = photo(at=(LON + EAST, LAT), taken="2026:03:02 09:58:00")
    assert len(held) == len(whole)
    assert take_in(bytes(held), time_zone="Asia/Shanghai").place is None
    assert take_in(whole, time_zone="Asia/Shanghai").place is not None
    send(page)
    assert Case.objects.get().lon == pytest.approx(LON, abs=1e-6)
    assert len(photos_of(Case.objects.get().pk)) == 1
    assert not [url for url in asked if f"lon={LON + EAST:.3f}" in url]


def test_a_picture_at_the_mark_only_confirms_it_and_one_without_a_place_says_nothing(walk: Walk) -> None:
    page = last_step(walk)
    page.locator("#photo").set_input_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": photo()})
    expect(page.locator(".photo")).to_have_count(1)
    expect(page.locator("photo-place .banner")).to_have_count(0)
    choose(page, EAST, name="b.jpg")
    expect(page.locator("photo-place button")).to_have_count(2)
    # Of several the one at the mark decides.
    choose(page, 8 * METRE, name="c.jpg", colour="red")
    expect(page.locator("photo-place button")).to_have_count(0)
    expect(page.locator("photo-place")).to_contain_text("20 米" if walk.language == "zh-hans" else "20 m")
    send(page)


def test_a_picture_from_outside_the_city_is_not_taken(walk: Walk) -> None:
    page = last_step(walk)
    choose(page, -100)
    page.locator("photo-place button").first.click()
    expect(page.locator("photo-place")).to_contain_text(
        "本市之外" if walk.language == "zh-hans" else "outside the city"
    )
    assert mark(page) == pytest.approx(LON)


def test_an_unanswered_question_is_the_only_way_on(walk: Walk) -> None:
    page = last_step(walk)
    choose(page, EAST)
    page.locator(".button-big").click()
    question = page.locator("section#photo-place")
    expect(question).to_be_focused()
    expect(question).to_contain_text("约 300 米" if walk.language == "zh-hans" else "300 m")
    expect(page.locator("form[action='/report/send'] button[type=submit], .button-big")).to_have_count(0)
    page.locator("area-map").scroll_into_view_if_needed()
    page.wait_for_function(_DRAWN)
    expect(page.locator("area-map .map-photo")).to_be_in_viewport()
    expect(page.locator("area-map .map-marker")).to_be_in_viewport()
    walk.look("photo-place-question")
    page.reload()
    # The words are there, and the picture that was sent with them.
    expect(page.locator("#id_description")).to_have_value("路边垃圾满溢")
    page.locator(".button-big").click()
    expect(page.locator("input[name=held]")).to_be_checked()
    page.locator(".button-big").click()
    page.locator("section#photo-place button[value=use]").click()
    expect(page.locator(".follow-code")).to_be_visible()
    assert Case.objects.get().lon == pytest.approx(LON + EAST, abs=1e-4)
    assert len(photos_of(Case.objects.get().pk)) == 1


def test_a_worker_is_asked_as_well_and_the_map_goes_there(walk: Walk) -> None:
    page = walk.page
    walk.sign_in("worker")
    walk.go("/worker/notice")
    page.wait_for_function(_DRAWN)
    page.wait_for_function("() => customElements.get('photo-place') !== undefined")
    # Nobody has put a mark yet: the picture offers one.
    choose(page, 0)
    expect(page.locator("photo-place button")).to_have_count(2)
    page.locator("photo-place button").first.click()
    expect(page.locator("input[name=lon]")).to_have_value(f"{LON:.6f}")
    page.wait_for_timeout(300)
    assert page.evaluate("() => document.querySelector('area-map').map.getZoom()") == pytest.approx(17)
    walk.look("photo-place-notice")


def test_no_picture_however_broken_breaks_the_page(walk: Walk) -> None:
    page = last_step(walk)
    page.evaluate("() => { document.querySelector('photo-input').maxCount = 1_000; }")
    broken = [
        {"name": f"{number}.jpg", "mimeType": "image/jpeg", "buffer": raw}
        for number, raw in enumerate(mutated(7, 90))
        if raw[:2] == b"\xff\xd8"
    ]
    page.locator("#photo").set_input_files(broken)
    page.wait_for_timeout(1_000)
    choose(page, 0, name="whole.jpg")
    expect(page.locator("photo-place")).to_contain_text("20 米" if walk.language == "zh-hans" else "20 m")
    places = page.evaluate("() => document.querySelector('photo-input').taken.map(({lon, lat}) => [lon, lat])")
    assert all(abs(lon) <= 180 and abs(lat) <= 90 for lon, lat in places)
