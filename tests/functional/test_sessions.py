"""A session says whose it is: what Django makes sure of holds, and a page asks once who somebody is."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore as OldStore
from django.test import Client

from gezhi.kernel.clock import now
from gezhi.platform.access.models import Grant
from gezhi.platform.access.sessions import SessionStore
from gezhi.platform.accounts.models import Session
from tests.factories.cases import Town, make_town, report

pytestmark = pytest.mark.django_db
DISPATCHER = "dispatcher"


@pytest.fixture
def town() -> Town:
    return make_town()


@pytest.fixture
def browser(town: Town) -> Client:
    client = Client()
    client.force_login(town.users[DISPATCHER], backend=settings.AUTHENTICATION_BACKENDS[0])
    assert client.get("/hub").status_code == 200
    return client


def asks_to_sign_in(client: Client) -> bool:
    answer = client.get("/hub")
    return answer.status_code == 302 and "login" in answer.headers["Location"]


def test_a_session_is_kept_with_its_account(browser, town):
    assert Session.objects.get().user == town.users[DISPATCHER]


def test_a_changed_password_ends_it(browser, town):
    town.users[DISPATCHER].set_password("another-9-password")
    town.users[DISPATCHER].save()
    assert asks_to_sign_in(browser)
    assert not Session.objects.exists()


def test_an_account_that_is_ended_is_nobody(browser, town):
    town.users[DISPATCHER].is_active = False
    town.users[DISPATCHER].save()
    assert asks_to_sign_in(browser)


def test_a_session_whose_way_in_was_taken_away_is_nobody(browser, settings):
    settings.AUTHENTICATION_BACKENDS = settings.AUTHENTICATION_BACKENDS[1:]
    assert asks_to_sign_in(browser)


def test_a_session_that_has_run_out_is_nobody(browser):
    Session.objects.update(expire_date=now() - timedelta(seconds=1))
    assert asks_to_sign_in(browser)


def test_a_session_that_names_another_account_than_its_row_is_judged_by_its_words(browser, town):
    Session.objects.update(user=town.users["operations"])
    assert browser.get("/hub").wsgi_request.user.pk == town.users[DISPATCHER].pk


@pytest.mark.parametrize(
    "key",
    [
        "",
        "short",
        "x" * 32,
        "x" * 400,
        "'; DROP TABLE accounts_session; --",
        '"\\000abcdefgh\\000"',
    ],
)
def test_a_key_that_nobody_gave_is_nobody(browser, key):
    stranger = Client(raise_request_exception=True)
    answer = stranger.get("/hub", headers={"Cookie": f"{settings.SESSION_COOKIE_NAME}={key}"})
    # The guard refuses a sign that no database takes.
    assert answer.status_code == (400 if "000" in key else 302)
    assert Session.objects.count() == 1


def test_a_role_that_is_ended_is_gone_with_the_next_page(browser, town):
    Grant.objects.filter(user=town.users[DISPATCHER]).update(valid_to=now())
    assert browser.get("/hub").status_code == 403


def test_a_role_of_later_is_not_held_yet(browser, town):
    start = now() + timedelta(hours=1)
    Grant.objects.filter(user=town.users[DISPATCHER]).update(valid_from=start, valid_to=start + timedelta(days=1))
    assert browser.get("/hub").status_code == 403


def test_without_any_role_the_person_is_still_known(browser, town):
    Grant.objects.filter(user=town.users[DISPATCHER]).delete()
    answer = browser.get("/account")
    assert answer.wsgi_request.user == town.users[DISPATCHER]


def test_whoever_signs_in_on_the_same_browser_is_the_next(browser, town):
    browser.force_login(town.users["operations"], backend=settings.AUTHENTICATION_BACKENDS[0])
    assert browser.get("/hub").wsgi_request.user == town.users["operations"]
    browser.logout()
    assert asks_to_sign_in(browser)


def test_sessions_made_before_still_work(town):
    old = OldStore()
    old.update(
        {"_auth_user_id": str(town.users[DISPATCHER].pk), "_auth_user_backend": settings.AUTHENTICATION_BACKENDS[0]}
    )
    old["_auth_user_hash"] = town.users[DISPATCHER].get_session_auth_hash()
    old.create()
    import_module("gezhi.platform.accounts.migrations.0003_sessions").take_over(apps, None)
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = old.session_key
    answer = client.get("/hub")
    assert (answer.status_code, answer.wsgi_request.user) == (200, town.users[DISPATCHER])
    assert SessionStore(old.session_key).holder is None


def test_what_has_run_out_is_cleared(browser):
    Session.objects.update(expire_date=now() - timedelta(seconds=1))
    SessionStore.clear_expired()
    assert not Session.objects.exists()


@pytest.mark.parametrize("address", ["/hub", "/hub?queue=all&sort=due", "/hub?box=112.0,31.9,112.3,32.2"])
def test_the_hub_costs_six_queries(browser, town, django_assert_max_num_queries, address):
    for grid in range(3):
        report(grid=grid)
    browser.get(address)
    # A box is looked for among the first rows of the list, then by its place.
    with django_assert_max_num_queries(9 if "box" in address else 6):
        assert browser.get(address).status_code == 200


def test_a_case_costs_six_queries(browser, town, django_assert_max_num_queries):
    number = report(now=now()).number
    page = {"path": f"/hub/cases/{number}", "headers": {"HX-Request": "true"}}
    browser.get(**page)
    # Where no road is near, one is looked for farther off.
    with django_assert_max_num_queries(7) as asked:
        assert browser.get(**page).status_code == 200
    assert sum("ground_groundfeature" in one["sql"] for one in asked.captured_queries) == 2
