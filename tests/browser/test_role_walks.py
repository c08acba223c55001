"""What each role meets first, on a phone and on a desk: the checker's two sides, what can be taken back, what leaves the list."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from gezhi.contexts.cases.domain.states import Outcome, Stage
from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.use_cases import Command, accept_case, dispatch_case, handle_case, remind_case
from gezhi.contexts.cases.use_cases.attach_photo import attach_photo
from gezhi.kernel.clock import now
from tests.factories.areas import centre
from tests.factories.cases import Town, report
from tests.factories.photos import photo

_NOTHING_UNDER_THE_TOAST = """() => {
  const toast = document.querySelector('.toast').getBoundingClientRect();
  const buttons = document.querySelectorAll(':is(main, .bottom-bar) :is(button, .button)');
  return [...buttons].filter((one) => one.checkVisibility()).every((one) => {
    const box = one.getBoundingClientRect();
    return box.top >= toast.bottom || box.bottom <= toast.top;
  });
}"""
_A_BUTTON_UNDER_THE_TOAST = """() => {
  const { top, left } = document.querySelector('.toast').getBoundingClientRect();
  const button = Object.assign(document.createElement('button'), { textContent: '+' });
  Object.assign(button.style, { position: 'fixed', top: `${top}px`, left: `${left}px` });
  document.querySelector('main').append(button);
}"""


@pytest.fixture(autouse=True)
def _own_home(settings, tmp_path):
    settings.GEZHI_HOME = tmp_path


def jump(page: Page, milliseconds: int) -> None:
    """Let time pass in the page, once nothing is under way that a jump would make too late."""
    expect(page.locator(".htmx-request, [hx-get*='/alike']")).to_have_count(0)
    page.clock.fast_forward(milliseconds)


def by(town: Town, name: str, number: str, **more: object) -> Command:
    return Command(actor=town.actor(name, now=now()), number=number, now=now(), **more)  # type: ignore[arg-type]


def handled(town: Town, *, pictures: bool = False) -> str:
    number = report(now=now()).number
    dispatch_case(by(town, "dispatcher", number), assignee_id=town.users["worker"].pk)
    accept_case(by(town, "worker", number))
    for stage, colour in ((Stage.BEFORE, "#7a6a5f"), (Stage.AFTER, "#6a8f6a")) if pictures else ():
        raw = photo(colour=colour, size=(640, 480))
        attach_photo(actor=town.actor("worker", now=now()), number=number, raw=raw, stage=stage, asker="t", now=now())
    handle_case(by(town, "worker", number), outcome=Outcome.RESOLVED)
    return number


@pytest.mark.parametrize(("width", "language"), [(390, "zh-hans"), (1440, "en")])
def test_a_checker_sees_before_and_after_side_by_side_and_looks_closer(walks, town, width, language):
    number = handled(town, pictures=True)
    walk = walks(width=width, language=language)
    walk.sign_in("checker")
    walk.go("/hub")
    page = walk.page
    page.locator(f"[data-walk] [data-case='{number}']").click()
    sides = page.locator(".compare figcaption")
    expect(sides).to_have_text(["处置前", "处置后"] if language == "zh-hans" else ["Before", "After"])
    left, right = (side.bounding_box() for side in sides.all())
    assert left is not None
    assert right is not None
    assert (left["y"] == right["y"]) == (width > 600)
    walk.look("checker-case")
    page.locator(".compare a").first.click()
    viewer = page.locator("dialog.viewer")
    expect(viewer.locator("img")).to_be_visible()
    expect(viewer.locator("[role=status]")).to_contain_text("1 / 2")
    page.keyboard.press("ArrowRight")
    expect(viewer.locator("[role=status]")).to_contain_text("2 / 2")
    walk.look("checker-picture")
    viewer.locator("button").last.click()
    expect(viewer).to_have_count(0)
    assert number in page.url
    expect(page.locator(".compare a").last).to_be_focused()


def test_a_check_can_be_taken_back_for_a_minute_and_what_is_sent_leaves_the_list(walks, town):
    numbers = {handled(town) for _ in range(2)}
    walk = walks()
    walk.page.clock.install()
    walk.sign_in("checker")
    walk.go("/hub")
    page = walk.page
    page.keyboard.press("j")
    first = page.locator("[data-case-page]").get_attribute("data-case-page")
    page.keyboard.press("c")
    # The next one is open; the row of this one says that it waits.
    expect(page.locator("[data-case-page]")).to_have_attribute("data-case-page", (numbers - {first}).pop())
    expect(page.locator(f"[data-case='{first}'] [data-sending]")).to_be_visible()
    jump(page, 50_000)
    assert Case.objects.get(number=first).status == "handled"
    page.locator(".toast .button").click()
    jump(page, 20_000)
    assert Case.objects.get(number=first).status == "handled"
    page.locator(f"[data-walk] [data-case='{first}']").click()
    expect(page.locator("[data-case-page]")).to_have_attribute("data-case-page", first)
    page.keyboard.press("c")
    expect(page.locator("[data-case-page]")).not_to_have_attribute("data-case-page", first)
    jump(page, 61_000)
    expect(page.locator(f"[data-walk] [data-case='{first}']")).to_have_attribute("data-gone", "")
    assert Case.objects.get(number=first).status == "checked"
    jump(page, 7_000)
    expect(page.locator("[data-walk] a.list-row")).to_have_count(1)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_no_toast_lies_over_a_button_on_a_phone(walks, town, language):
    number = report(now=now()).number
    dispatch_case(by(town, "dispatcher", number), assignee_id=town.users["worker"].pk)
    walk = walks(width=390, language=language)
    walk.sign_in("worker")
    page = walk.page
    for height in range(420, 900, 80):
        page.set_viewport_size({"width": 390, "height": height})
        walk.go(f"/worker/cases/{number}")
        page.evaluate("dispatchEvent(new Event('offline'))")
        page.wait_for_load_state("networkidle")
        expect(page.locator(".toast")).to_be_visible()
        page.wait_for_function(_NOTHING_UNDER_THE_TOAST, timeout=2_000)


def test_a_toast_makes_room_for_a_button_that_comes_after_it(walks, town):
    walk = walks(width=390)
    walk.sign_in("worker")
    walk.go("/privacy")
    page = walk.page
    page.evaluate("dispatchEvent(new Event('offline'))")
    expect(page.locator(".toast")).to_be_visible()
    expect(page.locator(".toasts")).not_to_have_attribute("data-at", "head")
    # As the buttons of a map come: the page keeps its size.
    page.evaluate(_A_BUTTON_UNDER_THE_TOAST)
    expect(page.locator(".toasts")).to_have_attribute("data-at", "head")
    page.wait_for_function(_NOTHING_UNDER_THE_TOAST, timeout=2_000)


def test_the_sheet_of_keys_tells_what_works_before_a_case_is_open(walks, town):
    report(now=now())
    walk = walks()
    walk.sign_in("dispatcher")
    walk.go("/hub")
    walk.page.keyboard.press("?")
    keys = walk.page.locator("#keys kbd")
    expect(keys.filter(has_text="Ctrl+Enter")).to_be_visible()
    expect(keys.get_by_text("d", exact=True)).to_have_count(1)


def test_a_worker_reads_the_words_first_and_says_what_came_of_it(walks, town):
    number = report(now=now()).number
    dispatch_case(by(town, "dispatcher", number, note="先拍照再清理"), assignee_id=town.users["worker"].pk)
    accept_case(by(town, "worker", number))
    remind_case(by(town, "dispatcher", number, note="居民又来电"))
    walk = walks(width=390)
    walk.sign_in("worker")
    walk.go(f"/worker/cases/{number}")
    page = walk.page
    banners = page.locator("[data-part=state] .banner")
    expect(banners.first).to_contain_text("已派遣：先拍照再清理")
    expect(banners.last).to_contain_text("居民又来电")
    walk.look("worker-instruction")
    page.locator("[data-dialog='do-handle']").click()
    expect(page.locator("dialog[open] input[name=outcome]:checked")).to_have_count(0)
    page.locator("dialog[open] .button-primary").click()
    expect(page.locator("dialog[open] .field-error")).to_contain_text("请选择处置结果")
    assert Case.objects.get().status == "handling"


@pytest.mark.parametrize(("width", "language"), [(390, "zh-hans"), (1440, "en")])
def test_a_worker_finds_the_nearest_task_and_begins_a_notice_where_they_stand(walks, town, width, language):
    lon, lat = centre(0)[0] + 0.0003, centre(0)[1]
    numbers = [report(now=now(), lon=at, lat=lat).number for at in (lon - 0.0006, lon)]
    for number in numbers:
        dispatch_case(by(town, "operations", number), assignee_id=town.users["worker"].pk)
    here = {"longitude": lon, "latitude": lat, "accuracy": 9}
    walk = walks(width=width, language=language, geolocation=here, permissions=["geolocation"])
    asked: list[str] = []
    walk.page.on("request", lambda request: asked.append(request.url + (request.post_data or "")))
    walk.sign_in("worker")
    walk.go("/worker")
    page = walk.page
    rows = page.locator("#task-lists ul").first.locator("a.list-row")
    expect(rows.first.locator("[data-distance]")).not_to_be_empty()
    page.locator("near-first button").last.click()
    expect(rows.first).to_have_attribute("data-case", numbers[1])
    walk.look("worker-near")
    page.locator("near-first button").first.click()
    expect(rows.first).to_have_attribute("data-case", numbers[0])
    assert not [one for one in asked if f"{lon:.4f}" in one], "where somebody is stays with them"
    walk.go("/worker/notice")
    expect(page.locator("#id_lat")).to_have_value(f"{lat:.6f}")
    fields = page.locator("main form :is(#photo, #id_description, #id_lat)").evaluate_all(
        "all => all.map(one => one.id)"
    )
    assert [one for one in fields if one != "id_lat"] == ["photo", "id_description"]
    page.locator("#id_description").press_sequentially("垃圾满溢", delay=5)
    expect(page.locator("#classes input").first).to_be_checked()
    walk.look("worker-notice-here")
    page.locator("#classes input").nth(1).check()
    chosen = page.locator("#classes input:checked").get_attribute("value")
    page.locator("main form .button-primary").click()
    page.wait_for_url("**/worker")
    assert Case.objects.order_by("-pk").first().class_code == ("S0599" if chosen == "none" else chosen)
