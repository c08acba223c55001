"""What moves: the list that waits to be pulled, the map and the way without it, the choices of display, signing in."""

from __future__ import annotations

import re
import time
from urllib.parse import urlsplit

import pytest
import shapely
from playwright.sync_api import Browser, expect

from gezhi.contexts.cases.models import Case
from gezhi.contexts.ground.domain.layers import Layer
from gezhi.contexts.ground.use_cases import NewFeature
from gezhi.contexts.places.use_cases import refresh_index
from gezhi.kernel.clock import now
from tests.browser.conftest import SCREENSHOTS
from tests.factories.cases import Town, report
from tests.factories.ground import lay
from tests.factories.walks import Walk


@pytest.fixture
def desk(browser: Browser, live_server, town: Town):
    walker = Walk(browser, live_server.url, town, language="en", width=1440, output=SCREENSHOTS)
    yield walker
    walker.close()
    assert walker.complaints == []


def test_new_rows_announce_themselves_and_nothing_moves_until_they_are_pulled(desk: Walk) -> None:
    page = desk.page
    report(now=now())
    desk.sign_in("dispatcher")
    desk.go("/hub")
    expect(page.locator(".live-state")).to_have_attribute("data-state", "polling")
    report(now=now(), description="路灯不亮")
    report(now=now(), description="井盖松动")
    page.evaluate("customElements.whenDefined('live-list').then(() => document.querySelector('live-list').ask())")
    expect(page.locator(".list-new")).to_have_text("2 new: show")
    expect(page.locator("a.list-row")).to_have_count(1)
    page.keyboard.press("n")
    expect(page.locator("a.list-row")).to_have_count(3)
    expect(page.locator("a.list-row[data-fresh]")).to_have_count(2)
    expect(page.locator(".list-new")).to_have_count(0)


def test_what_ends_a_case_can_be_taken_back(desk: Walk) -> None:
    page = desk.page
    number = report(now=now()).number
    desk.sign_in("dispatcher")
    desk.go(f"/hub/cases/{number}")
    page.keyboard.press("Q")
    page.fill("dialog[open] textarea", "重复上报")
    page.locator("dialog[open] .button-primary").click()
    page.locator(".toast .button").click()
    page.wait_for_timeout(300)
    assert Case.objects.get().status == "reported"


def test_an_end_that_is_not_taken_back_is_sent_when_the_page_is_left(desk: Walk) -> None:
    page = desk.page
    number = report(now=now()).number
    desk.sign_in("dispatcher")
    desk.go(f"/hub/cases/{number}")
    page.keyboard.press("Q")
    page.fill("dialog[open] textarea", "重复上报")
    page.locator("dialog[open] .button-primary").click()
    expect(page.locator(".toast .button")).to_be_visible()
    page.goto(desk.base + "/hub?queue=all")
    for _ in range(50):
        if Case.objects.get().status == "cancelled":
            break
        page.wait_for_timeout(100)
    assert Case.objects.get().status == "cancelled"


def test_without_webgl_the_lists_lead_on(desk: Walk) -> None:
    page = desk.page
    page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    desk.go("/report")
    expect(page.locator("area-map .banner")).to_be_visible()
    # On a slow machine they are left open.
    if not page.locator("#place-district").is_visible():
        page.locator("summary", has_text="lists").click()
    for level, code in (("district", "420602"), ("street", "420602001"), ("community", "420602001002")):
        page.select_option(f"#place-{level}", str(desk.town.areas[code].pk))
    desk.look("resident-lists")
    page.locator("form .button-primary").click()
    expect(page.locator("#id_description")).to_be_visible()


def test_a_list_chosen_from_before_the_script_came_fills_the_next_one(desk: Walk) -> None:
    page, held = desk.page, []
    page.route("**/static/build/app.js", lambda route: held.append(route))  # noqa: PLW0108 - told by its one parameter
    page.goto(f"{desk.base}/report", wait_until="commit")
    page.select_option("#place-district", str(desk.town.areas["420602"].pk))
    expect(page.locator("#place-street")).to_be_disabled()
    held[0].continue_()
    expect(page.locator("#place-street")).to_be_enabled()
    expect(page.locator("#place-street")).to_be_visible()
    expect(page.locator("#place-district")).to_have_value(str(desk.town.areas["420602"].pk))


