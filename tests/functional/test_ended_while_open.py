"""A role or an account that ends while a page is open: the page goes as a whole, and says why."""

from __future__ import annotations

import pytest
from django.test import Client

from gezhi.kernel.clock import now
from gezhi.platform.access.models import Grant
from tests.factories.cases import Town, make_town, report

pytestmark = pytest.mark.django_db
ON_SCREEN = "http://testserver/hub?queue=all"
PART = {"HX-Request": "true", "HX-Current-URL": ON_SCREEN}


@pytest.fixture
def town() -> Town:
    return make_town()


def signed_in(town: Town, name: str) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(town.users[name], backend="django.contrib.auth.backends.ModelBackend")
    return client


def parts(number: str) -> tuple[str, ...]:
    return (f"/hub/cases/{number}", f"/hub/cases/{number}/alike", "/hub/rows", "/hub/counts", "/hub/points")


def test_a_part_for_somebody_who_is_not_signed_in_leads_the_whole_page_to_the_sign_in(town, client):
    for address in parts(report(now=now()).number):
        answer = client.get(address, headers=PART)
        assert answer.status_code == 401
        assert answer.headers["HX-Redirect"] == "/accounts/login/?next=/hub%3Fqueue%3Dall"
        assert answer.content == b""
    # Of pages that every account has it is the same.
    assert client.get("/notices", headers=PART).status_code == 401
    elsewhere = client.get("/hub/rows", headers={**PART, "HX-Current-URL": "https://elsewhere.example/hub"})
    assert elsewhere.headers["HX-Redirect"] == "/accounts/login/?next=/home"
    # A page that is opened as such is led there as before.
    assert client.get("/hub").status_code == 302


def test_a_part_for_somebody_whose_role_has_ended_has_the_page_loaded_again(town):
    number, client = report(now=now()).number, signed_in(town, "dispatcher")
    assert client.get("/hub/rows", headers=PART).status_code == 200
    Grant.objects.filter(user=town.users["dispatcher"]).update(valid_to=now())
    for address in parts(number):
        answer = client.get(address, headers=PART)
        assert (answer.status_code, answer.headers.get("HX-Refresh")) == (403, "true")
    # A page that has a part of another is its reader's still.
    foreign = client.get("/hub/rows", headers={**PART, "HX-Current-URL": "http://testserver/notices"})
    assert (foreign.status_code, foreign.headers.get("HX-Refresh")) == (403, None)


def test_the_page_that_is_closed_says_which_roles_are_held_now_and_offers_to_sign_out(town):
    client = signed_in(town, "worker")
    page = client.get("/hub").content.decode()
    assert "Your roles now: Grid worker." in page
    assert 'href="/home"' in page
    Grant.objects.filter(user=town.users["worker"]).update(valid_to=now())
    page = client.get("/worker").content.decode()
    assert "You hold no role now. If you had one, it has ended." in page
    main = page.partition("<main")[2]
    assert 'action="/accounts/logout/"' in main
    assert 'href="/home"' not in main


def test_whoever_polls_for_changes_learns_that_rights_have_changed(town):
    client = signed_in(town, "dispatcher")

    def rights() -> str:
        return str(client.get("/api/v1/live/cases", {"since": 0}).json()["rights"])

    before = rights()
    assert rights() == before != ""
    Grant.objects.filter(user=town.users["dispatcher"]).update(valid_to=now())
    assert rights() not in {before, ""}
    town.users["dispatcher"].is_active = False
    town.users["dispatcher"].save()
    assert rights() == ""
