"""What every page shares: the words of a refusal, of signing out, of a deadline, and pages that work without a script."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from gezhi.contexts.cases.use_cases import Command, accept_case, dispatch_case
from gezhi.kernel.clock import now
from tests.factories.areas import centre
from tests.factories.cases import Town, make_town, report

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return make_town()


@pytest.fixture
def english(client: Client) -> Client:
    client.cookies["django_language"] = "en"
    return client


def test_nobody_is_sent_to_themselves_for_a_right(english, town):
    english.force_login(town.users["security_admin"])
    page = english.get("/hub").content.decode()
    assert "ask another security administrator" in page
    english.force_login(town.users["worker"])
    assert "ask the security administrator" in english.get("/hub").content.decode()


def test_signing_out_is_told(english, town):
    english.force_login(town.users["worker"])
    answer = english.post("/accounts/logout/", follow=True)
    assert "You have signed out." in answer.content.decode()


def test_pages_of_the_account_are_in_sentence_case(english, town):
    worker = town.users["worker"]
    worker.set_password("a long enough phrase")
    worker.save()
    english.force_login(worker)
    page = english.get("/accounts/password/change/").content.decode()
    for words in ("Change password", "Current password", "New password (again)"):
        assert words in page
    assert not re.search("Change Password|Current Password|New Password", page)


def test_a_deadline_says_what_it_is_for(english, town):
    made = report(now=now())
    page = as_(english, town, "dispatcher").get(f"/hub/cases/{made.number}").content.decode()
    article = page.split("<article")[1]
    assert "left to dispatch" in article
    assert article.index("Dispatch deadline") < article.index("Handling deadline")
    for who, step in (("dispatcher", dispatched(town)), ("worker", accept_case)):
        step(Command(actor=town.actor(who, now=now()), number=made.number, now=now()))
        page = english.get(f"/hub/cases/{made.number}").content.decode().split("<article")[1]
        assert "left to handle" in page
        assert "Dispatch deadline" not in page


def dispatched(town: Town):
    return lambda command: dispatch_case(command, assignee_id=town.users["worker"].pk)


def as_(client: Client, town: Town, who: str) -> Client:
    client.force_login(town.users[who])
    return client


def test_the_lists_of_places_are_open_for_those_without_a_map(client, town):
    for address, who in (("/report", None), ("/worker/notice", "worker")):
        if who:
            client.force_login(town.users[who])
        lists = client.get(address).content.decode().split('id="place-lists"')[0].rpartition("<details")[2]
        assert re.match(r"[^>]* open", lists)


def test_the_form_of_choices_names_a_page_that_can_be_opened(client, town):
    """The answer to a form has the form's address; a choice of language asks for the page behind it."""
    lon, lat = (f"{part:.6f}" for part in centre(0))
    page = client.post("/report/finish", {"lon": lon, "lat": lat, "description": "路灯坏了"}).content.decode()
    address = re.search(r'name="next" value="([^"]*)"', page)[1].replace("&amp;", "&")
    assert address.startswith("/report/what?")
    assert client.get(address).status_code == 200
    made = report(now=now())
    dispatch_case(
        Command(actor=town.actor("dispatcher", now=now()), number=made.number, now=now()),
        assignee_id=town.users["worker"].pk,
    )
    page = client.post(f"/follow/{made.follow_code}/withdraw").content.decode()
    assert f'name="next" value="/follow/{made.follow_code}"' in page