def test_a_city_without_areas_shows_no_other_citys_map(desk: Walk) -> None:
    nothing = '{"tiles": [], "maxzoom": 16}'
    desk.page.route("**/map/tiles.json", lambda route: route.fulfill(body=nothing, content_type="application/json"))
    desk.go("/report")
    expect(desk.page.locator("area-map .banner")).to_contain_text("no areas on the map yet")
    expect(desk.page.locator("area-map canvas")).to_have_count(0)


def test_my_position_moves_the_mark(browser: Browser, live_server, town: Town) -> None:
    here = {"longitude": 112.1035, "latitude": 32.0005}
    walker = Walk(
        browser,
        live_server.url,
        town,
        language="en",
        width=390,
        output=SCREENSHOTS,
        geolocation=here,
        permissions=["geolocation"],
    )
    walker.go("/report")
    walker.page.locator("area-map .button").click()
    expect(walker.page.locator("#id_lon")).to_have_value("112.103500")
    walker.close()
    assert walker.complaints == []


def test_the_way_back_to_the_city_chooses_nothing_and_leaves_no_mark_beside_the_place(desk: Walk) -> None:
    page = desk.page
    desk.go("/report")
    home = page.get_by_role("button", name="Show the whole city")
    home.click()
    page.wait_for_timeout(900)
    expect(page.locator("#id_lon")).to_have_value("")
    page.locator("area-map").evaluate("map => map.goTo(112.1035, 32.0005, 17)")
    expect(page.locator("#id_lon")).to_have_value("112.103500")
    home.click()
    # The mark now stands in the middle of the city, and so does the place.
    expect(page.locator("#id_lon")).to_have_value(re.compile(r"^112\.102"))


def test_a_picture_that_is_none_is_refused_at_once(desk: Walk) -> None:
    page = desk.page
    desk.go("/design")
    page.set_input_files("photo-input input", [{"name": "a.txt", "mimeType": "text/plain", "buffer": b"words"}])
    expect(page.locator("photo-input .field-error")).to_contain_text("not a picture")


def test_signing_in_leads_to_the_work(desk: Walk) -> None:
    page = desk.page
    user = desk.town.users["operations"]
    user.set_password("a long enough phrase")
    user.save()
    desk.go("/home")
    desk.look("sign-in")
    page.fill("#id_login", "operations")
    page.fill("#id_password", "wrong")
    page.locator("main .button-primary").click()
    expect(page.locator("[role=alert]")).to_be_visible()
    page.fill("#id_login", "operations")
    page.fill("#id_password", "a long enough phrase")
    page.locator("main .button-primary").click()
    page.wait_for_url("**/operations")
    desk.go("/accounts/2fa/")
    desk.look("second-step")


@pytest.mark.parametrize("theme", ["light", "dark", "wall"])
def test_the_page_of_components_holds_in_every_theme(desk: Walk, theme: str) -> None:
    desk.cookie("gezhi_theme", theme)
    desk.go("/design")
    desk.look(f"design-{theme}")


def test_large_type_fits_a_phone(browser: Browser, live_server, town: Town) -> None:
    walker = Walk(browser, live_server.url, town, language="zh-hans", width=390, output=SCREENSHOTS)
    walker.cookie("gezhi_type", "large")
    for name, address in (("front", "/"), ("where", "/report"), ("design", "/design")):
        walker.go(address)
        walker.look(f"large-{name}")
    walker.sign_in("worker")
    for name, address in (("where-signed-in", "/report"), ("tasks", "/worker")):
        walker.go(address)
        walker.look(f"large-{name}")
    walker.close()
    assert walker.complaints == []


@pytest.mark.parametrize("address", ["/nowhere", "/operations"])
def test_closed_doors_say_so_plainly(desk: Walk, address: str) -> None:
    desk.sign_in("worker")
    desk.page.goto(desk.base + address)
    expect(desk.page.locator(".state-title")).to_be_visible()
    desk.look("closed" + address.replace("/", "-"))
    desk.complaints = [words for words in desk.complaints if "status of 403" not in words]


