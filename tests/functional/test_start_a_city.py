"""``docs/how-to/start-a-city.md``, step by step: from an empty instance to the first case that is closed, all on pages."""

from __future__ import annotations

import json
import re
from pathlib import Path
from uuid import uuid4

import pytest
import shapely
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from gezhi.contexts.areas.models import Area
from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.use_cases.install_shipped_tables import install_shipped_tables
from gezhi.contexts.escalation.use_cases.install_escalation import install_shipped_rules
from gezhi.kernel.clock import now
from gezhi.kernel.roles import Role
from gezhi.platform.access.models import Grant
from gezhi.platform.accounts.founding import founding_code
from gezhi.platform.accounts.models import User
from gezhi.platform.kept import forget_all
from tests.factories.areas import cell, centre
from tests.factories.cases import SYSTEM
from tests.factories.work import work_one

pytestmark = pytest.mark.django_db(transaction=True)
DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "start-a-city.md"
EN = {"Accept-Language": "en"}
PASSWORD = "汉江两岸有人家-2026"
ADMINS = ("system_admin", "security_admin", "audit_admin")
STREET, GRIDS = "420602001", ("420602001001001", "420602001001002")


def geojson(*features: tuple[str, str, object]) -> SimpleUploadedFile:
    told = [
        {
            "type": "Feature",
            "properties": {"code": code, "name": name},
            "geometry": shapely.geometry.mapping(shape),
        }
        for code, name, shape in features
    ]
    content = json.dumps({"type": "FeatureCollection", "features": told}).encode()
    return SimpleUploadedFile("areas.geojson", content)


class City:
    """The browser of each person who appears, by account."""

    def __init__(self) -> None:
        self.browsers: dict[str, Client] = {}
        self.links: dict[str, str] = {}
        self.case = ""

    def sure(self, who: str, page: str, **form: object) -> object:
        """Send a form, look at what it would change, and be sure."""
        looked = self.browsers[who].post(page, form, headers=EN)
        assert looked.status_code == 200, looked.content.decode()
        assert "Nothing has been changed yet" in looked.content.decode()
        return self.browsers[who].post(page, {**form, "sure": "1"}, headers=EN)

    def choose_password(self, account: str) -> None:
        browser = Client()
        address = self.links[account]
        assert "Choose a password" in browser.get(address, headers=EN).content.decode()
        assert browser.post(address, {"password": PASSWORD, "again": PASSWORD}).url == "/accounts/login/"
        assert browser.post("/accounts/login/", {"login": account, "password": PASSWORD}).status_code == 302
        self.browsers[account] = browser


def make_the_instance(city: City) -> None:
    install_shipped_tables(actor=SYSTEM, now=now())
    install_shipped_rules(actor=SYSTEM, now=now())
    assert Client().get("/founding/" + "0" * 32).status_code == 404


def set_the_city_up(city: City) -> None:
    address = f"/founding/{founding_code()}"
    browser = Client()
    assert "This instance is empty" in browser.get(address, headers=EN).content.decode()
    people = {name: name.replace("_", ".") for name in ADMINS} | {f"{name}_name": name for name in ADMINS}
    form = {"name": "襄阳市", "name_en": "Xiangyang", "code": "4206", **people}
    twice = browser.post(
        address, {**form, "border": geojson(("x", "x", cell(0, columns=2))), "audit_admin": "system.admin"}
    )
    assert (twice.status_code, User.objects.count()) == (422, 0)
    page = browser.post(address, {**form, "border": geojson(("x", "x", cell(0, columns=2)))}, headers=EN)
    found = re.findall(r"<code>http://testserver(/invitation/[^<]+)</code>", page.content.decode())
    city.links = dict(zip((people[name] for name in ADMINS), found, strict=True))
    assert browser.get(address).status_code == 404


def choose_the_passwords(city: City) -> None:
    for account in list(city.links):
        # Under `no-referrer` browsers send `Origin: null` with a form, which is refused.
        assert Client().get(city.links[account]).headers["Referrer-Policy"] == "same-origin"
        city.choose_password(account)
        assert Client().get(city.links[account]).status_code == 404
        assert city.browsers[account].get("/home").url == "/administration"
    start = city.browsers["system.admin"].get("/administration", headers=EN).content.decode()
    assert "The city has no streets yet." in start


def upload_the_areas(city: City) -> None:
    browser = city.browsers["system.admin"]
    levels = (
        [("420602", "襄城区", cell(0, columns=2))],
        [(STREET, "真武山街道", cell(0, columns=2))],
        [("420602001001", "檀溪社区", cell(0, columns=2))],
        [(GRIDS[0], "第一网格", cell(0)), (GRIDS[1], "第二网格", cell(1))],
    )
    for features in levels:
        sent = {"file": geojson(*features), "key": str(uuid4()), "datum": "wgs84", "code": "code"}
        page = browser.post("/staff/work/new/check_area_file", sent).url
        assert work_one().result["can_be_imported"] is True
        browser.post(f"{page}/again", {"kind": "import_area_file", "key": str(uuid4())})
        assert work_one().result["imported"] is True
    assert Area.objects.count() == 6
    steps = browser.get("/administration/street", headers=EN)
    assert (steps.context["street"], steps.context["done"]) == ("真武山街道", 3)


