"""A key that comes again: answered to the one who has it, to nobody else, and however late."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.test import Client

from gezhi.contexts.cases.models import Case, CaseStep
from gezhi.contexts.cases.use_cases import Command, Contact, Report, dispatch_case, report_case
from gezhi.contexts.cases.use_cases.erase_reporter import erase_reporter
from gezhi.kernel.datum import Datum
from gezhi.kernel.errors import Conflict, InvalidInput
from gezhi.platform.access.actor import ANONYMOUS
from gezhi.platform.commands.models import CommandKey
from gezhi.platform.jobs import upkeep
from gezhi.platform.vault.models import PersonalRecord
from tests.factories.areas import centre
from tests.factories.cases import MONDAY, make_town

pytestmark = pytest.mark.django_db
KEY = "5f0c1b7e-2a64-4d0f-9b1c-7e3d8a6f4c21"


@pytest.fixture
def town():
    return make_town()


def asked(**fields):
    lon, lat = centre(0)
    return Report(**{"class_code": "E0110", "description": " 路边有一堆垃圾 ", "lon": lon, "lat": lat, **fields})


def test_the_same_report_gets_the_first_answer_after_weeks(town):
    """A phone that was offline for three weeks loses nothing and files nothing twice."""
    sent = asked(contact=Contact(name="王芳"))
    first = report_case(actor=ANONYMOUS, report=sent, key=KEY, now=MONDAY)
    upkeep.forget_commands.func()
    again = report_case(actor=ANONYMOUS, report=sent, key=KEY, now=MONDAY + timedelta(days=21))
    assert again == first
    assert Case.objects.count() == 1


def test_the_first_answer_stands_after_the_case_was_moved_on(town):
    first = report_case(actor=ANONYMOUS, report=asked(), key=KEY, now=MONDAY)
    dispatch_case(
        Command(actor=town.actor("dispatcher"), number=first.number, now=MONDAY),
        organisation_id=town.bodies["sanitation"].pk,
    )
    assert report_case(actor=ANONYMOUS, report=asked(), key=KEY, now=MONDAY) == first


@pytest.mark.parametrize(
    "change",
    [
        {"description": "另一件事"},
        {"class_code": "E0101"},
        {"class_code": "no such class"},
        {"address": "别处"},
        {"datum": Datum.GCJ02},
        {"lon": 0.0, "lat": 0.0},
        {"contact": Contact(name="王芳", phone="13800000000")},
        {"contact": Contact()},
    ],
)
def test_another_report_under_the_key_is_a_conflict(town, change):
    report_case(actor=ANONYMOUS, report=asked(contact=Contact(name="王芳")), key=KEY, now=MONDAY)
    with pytest.raises(Conflict) as refused:
        report_case(actor=ANONYMOUS, report=asked(**{"contact": Contact(name="王芳"), **change}), key=KEY, now=MONDAY)
    assert refused.value.code == "key_reused"
    assert Case.objects.count() == 1
    assert PersonalRecord.objects.count() == 1


def test_whose_name_was_erased_still_gets_the_first_answer(town):
    sent = asked(contact=Contact(name="王芳"))
    first = report_case(actor=ANONYMOUS, report=sent, key=KEY, now=MONDAY)
    assert erase_reporter(actor=ANONYMOUS, code=first.follow_code, now=MONDAY)
    assert report_case(actor=ANONYMOUS, report=sent, key=KEY, now=MONDAY) == first


def test_a_report_under_its_key_is_answered_also_where_none_like_it_may_be_filed_any_more(town):
    first = report_case(actor=ANONYMOUS, report=asked(), key=KEY, now=MONDAY)
    with patch(
        "gezhi.contexts.cases.use_cases.report_case.file_matter", side_effect=InvalidInput("class_unknown", "gone")
    ):
        assert report_case(actor=ANONYMOUS, report=asked(), key=KEY, now=MONDAY) == first
        with pytest.raises(InvalidInput):
            report_case(actor=ANONYMOUS, report=asked(), key=str(uuid.uuid4()), now=MONDAY)


def test_a_report_of_an_area_is_told_from_that_of_another(town):
    first, other = town.areas["420602001001"].pk, town.areas["420602001002"].pk
    sent = {"lon": None, "lat": None, "area_id": first}
    made = report_case(actor=ANONYMOUS, report=asked(**sent), key=KEY, now=MONDAY)
    assert report_case(actor=ANONYMOUS, report=asked(**sent), key=KEY, now=MONDAY).number == made.number
    with pytest.raises(Conflict):
        report_case(actor=ANONYMOUS, report=asked(**{**sent, "area_id": other}), key=KEY, now=MONDAY)


def test_over_the_api_a_key_that_comes_again_has_the_same_answer(town):
    lon, lat = centre(0)
    body = json.dumps({"class_code": "E0110", "description": "路边有一堆垃圾", "lon": lon, "lat": lat})
    sent = {"content_type": "application/json", "headers": {"Idempotency-Key": KEY}}
    first = Client().post("/api/v1/cases", body, **sent)
    again = Client().post("/api/v1/cases", body, **sent)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()


@pytest.mark.parametrize(
    "key",
    [
        "report-0001",
        "k" * 40,
        "00000000-0000-4000-8000-000000000001",
        # Of the clock and the network card: the next one is no secret.
        "395ac244-e915-11f1-9284-02fc00000001",
        "5f0c1b7e-2a64-7d0f-9b1c-7e3d8a6f4c21",
    ],
)
def test_a_key_that_can_be_guessed_is_refused_without_an_account(town, key):
    with pytest.raises(InvalidInput) as refused:
        report_case(actor=ANONYMOUS, report=asked(), key=key, now=MONDAY)
    assert refused.value.code == "weak_idempotency_key"
    assert not Case.objects.exists()


def test_random_keys_are_taken_and_an_account_may_choose_its_own(town):
    for _ in range(200):
        assert report_case(actor=ANONYMOUS, report=asked(), key=str(uuid.uuid4()), now=MONDAY)
    assert report_case(actor=town.actor("worker"), report=asked(), key="patrol-0001", now=MONDAY)


def test_a_stolen_table_holds_no_key(town):
    """Who reads the database has the body of every report; without the key it buys no follow code."""
    made = report_case(actor=ANONYMOUS, report=asked(), key=KEY, now=MONDAY)
    step = {"actor": town.actor("dispatcher"), "number": made.number, "now": MONDAY, "key": "dispatched-0001"}
    dispatch_case(Command(**step), organisation_id=town.bodies["sanitation"].pk)
    case, stored = Case.objects.get(), CommandKey.objects.get()
    texts = f"{case.follow_digest} {CaseStep.objects.values_list()} {stored.key} {stored.fingerprint} {stored.result}"
    for secret in (KEY, KEY.replace("-", ""), made.follow_code, "dispatched-0001"):
        assert secret not in texts
    for guess in (case.follow_digest, stored.key, stored.fingerprint):
        with pytest.raises(InvalidInput):
            report_case(actor=ANONYMOUS, report=asked(), key=guess, now=MONDAY)


@pytest.mark.parametrize("spelling", [str.upper, lambda key: key.replace("-", ""), lambda key: f"{{{key}}}"])
def test_a_uuid_in_another_spelling_is_the_same_key(town, spelling):
    first = report_case(actor=ANONYMOUS, report=asked(), key=KEY, now=MONDAY)
    again = report_case(actor=ANONYMOUS, report=asked(), key=spelling(KEY), now=MONDAY)
    assert (again.number, again.follow_code) == (first.number, first.follow_code)
    later = report_case(actor=ANONYMOUS, report=asked(), key=spelling(KEY), now=MONDAY + timedelta(days=21))
    assert later.number == first.number
    assert Case.objects.count() == 1