def test_a_stream_that_came_back_is_heard_again(desk: Walk, settings) -> None:
    page = desk.page
    settings.LIVE_ORIGIN = "http://localhost:9"
    desk.sign_in("dispatcher")
    desk.go("/hub")
    state = page.locator("live-list .live-state")
    expect(state).to_have_attribute("data-state", "polling")
    allowed = {"Access-Control-Allow-Origin": desk.base, "Access-Control-Allow-Credentials": "true"}
    stream = {"body": ": listening\n\n", "content_type": "text/event-stream", "headers": allowed}
    page.route(re.compile("^http://[^/]+/live/cases"), lambda route: route.fulfill(**stream))
    # A stream of one piece ends at once: what counts is that it was heard. Asking is what it does every fifteen seconds.
    heard = """state => new Promise(heard => {
        new MutationObserver(() => heard(state.dataset.state)).observe(state, {attributes: true})
        document.querySelector('live-list').ask()
    })"""
    assert state.evaluate(heard) == "live"
    # The browser notes what it could not reach; that is the test's own doing.
    desk.complaints = [said for said in desk.complaints if "/live/cases" not in said]


@pytest.mark.parametrize("width", [390, 1440])
def test_a_place_is_found_by_typing(browser: Browser, live_server, town: Town, settings, tmp_path, width: int) -> None:
    settings.GEZHI_HOME = tmp_path
    refresh_index()
    walker = Walk(browser, live_server.url, town, language="en", width=width, output=SCREENSHOTS)
    page = walker.page
    walker.go("/report")
    field = page.get_by_role("combobox", name="Find a place by name")
    expect(field).to_have_attribute("aria-expanded", "false")
    street = town.areas["420602001"].name
    field.press_sequentially(street, delay=20)
    options = page.locator("place-search").get_by_role("option")
    expect(options.first).to_contain_text(street)
    expect(field).to_have_attribute("aria-expanded", "true")
    expect(page.locator("place-search [role=status]")).to_have_text(re.compile(r"^\d+ places? found$"))
    page.keyboard.press("ArrowUp")
    expect(options.last).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    assert field.get_attribute("aria-activedescendant") == options.first.get_attribute("id")
    page.keyboard.press("Escape")
    expect(options).to_have_count(0)
    # The button of the field asks again; Enter takes the first, and never sends the form.
    page.get_by_role("button", name="Find", exact=True).click()
    expect(options.first).to_contain_text(street)
    lon = options.first.get_attribute("data-lon")
    field.press("Enter")
    expect(page.locator("#id_lon")).to_have_value(re.compile(re.escape((lon or "")[:7])))
    assert urlsplit(page.url).path == "/report"
    expect(field).to_have_value(street)
    # What is only similar is pointed at first; nor is anything taken from a list that answers another text.
    there = page.locator("#id_lon").input_value()
    field.fill("")
    field.press_sequentially("zxwstj", delay=20)
    expect(page.locator(".places-note").first).to_have_text("No name fits fully; these are similar.")
    field.press("Enter")
    expect(options.first).to_have_attribute("aria-selected", "true")
    expect(field).to_have_value("zxwstj")
    assert page.locator("#id_lon").input_value() == there
    walker.look("places-similar")
    field.fill(street[:3])
    field.press("Enter")
    expect(options.first).to_contain_text(street)
    expect(field).to_have_value(street[:3])
    field.press("Escape")
    assert page.locator("#id_lon").input_value() == there
    page.get_by_role("button", name="Continue").click()
    expect(page).to_have_url(re.compile("/report/what"))
    walker.close()
    assert walker.complaints == []