def register_the_bodies(city: City) -> None:
    for code, name, kind, area in (
        ("zws", "真武山街道办事处", "street_office", STREET),
        ("hwj", "襄城区环境卫生管理局", "sanitation", "420602"),
    ):
        form = {"name": name, "name_en": "", "code": code, "kind": kind, "area": area, "parent": ""}
        assert city.sure("system.admin", "/administration/organisations/new", **form).status_code == 302


def invite_the_people(city: City) -> None:
    for account, role, area in (
        ("wang", Role.STREET_DISPATCHER, STREET),
        ("li.na", Role.CHECKER, STREET),
        ("zhao", Role.GRID_WORKER, GRIDS[0]),
        ("qian", Role.GRID_WORKER, GRIDS[1]),
    ):
        form = {"display_name": account, "username": account, "email": "", "role": role.value, "area": area}
        page = city.sure("system.admin", "/administration/accounts/new", **form, organisation="", until="")
        city.links[account] = re.search(r"<code>http://testserver([^<]+)</code>", page.content.decode())[1]
        city.choose_password(account)
        assert city.browsers[account].get("/home").url == "/"


def grant_the_roles(city: City) -> None:
    browser = city.browsers["security.admin"]
    waiting = browser.get("/administration/accounts?asked=on").context["accounts"]
    assert {one.row.username for one in waiting} == {"wang", "li.na", "zhao", "qian"}
    for one in waiting:
        address = f"/administration/accounts/{one.row.id}/asked/{one.asked[0].row.id}"
        assert city.browsers["system.admin"].post(address, {"grant": "yes"}).status_code == 403
        assert browser.post(address, {"grant": "yes"}).status_code == 302
    assert Grant.objects.filter(user__username="wang", role=Role.STREET_DISPATCHER).exists()


def put_a_worker_into_each_grid(city: City) -> None:
    for number, (account, grid) in enumerate((("zhao", GRIDS[0]), ("qian", GRIDS[1])), start=1):
        form = {"name": account, "code": f"W{number}", "post": "grid_worker", "area": grid, "organisation": ""}
        form |= {"active_from": "2026-01-01", "phone": "", "account": account}
        assert city.sure("system.admin", "/administration/workers/new", **form).status_code == 302


def look_at_what_is_missing(city: City) -> None:
    # What was registered is known everywhere some seconds later.
    forget_all()
    browser = city.browsers["system.admin"]
    missing = browser.get("/administration", headers=EN).context["missing"]
    assert [told.one.words for told in missing if told.one.stops] == []
    steps = browser.get("/administration/street").context
    assert [task.name for task in steps["tasks"] if not task.done] == []


def the_first_case(city: City) -> None:
    lon, lat = centre(0)
    resident = Client()
    form = {
        "lon": f"{lon:.6f}",
        "lat": f"{lat:.6f}",
        "address": "北门",
        "description": "路边垃圾满溢",
        "class_code": "",
    }
    last = resident.post("/report/finish", form).content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)"(?: value="([^"]*)")?', last))
    hidden.pop("csrfmiddlewaretoken", None)
    followed = resident.post("/report/send", {**hidden, "name": "", "phone": ""})
    case = Case.objects.get()

    def act(who: str, base: str, action: str, **form: str) -> None:
        sent = {"key": f"key-of-{action}-{case.number}", **form}
        answer = city.browsers[who].post(f"/{base}/cases/{case.number}/{action}", sent)
        assert answer.status_code in {200, 302}, action

    assert case.number in city.browsers["wang"].get("/hub").content.decode()
    act("wang", "hub", "dispatch", to=f"p{User.objects.get(username='zhao').pk}")
    act("zhao", "worker", "accept")
    act("zhao", "worker", "handle", outcome="resolved", note="")
    act("li.na", "hub", "check")
    act("wang", "hub", "close")
    assert Case.objects.get().status == "closed"
    assert resident.get(followed.headers["Location"]).status_code == 200


STEPS = (
    ("1. Make the instance", make_the_instance),
    ("2. Set the city up", set_the_city_up),
    ("3. The administrators choose their passwords", choose_the_passwords),
    ("4. Upload the areas", upload_the_areas),
    ("5. Register the street office and the departments", register_the_bodies),
    ("6. Invite the people", invite_the_people),
    ("7. Grant the roles", grant_the_roles),
    ("8. Put a worker into each grid", put_a_worker_into_each_grid),
    ("9. Look at what is missing", look_at_what_is_missing),
    ("10. The first case", the_first_case),
)


def test_the_headings_are_the_steps():
    assert re.findall(r"^## (.+)$", DOCUMENT.read_text("utf-8"), re.MULTILINE) == [name for name, _ in STEPS]


def test_a_city_starts_as_the_document_says(settings, tmp_path):
    settings.GEZHI_HOME = tmp_path
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path
    city = City()
    for _name, step in STEPS:
        step(city)
