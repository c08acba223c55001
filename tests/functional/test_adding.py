"""The reporter adds words and pictures, at any time while somebody reads them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from gezhi.contexts.cases.models import Case, CaseStep
from gezhi.contexts.cases.queries import follow
from gezhi.contexts.cases.use_cases import Command, add_words, dispatch_case, merge_case
from gezhi.kernel.clock import now
from gezhi.kernel.errors import Conflict, InvalidInput, NotAllowed
from gezhi.platform.access.actor import ANONYMOUS
from gezhi.platform.files.models import Attachment
from gezhi.platform.outbox.models import OutboxEvent
from gezhi.platform.steps.consistency import differs_from_history
from tests.factories.cases import make_town, report
from tests.factories.clients import case_at, signed_in
from tests.factories.photos import photo

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_home(settings, tmp_path):
    settings.GEZHI_HOME = tmp_path


@pytest.fixture
def town():
    return make_town()


def said(made, note="又多了一堆", at=None, actor=None, **more):
    actor = actor or replace(ANONYMOUS, label="resident", follow_codes=frozenset({made.follow_code}))
    return add_words(Command(actor=actor, number=made.number, now=at or now(), note=note, **more))


@pytest.mark.parametrize(
    "status", ["reported", "verifying", "dispatched", "handling", "suspended", "handled", "checked", "closed", "merged"]
)
def test_something_is_added_while_the_case_lives_and_the_hub_sees_it(town, status):
    made = case_at(town, status)
    said(made)
    case = Case.objects.get(number=made.number)
    assert (case.status, case.needs_attention, differs_from_history(case)) == (status, True, {})
    assert [(step.action, step.note) for step in follow(made.follow_code).steps][-1] == ("add", "又多了一堆")
    assert "又多了一堆" in signed_in(town, "dispatcher").get(f"/hub/cases/{made.number}").content.decode()
    assert OutboxEvent.objects.filter(subject=made.number, type="case.added").count() == 1


def test_with_pictures_by_the_form_and_sent_twice_it_is_there_once(client, town):
    made = case_at(town, "handling")
    page = client.get(f"/follow/{made.follow_code}").content.decode()
    key = page.split('name="key" value="')[1].split('"')[0]
    for _ in range(2):
        sent = SimpleUploadedFile("a.jpg", photo(), "image/jpeg")
        answer = client.post(f"/follow/{made.follow_code}/add", {"note": "看照片", "key": key, "photo": sent})
        assert answer.status_code == 302
    assert CaseStep.objects.filter(case_id=made.case_id, action="add").count() == 1
    row = Attachment.objects.get()
    assert (row.stage, row.side) == ("added", "reporter")
    page = client.get(f"/follow/{made.follow_code}").content.decode()
    assert f"/pictures/{row.pk}" in page
    assert client.get(f"/follow/{made.follow_code}/pictures/{row.pk}").status_code == 200
    # Opened by itself, it has a way back.
    assert f'href="/follow/{made.follow_code}/pictures/{row.pk}?page=1"' in page
    alone = client.get(f"/follow/{made.follow_code}/pictures/{row.pk}?page=1").content.decode()
    assert f'href="/follow/{made.follow_code}"' in alone
    assert f'src="/follow/{made.follow_code}/pictures/{row.pk}"' in alone
    for who, address in (("dispatcher", "hub"), ("worker", "worker")):
        shown = signed_in(town, who).get(f"/{address}/cases/{made.number}").content.decode()
        assert str(row.pk) in shown
        assert "看照片" in shown


def test_a_form_without_words_keeps_its_picture_and_says_so(client, town):
    made = report(now=now())
    sent = SimpleUploadedFile("a.jpg", photo(), "image/jpeg")
    key = "0192f0c1-2345-7abc-8def-0123456789ab"
    answer = client.post(f"/follow/{made.follow_code}/add", {"note": " ", "key": key, "photo": sent})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'name="held"' in page
    assert "请用几句话说明补充的内容" in page
    assert CaseStep.objects.filter(action="add").count() == 0


def test_a_flood_is_held_back_for_a_day(town):
    made = report(now=now())
    for number in range(5):
        said(made, f"第{number}次")
    with pytest.raises(Conflict) as refused:
        said(made)
    assert refused.value.code == "added_too_often"
    said(made, at=now() + timedelta(days=1, minutes=1))
    assert CaseStep.objects.filter(action="add").count() == 6


def test_after_closing_as_long_as_not_solved_is_read(client, town):
    made = case_at(town, "closed")
    assert follow(made.follow_code).can_add
    Case.objects.update(closed_at=now() - timedelta(days=40))
    assert not follow(made.follow_code).can_add
    assert "/add" not in client.get(f"/follow/{made.follow_code}").content.decode()
    with pytest.raises(Conflict) as refused:
        said(made)
    assert refused.value.code == "added_too_late"


def test_who_else_may_not(town):
    made = case_at(town, "handling")
    with pytest.raises(NotAllowed):
        said(made, actor=town.actor("dispatcher", now=now()))
    at_work = replace(town.actor("worker", now=now()), follow_codes=frozenset({made.follow_code}))
    with pytest.raises(NotAllowed):
        said(made, actor=at_work)
    with pytest.raises(InvalidInput):
        said(made, " ")
    cancelled = case_at(town, "cancelled")
    with pytest.raises(Conflict):
        said(cancelled)
    assert CaseStep.objects.filter(action="add").count() == 0


def test_of_a_report_that_goes_with_another_it_is_read_there_and_by_no_other_reporter(town):
    main, second = report(now=now()), report(now=now())
    merge_case(Command(actor=town.actor("dispatcher", now=now()), number=second.number, now=now()), into=main.number)
    said(second, "李家门口也有")
    page = signed_in(town, "dispatcher").get(f"/hub/cases/{main.number}").content.decode()
    assert "李家门口也有" in page
    assert Case.objects.get(number=main.number).needs_attention
    assert "李家" not in repr(follow(main.follow_code))
    said(main, "王家门口的是我的")
    assert "王家" not in repr(follow(second.follow_code))


def test_whoever_reads_the_words_of_a_report_that_goes_along_sees_the_picture_sent_with_them(client, town):
    main, joined = report(now=now()), report(now=now())
    command = Command(actor=town.actor("dispatcher"), number=main.number, now=now())
    dispatch_case(command, organisation_id=town.bodies["sanitation"].pk)
    first = SimpleUploadedFile("a.jpg", photo(), "image/jpeg")
    client.post(f"/follow/{joined.follow_code}/add", {"note": "自己的", "key": str(uuid4()), "photo": first})
    own = Attachment.objects.get()
    merge_case(Command(actor=town.actor("dispatcher"), number=joined.number, now=now()), into=main.number)
    sent = SimpleUploadedFile("b.jpg", photo(size=(90, 60)), "image/jpeg")
    client.post(f"/follow/{joined.follow_code}/add", {"note": "看照片", "key": str(uuid4()), "photo": sent})
    row = Attachment.objects.exclude(pk=own.pk).get()
    officer = signed_in(town, "officer")
    page = officer.get(f"/worker/cases/{main.number}").content.decode()
    assert "看照片" in page
    assert str(row.pk) in page
    assert officer.get(f"/api/v1/photos/{row.pk}").status_code == 200
    assert officer.get(f"/pictures/{row.pk}").status_code == 200
    assert f'href="/pictures/{row.pk}?page=worker&amp;number={main.number}"' in page
    alone = officer.get(f"/pictures/{row.pk}?page=worker&number={main.number}").content.decode()
    assert f'href="/worker/cases/{main.number}"' in alone
    assert officer.get(f"/pictures/{row.pk}?page=hub&number=/evil").headers["Content-Type"] == "image/jpeg"
    # What came with the report itself, or before it went along, is not part of what was told there.
    assert str(own.pk) not in page
    assert officer.get(f"/api/v1/photos/{own.pk}").status_code == 404
    assert signed_in(town, "other_officer").get(f"/api/v1/photos/{row.pk}").status_code == 404
    code = {"X-Follow-Code": main.follow_code}
    assert client.get(f"/api/v1/photos/{row.pk}", headers=code).status_code == 404
    assert str(row.pk) not in client.get(f"/follow/{main.follow_code}").content.decode()
