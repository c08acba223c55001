"""A phone of a worker or a resident, whose browser may be killed."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from playwright.sync_api import Browser, BrowserContext, Page

from gezhi.platform.access.sessions import SessionStore
from tests.factories.areas import centre
from tests.factories.cases import Town
from tests.factories.walks import wait_for_parts

LON, LAT = centre(0)
# Asked without making the store: that is the page's own to make.
_DRAFTS = """async () => {
  if (!(await indexedDB.databases()).some(({ name }) => name === 'gezhi')) return [];
  const base = await new Promise((done) => (indexedDB.open('gezhi').onsuccess = ({ target }) => done(target.result)));
  const asked = base.transaction('drafts').objectStore('drafts').getAll();
  return new Promise((done) => {
    asked.onsuccess = () => { base.close(); done(asked.result.map(({ photos }) => photos.length)); };
  });
}"""
PHONE = {"width": 390, "height": 844}


class Device:
    """A phone: what it keeps is in a folder, and stays there when its browser is killed."""

    def __init__(self, browser: Browser, base: str, town: Town, folder: Path, **launch: Any) -> None:
        self._kind, self._base, self._town, self._folder = browser.browser_type, base, town, folder
        self._launch = launch
        self.context = self._begin()

    def _begin(self) -> BrowserContext:
        context = self._kind.launch_persistent_context(
            self._folder,
            **self._launch,
            viewport=PHONE,
            has_touch=True,
            reduced_motion="reduce",
            permissions=["geolocation"],
            geolocation={"longitude": LON, "latitude": LAT, "accuracy": 5},
        )
        context.set_default_timeout(10_000)
        context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": "zh-hans", "url": self._base}])
        return context

    @property
    def page(self) -> Page:
        return self.context.pages[0]

    def sign_in(self, name: str) -> None:
        user, session = self._town.users[name], SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.save()
        # It lasts longer than the browser, as the cookie of the form does where it is told to.
        later = time.time() + 86_400
        cookie = {
            "name": settings.SESSION_COOKIE_NAME,
            "value": session.session_key,
            "url": self._base,
            "expires": later,
        }
        self.context.add_cookies([cookie])

    def go(self, address: str) -> None:
        self.page.goto(self._base + address, wait_until="load")
        wait_for_parts(self.page)

    def drafts(self, *, pictures: int | None) -> None:
        """Wait until this phone keeps a draft with so many pictures; with None: no draft."""
        for _ in range(200):
            found = self.page.evaluate(_DRAFTS)
            if found == ([] if pictures is None else [pictures]):
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"kept: {found}")

    def keeps(self, *addresses: str) -> None:
        """Wait until these pages are kept."""
        script = "async (all) => (await Promise.all(all.map((one) => caches.match(one)))).every(Boolean)"
        for _ in range(100):
            if self.page.evaluate(script, [self._base + one for one in addresses]):
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"not kept: {addresses}")

    def kill(self) -> None:
        """End the browser as a phone does that has no room: without a word. It comes back where it is told to."""
        process = int(os.readlink(self._folder / "SingletonLock").rpartition("-")[2])
        os.kill(process, signal.SIGKILL)
        while Path(f"/proc/{process}").exists():
            time.sleep(0.02)
        (self._folder / "SingletonLock").unlink(missing_ok=True)
        self.context = self._begin()

    def close(self) -> None:
        self.context.close()
