"""A person at a screen: visits pages, looks at each with the eyes of someone who cannot see, and photographs it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from playwright.sync_api import Browser, ConsoleMessage, Page

from gezhi.platform.access.sessions import SessionStore
from tests.factories.cases import Town

_AXE = Axe()
# Chromium's own remarks on drawing without a graphics card.
_NOT_OURS = ("GPU stall", "GL Driver Message", "WebGL")


def wait_for_parts(page: Page) -> None:
    """What listens on a page comes in parts; a key that is pressed before its part would be lost."""
    page.wait_for_function("() => !document.querySelector(':not(:defined)')")


class Walk:
    """One browser window of one person."""

    def __init__(
        self, browser: Browser, base: str, town: Town, *, language: str, width: int, output: Path, **context: Any
    ) -> None:
        self.base, self.town, self.language, self.width, self.output = base, town, language, width, output
        self.complaints: list[str] = []
        self.scripted = context.get("java_script_enabled", True)
        self.context = browser.new_context(
            viewport={"width": width, "height": 844 if width < 600 else 900},
            has_touch=width < 600,
            reduced_motion="reduce",
            **context,
        )
        self.context.set_default_timeout(20_000)
        self.cookie(settings.LANGUAGE_COOKIE_NAME, language)
        self.page: Page = self.context.new_page()
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))

    def _hear(self, message: ConsoleMessage) -> None:
        # A refused form answers 4xx on purpose; the browser notes it as a failed load.
        expected = "status of 422" in message.text or "status of 409" in message.text or "status of 404" in message.text
        if message.type == "error" and not expected and not any(word in message.text for word in _NOT_OURS):
            self.complaints.append(f"console: {message.text} ({message.location.get('url')})")

    def cookie(self, name: str, value: str) -> None:
        self.context.add_cookies([{"name": name, "value": value, "url": self.base}])

    def sign_in(self, name: str) -> None:
        """Sign in without the form; the form has a test of its own."""
        user = self.town.users[name]
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.save()
        self.cookie(settings.SESSION_COOKIE_NAME, session.session_key)

    def go(self, address: str) -> None:
        self.page.goto(self.base + address, wait_until="load")
        if self.scripted:
            wait_for_parts(self.page)

    def look(self, name: str) -> None:
        """Photograph the page; it must fit the screen and have no serious fault for assistive technology."""
        self.page.wait_for_load_state("networkidle")
        wide = self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        if wide > 0:
            self.complaints.append(f"{name}: {wide} px wider than the screen")
        language = self.language.split("-")[0]
        self.output.mkdir(parents=True, exist_ok=True)
        # Without `caret` Playwright would add a style of its own, which the pages' policy rightly refuses.
        self.page.screenshot(path=self.output / f"{name}-{language}-{self.width}.png", full_page=True, caret="initial")
        for violation in _AXE.run(self.page).response["violations"]:
            if violation["impact"] in {"serious", "critical"}:
                where = [node["target"] for node in violation["nodes"]][:3]
                self.complaints.append(f"{name}: {violation['id']} ({violation['help']}) at {where}")

    def close(self) -> None:
        self.context.close()
