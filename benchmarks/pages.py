"""How heavy the pages are, and how long a person on a slow phone waits for them: Chromium at 400 kbit/s, 400 ms and a quarter
of this machine's speed.

A small demo city is served as in production. Of each page, with nothing kept by the browser and again with what the first
visit left: kilobytes over the wire, requests, seconds until the first words stand there, until its first control can be used (a
click on it is answered by the page's own script or by the browser), until its map is drawn, and until all has come. The
reference, in the same run: a bare page of one sentence over the same line.
"""

from __future__ import annotations

import math
import os
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from playwright.sync_api import Browser, BrowserContext, sync_playwright

from benchmarks._report import row
from benchmarks._served_city import served_city

KILOBITS, LATENCY_MS, SLOWER = 400, 400, 4
WAIT_MS = 180_000
_FLAGS = ["--headless", "--no-sandbox", "--disable-background-networking", "--enable-unsafe-swiftshader"]


@dataclass(frozen=True)
class Page:
    """``control``: what a person wants to use first. ``usable_s``, ``map_s``: the aims on a first visit, until that control can
    be used and until the map is drawn."""

    name: str
    path: str
    control: str
    who: str = ""
    usable_s: float | None = None
    map_s: float | None = None


PAGES = (
    Page("front", "/", "a[href='/report']"),
    Page("report: where", "/report", "main :is(area-map, input, button):visible", usable_s=6, map_s=8),
    Page("report: what", "/report/what?lon=112.14&lat=32.02", "textarea", usable_s=6),
    Page("follow", "/follow", "main input:not([type=hidden])"),
    Page("hub", "/hub", "[data-case]", "dispatcher", 2.5),
    Page("operations", "/operations", ".tile", "operations"),
    Page("worker", "/worker", "main a, main button", "worker"),
)


def run() -> dict[str, float]:
    """Found, serve, visit and print. Needs Chromium (``GEZHI_CHROMIUM`` or on the path)."""
    chromium = os.environ.get("GEZHI_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        print("skipped: no Chromium")
        return {}
    figures: dict[str, float] = {}
    with served_city() as (address, cookie, keys), _bare() as bare, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=_FLAGS)
        print(
            f"{KILOBITS} kbit/s, {LATENCY_MS} ms, CPU ÷ {SLOWER}: kB | requests | first words | usable | all, seconds"
        )
        reference = _visits(browser, bare, Page("bare page", "/", "p"), {})[0]
        row("bare page", _cells(reference), "", None, "")
        for page in PAGES:
            cookies = {cookie: keys[page.who]} if page.who else {}
            first, again = _visits(browser, address, page, cookies)
            aim, holds = "", None
            if page.usable_s is not None:
                aim, holds = f"usable ≤ {page.usable_s:g} s", first["usable_s"] <= page.usable_s
            times = f"{first['usable_s'] / reference['usable_s']:.1f} × bare"
            row(page.name, _cells(first), aim, holds, times)
            row(f"{page.name}, again", _cells(again), "", None, "")
            if page.map_s is not None:
                drawn, later = first["map_s"], again["map_s"]
                holds = drawn <= page.map_s
                row(f"{page.name}: map", f"{drawn:.1f}, again {later:.1f}", f"≤ {page.map_s:g} s", holds, "")
                figures[f"{page.name}_map_s"] = drawn
            figures[f"{page.name}_usable_s"] = first["usable_s"]
        browser.close()
    return figures


def _cells(figures: dict[str, float]) -> str:
    return (
        f"{figures['kilobytes']:.0f} | {figures['requests']:.0f} | {figures['words_s']:.1f} | {figures['usable_s']:.1f}"
        f" | {figures['all_s']:.1f}"
    )


def _visits(browser: Browser, address: str, page: Page, cookies: dict[str, str]) -> list[dict[str, float]]:
    """Two visits by a browser that is new to the city."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN", service_workers="block")
    context.add_cookies([{"name": name, "value": value, "url": address} for name, value in cookies.items()])
    try:
        return [_visit(context, address + page.path, page) for _ in range(2)]
    finally:
        context.close()


def _visit(context: BrowserContext, address: str, page: Page) -> dict[str, float]:
    tab = context.new_page()
    line = context.new_cdp_session(tab)
    line.send("Network.enable")
    rate = KILOBITS * 1_000 / 8
    line.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": LATENCY_MS, "downloadThroughput": rate, "uploadThroughput": rate},
    )
    line.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    counted = {"bytes": 0.0, "requests": 0}

    def sent(_event: dict[str, Any]) -> None:
        counted["requests"] += 1

    def received(event: dict[str, Any]) -> None:
        counted["bytes"] += event["encodedDataLength"]

    line.on("Network.requestWillBeSent", sent)
    line.on("Network.loadingFinished", received)
    start = time.monotonic()
    answer = tab.goto(address, wait_until="commit", timeout=WAIT_MS)
    if answer is None or answer.status != 200:
        raise RuntimeError(f"{address}: {answer and answer.status}")
    # A trial click waits until the control is there, stands still and gets what is clicked; a turn of the page's own
    # loop after it says that no script is in the way.
    tab.locator(page.control).first.click(trial=True, timeout=WAIT_MS)
    tab.evaluate("() => new Promise(done => setTimeout(done))")
    usable = time.monotonic() - start
    drawn = math.nan
    if page.map_s is not None:
        tab.wait_for_function("() => document.querySelector('area-map').map?.loaded()", timeout=WAIT_MS)
        drawn = time.monotonic() - start
    tab.wait_for_load_state("load", timeout=WAIT_MS)
    tab.wait_for_load_state("networkidle", timeout=WAIT_MS)
    whole = time.monotonic() - start
    words = tab.evaluate(
        "() => (performance.getEntriesByName('first-contentful-paint')[0] || {startTime: NaN}).startTime"
    )
    tab.close()
    return {
        "kilobytes": counted["bytes"] / 1_000,
        "requests": counted["requests"],
        "words_s": words / 1_000,
        "usable_s": usable,
        "map_s": drawn,
        # Half a second without traffic has passed before it counts as idle.
        "all_s": whole - 0.5,
    }


class _Sentence(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = "<!doctype html><meta charset=utf-8><title>一句话</title><p>你好。</p>".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:
        """Nothing: the table is all that is printed."""


@contextmanager
def _bare() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Sentence)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
