"""Every link followed and every button pressed, by every role, on the demo city as `gezhi serve` serves it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.factories.crawl import Crawl
from tests.factories.demo_city import DemoCity, served_demo_city

STAFF = (
    "worker",
    "dispatcher",
    "officer",
    "checker",
    "operations",
    "planner",
    "sysadmin",
    "secadmin",
    "auditadmin",
)
# Reports as residents left them, one in each state that their page shows differently.
REPORTS = """
import json
from gezhi.contexts.cases.domain.states import Outcome
from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.use_cases import *
from gezhi.kernel.clock import now
from gezhi.platform.access.actor import ANONYMOUS, system_actor
from gezhi.contexts.organisations.queries import all_organisations
somewhere = Case.objects.filter(lon__isnull=False, street__isnull=False).first()
hub, body, made = system_actor("crawl: 网格中心"), all_organisations()[0].id, {}
steps = {
    "reported": [],
    "dispatched": [lambda c: dispatch_case(c, organisation_id=body)],
}
steps["closed"] = steps["dispatched"] + [accept_case, lambda c: handle_case(c, outcome=Outcome.RESOLVED), check_case, close_case]
for state, taken in steps.items():
    report = Report(class_code="E0110", description="路边垃圾", lon=somewhere.lon, lat=somewhere.lat,
                    contact=Contact(name="王小明", phone="13812341234"))
    one = report_case(actor=ANONYMOUS, report=report, now=now())
    for step in taken:
        step(Command(actor=hub, number=one.number, now=now(), note=""))
    made[state] = one.follow_code
print(json.dumps({"codes": made, "lon": somewhere.lon, "lat": somewhere.lat, "number": somewhere.number}))
"""


@pytest.fixture(scope="module")
def city(tmp_path_factory) -> Iterator[DemoCity]:
    home = tmp_path_factory.mktemp("crawled") / "home"
    # One address asks for everything: the limits are for others.
    with served_demo_city(home, rate_anonymous="100000/m", rate_signed_in="100000/m") as served:
        yield served


@pytest.fixture
def crawl(browser: Browser, city: DemoCity, request: pytest.FixtureRequest) -> Iterator[Crawl]:
    who, width, language = request.param
    context = browser.new_context(
        viewport={"width": width, "height": 844 if width < 600 else 900}, has_touch=width < 600, reduced_motion="reduce"
    )
    context.set_default_timeout(10_000)
    context.add_cookies([{"name": "django_language", "value": language, "url": city.address}])
    if who != "resident":
        # Drawing maps without a graphics card is most of the work, and the resident's pages have all of the map's buttons.
        context.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    crawl = Crawl(context.new_page(), city.address, f"{who} at {width}")
    if request.config.getoption("--soak"):
        crawl.pages_of_a_kind = 3
    yield crawl
    context.close()


def sign_in(crawl: Crawl, city: DemoCity, name: str) -> None:
    crawl.page.goto(city.address + "/home")
    crawl.page.fill("#id_login", name)
    crawl.page.fill("#id_password", city.password)
    crawl.page.locator("main .button-primary").click()
    # The next page would break off a sign-in that is still on its way.
    crawl.page.wait_for_url(lambda url: "/accounts/" not in url)


WIDTHS = [(390, "zh-hans"), (1440, "en")]


_RESIDENT = [
    pytest.param(("resident", *WIDTHS[0]), id="phone"),
    pytest.param(("resident", *WIDTHS[1]), id="desk", marks=pytest.mark.lasting),
]


@pytest.mark.parametrize("crawl", _RESIDENT, indirect=True)
def test_a_resident_meets_no_dead_end(crawl: Crawl, city: DemoCity) -> None:
    left = city.python(REPORTS)
    crawl.typed = {"code": left["codes"]["reported"]}
    place = f"lon={left['lon']:.6f}&lat={left['lat']:.6f}"
    pages = [f"/follow/{code}" for code in left["codes"].values()]
    crawl.run("/", f"/report?{place}", f"/report?go=1&{place}", f"/report/what?{place}", "/report?go=1", *pages)
    assert crawl.faults == []
    assert crawl.pressed > 20
    assert {"follow/<str:code>?", "follow/<str:code>/data?"} <= crawl._kinds.keys()


# Whose pages are many, or are others' too: they are crawled where there is time.
AT_LENGTH = frozenset({"operations", "planner", "checker", "auditadmin", "sysadmin", "secadmin"})


def _crawls() -> Iterator[Any]:
    """Every role on a phone and at a desk: one of them in the suite, in turn, the other where there is time (`make soak`), and
    there both of those whose crawl takes minutes."""
    for place, name in enumerate(STAFF):
        for number, screen in enumerate(WIDTHS):
            brief = number == place % len(WIDTHS) and name not in AT_LENGTH
            marks = [] if brief else [pytest.mark.lasting]
            yield pytest.param((name, *screen), marks=marks, id=f"{name}-{screen[0]}")


@pytest.mark.parametrize("crawl", list(_crawls()), indirect=True)
def test_staff_meet_no_dead_end(crawl: Crawl, city: DemoCity, request: pytest.FixtureRequest) -> None:
    name = crawl.who.split()[0]
    number = city.python(
        "import json; from gezhi.contexts.cases.models import Case; print(json.dumps(Case.objects.first().number))"
    )
    crawl.typed = {"object": f"case:{number}"}
    sign_in(crawl, city, name)
    crawl.run("/home")
    crawl.leave()
    assert crawl.faults == []
    assert crawl.pressed > 10
