"""How smoothly the map is moved: frames a second while it is panned at zoom 15 over a city, in a window of 1280 × 800.

The reference, in the same run: the same pan over the ground's bare colour, which is what this machine's drawing alone allows.
Without a graphics card Chromium draws by the processor: ``GEZHI_CHROMIUM_FLAGS`` may tell it otherwise.
"""

from __future__ import annotations

import os
import shutil

from playwright.sync_api import sync_playwright

from benchmarks._report import row
from benchmarks._served_city import served_city

ZOOM, SECONDS, AIM = 15, 5, 60
_FLAGS = ["--headless", "--no-sandbox", "--enable-unsafe-swiftshader"]
_DRAWN = """() => new Promise(done => {
    const look = () => document.querySelector('area-map')?.map ? done() : setTimeout(look, 50)
    look()
})"""
_SETTLE = """zoom => new Promise(done => {
    const map = document.querySelector('area-map').map
    map.once('idle', () => done())
    map.jumpTo({zoom})
    map.triggerRepaint()
})"""
# To and fro in a circle: what is panned over has been loaded by the first round, which is not counted.
_PAN = """seconds => new Promise(done => {
    const map = document.querySelector('area-map').map
    const times = [], start = performance.now()
    let drawn = 0
    map.on('render', () => (drawn += 1))
    const step = now => {
        times.push(now)
        const turn = (now - start) / 1000
        map.panBy([9 * Math.cos(turn * 2), 9 * Math.sin(turn * 2)], {duration: 0})
        if (now - start < seconds * 1000) requestAnimationFrame(step)
        else {
            const gaps = times.slice(1).map((time, place) => time - times[place]).sort((a, b) => a - b)
            done({fps: gaps.length / ((times.at(-1) - times[0]) / 1000), drawn, p95: gaps[Math.floor(gaps.length * 0.95)]})
        }
    }
    requestAnimationFrame(step)
})"""
_BARE = """() => {
    const map = document.querySelector('area-map').map
    for (const layer of map.getStyle().layers)
        if (layer.type !== 'background') map.setLayoutProperty(layer.id, 'visibility', 'none')
}"""


def run() -> dict[str, float]:
    """Found, serve, pan and print. Needs Chromium (``GEZHI_CHROMIUM`` or on the path)."""
    chromium = os.environ.get("GEZHI_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        print("skipped: no Chromium")
        return {}
    flags = os.environ.get("GEZHI_CHROMIUM_FLAGS", "").split() or _FLAGS
    with served_city(GEZHI_DESIGN_PAGE="1") as (address, _, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=flags)
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto(f"{address}/design/map?theme=light&zoom={ZOOM}")
        page.evaluate(_DRAWN)
        page.evaluate(_SETTLE, ZOOM)
        page.evaluate(_PAN, SECONDS)
        page.evaluate(_SETTLE, ZOOM)
        city = page.evaluate(_PAN, SECONDS)
        page.evaluate(_BARE)
        page.evaluate(_SETTLE, ZOOM)
        bare = page.evaluate(_PAN, SECONDS)
        browser.close()
    row("figure", "value", "aim", None, "bare ground")
    row("frames a second", f"{city['fps']:.0f}", f"{AIM}", city["fps"] >= AIM - 1, f"{bare['fps']:.0f}")
    row("95 % of frames within", f"{city['p95']:.0f} ms", "", None, f"{bare['p95']:.0f} ms")
    return {"map_pan_fps": city["fps"], "map_pan_bare_fps": bare["fps"]}
