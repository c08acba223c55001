"""Background work on a screen: the bar moves by itself, the result comes by itself, and all of it works without a script."""

from __future__ import annotations

import json
import threading

from playwright.sync_api import Browser, expect

from gezhi.kernel.clock import now
from gezhi.platform.work.carry_out import carry_out, take_next
from gezhi.platform.work.models import WorkRun, WorkState
from tests.factories.cases import report
from tests.factories.clients import case_at
from tests.factories.walks import Walk


def set_state(**columns: object) -> None:
    WorkRun.objects.update(**columns)


def work_one() -> None:
    run = take_next(worker="test:1", now=now())
    assert run is not None
    # In a thread of its own, as the browser's loop runs in this one.
    worker = threading.Thread(target=carry_out, args=(run,))
    worker.start()
    worker.join(30)


def test_an_export_is_watched_and_fetched(walk: Walk, settings, tmp_path) -> None:
    settings.GEZHI_HOME = tmp_path
    case_at(walk.town, "handling")
    report(now=now())
    page = walk.page
    walk.sign_in("dispatcher")
    walk.go("/hub?queue=all")
    walk.look("hub-with-export")
    page.locator(".list-more > summary").click()
    page.locator("form[action$='/export_cases'] button").click()
    page.wait_for_url("**/staff/work/*")
    expect(page.locator("#far .chip")).to_be_visible()
    walk.look("work-waiting")
    set_state(
        state=WorkState.RUNNING,
        attempt=1,
        beat_at=now(),
        begun_at=now(),
        done=420,
        total=1200,
        words="Writing the file",
    )
    expect(page.locator("#far progress")).to_have_attribute("value", "35")
    walk.look("work-running")
    page.locator("a[href$='/stop']").click()
    walk.look("work-stop-asked")
    page.locator("main .form-buttons a").click()
    set_state(state=WorkState.QUEUED)
    work_one()
    expect(page.locator("#run .banner[data-tone=good]")).to_be_visible()
    walk.look("work-done")
    with page.expect_download() as fetched:
        page.locator("a[download]").click()
    assert fetched.value.suggested_filename.startswith("cases-")
    walk.go("/staff/work")
    walk.look("work-list")


def test_what_failed_says_what_to_do(walk: Walk, settings, tmp_path, monkeypatch) -> None:
    settings.GEZHI_HOME = tmp_path
    page = walk.page
    walk.sign_in("system_admin")
    walk.go("/staff/work")
    walk.look("work-list-empty")
    page.locator("a[href$='/check_case_file']").click()
    walk.look("work-new")
    page.locator("main .button-primary").click()
    expect(page.locator(".error-summary")).to_be_visible()
    walk.look("work-new-refused")
    page.set_input_files("#id_file", [{"name": "town.csv", "mimeType": "text/csv", "buffer": b"a,b\n1,2\n"}])
    page.select_option("#id_mapping", "boston")
    page.locator("main .button-primary").click()
    page.wait_for_url("**/staff/work/0*")
    work_one()
    expect(page.locator("#run .banner[data-tone=urgent]")).to_be_visible()
    walk.look("work-failed")


def test_without_a_script_a_reload_shows_how_far_it_is(browser: Browser, live_server, town, settings, tmp_path) -> None:
    settings.GEZHI_HOME = tmp_path
    walk = Walk(
        browser, live_server.url, town, language="zh-hans", width=390, output=tmp_path, java_script_enabled=False
    )
    walk.sign_in("dispatcher")
    walk.page.goto(live_server.url + "/hub?queue=all")
    walk.page.locator(".list-more > summary").click()
    walk.page.locator("form[action$='/export_cases'] button").click()
    assert "/staff/work/" in walk.page.url
    work_one()
    walk.page.locator("noscript a, a:has-text('刷新进度')").first.click()
    expect(walk.page.locator("a[download]")).to_be_visible()
    walk.close()


def test_a_planner_reads_what_came_of_a_plan(walk: Walk, settings, tmp_path) -> None:
    settings.GEZHI_HOME = tmp_path
    page = walk.page
    walk.sign_in("planner")
    walk.go("/staff/work/new/check_area_file")
    walk.look("work-new-areas")
    for name, households, band in (("good", 100, [300, 500]), ("bad", 900, [300, 500])):
        units = [{"id": f"u{n}", "households": households, "x": 10 * n, "y": 0} for n in range(12)]
        edges = [{"a": f"u{n}", "b": f"u{n + 1}", "border_m": 12.5} for n in range(11)]
        task = {"units": units, "edges": edges, "band": band, "k": None, "objective": "grid"}
        walk.go("/staff/work/new/cut_grids")
        content = json.dumps(task).encode()
        page.set_input_files("#id_file", [{"name": "street.json", "mimeType": "text/json", "buffer": content}])
        page.locator("main .button-primary").click()
        page.wait_for_url("**/staff/work/*-*")
        work_one()
        expect(page.locator("#run .banner")).to_be_visible()
        walk.look(f"work-plan-{name}")
