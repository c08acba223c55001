"""The worker's app without a network: what was written is sent once and in order, whatever happens on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Error, Page, Route, expect

from gezhi.contexts.cases.domain.states import Outcome, Stage
from gezhi.contexts.cases.models import Case, CaseStep
from gezhi.contexts.cases.use_cases import Command, accept_case, dispatch_case, handle_case, note_case
from gezhi.interfaces.web.worker import queued
from gezhi.kernel.clock import now
from gezhi.platform.files.models import Attachment
from tests.browser.conftest import FLAGS, SCREENSHOTS, chromium
from tests.factories.areas import centre
from tests.factories.cases import Town, report
from tests.factories.devices import Device
from tests.factories.photos import photo

LON, LAT = centre(0)


@pytest.fixture
def device(browser: Browser, live_server, town: Town, tmp_path: Path) -> Iterator[Device]:
    made = Device(browser, live_server.url, town, tmp_path / "phone", executable_path=chromium(), args=FLAGS)
    yield made
    made.close()


def given_to(town: Town, name: str, *, accepted: bool = True) -> str:
    """A case that somebody has to handle."""
    number = report(now=now()).number
    dispatch_case(
        Command(actor=town.actor("dispatcher", now=now()), number=number, now=now()), assignee_id=town.users[name].pk
    )
    if accepted:
        accept_case(Command(actor=town.actor(name, now=now()), number=number, now=now()))
    return number


def picture(colour: str) -> dict[str, object]:
    return {"name": f"{colour[1:]}.jpg", "mimeType": "image/jpeg", "buffer": photo(colour=colour, size=(640, 480))}


def notice(device: Device, words: str, colour: str) -> None:
    page = device.page
    device.go("/worker/notice")
    page.fill("#id_description", words)
    page.get_by_role("button", name="使用我的位置").click()
    expect(page.locator("#id_lat")).not_to_have_value("")
    page.set_input_files("#photo", [picture(colour)])
    expect(page.locator(".photo img")).to_be_visible()
    page.locator("main form .button-primary").click()
    page.wait_for_url("**/worker")


def handle(device: Device, number: str, colour: str) -> None:
    page = device.page
    device.go(f"/worker/cases/{number}")
    page.locator("[data-dialog='do-handle']").click()
    page.locator("dialog[open] input[value=resolved]").check()
    page.set_input_files("dialog[open] input[type=file]", [picture(colour)])
    expect(page.locator("dialog[open] .photo img")).to_be_visible()
    page.fill("dialog[open] textarea", f"已清理 {number}")
    page.locator("dialog[open] .button-primary").click()
    page.wait_for_url("**/worker")


def waiting(device: Device, count: int) -> None:
    expect(device.page.locator(".offline-count")).to_have_text(str(count), timeout=15_000)


def nothing_waits(device: Device) -> None:
    expect(device.page.locator("waiting-list .state")).to_be_visible(timeout=25_000)


def look_at(page: Page, name: str) -> None:
    """Photograph the page; it fits the screen, and has no serious fault for assistive technology."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    # A page that another is just put in the place of cannot be photographed: the next one can.
    for last in (False, False, True):
        page.wait_for_load_state("load")
        try:
            page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True, caret="initial", timeout=5_000)
            break
        except Error:
            if last:
                raise
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    found = Axe().run(page).response["violations"]
    assert [one["id"] for one in found if one["impact"] in {"serious", "critical"}] == []


def send_until_nothing_waits(device: Device) -> None:
    """It is sent again by itself, after waits that grow; whoever does not want to wait presses the button, while it is there."""
    page = device.page
    for _ in range(12):
        if page.locator("waiting-list .state").count():
            break
        page.wait_for_timeout(400)
        page.evaluate("document.querySelector('waiting-list > p > button')?.click()")
    nothing_waits(device)


def write_five(device: Device, town: Town, between: Callable[[list[str]], None] = lambda numbers: None) -> list[str]:
    """Without a network three reports and two results, each with a picture; then the browser is killed."""
    numbers = [given_to(town, "worker") for _ in range(2)]
    device.sign_in("worker")
    device.go("/worker")
    device.keeps("/worker", "/worker/notice", "/worker/waiting", *(f"/worker/cases/{number}" for number in numbers))
    device.go("/worker/notice")
    device.page.locator(".map-frame canvas").wait_for()
    device.context.set_offline(True)
    between(numbers)
    for place, colour in enumerate(("#a01010", "#10a010", "#1010a0")):
        notice(device, f"井盖松动 {place}", colour)
    for number, colour in zip(numbers, ("#a0a010", "#10a0a0"), strict=True):
        handle(device, number, colour)
    waiting(device, 5)
    device.kill()
    # What signs somebody in is not on the disk yet when a browser is killed so soon.
    device.sign_in("worker")
    return numbers


