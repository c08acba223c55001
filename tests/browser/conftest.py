"""A real browser on the real pages. Chromium comes from the system; nothing is downloaded."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.factories.cases import Town, make_town
from tests.factories.walks import Walk

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "src" / "gezhi" / "interfaces" / "web" / "static" / "build" / "app.js"
SCREENSHOTS = ROOT / "test-output" / "screenshots"
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Software drawing, so that the map can be looked at on a machine without a graphics card.
    "--enable-unsafe-swiftshader",
]


# How long a page may take is measured by the benchmarks; on a machine that does other work too it comes late and is still right.
expect.set_options(timeout=20_000)

# Both languages and both widths are walked always, each language at each width by `make soak`.
_CROSSED = {("zh-hans", 1440), ("en", 390)}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            given = item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
            if (given.get("language"), given.get("width")) in _CROSSED:
                item.add_marker(pytest.mark.lasting)


def chromium() -> str:
    told = os.environ.get("GEZHI_CHROMIUM")
    found = told or next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found and Path(found).exists():
        return found
    words = "no Chromium: `apt-get install chromium`, or set GEZHI_CHROMIUM to its path"
    if os.environ.get("GEZHI_REQUIRE_BROWSER") == "1":
        pytest.fail(words)
    pytest.skip(words)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all browser tests."""
    path = chromium()
    if not BUILD.exists():
        pytest.fail("the front end is not built: `make install`")
    with sync_playwright() as playwright:
        # Playwright's loop runs in this thread; the tests' own queries are as safe as ever.
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
        started = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield started
        started.close()
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def town(transactional_db: None) -> Town:
    return make_town()


@pytest.fixture(params=["zh-hans", "en"])
def language(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(params=[390, 1440])
def width(request: pytest.FixtureRequest) -> int:
    return request.param


@pytest.fixture
def walk(browser: Browser, live_server, town: Town, language: str, width: int) -> Iterator[Walk]:
    """A person with a language and a screen, walking the pages; ends with what the browser complained about."""
    walker = Walk(browser, live_server.url, town, language=language, width=width, output=SCREENSHOTS)
    yield walker
    walker.close()
    assert walker.complaints == []


@pytest.fixture
def walks(browser: Browser, live_server, town: Town) -> Iterator[Callable[..., Walk]]:
    """As many persons as a test needs, each with a screen of their own; ends with what their browsers complained about."""
    made: list[Walk] = []

    def walk(*, language: str = "zh-hans", width: int = 1440, **context: object) -> Walk:
        made.append(Walk(browser, live_server.url, town, language=language, width=width, output=SCREENSHOTS, **context))
        return made[-1]

    yield walk
    for one in made:
        one.close()
        assert one.complaints == []
