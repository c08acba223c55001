"""A page that a worker's device kept: what it tells without a network, and how it comes back to what is so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import FLAGS, chromium
from tests.browser.test_offline import given_to
from tests.factories.cases import Town
from tests.factories.devices import Device


@pytest.fixture
def device(browser: Browser, live_server, town: Town, tmp_path: Path) -> Iterator[Device]:
    made = Device(browser, live_server.url, town, tmp_path / "phone", executable_path=chromium(), args=FLAGS)
    yield made
    made.close()


def test_a_kept_case_tells_until_when_and_is_that_of_the_server_once_there_is_a_network(
    device: Device, town: Town
) -> None:
    page = device.page
    number = given_to(town, "worker", accepted=False)
    device.sign_in("worker")
    device.go("/worker")
    left = page.locator("a.list-row .due").inner_text()
    device.keeps("/worker", f"/worker/cases/{number}")
    device.context.set_offline(True)
    device.go("/worker")
    expect(page.locator("a.list-row .due")).to_contain_text("截止")
    assert page.locator("a.list-row .due").inner_text() != left
    device.go(f"/worker/cases/{number}")
    expect(page.locator("[data-part=head] .due")).to_contain_text("截止")
    page.locator("form[action$='/accept'] button").click()
    expect(page.locator("[data-waiting-steps]")).to_contain_text("待发送")
    page.locator("[data-dialog='do-handle']").click()
    page.fill("dialog[open] textarea", "正在清理")
    device.context.set_offline(False)
    expect(page.locator("[data-as-of]")).to_be_hidden(timeout=15_000)
    expect(page.locator("[data-waiting-steps]")).not_to_contain_text("待发送")
    expect(page.locator("[data-part=head] .chip").first).to_have_text("处置中")
    expect(page.locator("dialog[open] textarea")).to_have_value("正在清理")
