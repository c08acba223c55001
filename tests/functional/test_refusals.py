"""What is refused is told in the product's own words, as a whole page or as the part that was asked for."""

from __future__ import annotations

import pytest
from django.test import Client

from gezhi.contexts.cases.models import Case
from gezhi.kernel.clock import now
from tests.factories.cases import Town, make_town, report

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def town() -> Town:
    return make_town()


@pytest.fixture
def careful() -> Client:
    """A browser whose forms are checked."""
    return Client(enforce_csrf_checks=True)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("headers", [{}, {"Origin": "null"}, {"Origin": "https://elsewhere.example"}])
def test_a_forged_form_gets_a_page_of_ours(town, careful, language, headers):
    made = report(now=now())
    careful.cookies["django_language"] = language
    answer = careful.post(f"/follow/{made.follow_code}/withdraw", headers=headers)
    page = answer.content.decode()
    assert answer.status_code == 403
    assert ("表单未能提交" if language == "zh-hans" else "This form could not be accepted") in page
    assert 'class="site-header"' in page
    assert "no-store" in answer.headers["Cache-Control"]
    assert Case.objects.get().status == "reported"


def test_the_buttons_of_the_residents_page_pass_the_check(town, careful):
    made = report(now=now())
    careful.get(f"/follow/{made.follow_code}")
    token = careful.cookies["csrftoken"].value
    answer = careful.post(
        f"/follow/{made.follow_code}/remind", {"csrfmiddlewaretoken": token}, headers={"Origin": "http://testserver"}
    )
    assert answer.status_code == 302
    assert Case.objects.get().remind_count == 1


def test_addresses_of_forms_lead_to_the_form_when_they_are_opened(town, client):
    made = report(now=now())
    code, number = made.follow_code, made.number
    for address, leads in {
        "/report/finish": "/report",
        "/report/send": "/report",
        "/preferences": "/",
        f"/follow/{code}/rate": f"/follow/{code}",
        f"/follow/{code}/remind": f"/follow/{code}",
        f"/follow/{code}/withdraw": f"/follow/{code}",
        f"/follow/{code}/erase": f"/follow/{code}/data",
    }.items():
        assert client.get(address).headers["Location"] == leads
    client.force_login(town.users["dispatcher"])
    for address in (f"/hub/cases/{number}/dispatch", f"/hub/cases/{number}/reporter"):
        assert client.get(address).headers["Location"] == f"/hub/cases/{number}"
    client.force_login(town.users["officer"])
    assert client.get(f"/worker/cases/{number}/accept").headers["Location"] == f"/worker/cases/{number}"


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
@pytest.mark.parametrize("address", ["/report", "/report/finish", "/preferences"])
def test_no_answer_is_blank(town, client, method, address):
    answer = getattr(client, method)(address)
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"] or "POST" in answer.headers["Allow"]
    assert "site-header" in answer.content.decode()


@pytest.mark.parametrize(("name", "address", "status"), [("worker", "/hub", 403), ("dispatcher", "/nowhere", 404)])
def test_a_part_of_a_page_is_refused_with_a_part(town, client, name, address, status):
    client.force_login(town.users[name])
    whole, part = client.get(address), client.get(address, headers=HTMX)
    assert whole.status_code == part.status_code == status
    assert "site-header" in whole.content.decode()
    assert "<html" not in part.content.decode()
    assert "state-title" in part.content.decode()


def test_a_case_that_left_is_told_in_its_place(town, client):
    number = report(now=now()).number
    client.force_login(town.users["officer"])
    part = client.get(f"/hub/cases/{number}", headers=HTMX)
    assert part.status_code == 404
    assert "这件工单已不归您办理" in part.content.decode()


def test_a_case_that_is_not_to_be_seen_is_told_so_in_english(town, client):
    client.force_login(town.users["dispatcher"], backend="django.contrib.auth.backends.ModelBackend")
    page = client.get("/hub/cases/20261128999999", headers={"Accept-Language": "en"})
    assert page.status_code == 404
    assert "There is no such case, or it is not open to you." in page.content.decode()
