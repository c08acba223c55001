"""The map at every zoom in every theme: drawn, without a missing symbol, no name twice in a view; and on a machine without
Chinese type."""

from __future__ import annotations

import io
import json
import os
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import shapely
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from gezhi.contexts.areas.use_cases.register_compounds import NewCompound, register_compounds
from gezhi.contexts.ground.domain.layers import Layer
from gezhi.contexts.ground.use_cases import NewFeature
from gezhi.kernel.clock import now
from tests.browser.conftest import FLAGS, SCREENSHOTS, chromium
from tests.factories.areas import centre
from tests.factories.cases import SYSTEM, Town
from tests.factories.ground import lay, quarter, road
from tests.factories.walks import Walk

ZOOMS = range(9, 20)
# Less than so many different colours, or so little difference between them, is an empty sheet.
LEAST_COLOURS, LEAST_SPREAD = 12, 2.0
_DRAWN = """() => new Promise(done => {
    const look = () => document.querySelector('area-map')?.map ? done() : setTimeout(look, 30)
    look()
})"""
_LISTEN = """() => {
    const map = document.querySelector('area-map').map
    window.missing = []
    map.on('styleimagemissing', event => window.missing.push(event.id))
    map.on('error', event => window.missing.push(String(event.error)))
}"""
# Twice idle: what a first look finds to be said twice is silent with the second.
_GO = """zoom => new Promise(done => {
    const map = document.querySelector('area-map').map
    const again = () => { map.once('idle', () => done()); map.triggerRepaint() }
    map.once('idle', again)
    map.jumpTo({zoom})
    map.triggerRepaint()
})"""
_SAID = """() => document.querySelector('area-map').map.queryRenderedFeatures()
    .filter(one => one.layer.type === 'symbol' && one.layer.layout['symbol-placement'] !== 'line' && !one.state.twin)
    .filter(one => one.properties.name)
    .map(one => [one.properties.name, one.sourceLayer + one.id])"""


def _map_of(
    browser: Browser, base: str, town: Town, address: str, *, width: int = 1440, language: str = "zh-hans"
) -> Walk:
    walker = Walk(browser, base, town, language=language, width=width, output=SCREENSHOTS)
    walker.go(address)
    walker.page.evaluate(_DRAWN)
    return walker


def _picture(page: Page, name: str) -> Image.Image:
    raw = page.locator(".map-frame").screenshot(caret="initial", path=SCREENSHOTS / f"{name}.png")
    return Image.open(io.BytesIO(raw)).convert("RGB")


@pytest.mark.parametrize("theme", ["light", "dark", "wall"])
def test_the_map_at_every_zoom(browser: Browser, live_server, town: Town, theme: str) -> None:
    place = quarter()
    address = f"/design/map?theme={theme}&place={town.areas['420602001'].pk}"
    walker = _map_of(browser, live_server.url, town, address, width=720)
    page = walker.page
    page.evaluate(_LISTEN)
    page.evaluate("centre => document.querySelector('area-map').map.jumpTo({center: centre})", list(place))
    for zoom in ZOOMS:
        page.evaluate(_GO, zoom)
        picture = _picture(page, f"map-{theme}-{zoom}")
        assert len(np.unique(np.asarray(picture.resize((200, 120))).reshape(-1, 3), axis=0)) > LEAST_COLOURS, zoom
        assert np.asarray(picture.convert("L")).std() > LEAST_SPREAD, zoom
        said = Counter(name for name, _ in {tuple(one) for one in page.evaluate(_SAID)})
        assert [name for name, times in said.items() if times > 1] == [], zoom
        assert zoom < 12 or said, zoom
    assert page.evaluate("window.missing") == []
    walker.close()
    assert walker.complaints == []


def test_the_page_of_the_map_is_sound(walk: Walk) -> None:
    quarter()
    walk.go("/design/map")
    walk.page.evaluate(_DRAWN)
    walk.look("design-map")


def test_the_buttons_of_a_map_are_large_named_and_reached_by_keyboard(walk: Walk) -> None:
    page = walk.page
    words = {
        "en": ["Zoom in", "Zoom out", "Show the whole city", "Show where I am"],
        "zh-hans": ["放大", "缩小", "显示全市", "显示我的位置"],
    }[walk.language]
    walk.go("/report")
    page.evaluate(_DRAWN)
    page.locator(".map-frame canvas").focus()
    for label in words:
        page.keyboard.press("Tab")
        button = page.locator("area-map").get_by_role("button", name=label, exact=True)
        expect(button).to_be_focused()
        box = button.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 40
        assert button.evaluate("one => getComputedStyle(one).outlineStyle") == "solid"
    before = page.evaluate("document.querySelector('area-map').map.getZoom()")
    page.locator("area-map").get_by_role("button", name=words[0], exact=True).press("Enter")
    page.wait_for_timeout(500)
    assert page.evaluate("document.querySelector('area-map').map.getZoom()") > before


def test_names_are_in_the_readers_language(browser: Browser, live_server, town: Town) -> None:
    place = quarter()
    address = f"/design/map?theme=light&place={town.areas['420602001'].pk}"
    walker = _map_of(browser, live_server.url, town, address, language="en")
    page = walker.page
    page.evaluate("centre => document.querySelector('area-map').map.jumpTo({center: centre})", list(place))
    page.evaluate(_GO, 16)
    written = page.evaluate(
        """() => document.querySelector('area-map').map.getStyle().layers
            .find(layer => layer.id === 'compound-name').layout['text-field']"""
    )
    assert "name_en" in json.dumps(written)
    _picture(page, "map-english")
    walker.close()
    assert walker.complaints == []


