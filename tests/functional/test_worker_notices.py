"""What a worker or an officer noticed: found again, and taken back by whoever took it in."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.use_cases import Command, dispatch_case
from gezhi.kernel.clock import now
from tests.factories.cases import Town, make_town, report

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return make_town()


def signed_in(town: Town, name: str) -> Client:
    client = Client()
    client.force_login(town.users[name])
    return client


def notice(client: Client, words: str) -> str:
    """Send a notice; the page that comes then."""
    key = client.get("/worker/notice").content.decode().split('name="key" value="')[1].split('"')[0]
    data = {"description": words, "lon": "112.1005", "lat": "32.0005", "key": key}
    return client.post("/worker/notice", data, follow=True).content.decode()


def noticed(page: str) -> str:
    return page.split('id="noticed"')[1] if 'id="noticed"' in page else ""


@pytest.mark.parametrize("name", ["worker", "officer"])
def test_a_notice_is_found_again_and_taken_back(town: Town, name: str) -> None:
    client = signed_in(town, name)
    assert noticed(client.get("/worker").content.decode()) == ""
    page = notice(client, "楼道里<b>堆物</b>")
    number = Case.objects.get().number
    toast = page.split('class="toast"')[1].split("</div>")[0]
    assert f'<a href="/worker/cases/{number}">' in toast
    assert number in noticed(page)
    assert number not in noticed(signed_in(town, "colleague").get("/worker").content.decode())
    case = client.get(f"/worker/cases/{number}").content.decode()
    form = re.search(rf'<form[^>]*action="/worker/cases/{number}/withdraw"[^>]*>.*?</form>', case, re.DOTALL)
    assert form is not None
    assert "data-undo" in form[0]
    assert "button-danger" in form[0]
    answer = client.post(f"/worker/cases/{number}/withdraw", {"version": "1", "key": "taken-back-1"})
    assert answer.headers["Location"] == "/worker"
    assert Case.objects.get().status == "cancelled"
    assert noticed(client.get("/worker").content.decode()) == ""


def test_what_is_in_hand_or_somebody_elses_is_not_taken_back(town: Town) -> None:
    client = signed_in(town, "worker")
    notice(client, "楼道堆物")
    number = Case.objects.get().number
    assert "/withdraw" not in signed_in(town, "dispatcher").get(f"/hub/cases/{number}").content.decode()
    assert signed_in(town, "colleague").post(f"/worker/cases/{number}/withdraw").status_code == 403
    other = report(now=now()).number
    assert "/withdraw" not in client.get(f"/worker/cases/{other}").content.decode()
    command = Command(actor=town.actor("dispatcher", now=now()), number=number, now=now())
    dispatch_case(command, assignee_id=town.users["worker"].pk)
    assert "/withdraw" not in client.get(f"/worker/cases/{number}").content.decode()
    # What is mine to do stands there once.
    assert noticed(client.get("/worker").content.decode()) == ""
    dispatch_case(command, assignee_id=town.users["colleague"].pk)
    assert number in noticed(client.get("/worker").content.decode())
