"""The table of routes names every address and everything that it reads, so that odd values reach all of it."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.urls import Resolver404, resolve

from gezhi.platform.steps.registry import kinds
from gezhi.platform.work.kinds import work_kinds
from tests.factories.cases import make_town
from tests.factories.clients import case_at, signed_in
from tests.factories.routes import PAGES, REDIRECTS, patterns
from tests.factories.work import work_done
from tests.frame.bookings import BOOKING

WEB = Path(__file__).resolve().parents[2] / "src" / "gezhi" / "interfaces" / "web"
READ = re.compile(r"(?:\bquery|\bpost|request\.(?:GET|POST))(?:\.get|\.getlist)?[(\[]\s*\"(\w+)\"")
CARRIED = {"csrfmiddlewaretoken"}
# Kinds of the suite: no address of the product serves them.
PLANTED = {BOOKING.name}


def test_every_route_stands_in_the_table():
    named = {name for text, (_, name) in patterns().items() if not text.startswith(("api/", REDIRECTS))}
    assert {name for name in named if name} == set(PAGES), "addresses stand in PAGES of tests/factories/routes.py"


def read_by_steps(kind):
    return {name for verb in kind.verbs.values() if kind.table[verb.action].button for name in verb.names}


def test_every_name_that_the_pages_code_reads_stands_in_the_table():
    known = {name for query, form in PAGES.values() for name in (*query, *(form or ()))}
    read = {name for path in WEB.rglob("*.py") for name in READ.findall(path.read_text("utf-8"))}
    # What a step needs is read by its verb, from the form of its button.
    for kind in kinds():
        if kind.name not in PLANTED:
            read |= read_by_steps(kind)
    assert len(read) > 20
    assert read - known == set(), "name them at the address that reads them: PAGES of tests/factories/routes.py"
    # Of the suite's second kind, which no address of the product serves, the walk would name this.
    assert read_by_steps(BOOKING) - known == {"came"}


class Forms(HTMLParser):
    """The forms of a page: method, action and the names of their fields."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str, set[str]]] = []
        self._inside = False

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        told = dict(attributes)
        if tag == "form":
            self.found.append((told.get("method") or "get", told.get("action") or "", set()))
            self._inside = True
        elif self._inside and tag in {"input", "select", "textarea", "button"} and told.get("name"):
            self.found[-1][2].add(str(told["name"]))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False


@pytest.mark.django_db
def test_every_field_of_every_form_that_is_shown_stands_in_the_table():
    town = make_town()
    cases = {
        status: case_at(town, status)
        for status in ("reported", "dispatched", "handling", "handled", "checked", "closed")
    }
    pages = [
        "/",
        "/report",
        "/report/what?lon=112.1&lat=32.0",
        "/follow",
        "/accounts/login/",
        "/accounts/password/reset/",
    ]
    pages += ["/accounts/2fa/", "/accounts/2fa/totp/activate/", "/accounts/password/change/", "/access/explain"]
    pages += [
        "/hub",
        "/worker",
        "/worker/notice",
        "/worker/done",
        "/operations",
        "/accounts/email/",
        "/accounts/3rdparty/",
        "/staff/work",
        *(f"/staff/work/new/{kind.name}" for kind in work_kinds()),
    ]
    made_by_work = work_done(town)
    pages += [f"/staff/work/{made_by_work['run_id']}", f"/staff/work/{made_by_work['run_id']}/stop"]
    for made in cases.values():
        pages += [f"/hub/cases/{made.number}", f"/worker/cases/{made.number}", f"/follow/{made.follow_code}"]
        pages += [f"/follow/{made.follow_code}/data"]
    missing, seen = set(), 0
    for name in (None, "dispatcher", "worker", "checker", "officer", "operations", "security_admin", "system_admin"):
        client = signed_in(town, name)
        for page in pages:
            answer = client.get(page)
            if answer.status_code != 200 or not answer.headers["Content-Type"].startswith("text/html"):
                continue
            forms = Forms()
            forms.feed(answer.content.decode())
            for method, action, fields in forms.found:
                seen += 1
                address = (action or page).partition("?")[0]
                try:
                    route = resolve(address).url_name
                except Resolver404:
                    missing.add(f"{page}: a form leads to {action}, which is no address")
                    continue
                query, form = PAGES[route]
                known = set(query) if method.lower() == "get" else set(form or ())
                missing |= {f"{route}: {field}" for field in fields - known - CARRIED}
    assert seen > 100
    assert missing == set(), "name them at the address that reads them: PAGES of tests/factories/routes.py"


# Text from outside goes through ``kernel.reading``. These read something else: a clock, what a person is shown.
NUMBERS_OF_OUR_OWN = {
    ("ledger.py", "fromisoformat("),
    ("throttle.py", "int("),
    ("web/templatetags/gezhi.py", ".isdigit("),
    ("web/templatetags/gezhi.py", "float("),
    ("web/translations.py", "int("),
    ("web/moments.py", "int("),
    ("web/administration/record_values.py", "fromisoformat("),
}


def test_the_edges_read_numbers_and_times_in_one_place():
    reads = re.compile(r"(?<![\w.])(?:int|float)\(|\.is(?:digit|decimal|numeric)\(|fromisoformat\(|strptime\(")
    edges = WEB.parent
    paths = [*edges.glob("*.py"), *(path for part in ("web", "api", "live") for path in (edges / part).rglob("*.py"))]
    found = {
        (path.relative_to(edges).as_posix(), call) for path in paths for call in reads.findall(path.read_text("utf-8"))
    }
    assert found - NUMBERS_OF_OUR_OWN == set()
