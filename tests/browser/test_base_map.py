"""What lies under the city's own ground, in a browser: pictures where they belong, tiles of a file, and whose all that is."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Iterator

import mapbox_vector_tile
import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, Route, expect

from gezhi.contexts.ground.use_cases import NewSource, lay_archive
from gezhi.interfaces.web.tile_service import TileService
from gezhi.kernel import clock
from gezhi.kernel.datum import Datum, wgs84_to_gcj02
from gezhi.kernel.mercator import Tile
from gezhi.platform.kept import forget_all
from tests.browser.conftest import SCREENSHOTS
from tests.factories.archives import write_archive
from tests.factories.areas import centre
from tests.factories.cases import SYSTEM, Town
from tests.factories.ground import lay, road
from tests.factories.walks import Walk

HERE = centre(2)
HOST = "https://tiles.example.cn"
RED, SEA = (255, 0, 0), (0, 90, 200)


@pytest.fixture
def desk(browser: Browser, live_server, town: Town) -> Iterator[Walk]:
    walker = Walk(browser, live_server.url, town, language="zh-hans", width=1440, output=SCREENSHOTS)
    yield walker
    walker.close()
    assert walker.complaints == []


def picture(route: Route, datum: Datum) -> None:
    """A grey picture with a red square where ``HERE`` lies in the datum of the service."""
    zoom, x, y = map(int, re.findall(r"\d+", route.request.url.removeprefix(HOST)))
    lon, lat = wgs84_to_gcj02(*HERE) if datum is Datum.GCJ02 else HERE
    side = 1 << zoom
    across = (lon / 360 + 0.5) * side - x
    down = (0.5 - math.log(math.tan(math.pi / 4 + math.radians(lat) / 2)) / math.tau) * side - y
    image = Image.new("RGB", (256, 256), (235, 235, 235))
    at = across * 256, down * 256
    ImageDraw.Draw(image).rectangle((at[0] - 5, at[1] - 5, at[0] + 5, at[1] + 5), fill=RED)
    body = io.BytesIO()
    image.save(body, "PNG")
    route.fulfill(body=body.getvalue(), content_type="image/png", headers={"Access-Control-Allow-Origin": "*"})


def drawn(page: Page) -> Image.Image:
    """The map as it is seen, without the mark in its middle."""
    page.locator(".map-aim").evaluate("mark => (mark.style.display = 'none')")
    page.wait_for_timeout(2_500)
    return Image.open(io.BytesIO(page.locator(".map-canvas").screenshot(caret="initial"))).convert("RGB")


def red_places(image: Image.Image) -> list[tuple[int, int]]:
    width, height = image.size
    pixels = image.load()
    return [(x, y) for x in range(width) for y in range(height) if pixels[x, y][0] > 180 and max(pixels[x, y][1:]) < 90]


@pytest.mark.parametrize("datum", [Datum.GCJ02, Datum.WGS84])
def test_pictures_of_a_service_lie_under_the_place_that_they_show(desk: Walk, settings, datum: Datum) -> None:
    settings.GEZHI_TILE_SERVICE = TileService((((f"{HOST}/{{z}}/{{x}}/{{y}}.png"),),), 17, datum, "© 某图")
    desk.page.route(f"{HOST}/**", lambda route: picture(route, datum))
    desk.go("/report")
    desk.page.locator("area-map canvas").wait_for()
    desk.page.locator("area-map").evaluate(f"map => map.goTo({HERE[0]}, {HERE[1]}, 17)")
    expect(desk.page.locator(".map-licence")).to_have_text("© 某图")
    image = drawn(desk.page)
    red = red_places(image)
    assert len(red) > 60
    middle = sum(x for x, _ in red) / len(red), sum(y for _, y in red) / len(red)
    # A pixel of the map at this zoom is half a metre, five metres are ten.
    assert math.dist(middle, (image.width / 2, image.height / 2)) < 10
    desk.look(f"base-{datum.value}")


def test_tiles_of_a_file_are_drawn_and_whose_they_are_is_said(desk: Walk, settings, tmp_path) -> None:
    settings.GEZHI_HOME = tmp_path / "home"
    ring = [[0, 0], [4096, 0], [4096, 4096], [0, 4096], [0, 0]]
    sea = {"name": "water", "features": [{"geometry": {"type": "Polygon", "coordinates": [ring]}, "properties": {}}]}
    lon, lat = HERE
    x = int((lon / 360 + 0.5) * 2**10)
    y = int((0.5 - math.log(math.tan(math.pi / 4 + math.radians(lat) / 2)) / math.tau) * 2**10)
    path = write_archive(tmp_path / "a.pmtiles", {Tile(10, x, y): mapbox_vector_tile.encode([sea])})
    licence = "© OpenStreetMap contributors (ODbL)"
    lay_archive(actor=SYSTEM, source=NewSource("base", "Base", licence), path=path, now=clock.now())
    lay(road("长虹路", "arterial", centre(0), centre(3)), code="city", licence="© 襄阳市测绘院")
    forget_all()
    desk.go("/report")
    desk.page.locator("area-map canvas").wait_for()
    line = desk.page.locator(".map-licence")
    expect(line).to_have_text(f"{licence} · © 襄阳市测绘院")
    desk.page.locator("area-map").evaluate(f"map => map.goTo({lon}, {lat + 0.0003}, 17)")
    image = drawn(desk.page)
    water = desk.page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--map-water').trim()")
    wanted = tuple(int(water[place : place + 2], 16) for place in (1, 3, 5))
    found = image.getpixel((image.width // 2, image.height // 2))
    assert max(abs(one - other) for one, other in zip(found, wanted, strict=True)) < 6
    desk.look("base-file")
    for width in (390, 1440):
        desk.page.set_viewport_size({"width": width, "height": 900})
        desk.page.wait_for_timeout(300)
        where, said = desk.page.locator(".map-where").bounding_box(), line.bounding_box()
        assert where["y"] + where["height"] <= said["y"] + 1
        frame = desk.page.locator(".map-frame").bounding_box()
        assert said["x"] >= frame["x"]
        assert said["y"] + said["height"] <= frame["y"] + frame["height"] + 1
    desk.page.emulate_media(color_scheme="dark")
    desk.page.wait_for_timeout(2_000)
    desk.look("base-file-dark")