def test_the_place_of_a_case_is_found_by_typing(desk: Walk, town: Town, settings, tmp_path) -> None:
    settings.GEZHI_HOME = tmp_path
    refresh_index()
    page = desk.page
    number = report(now=now()).number
    desk.sign_in("dispatcher")
    desk.go(f"/hub/cases/{number}")
    page.locator("[data-dialog=do-correct], [aria-controls=do-correct], button:has-text('Correct')").first.click()
    page.get_by_text("The place is wrong").click()
    community = town.areas["420602001002"].name
    page.locator("#place-typed").press_sequentially(community, delay=20)
    option = page.locator("place-search").get_by_role("option").first
    expect(option).to_contain_text(community)
    lon = option.get_attribute("data-lon") or ""
    option.click()
    expect(page.locator("#do-correct input[name=lon]")).to_have_value(re.compile(re.escape(lon[:7])))
    # Refused without a reason: the place stays chosen.
    page.locator("#do-correct .button-primary").click()
    expect(page.get_by_text("Please give a reason.")).to_be_visible()
    expect(page.locator("#do-correct area-map")).to_be_visible()
    expect(page.locator("#do-correct input[name=lon]")).to_have_value(re.compile(re.escape(lon[:7])))
    page.locator("#do-correct textarea").fill("在隔壁社区")
    page.locator("#do-correct .button-primary").click()
    expect(page.locator("dialog[open]")).to_have_count(0)
    assert Case.objects.get().community_id == town.areas["420602001002"].pk


def test_a_place_from_afar_is_asked_again_once(desk: Walk) -> None:
    page = desk.page
    desk.go("/report")
    page.wait_for_selector("area-map canvas")
    page.locator("area-map").evaluate("map => map.goTo(112.1035, 32.0005, 11)")
    expect(page.locator("#id_lon")).to_have_value("112.103500")
    page.wait_for_timeout(600)
    page.locator("main form .button-primary").first.click()
    expect(page.locator("area-map [role=alert]")).to_contain_text("map of the whole town")
    expect(page).to_have_url(re.compile(r"/report\?lon="))
    page.locator("main form .button-primary").first.click()
    expect(page).to_have_url(re.compile("/report/what"))


def test_my_position_says_how_far_off_it_may_be_and_the_door_is_offered(
    browser: Browser, live_server, town: Town
) -> None:
    lon, lat = 112.1035, 32.0005
    door = NewFeature(Layer.ENTRANCE, "gate", shapely.Point(lon + 0.0002, lat), "东门")
    lay(door)
    where = {"longitude": lon, "latitude": lat, "accuracy": 35}
    walker = Walk(
        browser,
        live_server.url,
        town,
        language="zh-hans",
        width=390,
        output=SCREENSHOTS,
        geolocation=where,
        permissions=["geolocation"],
    )
    page = walker.page
    walker.go("/report")
    page.wait_for_selector("area-map canvas")
    page.get_by_role("button", name="使用我的位置").click()
    expect(page.locator("area-map [role=status]")).to_have_text("您的位置，误差约 35 米")
    page.get_by_role("button", name="移到东门").click()
    expect(page.locator("#id_lon")).to_have_value("112.103700")
    walker.look("report-door")
    walker.close()
    assert walker.complaints == []


_OUT_OF_SIGHT = """() => {
  Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
  document.dispatchEvent(new Event('visibilitychange'));
}"""


@pytest.mark.parametrize("way", ["closed", "out of sight"])
def test_a_withdrawal_that_is_not_taken_back_is_sent_when_the_page_is_left(
    browser: Browser, live_server, town: Town, way: str
) -> None:
    code = report(now=now()).follow_code
    walk = Walk(browser, live_server.url, town, language="en", width=390, output=SCREENSHOTS)
    page = walk.page
    walk.go(f"/follow/{code}")
    page.locator("form[data-undo] button").click()
    expect(page.locator(".toast .button")).to_be_visible()
    if way == "closed":
        page.close()
    else:
        page.evaluate(_OUT_OF_SIGHT)
        # Whoever comes back finds what has become of it, and nothing to press once more.
        expect(page.locator("form[data-undo]")).to_have_count(0, timeout=3_000)
        expect(page.locator(".toast .button")).to_have_count(0)
    for _ in range(30):
        if Case.objects.get().status != "reported":
            break
        time.sleep(0.1)
    assert Case.objects.get().status != "reported"
    walk.close()
