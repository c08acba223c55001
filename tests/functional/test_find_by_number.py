"""The hub's form for a caller's number: sent in a form, seen in no address and in no log, and not too often."""

from __future__ import annotations

import logging

import pytest
from django.core.cache import caches

from gezhi.contexts.cases.use_cases import Contact
from gezhi.kernel.clock import now
from gezhi.platform.audit.models import AuditRecord
from tests.factories.cases import make_town, report
from tests.factories.clients import signed_in

pytestmark = pytest.mark.django_db
PHONE = "13812341234"
PAGE = "/hub/by-number"


@pytest.fixture
def town():
    return make_town()


def made(grid=0):
    return report(grid=grid, now=now(), contact=Contact(name="王小明", phone=PHONE)).number


def test_a_dispatcher_finds_what_the_caller_reported(town, caplog):
    number, client = made(), signed_in(town, "dispatcher")
    assert PAGE in client.get("/hub").content.decode()
    form = client.get(PAGE).content.decode()
    assert 'autocomplete="off"' in form
    caplog.set_level(logging.DEBUG)
    answer = client.post(PAGE, {"phone": "138 1234-1234"})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert f'href="/hub/cases/{number}"' in page
    assert "查询号码：138****1234" in page
    # It stands neither in the page that comes back nor in what the server writes down.
    assert not any(text in page for text in (PHONE, "138 1234-1234"))
    assert not any(text in caplog.text for text in (PHONE, "138 1234-1234", "1234-1234"))
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_a_number_in_an_address_finds_nothing(town):
    number, client = made(), signed_in(town, "dispatcher")
    page = client.get(f"{PAGE}?phone={PHONE}").content.decode()
    assert number not in page
    assert not AuditRecord.objects.filter(action="cases.searched_by_number").exists()


def test_nothing_found_and_no_number_are_said_in_both_languages(town, settings):
    made(grid=3)
    client = signed_in(town, "dispatcher")
    # The case lies in the other community of the street: it is this dispatcher's too.
    other = signed_in(town, "far_dispatcher")
    assert "1 件" in other.post(PAGE, {"phone": PHONE}).content.decode()
    nothing = client.post(PAGE, {"phone": "13999999999"})
    assert (nothing.status_code, "没有这个号码的工单" in nothing.content.decode()) == (200, True)
    part = client.post(PAGE, {"phone": "1381"})
    assert (part.status_code, "这不是完整的电话号码" in part.content.decode()) == (422, True)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    assert "No case with this number" in client.post(PAGE, {"phone": "13999999999"}).content.decode()
    assert "This is no whole telephone number" in client.post(PAGE, {"phone": ""}).content.decode()


def test_who_takes_no_calls_is_not_let_in(town):
    for name in ("worker", "checker", "officer", "planner", "resident", "system_admin"):
        client = signed_in(town, name)
        assert PAGE not in client.get("/hub", follow=True).content.decode()
        assert client.get(PAGE).status_code == client.post(PAGE, {"phone": PHONE}).status_code == 403


def test_numbers_are_not_tried_out(town, settings):
    caches["requests"].clear()
    settings.GEZHI_RATE_NUMBERS = "2/h"
    client = signed_in(town, "dispatcher")
    sent = [client.post(PAGE, {"phone": f"1381234123{digit}"}) for digit in range(4)]
    caches["requests"].clear()
    assert [answer.status_code for answer in sent] == [200, 200, 429, 429]
    page, wait = sent[-1].content.decode(), int(sent[-1].headers["Retry-After"])
    assert f"请在 {wait} 秒后再查询" in page
    assert 'id="phone"' in page
    assert AuditRecord.objects.filter(action="cases.searched_by_number").count() == 2
    assert client.get(PAGE).status_code == 200


def test_the_reporter_reads_who_found_it_and_why(town, client):
    told = report(now=now(), contact=Contact(name="王小明", phone=PHONE))
    signed_in(town, "dispatcher").post(PAGE, {"phone": PHONE})
    assert "来电人查询本人的上报" in client.get(f"/follow/{told.follow_code}/data").content.decode()


@pytest.mark.parametrize(("who", "leads"), [("dispatcher", True), ("checker", False)])
def test_a_mobile_number_in_the_ordinary_search_leads_whoever_takes_calls_to_the_form(town, who, leads):
    made()
    client = signed_in(town, who)
    for text, number in ((PHONE, True), ("来电 138-1234-1234", True), ("路灯", False)):
        page = client.get("/hub", {"queue": "all", "q": text}).content.decode()
        assert (f'<a class="button" href="{PAGE}"' in page) == (leads and number)
