"""Somebody who follows every link and presses every button, and notes what did not answer as it should.

Pages are told apart by their route, buttons by their route and what they do: a hundred cases have one page, and each of its
buttons is pressed once. Every press starts from the page as it is freshly loaded.
"""

from __future__ import annotations

import io
import re
from collections import deque
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.urls import Resolver404, resolve
from PIL import Image
from playwright.sync_api import Error, Page, Response
from playwright.sync_api import TimeoutError as TookTooLong

# A refused form answers with its own page: bad input, or somebody else was quicker.
ANSWERS = frozenset({200, 201, 204, 302, 303, 304, 409, 422})
TYPED = {
    "name": "王小明",
    "phone": "13812341234",
    "address": "学校北门对面",
    "q": "垃圾",
    "verb": "see",
    "user": "dispatcher",
    "oldpassword": "not the password",
    "password1": "a long enough phrase",
    "password2": "a long enough phrase",
    "password": "not the password",
    "description": "路边垃圾满溢，请尽快清理",
}
# Milliseconds until the answer to a press is on its way.
SETTLES = 120
# Pressed last: the way back in is a page of its own.
LEAVES = "/accounts/logout/"

_BUTTONS = """() => [...document.querySelectorAll('button, input[type=submit], summary, [role=button]')].map((element, at) => {
  const form = element.form ?? element.closest('form');
  const shown = element.checkVisibility({ visibilityProperty: true });
  return { at, shown, tag: element.tagName, type: element.type ?? '', words: (element.ariaLabel ?? element.innerText ?? '').trim(),
    action: form ? (form.getAttribute('hx-post') ?? form.getAttribute('action') ?? '') : '', method: form ? form.method : '',
    dialog: element.dataset.dialog ?? '', value: element.name ? `${element.name}=${element.value}` : '',
    disabled: Boolean(element.disabled) };
})"""
_FILL = """([root, typed]) => {
  const form = root ?? document;
  for (const field of form.querySelectorAll('textarea, input, select')) {
    if (field.disabled || field.value && field.type !== 'radio' && field.tagName !== 'SELECT') continue;
    if (field.tagName === 'TEXTAREA') field.value = field.name === 'note' ? '已核实' : typed.description;
    else if (field.tagName === 'SELECT') field.value = ([...field.options].find((one) => one.value) ?? field).value;
    else if (field.type === 'radio') field.checked ||= !form.querySelector(`input[name="${field.name}"]:checked`);
    else if (typed[field.name] !== undefined) field.value = typed[field.name];
  }
}"""


def picture() -> dict[str, Any]:
    """A small picture as a file field takes it."""
    buffer = io.BytesIO()
    Image.new("RGB", (64, 48), "#7a8f6a").save(buffer, "JPEG")
    return {"name": "lawn.jpg", "mimeType": "image/jpeg", "buffer": buffer.getvalue()}


# Whether the page is wider than its screen, in the month that has the longest name.
TOO_WIDE = """() => {
  for (const time of document.querySelectorAll("time")) {
    const named = time.textContent.replace(/January|February|April|August|October|November|December/, "September");
    if (!time.children.length && named !== time.textContent) time.textContent = named;
  }
  return document.documentElement.scrollWidth > window.innerWidth;
}"""

# The innermost parts that reach past the screen's edge.
WIDEST = """() => [...document.querySelectorAll("body *")]
  .filter((part) => part.getBoundingClientRect().right > window.innerWidth + 1)
  .filter((part) => ![...part.children].some((child) => child.getBoundingClientRect().right > window.innerWidth + 1))
  .map((part) => part.outerHTML.slice(0, 120))
  .slice(0, 5)
  .join(" | ")"""


