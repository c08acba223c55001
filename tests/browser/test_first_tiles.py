"""The tiles that a page asks for while the map's engine is on its way are those with which the map then begins."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import SCREENSHOTS
from tests.factories.areas import centre
from tests.factories.cases import Town
from tests.factories.ground import quarter
from tests.factories.walks import Walk

_DRAWN = "() => document.querySelector('area-map')?.map?.loaded() ?? false"
_TILES = """() => performance.getEntriesByType('resource').map(one => one.name).filter(name => name.endsWith('.mvt')).sort()"""


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("begun_at", ["the city", "a place"])
def test_tiles_asked_for_ahead_are_those_of_the_first_view(
    browser: Browser, live_server, town: Town, width: int, begun_at: str
) -> None:
    quarter()
    place = centre(0)
    walker = Walk(browser, live_server.url, town, language="zh-hans", width=width, output=SCREENSHOTS)
    page = walker.page
    walker.go("/report" if begun_at == "the city" else f"/report?lon={place[0]}&lat={place[1]}")
    page.wait_for_function(_DRAWN)
    ahead = page.evaluate(_TILES)
    taken = {name for worker in page.workers for name in worker.evaluate(_TILES)}
    assert ahead
    assert set(ahead) == taken
    assert len(ahead) == len(set(ahead))
    walker.close()
    assert walker.complaints == []