def assert_three_and_two(numbers: list[str]) -> None:
    noticed = Case.objects.exclude(number__in=numbers).order_by("id")
    assert [case.description for case in noticed] == ["井盖松动 0", "井盖松动 1", "井盖松动 2"]
    handled = Case.objects.filter(number__in=numbers)
    assert {case.status for case in handled} == {"handled"}
    assert [case.outcome_note for case in handled.order_by("number")] == [
        f"已清理 {number}" for number in sorted(numbers)
    ]
    assert CaseStep.objects.filter(action="handle").count() == 2
    stages = sorted(Attachment.objects.values_list("subject_id", "stage"))
    assert stages == sorted(
        [(case.pk, Stage.BEFORE) for case in noticed] + [(case.pk, Stage.AFTER) for case in handled]
    )


def test_three_reports_and_two_results_survive_a_killed_browser(device: Device, town: Town) -> None:
    numbers = write_five(device, town)
    assert Case.objects.count() == 2
    device.go("/worker/waiting")
    nothing_waits(device)
    assert_three_and_two(numbers)


class Faults:
    """A server that fails in one way or another, for so many requests."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, before: int = 0, after: int = 0) -> None:
        self.before, self.after, self.asked = before, after, 0
        for name in ("perform", "send_notice"):
            monkeypatch.setattr(queued, name, self._failing(getattr(queued, name)))

    def _failing(self, real: Callable[..., object]) -> Callable[..., object]:
        def wrapped(*args: object, **kwargs: object) -> object:
            self.asked += 1
            if self.before > 0:
                self.before -= 1
                raise RuntimeError("the server is not well")
            answer = real(*args, **kwargs)
            if self.after > 0:
                self.after -= 1
                raise RuntimeError("done, and nobody hears of it")
            return answer

        return wrapped


def test_a_server_that_fails_is_asked_again_and_has_it_once(
    device: Device, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Two requests end in 500 before anything is done; the third does it, and its answer is lost.
    faults = Faults(monkeypatch, before=2, after=1)
    numbers = write_five(device, town)
    device.go("/worker/waiting")
    expect(device.page.locator("article[data-state=waiting]").first).to_contain_text("服务器没有应答", timeout=15_000)
    send_until_nothing_waits(device)
    assert faults.asked == 5 + 2 + 1
    assert_three_and_two(numbers)


def test_an_answer_that_is_cut_off_does_nothing_twice(device: Device, town: Town) -> None:
    lost: list[str] = []

    def deliver_and_cut(route: Route) -> None:
        if len(lost) < 2 and route.request.method == "POST":
            lost.append(route.request.url)
            route.fetch()
            route.abort()
        else:
            route.continue_()

    numbers = write_five(device, town)
    device.context.route("**/worker/queued/**", deliver_and_cut)
    device.go("/worker/waiting")
    send_until_nothing_waits(device)
    assert len(lost) == 2
    assert_three_and_two(numbers)


def test_what_the_hub_changed_meanwhile_is_shown_beside_and_decided(device: Device, town: Town) -> None:
    page = device.page

    def hub_works_on(numbers: list[str]) -> None:
        hub = town.actor("dispatcher", now=now())
        note_case(Command(actor=hub, number=numbers[0], now=now(), note="居民又来电催促"))
        handle_case(
            Command(actor=town.actor("worker", now=now()), number=numbers[1], now=now(), note="同事已处理"),
            outcome=Outcome.RESOLVED,
        )

    numbers = write_five(device, town, hub_works_on)
    page = device.page
    device.go("/worker/waiting")
    refused = page.locator("article[data-state=refused]")
    expect(refused).to_have_count(2, timeout=25_000)
    expect(page.locator("article")).to_have_count(2)
    look_at(page, "worker-waiting-conflict")
    # What was written stands beside what is, and who changed it.
    first = refused.filter(has_text=numbers[0])
    expect(first.locator(".sides")).to_contain_text(f"已清理 {numbers[0]}")
    expect(first.locator(".sides")).to_contain_text("居民又来电催促")
    expect(first.locator(".sides")).to_contain_text("dispatcher")
    expect(first.locator(".photo img")).to_have_count(1)
    first.get_by_role("button", name="在工单现状上发送我的").click()
    expect(refused).to_have_count(1)
    second = refused.filter(has_text=numbers[1])
    expect(second.get_by_role("button", name="在工单现状上发送我的")).to_have_count(0)
    second.get_by_role("button", name="留作备注").click()
    # The words are on the case; its picture goes with no note, and stays until it is thrown away.
    expect(refused).to_contain_text("照片无法随备注发送")
    refused.get_by_role("button", name="丢弃").click()
    page.get_by_role("button", name="确定丢弃").click()
    nothing_waits(device)
    one, two = (Case.objects.get(number=number) for number in numbers)
    assert (one.status, one.outcome_note) == ("handled", f"已清理 {numbers[0]}")
    assert (two.status, two.outcome_note) == ("handled", "同事已处理")
    assert f"已清理 {numbers[1]}" in CaseStep.objects.filter(case=two, action="note").get().note
    assert Case.objects.exclude(number__in=numbers).count() == 3
    assert Attachment.objects.count() == 4


def test_accepting_and_handling_go_in_order_and_the_list_says_of_when_it_is(device: Device, town: Town) -> None:
    page = device.page
    number = given_to(town, "worker", accepted=False)
    device.sign_in("worker")
    device.go("/worker")
    device.keeps("/worker", f"/worker/cases/{number}")
    device.context.set_offline(True)
    device.go("/worker")
    expect(page.locator("[data-as-of]")).to_contain_text("截至")
    page.locator("a.list-row").click()
    expect(page.locator("[data-dialog='do-handle']")).to_be_hidden()
    with page.expect_navigation():
        page.locator("form[action$='/accept'] button").click()
    expect(page.locator("[data-waiting-steps]")).to_contain_text("待发送")
    look_at(page, "worker-task-waiting")
    page.locator("[data-dialog='do-handle']").click()
    page.fill("dialog[open] textarea", "已清理")
    page.locator("dialog[open] .button-primary").click()
    # What came of it is never said for anybody, on the device neither.
    expect(page.locator("dialog[open]")).to_contain_text("请选择处置结果")
    page.locator("dialog[open] input[value=resolved]").check()
    page.locator("dialog[open] .button-primary").click()
    expect(page.locator("a.list-row", has_text="待发送")).to_have_count(1)
    waiting(device, 2)
    device.go("/worker/done")
    expect(page.locator("h1")).to_have_text("本机没有保存此页")
    device.go("/worker")
    waiting(device, 2)
    device.context.set_offline(False)
    expect(page.locator(".offline-count")).to_have_count(0, timeout=15_000)
    # The list is that of the server again, by itself.
    expect(page.locator("[data-as-of]")).to_be_hidden()
    expect(page.locator(".live-state")).not_to_have_attribute("data-state", "offline")
    expect(page.locator(f"a[data-case='{number}']")).to_have_count(0)
    expect(page.locator("a.list-row", has_text="待发送")).to_have_count(0)
    steps = CaseStep.objects.filter(case__number=number).order_by("version")
    assert [step.action for step in steps][-2:] == ["accept", "handle"]


def test_nobody_else_sees_or_sends_what_waits_and_pages_go_with_whoever_kept_them(device: Device, town: Town) -> None:
    page = device.page
    number = given_to(town, "worker")
    device.sign_in("worker")
    device.go("/worker")
    device.keeps("/worker", "/worker/waiting", f"/worker/cases/{number}")
    device.context.set_offline(True)
    handle(device, number, "#a0a010")
    waiting(device, 1)
    device.context.set_offline(False)
    device.sign_in("stranger")
    device.go("/worker/waiting")
    nothing_waits(device)
    expect(page.locator(".offline-mark")).to_have_count(0)
    device.go("/worker")
    device.keeps("/worker")
    assert page.evaluate("async (one) => !(await caches.match(one))", page.url + f"/cases/{number}")
    assert Case.objects.get().status == "handling"
    # Signed out nothing is kept but what waits; signed in again it goes.
    page.locator("details.menu").last.locator("summary").click()
    page.locator("form[action$='/logout/'] button").click()
    page.wait_for_url(lambda address: "/worker" not in address)
    expect(page.locator(".site-header")).to_be_visible()
    names = "async () => (await caches.keys()).filter((name) => name.startsWith('gezhi-pages-'))"
    page.wait_for_function("async () => !(await caches.keys()).some((name) => name.startsWith('gezhi-pages-'))")
    assert page.evaluate(names) == []
    device.sign_in("worker")
    device.go("/worker/waiting")
    nothing_waits(device)
    assert Case.objects.get().status == "handled"
    assert Attachment.objects.count() == 1


def test_the_draft_of_a_report_survives_a_killed_browser_until_it_is_sent(device: Device, town: Town) -> None:
    place = f"/report/what?lon={LON:.6f}&lat={LAT:.6f}"
    device.go(place)
    device.page.fill("#id_description", "路灯坏了")
    device.page.locator("#classes input[value=none]").check()
    device.page.locator("main form .button-primary").click()
    device.page.set_input_files("#photo", [picture("#a01010")])
    expect(device.page.locator(".photo img")).to_be_visible()
    device.drafts(pictures=1)
    device.kill()
    page = device.page
    device.go("/report")
    expect(page.locator("report-draft .banner")).to_contain_text("路灯坏了")
    page.get_by_role("link", name="继续填写").click()
    expect(page.locator("#id_description")).to_have_value("路灯坏了")
    page.locator("#classes .choice input[value=none]").wait_for()
    page.locator("main form .button-primary").click()
    expect(page.locator("report-draft .banner")).to_contain_text("照片保存在本机")
    expect(page.locator(".photo img")).to_be_visible()
    page.locator("main form .button-primary").click()
    page.wait_for_url("**/follow/**")
    assert Case.objects.get().description == "路灯坏了"
    assert Attachment.objects.count() == 1
    device.drafts(pictures=None)
    device.go("/report")
    expect(page.locator("[data-draft-switch]")).to_be_visible()
    expect(page.locator("report-draft .banner")).to_be_hidden()


def test_a_draft_is_given_up_by_a_button_and_never_kept_on_a_shared_device(device: Device, town: Town) -> None:
    page, place = device.page, f"/report/what?lon={LON:.6f}&lat={LAT:.6f}"
    device.go(place)
    page.fill("#id_description", "路灯坏了")
    device.drafts(pictures=0)
    device.go("/report")
    page.get_by_role("button", name="重新开始").click()
    page.wait_for_url("**/report")
    expect(page.locator("[data-draft-switch]")).to_be_visible()
    expect(page.locator("report-draft .banner")).to_be_hidden()
    page.locator("[data-draft-switch] input").check()
    device.go(place)
    page.fill("#id_description", "路灯坏了")
    page.wait_for_timeout(600)
    device.go("/report")
    expect(page.locator("[data-draft-switch] input")).to_be_checked()
    expect(page.locator("report-draft .banner")).to_be_hidden()


def test_without_a_network_the_place_is_the_devices_and_what_would_be_refused_is_said_at_once(
    device: Device, town: Town
) -> None:
    number = given_to(town, "worker")
    device.sign_in("worker")
    device.context.grant_permissions(["geolocation"])
    device.context.set_geolocation({"longitude": centre(0)[0], "latitude": centre(0)[1], "accuracy": 9})
    device.go("/worker")
    device.keeps("/worker", "/worker/notice", "/worker/waiting", f"/worker/cases/{number}")
    device.context.set_offline(True)
    device.context.route("**/map/**", lambda route: route.abort())
    page = device.page
    device.go("/worker/notice")
    page.fill("#id_description", "井盖不见了")
    page.get_by_role("button", name="使用我的位置").click()
    expect(page.locator("#id_lat")).not_to_have_value("")
    page.locator("main form .button-primary").click()
    page.wait_for_url("**/worker")
    waiting(device, 1)
    device.go(f"/worker/cases/{number}")
    page.locator("[data-dialog='do-handle']").click()
    page.locator("dialog[open] input[value=explained]").check()
    page.locator("dialog[open] .button-primary").click()
    expect(page.locator("dialog[open]")).to_contain_text("请先填写文字")
    page.keyboard.press("Escape")
    # What is not kept is not gone to.
    page.locator("a[href='/notices']").first.click()
    expect(page.locator(".toast")).to_contain_text("此页面未保存在本机")
    assert page.url.endswith(f"/worker/cases/{number}")