@dataclass
class Crawl:
    """One person's crawl of ``base``; ``faults`` is what it found."""

    page: Page
    base: str
    who: str
    typed: dict[str, str] = field(default_factory=dict)
    # How often one kind of page is looked at, and with how many filters of a list.
    pages_of_a_kind: int = 2
    faults: list[str] = field(default_factory=list)
    visited: int = 0
    pressed: int = 0
    _seen: set[str] = field(default_factory=set)
    _kinds: dict[str, int] = field(default_factory=dict)
    _done: set[tuple[str, ...]] = field(default_factory=set)
    _doing: str = ""

    def __post_init__(self) -> None:
        self.page.on("response", self._hear)
        self.page.on("pageerror", lambda error: self._fault(f"script: {error}"))

    def run(self, *starts: str) -> None:
        """Follow and press all that can be reached from ``starts``."""
        waiting = deque((start, "") for start in starts)
        while waiting:
            address, source = waiting.popleft()
            if address in self._seen:
                continue
            self._seen.add(address)
            kind = self._kind(address)
            self._kinds[kind] = self._kinds.get(kind, 0) + 1
            if self._kinds[kind] > self.pages_of_a_kind:
                continue
            if self._open(address, source):
                waiting.extend((link, address) for link in self._links())
                self._press_all(address, source, kind.partition("?")[0])

    def leave(self) -> None:
        """Sign out by the button, and see that the door is closed."""
        self._open("/home")
        with self.page.expect_navigation():
            self.page.locator(f"form[action='{LEAVES}'] button").evaluate("button => button.click()")
        self._open("/home")
        if not urlsplit(self.page.url).path.startswith("/accounts/login"):
            self._fault("signing out leaves the door open")

    def _fault(self, words: str) -> None:
        self.faults.append(f"{self.who} · {self._doing}: {words}")

    def _hear(self, response: Response) -> None:
        address = urlsplit(response.url)
        outside = address.netloc != urlsplit(self.base).netloc
        # A mark outside the city has no name, and says so.
        nameless = address.path == "/map/place" and response.status == 404
        gone = response.status == 404 and response.request.is_navigation_request()
        if not outside and not nameless and not gone and response.status not in ANSWERS:
            self._fault(f"{response.request.method} {address.path} answers {response.status}")

    def _kind(self, address: str) -> str:
        path = urlsplit(address)
        try:
            route = resolve(path.path).route
        except Resolver404:
            return path.path
        return f"{route}?{','.join(sorted(re.findall(r'(?:^|&)([a-z_]+)=', path.query)))}"

    def _open(self, address: str, source: str = "") -> bool:
        """Whether a page of ours stands there now, with its clothes on and as wide as the screen."""
        self._doing = f"opening {address}"
        answer = self._goto(address)
        self.visited += 1
        if answer is None or "text/html" not in answer.headers.get("content-type", ""):
            return False
        if answer.status == 404:
            # A step of this very crawl may have taken the case away; then its link is gone too.
            self._goto(source or address)
            if not source or address in self._links():
                self._fault(f"answers {answer.status}")
            return False
        if not self.page.evaluate("document.styleSheets.length > 0 && Boolean(document.querySelector('.site-header'))"):
            self._fault("an unstyled page")
        if self.page.evaluate(TOO_WIDE):
            self._fault(f"wider than the screen: {self.page.evaluate(WIDEST)}")
        if self.page.locator("main").count() != 1 or self.page.locator("h1").count() != 1:
            self._fault("not exactly one main part and one title")
        return True

    def _goto(self, address: str) -> Response | None:
        for _ in range(6):
            try:
                return self.page.goto(urljoin(self.base, address))
            except Error as error:
                if "Download is starting" in str(error):
                    # A file, and no page.
                    return None
                # The answer to the last press has just come in, before this was asked for or while it was.
                if not any(words in str(error) for words in ("interrupted by another navigation", "net::ERR_ABORTED")):
                    raise
                self.page.wait_for_timeout(SETTLES)
                self.page.wait_for_load_state()
        self._fault("never comes to rest")
        return None

    def _links(self) -> list[str]:
        found = self.page.evaluate("[...document.querySelectorAll('a[href]')].map(link => link.href)")
        here = urlsplit(self.base).netloc
        parts = [urlsplit(link) for link in found]
        return [
            f"{part.path}?{part.query}".rstrip("?") for part in parts if part.netloc == here and part.path != LEAVES
        ]

    def _press_all(self, address: str, source: str, route: str) -> None:
        for mark, button in self._buttons(route).items():
            if mark not in self._done and not button["disabled"] and button["action"] != LEAVES:
                self._done.add(mark)
                self._press(address, source, route, mark)

    def _buttons(self, route: str) -> dict[tuple[str, ...], dict[str, Any]]:
        """The buttons of the page by what they are: the same button of another case has the same mark."""
        found = {}
        for button in self.page.evaluate(_BUTTONS):
            action = re.sub(r"\d{8,}|[0-9A-HJ-NP-TV-Z]{12}", "…", button["action"])
            # The menus stand on every page and do the same on each: pressed on the first of a role.
            place = "any page" if action == "/preferences" or button["tag"] == "SUMMARY" else route
            found.setdefault((place, button["words"], action, button["dialog"], button["value"]), button)
        return found

    def _press(self, address: str, source: str, route: str, mark: tuple[str, ...]) -> None:
        """Press one button of the page freshly loaded; a form that opens is filled and sent."""
        if not self._open(address, source):
            return
        button = self._buttons(route).get(mark)
        if button is None:
            # Gone meanwhile, by a step of this crawl's own.
            return
        self._doing = f"pressing '{button['words']}' {button['dialog'] or button['action']} on {address}"
        target = self.page.locator("button, input[type=submit], summary, [role=button]").nth(button["at"])
        if target.count() == 0:
            # Gone since it was counted: a map's own buttons come and go while it is drawn.
            return
        try:
            form = target.evaluate_handle("element => element.form ?? element.closest('form')")
        except TookTooLong:
            if target.count():
                raise
            # Gone between being counted and being asked.
            return
        self.pressed += 1
        self._fill(form.as_element())
        try:
            if button["shown"] and target.is_visible():
                target.click(timeout=3_000)
            else:
                target.evaluate("element => element.click()")
            if button["dialog"]:
                self._send_dialog(button["dialog"])
            self.page.wait_for_timeout(SETTLES)
            self.page.wait_for_load_state()
        except TookTooLong as error:
            # A page that follows what happens may have taken it away meanwhile.
            if target.count():
                self._fault(f"cannot be pressed ({str(error).splitlines()[0]})")
        # Words that can be taken back are sent when the page is left.
        if self.page.locator(".toast .button").count():
            self._goto("/privacy")

    def _fill(self, form: Any) -> None:
        self.page.evaluate(_FILL, [form, TYPED | self.typed])
        files = self.page.locator("input[type=file]")
        for at in range(files.count() if form else 0):
            files.nth(at).set_input_files([picture()])

    def _send_dialog(self, name: str) -> None:
        dialog = self.page.locator(f"#{name}[open]")
        if dialog.count() == 0:
            self._fault("opens nothing")
            return
        self._fill(dialog.element_handle())
        dialog.locator(".dialog-buttons .button-primary").click(timeout=3_000)
