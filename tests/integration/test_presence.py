"""Who else has something open: told for less than a minute, and then forgotten."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.queries import CASES
from gezhi.kernel.clock import SimulatedClock, using
from gezhi.platform.accounts.models import User
from gezhi.platform.presence.here import HOLDS, Other, forget_presence, here
from gezhi.platform.presence.models import Presence
from tests.factories.cases import MONDAY, make_town, report

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    town = make_town()
    return town.actor("dispatcher"), town.actor("checker"), town.actor("operations")


def test_each_hears_of_the_others_and_who_writes_comes_first(people, django_assert_num_queries):
    one, two, three = people
    assert here(one, "cases.case", 7, writing=False, now=MONDAY) == []
    assert here(two, "cases.case", 7, writing=True, now=MONDAY) == [Other("dispatcher", writing=False)]
    with django_assert_num_queries(3):
        told = here(three, "cases.case", 7, writing=False, now=MONDAY)
    assert told == [Other("checker", writing=True), Other("dispatcher", writing=False)]
    assert here(one, "cases.case", 8, writing=False, now=MONDAY) == []


def test_who_says_nothing_any_more_is_gone(people):
    one, two, _ = people
    here(one, "cases.case", 7, writing=True, now=MONDAY)
    assert here(two, "cases.case", 7, writing=False, now=MONDAY + HOLDS) == []
    # Said again, it is one row, and holds anew.
    here(one, "cases.case", 7, writing=False, now=MONDAY + HOLDS)
    assert here(two, "cases.case", 7, writing=False, now=MONDAY + HOLDS + timedelta(seconds=9)) == [
        Other("dispatcher", writing=False)
    ]
    assert Presence.objects.count() == 2


def test_a_form_that_was_sent_is_filled_in_no_longer(people, client):
    dispatcher, checker, _ = people
    case = Case.objects.get(number=report().number)
    here(dispatcher, CASES.name, case.pk, writing=True, now=MONDAY)
    here(dispatcher, CASES.name, case.pk + 1, writing=True, now=MONDAY)
    client.force_login(User.objects.get(pk=dispatcher.user_id))
    address = reverse("hub-act", args=[case.number, "note"])
    with using(SimulatedClock(MONDAY)):
        assert client.post(address, {"note": ""}, headers={"HX-Request": "true"}).status_code == 422
        assert here(checker, CASES.name, case.pk, writing=False, now=MONDAY) == [Other("dispatcher", writing=True)]
        assert (
            client.post(address, {"note": "已联系", "key": str(uuid4())}, headers={"HX-Request": "true"}).status_code
            == 200
        )
    assert here(checker, CASES.name, case.pk, writing=False, now=MONDAY) == [Other("dispatcher", writing=False)]
    assert here(checker, CASES.name, case.pk + 1, writing=False, now=MONDAY) == [Other("dispatcher", writing=True)]


def test_nothing_of_it_is_kept(people):
    one, two, _ = people
    here(one, "cases.case", 7, writing=False, now=MONDAY)
    here(two, "cases.case", 9, writing=False, now=MONDAY + timedelta(minutes=2))
    with using(SimulatedClock(MONDAY + timedelta(minutes=2))):
        assert forget_presence.func() == 1
    assert [row.subject_id for row in Presence.objects.all()] == [9]
