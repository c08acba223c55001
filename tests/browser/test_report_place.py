"""Where a report is: the device's position, a press from afar, and the way back and forth through the steps."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from gezhi.contexts.cases.models import Case
from gezhi.kernel.clock import now
from tests.browser.conftest import SCREENSHOTS
from tests.factories.areas import centre
from tests.factories.cases import Town, report
from tests.factories.walks import Walk

_DRAWN = "() => document.querySelector('area-map')?.map !== undefined"


@pytest.fixture(params=[(390, "zh-hans"), (1440, "en")], ids=["zh-390", "en-1440"])
def walk(request: pytest.FixtureRequest, browser: Browser, live_server, town: Town):
    width, language = request.param
    found = Walk(browser, live_server.url, town, language=language, width=width, output=SCREENSHOTS)
    yield found
    found.close()


def at(page: Page, lon: float, lat: float, accuracy: float) -> None:
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"longitude": lon, "latitude": lat, "accuracy": accuracy})


def locate(walk: Walk, lon: float, lat: float, accuracy: float) -> None:
    walk.page.context.clear_permissions()
    walk.go("/report")
    walk.page.wait_for_function(_DRAWN)
    at(walk.page, lon, lat, accuracy)
    walk.page.locator("area-map button", has_text="我的位置" if walk.language == "zh-hans" else "my position").click()


def test_a_sure_position_is_chosen_and_a_rough_one_only_shown(walk: Walk) -> None:
    page, (lon, lat) = walk.page, centre(0)
    locate(walk, lon, lat, 12)
    expect(page.locator("#id_lon")).to_have_value(f"{lon:.6f}")
    expect(page.locator("area-map [role=status]")).to_contain_text("12 米" if walk.language == "zh-hans" else "12 m")
    for accuracy, words in ((3_000, ("3 公里", "3 km")), (50_000, ("50 公里", "50 km"))):
        locate(walk, lon, lat, accuracy)
        expect(page.locator("area-map [role=alert]")).to_contain_text(words[walk.language == "en"])
        expect(page.locator("#id_lon")).to_have_value("")
    walk.look("report-rough")
    page.locator(".button-big").click()
    expect(page.locator(".error-summary")).to_be_visible()


def test_a_position_outside_the_city_is_told_and_not_taken(walk: Walk) -> None:
    page = walk.page
    locate(walk, 116.4, 39.9, 10)
    expect(page.locator("area-map [role=alert]")).to_contain_text("本市" if walk.language == "zh-hans" else "outside")
    expect(page.locator("#id_lon")).to_have_value("")


def test_the_error_of_a_place_outside_stays_and_the_map_begins_anew(walk: Walk) -> None:
    page = walk.page
    walk.go("/report?go=1&lon=116.4&lat=39.9")
    page.wait_for_function(_DRAWN)
    page.wait_for_timeout(800)
    expect(page.locator(".error-summary")).to_be_visible()
    expect(page.locator("#id_lon")).to_have_value("")


def test_a_press_from_afar_is_asked_again_and_one_from_near_is_not(walk: Walk) -> None:
    page = walk.page
    for zoom, asked in ((13, True), (17, False)):
        walk.go("/report")
        page.wait_for_function(_DRAWN)
        lon, lat = centre(0)
        page.evaluate(
            "([zoom, lon, lat]) => document.querySelector('area-map').map.jumpTo({zoom, center: [lon, lat]})",
            [zoom, lon, lat],
        )
        page.wait_for_timeout(300)
        canvas = page.locator("area-map canvas").bounding_box()
        assert canvas is not None
        page.mouse.click(canvas["x"] + canvas["width"] / 2, canvas["y"] + canvas["height"] / 2)
        expect(page.locator("#id_lon")).not_to_have_value("")
        page.wait_for_timeout(600)
        page.locator(".button-big").click()
        if asked:
            expect(page.locator("area-map [role=alert]")).to_be_visible()
            page.wait_for_timeout(800)
            # It does not go by itself, and the second time the place is meant.
            expect(page.locator("area-map [role=alert]")).to_be_visible()
            page.locator(".button-big").click()
        expect(page).to_have_url(re.compile(r"/report/what\?"))


def settled(page: Page) -> None:
    """Wait until the step's script has come: before it, a step that answers a form still has the form's address."""
    page.wait_for_function("() => customElements.get('report-steps') !== undefined")


def test_there_and_back_through_the_steps_loses_nothing(walk: Walk) -> None:
    page, (lon, lat) = walk.page, centre(0)
    walk.go("/report")
    page.wait_for_function(_DRAWN)
    page.evaluate("([lon, lat]) => document.querySelector('area-map').goTo(lon, lat, 17)", [lon, lat])
    expect(page.locator("#id_lon")).to_have_value(f"{lon:.6f}")
    page.locator(".button-big").click()
    settled(page)
    page.locator("#id_description").fill("路灯不亮，已经三天了")
    page.go_back()
    expect(page.locator("#id_lon")).to_have_value(f"{lon:.6f}")
    page.locator(".button-big").click()
    expect(page.locator("#id_description")).to_have_value("路灯不亮，已经三天了")
    page.locator(".button-big").click()
    expect(page.locator("photo-input")).to_be_visible()
    settled(page)
    # Back from what answered a form, and forth again: a page each time.
    page.go_back()
    expect(page.locator("#id_description")).to_have_value("路灯不亮，已经三天了")
    page.go_forward()
    expect(page.locator("#id_description")).to_have_value("路灯不亮，已经三天了")
    settled(page)
    page.locator(".button-big").click()
    page.locator(".stepper a").nth(1).click()
    expect(page.locator("#id_description")).to_have_value("路灯不亮，已经三天了")
    page.locator(".button-big").click()
    page.locator(".stepper a").nth(0).click()
    page.wait_for_function(_DRAWN)
    expect(page.locator("#id_lon")).to_have_value(f"{lon:.6f}")
    page.locator(".button-big").click()
    page.locator(".button-big").click()
    walk.look("report-last-step")
    page.locator("form[action='/report/send'] .button-big").click()
    expect(page.locator(".follow-code")).to_be_visible()
    settled(page)
    assert Case.objects.get().description == "路灯不亮，已经三天了"
    page.go_back()
    # What has gone is not there again.
    expect(page.locator("#id_description")).to_have_value("")
    assert Case.objects.count() == 1


def test_the_address_of_the_first_step_holds_the_place(walk: Walk) -> None:
    page, (lon, lat) = walk.page, centre(1)
    walk.go("/report")
    page.wait_for_function(_DRAWN)
    page.evaluate("([lon, lat]) => document.querySelector('area-map').goTo(lon, lat, 17)", [lon, lat])
    expect(page.locator("#id_lon")).to_have_value(f"{lon:.6f}")
    assert parse_qs(urlsplit(page.url).query) == {"lon": [f"{lon:.6f}"], "lat": [f"{lat:.6f}"]}
    page.reload()
    page.wait_for_function(_DRAWN)
    expect(page.locator("#id_lon")).to_have_value(f"{lon:.6f}")


def test_a_first_report_takes_three_taps_and_a_sentence(walk: Walk) -> None:
    page, taps = walk.page, 0
    lon, lat = centre(0)
    at(page, lon, lat, 8)
    walk.go("/")

    def tap(what: str) -> None:
        nonlocal taps
        taps += 1
        page.locator(what).click()

    tap("a.button-primary[href='/report']")
    expect(page.locator("#id_lon")).to_have_value(f"{lon:.6f}")
    tap("main form .button-primary")
    settled(page)
    page.locator("#id_description").fill("路灯不亮，已经三天了")
    walk.look("report-words")
    tap("button[name=straight]")
    expect(page.locator(".follow-code")).to_be_visible()
    assert taps == 3
    case = Case.objects.get()
    assert (case.description, case.lon, case.lat) == ("路灯不亮，已经三天了", pytest.approx(lon), pytest.approx(lat))
    assert walk.complaints == []


def test_a_refused_form_leaves_neither_its_address_nor_its_error_behind(walk: Walk) -> None:
    page, code = walk.page, report(now=now()).follow_code
    walk.go(f"/follow/{code}")
    with page.expect_navigation():
        page.evaluate("document.querySelector('form[action$=\"/add\"]').submit()")
    expect(page.locator(".field-error, .error-summary").first).to_be_visible()
    expect(page).to_have_url(re.compile(rf"/follow/{code}$"))
    walk.go("/follow")
    page.go_back()
    expect(page.locator("main h1")).to_be_visible()
    expect(page.locator(".field-error, .error-summary")).to_have_count(0)
