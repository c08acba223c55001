"""The worker's app without a network: what was written is sent once and in order, whatever happens on the way."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from playwright.sync_api import Browser, BrowserContext, Page, expect

from gezhi.contexts.cases.domain.states import Outcome, Stage
from gezhi.contexts.cases.models import Case, CaseStep
from gezhi.contexts.cases.use_cases import Command, accept_case, dispatch_case, handle_case, note_case
from gezhi.interfaces.web.worker import queued
from gezhi.kernel.clock import now
from gezhi.platform.files.models import Attachment
from tests.browser.conftest import FLAGS, chromium
from tests.factories.areas import centre
from tests.factories.cases import Town, report
from tests.factories.photos import photo

LON, LAT = centre(0)
PHONE = {"width": 390, "height": 844}


class Device:
    """A phone: what it keeps is in a folder, and stays there when its browser is killed."""

    def __init__(self, browser: Browser, base: str, town: Town, folder: Path) -> None:
        self._kind, self._base, self._town, self._folder = browser.browser_type, base, town, folder
        self.context = self._begin()

    def _begin(self) -> BrowserContext:
        context = self._kind.launch_persistent_context(
            self._folder,
            executable_path=chromium(),
            args=FLAGS,
            viewport=PHONE,
            has_touch=True,
            reduced_motion="reduce",
            permissions=["geolocation"],
            geolocation={"longitude": LON, "latitude": LAT, "accuracy": 5},
        )
        context.set_default_timeout(10_000)
        context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": "zh-hans", "url": self._base}])
        return context

    @property
    def page(self) -> Page:
        return self.context.pages[0]

    def sign_in(self, name: str) -> None:
        user, session = self._town.users[name], SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.save()
        # It lasts longer than the browser, as the cookie of the form does where it is told to.
        later = time.time() + 86_400
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session.session_key, "url": self._base, "expires": later}
        self.context.add_cookies([cookie])

    def go(self, address: str) -> None:
        self.page.goto(self._base + address, wait_until="load")

    def keeps(self, *addresses: str) -> None:
        """Wait until these pages are kept."""
        script = "async (all) => (await Promise.all(all.map((one) => caches.match(one)))).every(Boolean)"
        for _ in range(100):
            if self.page.evaluate(script, [self._base + one for one in addresses]):
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"not kept: {addresses}")

    def kill(self) -> None:
        """End the browser as a phone does that has no room: without a word. It comes back where it is told to."""
        holder = os.readlink(self._folder / "SingletonLock")
        os.kill(int(holder.rpartition("-")[2]), signal.SIGKILL)
        for _ in range(100):
            if not self.context.pages or self.page.is_closed():
                break
            time.sleep(0.05)
        (self._folder / "SingletonLock").unlink(missing_ok=True)
        self.context = self._begin()

    def close(self) -> None:
        self.context.close()


@pytest.fixture
def device(browser: Browser, live_server, town: Town, tmp_path: Path) -> Iterator[Device]:
    made = Device(browser, live_server.url, town, tmp_path / "phone")
    yield made
    made.close()


def given_to(town: Town, name: str, *, accepted: bool = True) -> str:
    """A case that somebody has to handle."""
    number = report(now=now()).number
    dispatch_case(Command(actor=town.actor("dispatcher", now=now()), number=number, now=now()), assignee_id=town.users[name].pk)
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
    page.locator("summary", has_text="照片").click()
    page.set_input_files("#photo", [picture(colour)])
    expect(page.locator(".photo img")).to_be_visible()
    page.locator("main form .button-primary").click()
    page.wait_for_url("**/worker")


def handle(device: Device, number: str, colour: str) -> None:
    page = device.page
    device.go(f"/worker/cases/{number}")
    page.locator("[data-dialog='do-handle']").click()
    page.set_input_files("dialog[open] input[type=file]", [picture(colour)])
    expect(page.locator("dialog[open] .photo img")).to_be_visible()
    page.fill("dialog[open] textarea", f"已清理 {number}")
    page.locator("dialog[open] .button-primary").click()
    page.wait_for_url("**/worker")


def waiting(device: Device, count: int) -> None:
    expect(device.page.locator(".offline-count")).to_have_text(str(count), timeout=15_000)


def nothing_waits(device: Device) -> None:
    expect(device.page.locator("waiting-list .state")).to_be_visible(timeout=25_000)


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
    return numbers


def assert_three_and_two(numbers: list[str]) -> None:
    noticed = Case.objects.exclude(number__in=numbers).order_by("id")
    assert [case.description for case in noticed] == ["井盖松动 0", "井盖松动 1", "井盖松动 2"]
    handled = Case.objects.filter(number__in=numbers)
    assert {case.status for case in handled} == {"handled"}
    assert [case.outcome_note for case in handled.order_by("number")] == [f"已清理 {number}" for number in sorted(numbers)]
    assert CaseStep.objects.filter(action="handle").count() == 2
    stages = sorted(Attachment.objects.values_list("subject_id", "stage"))
    assert stages == sorted([(case.pk, Stage.BEFORE) for case in noticed] + [(case.pk, Stage.AFTER) for case in handled])


def test_three_reports_and_two_results_survive_a_killed_browser(device: Device, town: Town) -> None:
    numbers = write_five(device, town)
    assert Case.objects.count() == 2
    device.go("/worker/waiting")
    nothing_waits(device)
    assert_three_and_two(numbers)
