"""What the server refused of a worker's queue: told with a name, kept with its words, mended where it is shown."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from gezhi.contexts.cases.models import Case, CaseStep
from gezhi.contexts.cases.use_cases import Command, dispatch_case
from gezhi.kernel.clock import now
from gezhi.platform.files.models import Attachment
from tests.browser.conftest import FLAGS, chromium
from tests.browser.test_offline import given_to, handle, look_at, nothing_waits, picture, waiting
from tests.factories.cases import Town
from tests.factories.devices import LAT, LON, Device


@pytest.fixture
def device(browser: Browser, live_server, town: Town, tmp_path: Path) -> Iterator[Device]:
    made = Device(browser, live_server.url, town, tmp_path / "phone", executable_path=chromium(), args=FLAGS)
    yield made
    made.close()


def test_what_a_colleague_has_now_holds_back_what_was_written_after_it_and_a_bad_picture_can_be_replaced(
    device: Device, town: Town
) -> None:
    page, number = device.page, given_to(town, "worker", accepted=False)
    device.sign_in("worker")
    device.go("/worker")
    device.keeps("/worker", "/worker/notice", "/worker/waiting", f"/worker/cases/{number}")
    device.context.set_offline(True)
    device.go(f"/worker/cases/{number}")
    # The page is shown anew once the step is kept; its mark may be there a moment before.
    with page.expect_navigation():
        page.locator("form[action$='/accept'] button").click()
    expect(page.locator("[data-waiting-steps]")).to_contain_text("待发送")
    handle(device, number, "#a0a010")
    hub = Command(actor=town.actor("dispatcher", now=now()), number=number, now=now())
    dispatch_case(hub, assignee_id=town.users["colleague"].pk)
    device.context.set_offline(False)
    device.go("/worker/waiting")
    refused, held = (page.locator(f"article[data-state={state}]") for state in ("refused", "waiting"))
    expect(refused).to_contain_text("现由colleague负责", timeout=25_000)
    expect(held).to_contain_text("等待同一工单上更早写的内容")
    # A bare acceptance has no words to keep.
    expect(refused.get_by_role("button", name="留作备注")).to_have_count(0)
    refused.get_by_role("button", name="丢弃").click()
    page.get_by_role("button", name="确定丢弃").click()
    page.evaluate("document.querySelector('waiting-list > p > button')?.click()")
    expect(refused).to_contain_text("已清理", timeout=25_000)
    expect(refused.get_by_role("button", name="留作备注")).to_be_visible()
    assert list(CaseStep.objects.filter(case__number=number).values_list("action", flat=True)).count("handle") == 0


def test_a_picture_that_the_server_cannot_read_is_taken_out_where_it_was_refused(device: Device, town: Town) -> None:
    page, number = device.page, given_to(town, "worker")
    device.sign_in("worker")
    device.go("/worker")
    device.keeps("/worker", "/worker/waiting", f"/worker/cases/{number}")
    device.context.set_offline(True)
    device.go(f"/worker/cases/{number}")
    page.locator("[data-dialog='do-handle']").click()
    whole = picture("#a0a010")
    # The browser can show it, and makes nothing smaller of it; the server takes no such pictures.
    moving = b"GIF89a\x01\0\x01\0\x80\0\0\xff\xff\xff\0\0\0!\xf9\x04\0\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;"
    page.set_input_files(
        "dialog[open] input[type=file]", [{"name": "m.gif", "mimeType": "image/gif", "buffer": moving}]
    )
    expect(page.locator("dialog[open] .photo img")).to_be_visible()
    page.locator("dialog[open] input[value=resolved]").check()
    page.locator("dialog[open] .button-primary").click()
    page.wait_for_url("**/worker")
    waiting(device, 1)
    device.context.set_offline(False)
    device.go("/worker/waiting")
    refused = page.locator("article[data-state=refused]")
    expect(refused).to_contain_text("没有被接受", timeout=25_000)
    refused.get_by_label("另加一张照片").set_input_files([whole])
    expect(refused.locator(".photo img")).to_have_count(2)
    refused.get_by_role("button", name="去掉照片 1").click()
    expect(refused.locator(".photo img")).to_have_count(1)
    look_at(page, "worker-waiting-picture")
    refused.get_by_role("button", name="重新发送").click()
    nothing_waits(device)
    assert Attachment.objects.count() == 1


def test_a_report_without_a_map_and_a_position_is_kept_and_gets_its_place_later(device: Device, town: Town) -> None:
    page = device.page
    device.sign_in("worker")
    device.go("/worker")
    device.keeps("/worker", "/worker/notice", "/worker/waiting")
    device.context.set_offline(True)
    page.add_init_script("navigator.geolocation.getCurrentPosition = (_, failed) => failed(new Error('no fix'))")
    device.go("/worker/notice")
    page.fill("#id_description", "井盖松动，没有信号")
    page.locator("#id_description").blur()
    page.wait_for_timeout(700)
    # Suggestions of a class need a network; that they do not come is no failure of anybody's.
    expect(page.locator(".toast[data-tone=urgent]", has_text="未成功")).to_have_count(0)
    send = page.locator("main form .button-primary")
    send.click()
    told = page.locator("[data-lacking]")
    expect(told).to_be_visible()
    expect(told).to_contain_text("联网后再补充地点")
    look_at(page, "worker-notice-without-place")
    send.click()
    page.wait_for_url("**/worker")
    waiting(device, 1)
    assert not Case.objects.exists()
    device.context.set_offline(False)
    device.go("/worker/waiting")
    refused = page.locator("article[data-state=refused]")
    expect(refused).to_contain_text("选定问题所在位置，或选择社区", timeout=25_000)
    page.evaluate(
        "([lon, lat]) => (navigator.geolocation.getCurrentPosition ="
        " (found) => found({ coords: { longitude: lon, latitude: lat, accuracy: 5 } }))",
        [LON, LAT],
    )
    refused.get_by_role("button", name="使用我的位置").click()
    expect(refused.locator("[name=lat]")).not_to_have_value("")
    look_at(page, "worker-waiting-place")
    refused.get_by_role("button", name="重新发送").click()
    nothing_waits(device)
    case = Case.objects.get()
    assert (case.description, case.lat) == ("井盖松动，没有信号", pytest.approx(LAT, abs=0.01))
