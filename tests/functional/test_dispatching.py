"""Giving a case to a person: whom the dialog offers, the server accepts."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.test import Client

from gezhi.contexts.cases.models import Case
from gezhi.contexts.workforce.use_cases.register_worker import register_worker
from gezhi.kernel.clock import now
from gezhi.platform.access.use_cases.end_grant import end_grant
from tests.factories.cases import SYSTEM, Town, make_town, report

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def town() -> Town:
    town = make_town()
    for name, area in (
        ("worker", "420602001001001"),
        ("colleague", "420602001001001"),
        ("stranger", "420602001002002"),
    ):
        register_worker(
            actor=SYSTEM,
            code=name,
            name=f"{name}的姓名",
            post="grid_worker",
            area_id=town.areas[area].pk,
            active_from=date(2026, 1, 1),
            user_id=town.users[name].pk,
            now=now(),
        )
    return town


def signed_in(town: Town, name: str) -> Client:
    client = Client()
    client.force_login(town.users[name])
    return client


def offered(page: str) -> set[str]:
    return set(re.findall(r'<option value="p(\d+)"', page))


def act(client: Client, base: str, number: str, action: str, **data: object):
    return client.post(f"{base}/cases/{number}/{action}", {"key": f"key-of-{action}-{number}", **data}, headers=HTMX)


@pytest.mark.parametrize(
    ("area", "able"),
    [
        ("420602001001", {"worker", "colleague"}),
        ("420602001002", {"stranger"}),
        ("420602001", {"worker", "colleague", "stranger"}),
        ("420602001001002", set()),
    ],
)
def test_whoever_is_offered_may_be_given_a_case_of_which_only_an_area_is_known(town: Town, area, able) -> None:
    hub = signed_in(town, "dispatcher")
    for name in ("worker", "colleague", "stranger"):
        made = report(now=now(), lon=None, lat=None, area_id=town.areas[area].pk)
        page = hub.get(f"/hub/cases/{made.number}/forms/dispatch").content.decode()
        assert offered(page) == {str(town.users[one].pk) for one in able}
        answer = act(hub, "/hub", made.number, "dispatch", to=f"p{town.users[name].pk}")
        assert answer.status_code == (200 if name in able else 422), name
        assert Case.objects.get(number=made.number).version == (2 if name in able else 1)


def test_the_worker_who_was_given_it_sees_accepts_and_handles_it(town: Town) -> None:
    made = report(now=now(), lon=None, lat=None, area_id=town.areas["420602001001"].pk)
    hub, worker = signed_in(town, "dispatcher"), signed_in(town, "worker")
    act(hub, "/hub", made.number, "dispatch", to=f"p{town.users['worker'].pk}")
    assert made.number in worker.get("/worker").content.decode()
    for action, data in (("accept", {}), ("handle", {"outcome": "resolved"})):
        assert act(worker, "/worker", made.number, action, **data).status_code == 302
    assert Case.objects.get().status == "handled"


def test_nobody_is_offered_who_no_longer_serves(town: Town) -> None:
    made = report(now=now())
    held = town.users["worker"].grants.get()
    end_grant(actor=SYSTEM, grant_id=held.pk, now=now())
    town.users["colleague"].is_active = False
    town.users["colleague"].save()
    assert (
        offered(signed_in(town, "dispatcher").get(f"/hub/cases/{made.number}/forms/dispatch").content.decode()) == set()
    )
