"""The slice walked by each role, in both languages, on a phone and on a desk."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.use_cases import Command, Contact, dispatch_case
from gezhi.kernel.clock import now
from tests.factories.cases import report
from tests.factories.photos import photo
from tests.factories.walks import Walk


def jpeg() -> dict[str, object]:
    raw = photo(at=(112.2, 32.1), taken="2026:03:02 09:58:00", colour="#7a8f6a", size=(640, 480))
    return {"name": "lawn.jpg", "mimeType": "image/jpeg", "buffer": raw}


def test_a_resident_reports_and_follows(walk: Walk) -> None:
    page = walk.page
    walk.go("/")
    walk.look("resident-front")
    page.locator(".hero-actions .button-primary").click()
    page.locator(".map-frame canvas").focus()
    # By keyboard alone: east, back, and the place under the mark has a name.
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".map-where")).to_contain_text("真武山街道")
    page.fill("#id_address", "学校北门对面")
    walk.look("resident-where")
    page.locator("form .button-primary").click()
    page.locator("#id_description").press_sequentially("路边垃圾满溢，气味很大", delay=5)
    expect(page.locator("#classes input").first).to_be_checked()
    walk.look("resident-what")
    page.locator("form .button-primary").last.click()
    page.set_input_files("input[type=file]", [jpeg()])
    expect(page.locator(".photo img")).to_be_visible()
    page.fill("#id_phone", "123")
    walk.look("resident-finish")
    page.locator("form .button-primary").last.click()
    expect(page.locator(".error-summary")).to_be_visible()
    # The picture is still there, and is asked about: it was taken elsewhere.
    expect(page.locator("input[name=held]")).to_be_checked()
    page.fill("#id_phone", "13812341234")
    page.fill("#id_name", "王小明")
    page.locator("form .button-primary").last.click()
    expect(page.locator("#photo-place")).to_be_visible()
    walk.look("resident-photo-place")
    page.locator("button[value=keep]").click()
    expect(page.locator(".follow-code")).to_have_text(re.compile(r"^\w{4}-\w{4}-\w{4}$"))
    walk.look("resident-sent")
    assert Case.objects.get().class_code == "E0192"
    page.locator("a[href$='/data']").click()
    expect(page.get_by_text("13812341234", exact=True)).to_be_visible()
    walk.look("resident-data")
    page.locator(".button-danger").click()
    # Taken back within five seconds: nothing was erased.
    page.locator(".toast .button").click()
    page.reload()
    expect(page.get_by_text("13812341234", exact=True)).to_be_visible()


def test_a_worker_accepts_and_handles(walk: Walk) -> None:
    page, town = walk.page, walk.town
    made = report(now=now(), contact=Contact(phone="13812341234"), description="小区北门路面破损，老人推车摔了一跤")
    dispatch_case(
        Command(actor=town.actor("dispatcher", now=now()), number=made.number, now=now()),
        assignee_id=town.users["worker"].pk,
    )
    walk.sign_in("worker")
    walk.go("/home")
    walk.look("worker-tasks")
    page.locator("a.list-row").click()
    walk.look("worker-task")
    page.locator("form[action$='/accept'] button").click()
    page.locator("[data-dialog='do-handle']").click()
    page.locator("input[value='not_found_on_site']").check()
    page.locator("dialog[open] .button-primary").click()
    # Any outcome but 'solved' needs words: the form comes back open, with what was chosen.
    expect(page.locator("dialog[open] .field-error")).to_be_visible()
    expect(page.locator("input[value='not_found_on_site']")).to_be_checked()
    walk.look("worker-handle")
    page.fill("dialog[open] textarea", "到场未见垃圾")
    page.locator("dialog[open] .button-primary").click()
    page.wait_for_url("**/worker")
    assert Case.objects.get().status == "handled"
    walk.go("/worker/done")
    walk.look("worker-done")
    walk.go("/worker/notice")
    walk.look("worker-notice")


def test_the_hub_dispatches_by_keyboard(walk: Walk) -> None:
    page = walk.page
    first = report(
        now=now(), description="烧烤摊夜里占道，油烟进屋", class_code="E0129", contact=Contact(phone="13812341234")
    )
    walk.sign_in("dispatcher")
    walk.go("/home")
    walk.look("hub-list")
    page.keyboard.press("j")
    expect(page.locator("#case-title")).to_be_visible()
    assert first.number in page.url
    page.keyboard.press("?")
    expect(page.locator("#keys .keys kbd").first).to_be_visible()
    walk.look("hub-keys")
    page.keyboard.press("Escape")
    page.locator("#look-words").fill("核实具体位置")
    page.locator("#reporter button").click()
    expect(page.get_by_text("13812341234", exact=True)).to_be_visible()
    page.keyboard.press("d")
    walk.look("hub-dispatch")
    page.locator("dialog[open] .button-primary").click()
    expect(page.locator(".toast")).to_contain_text(first.number)
    assert Case.objects.get().status == "dispatched"
    walk.look("hub-case")
    page.keyboard.press("f")
    form = page.locator("dialog[open]")
    form.locator("details.fold > summary").first.click()
    expect(form.locator(".map-where")).to_be_visible()
    walk.look("hub-correct")
    form.locator("#correct-class-search").fill("E0128")
    form.locator("#correct-class-search").press("Enter")
    form.locator("textarea").fill("不是烧烤，是音响")
    form.locator(".button-primary").click()
    expect(page.locator("#case-title")).to_contain_text(
        "商业噪音" if walk.language == "zh-hans" else "Noise from a business"
    )
    case = Case.objects.get()
    assert (case.class_code, case.lon, case.version) == ("E0128", case.source_lon, 3)


def test_operations_read_figures_and_the_cases_behind_them(walk: Walk) -> None:
    page = walk.page
    for grid, code in ((0, "E0110"), (0, "E0129"), (2, "S0303")):
        report(now=now(), grid=grid, class_code=code)
    walk.sign_in("operations")
    walk.go("/home")
    walk.look("operations-today")
    page.locator("a.tile").first.click()
    expect(page.locator("a.list-row")).to_have_count(3)
    page.go_back()
    page.locator(".tabs a").last.click()
    walk.look("operations-week")
    walk.cookie("gezhi_theme", "dark")
    page.reload()
    walk.look("operations-dark")