def test_a_compound_keeps_its_name_beside_a_stop_of_the_same_name(browser: Browser, live_server, town: Town) -> None:
    lon, lat = centre(0)
    names = ("翰林嘉园", "阳光花园")
    yards = [shapely.box(lon + east, lat - 0.0006, lon + east + 0.0012, lat + 0.0006) for east in (-0.0014, 0.0002)]
    ids = (town.areas["420602001001"].pk, town.areas["420602001001001"].pk)
    compounds = [
        NewCompound(f"X{place}", name, *ids, 100, "none", False, yard)
        for place, (name, yard) in enumerate(zip(names, yards, strict=True))
    ]
    register_compounds(actor=SYSTEM, compounds=compounds, now=now())
    stops = [NewFeature(Layer.LANDMARK, "bus_stop", shapely.Point(lon + 0.0008, lat), names[0])]
    halves = [
        road("沿江街", "collector", (lon - 0.004, lat + 0.0009), (lon, lat + 0.0009)),
        road("沿江街", "collector", (lon, lat + 0.0009), (lon + 0.004, lat + 0.0009)),
    ]
    lay(*stops, *halves)
    address = f"/design/map?theme=light&place={town.areas['420602001'].pk}"
    walker = _map_of(browser, live_server.url, town, address)
    page = walker.page
    page.evaluate("centre => document.querySelector('area-map').map.jumpTo({center: centre})", [lon, lat])
    page.evaluate(_GO, 16.5)
    _picture(page, "map-compound-and-stop")
    written = page.evaluate(
        """() => document.querySelector('area-map').map.queryRenderedFeatures()
            .filter(one => one.layer.type === 'symbol' && one.properties.name && !one.state.twin)
            .map(one => [one.properties.name, one.layer.id, one.id])"""
    )
    layers = {(name, layer) for name, layer, _ in written}
    assert {(name, "compound-name") for name in names} <= layers
    assert (names[0], "landmark-lesser") not in layers
    # Of a road in several parts one says the name.
    assert len({number for name, _, number in written if name == "沿江街"}) == 1
    walker.close()
    assert walker.complaints == []


@pytest.fixture(scope="module")
def fontless(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A Chromium on a machine that has Latin letters and no Chinese ones."""
    latin = [line.split(":")[0] for line in _listed("DejaVu Sans:style=Book")]
    if not latin:
        pytest.skip("no DejaVu Sans: `apt-get install fonts-dejavu-core`")
    home = tmp_path_factory.mktemp("fonts")
    (home / "latin").mkdir()
    (home / "latin" / Path(latin[0]).name).symlink_to(latin[0])
    configuration = home / "fonts.conf"
    configuration.write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
        f"<dir>{home / 'latin'}</dir><cachedir>{home / 'cache'}</cachedir></fontconfig>"
    )
    environment = {**os.environ, "FONTCONFIG_FILE": str(configuration)}
    started = browser.browser_type.launch(executable_path=chromium(), args=FLAGS, env=environment)
    yield started
    started.close()


def _listed(pattern: str) -> list[str]:
    said = subprocess.run(["fc-list", pattern, "file"], capture_output=True, text=True, check=False)
    return said.stdout.splitlines()


_WRITTEN = """() => {
    const manager = document.querySelector('area-map').map.style.glyphManager
    const found = {}
    for (const entry of Object.values(manager.entries))
        for (const [sign, glyph] of Object.entries(entry.glyphs.default))
            if (/\\p{Script=Han}/u.test(sign) && glyph) found[sign] = [...glyph.bitmap.data]
    return found
}"""


def _signs(browser: Browser, base: str, town: Town) -> tuple[dict[str, list[int]], list[str]]:
    """The Chinese signs that a map wrote, each as it was drawn, and the files of type that it fetched."""
    place = quarter()
    fetched: list[str] = []
    walker = Walk(browser, base, town, language="zh-hans", width=720, output=SCREENSHOTS)
    walker.page.on("request", lambda request: fetched.append(request.url.rpartition("/")[2]))
    walker.go(f"/design/map?theme=light&place={town.areas['420602001'].pk}")
    walker.page.evaluate(_DRAWN)
    walker.page.evaluate("centre => document.querySelector('area-map').map.jumpTo({center: centre})", list(place))
    walker.page.evaluate(_GO, 16)
    signs = walker.page.evaluate(_WRITTEN)
    walker.close()
    assert walker.complaints == []
    return signs, [name for name in fetched if name.endswith(".woff2") and "latin" not in name]


def test_a_machine_without_chinese_type_writes_the_same(
    browser: Browser, fontless: Browser, live_server, town: Town
) -> None:
    theirs, fetched_by_them = _signs(browser, live_server.url, town)
    ours, fetched = _signs(fontless, live_server.url, town)
    assert set("襄城区真武山街道檀溪酂") <= set(ours)
    # Whoever has Chinese type fetches none; whoever has none fetches what is written, and no more.
    assert fetched_by_them == []
    assert 0 < len(fetched) < 40
    # No box: each sign is another drawing, and the one that a machine with the type draws.
    assert len({tuple(drawn) for drawn in ours.values()}) == len(ours)
    for sign in set(ours) & set(theirs):
        both = [np.asarray(drawn, dtype=float) for drawn in (ours[sign], theirs[sign])]
        assert both[0].max() > 200, sign
        if both[0].size == both[1].size:
            assert np.corrcoef(both)[0, 1] > 0.8, sign
