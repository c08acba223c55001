"""To be told on this device: leave is asked for on a press alone, what stands in the way is said, and a message opens the page."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Worker, expect

from gezhi.contexts.cases.use_cases import Command, dispatch_case
from gezhi.contexts.telling.models import Choice
from gezhi.contexts.telling.use_cases.choose_notices import token_of
from gezhi.contexts.telling.use_cases.follow_steps import follow_steps
from gezhi.contexts.telling.use_cases.send_due import send_due
from gezhi.kernel.clock import now
from gezhi.platform.access.actor import system_actor
from tests.factories.cases import Town, report
from tests.factories.push import PushService, Subscribed, push_service
from tests.factories.walks import Walk

SYSTEM = system_actor("notices")
# Chromium here has no push service: what it would give stands for it. Everything else is the browser's own.
SUBSCRIBES = """(given) => {
  window.asked = 0;
  const ask = Notification.requestPermission.bind(Notification);
  Notification.requestPermission = () => { window.asked += 1; return ask(); };
  PushManager.prototype.subscribe = async function (options) {
    if (given.fails) throw new DOMException('Registration failed', 'AbortError');
    window.subscribed = { key: options.applicationServerKey.length, seen: options.userVisibleOnly };
    return { toJSON: () => ({ endpoint: given.endpoint, keys: { p256dh: given.p256dh, auth: given.auth } }) };
  };
}"""
ANSWERS = "(leave) => { Notification.requestPermission = async () => leave; }"
NOTHING_KEPT = """async () => (await navigator.serviceWorker.getRegistrations()).length === 0
  && (await (await caches.open('gezhi-followed')).keys()).length === 0"""
# A browser may forget a message that it is asked for while it is still putting it up; so it is asked once that is done.
NOTES_WHAT_IS_UP = """() => {
  self.up = 0;
  const show = self.registration.showNotification;
  ServiceWorkerRegistration.prototype.showNotification = async function (...given) {
    await show.apply(this, given);
    self.up += 1;
  };
}"""
IS_UP = """async (wanted) => {
  for (let tries = 0; self.up < wanted && tries < 500; tries += 1) await new Promise((go) => setTimeout(go, 20));
  return (await self.registration.getNotifications()).map(({ title, body, tag, lang }) => ({ title, body, tag, lang }));
}"""
# A press on a message opens a window only for a person: what would be opened is written down.
PRESSED = """async (action) => {
  self.opened = [];
  self.clients.openWindow = async (page) => { self.opened.push(page); return null; };
  WindowClient.prototype.focus = async function () { self.opened.push('focus ' + new URL(this.url).pathname); return this; };
  const [shown] = await self.registration.getNotifications();
  const waits = [];
  const event = new NotificationEvent('notificationclick', { notification: shown, action });
  event.waitUntil = (work) => waits.push(work);
  self.dispatchEvent(event);
  await Promise.all(waits);
  return self.opened;
}"""


@pytest.fixture(autouse=True)
def service(settings, live_server) -> Iterator[PushService]:
    with push_service() as started:
        settings.GEZHI_PUBLIC_URL = live_server.url.replace("localhost", "127.0.0.1")
        settings.GEZHI_PUSH_SERVICES = (started.host,)
        settings.GEZHI_SMS_URL = "outbox:"
        yield started


def given(page: Page, browser: Subscribed, *, fails: bool = False) -> None:
    told = {"endpoint": browser.endpoint, "p256dh": browser.p256dh, "auth": browser.auth, "fails": fails}
    page.add_init_script(f"({SUBSCRIBES})({json.dumps(told)})")


def opened(walk: Walk, code: str) -> None:
    walk.go(f"/follow/{code}")
    if walk.page.locator("#notices").get_attribute("open") is None:
        walk.page.locator("#notices > summary").click()


def choose(page: Page, which: str = "all") -> None:
    page.locator(f"#notices input[name=which][value={which}]").check()
    page.locator("push-way input[type=radio]").check()
    expect(page.locator("[data-say=about]")).to_be_visible()
    expect(page.locator("#notices .field:has([name=address])")).to_be_hidden()


def keep(page: Page) -> None:
    page.locator("#notices .button-primary").click()


class Device:
    """The worker of the follow page, and a way to give it a message and to see what it shows."""

    def __init__(self, walk: Walk) -> None:
        self._session, found = walk.context.new_cdp_session(walk.page), []
        self._session.on("ServiceWorker.workerRegistrationUpdated", lambda told: found.extend(told["registrations"]))
        self._session.send("ServiceWorker.enable")
        for _ in range(50):
            if any(one["scopeURL"].endswith("/follow") for one in found) and walk.context.service_workers:
                break
            walk.page.wait_for_timeout(100)
        (registration,) = {one["registrationId"] for one in found if one["scopeURL"].endswith("/follow")}
        self._to = {"origin": walk.base, "registrationId": registration}
        self._given = 0
        self.worker: Worker = walk.context.service_workers[0]
        self.worker.evaluate(NOTES_WHAT_IS_UP)

    def give(self, words: str) -> None:
        self._session.send("ServiceWorker.deliverPushMessage", {**self._to, "data": words})
        self._given += 1

    def shown(self) -> list[dict[str, str]]:
        """What the device shows, once it has put up all it was given."""
        return list(self.worker.evaluate(IS_UP, self._given))


def told_of_a_step(town: Town, number: str) -> None:
    command = Command(actor=town.actor("dispatcher", now=now()), number=number, now=now())
    dispatch_case(command, assignee_id=town.users["worker"].pk)
    follow_steps(actor=SYSTEM, now=now())
    send_due(actor=SYSTEM, now=now())


def test_chosen_on_a_press_told_in_the_readers_language_and_opened_by_a_press(walk: Walk, service: PushService) -> None:
    page, browser, made = walk.page, service.subscribe(), report(now=now())
    walk.context.grant_permissions(["notifications"], origin=walk.base)
    given(page, browser)
    opened(walk, made.follow_code)
    choose(page)
    walk.look("push-choice")
    assert page.evaluate("window.asked") == 0
    keep(page)
    chinese = walk.language.startswith("zh")
    told = "目前在您允许通知的设备上通知您" if chinese else "You are told on the device"
    expect(page.locator("#notices")).to_contain_text(told)
    choice = Choice.objects.get()
    assert (choice.way, choice.which) == ("push", "all")

    told_of_a_step(walk.town, made.number)
    (taken,) = service.taken
    device = Device(walk)
    device.give(browser.opened(taken.body).decode())
    (message,) = device.shown()
    step = f"您的上报{made.number}：已派遣" if chinese else f"Your report {made.number}: Dispatched"
    assert (message["title"], message["tag"]) == (step, made.number)
    walk.go("/privacy")
    assert device.worker.evaluate(PRESSED, "") == [f"/follow/{made.follow_code}"]


def test_a_press_finds_the_open_page_or_stops_and_nothing_is_kept_once_it_is_over(
    walks, town: Town, service: PushService
) -> None:
    walk = walks()
    page, browser, made = walk.page, service.subscribe(), report(now=now())
    walk.context.grant_permissions(["notifications"], origin=walk.base)
    given(page, browser)
    opened(walk, made.follow_code)
    choose(page)
    keep(page)
    expect(page.locator("#notices")).to_contain_text("目前在您允许通知的设备上通知您")
    told_of_a_step(town, made.number)
    device = Device(walk)
    words = browser.opened(service.taken[0].body).decode()
    device.give(words)
    # Of two at the same moment a browser may put up either last.
    assert device.shown()
    device.give(json.dumps({**json.loads(words), "title": "newer"}))
    assert [one["title"] for one in device.shown()] == ["newer"], "a newer one takes the place of the older"
    assert device.worker.evaluate(PRESSED, "stop") == [f"/stop/{token_of(Choice.objects.get())}"]
    device.give(words)
    assert device.shown()
    with page.expect_navigation():
        assert device.worker.evaluate(PRESSED, "") == [f"focus /follow/{made.follow_code}"]
    expect(page.locator(".timeline li").first).to_contain_text("已派遣")

    opened(walk, made.follow_code)
    page.locator("#notices input[name=which][value=none]").check()
    keep(page)
    expect(page.locator("#notices")).not_to_contain_text("目前在您允许通知的设备上通知您")
    page.wait_for_function(NOTHING_KEPT)


def test_on_a_device_that_is_shared_the_page_is_not_kept(walks, town: Town, service: PushService) -> None:
    walk = walks(language="en")
    page, browser, made = walk.page, service.subscribe(), report(now=now())
    walk.context.grant_permissions(["notifications"], origin=walk.base)
    given(page, browser)
    page.add_init_script("localStorage.setItem('gezhi.shared', '1')")
    opened(walk, made.follow_code)
    choose(page, "key")
    keep(page)
    expect(page.locator("#notices")).to_contain_text("You are told on the device")
    device = Device(walk)
    device.give(
        json.dumps({"number": made.number, "title": "x", "body": "", "language": "en", "stop": "", "stop_words": ""})
    )
    assert device.shown()
    walk.go("/privacy")
    assert device.worker.evaluate(PRESSED, "") == ["/follow"]
    device.give("no JSON")
    assert [one["title"] for one in device.shown()] == ["Gezhi 格治"]


@pytest.mark.parametrize("leave", ["denied", "default"])
def test_whoever_refuses_is_told_so_and_nothing_is_changed(walk: Walk, service: PushService, leave: str) -> None:
    page, made = walk.page, report(now=now())
    walk.context.grant_permissions(["notifications"], origin=walk.base)
    given(page, service.subscribe())
    page.add_init_script(f"({ANSWERS})('{leave}')")
    opened(walk, made.follow_code)
    choose(page)
    keep(page)
    expect(page.locator(f"[data-say={leave}]")).to_be_visible()
    expect(page.locator("#notices [aria-busy]")).to_have_count(0)
    walk.look(f"push-{leave}")
    assert not Choice.objects.exists()
    page.locator("#notices input[name=way][value=sms]").check()
    expect(page.locator(".push-trouble:visible")).to_have_count(0)
    page.fill("#notices [name=address]", "13812341234")
    keep(page)
    page.wait_for_load_state("networkidle")
    assert Choice.objects.get().way == "sms"


def test_a_push_service_out_of_reach_is_said(walks, service: PushService) -> None:
    walk = walks()
    page, made = walk.page, report(now=now())
    walk.context.grant_permissions(["notifications"], origin=walk.base)
    given(page, service.subscribe(), fails=True)
    opened(walk, made.follow_code)
    choose(page)
    keep(page)
    expect(page.locator("[data-say=failed]")).to_be_visible()
    assert not Choice.objects.exists()


def test_a_browser_that_cannot_says_so(walk: Walk) -> None:
    walk.page.add_init_script(
        "delete window.PushManager; Object.defineProperty(navigator, 'userAgent', { value: 'iPhone' });"
    )
    made = report(now=now())
    opened(walk, made.follow_code)
    expect(walk.page.locator("push-way input[type=radio]")).to_be_disabled()
    expect(walk.page.locator("[data-say=unsupported]")).to_be_visible()
    expect(walk.page.locator("[data-say=apple]")).to_be_visible()
    walk.look("push-unsupported")


def test_without_a_script_it_is_not_offered(walks) -> None:
    walk = walks(width=390, java_script_enabled=False)
    opened(walk, report(now=now()).follow_code)
    expect(walk.page.locator("#notices input[name=way]:visible")).to_have_count(1)
    expect(walk.page.locator("push-way")).to_be_hidden()


def test_what_the_device_keeps_goes_when_all_is_erased(walks, town: Town, service: PushService) -> None:
    walk = walks(width=390)
    page, browser, made = walk.page, service.subscribe(), report(now=now())
    walk.context.grant_permissions(["notifications"], origin=walk.base)
    given(page, browser)
    opened(walk, made.follow_code)
    choose(page)
    keep(page)
    expect(page.locator("#notices")).to_contain_text("目前在您允许通知的设备上通知您")
    walk.go(f"/follow/{made.follow_code}/data")
    page.get_by_role("button", name="删除我的姓名和电话").click()
    page.get_by_text("删除证明").wait_for(timeout=15_000)
    page.wait_for_function(NOTHING_KEPT)
