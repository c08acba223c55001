"""Cases of somebody who has left go over to a colleague: each by the step of dispatching, all or none."""

from __future__ import annotations

import pytest

from gezhi.contexts.cases.models import Case, CaseStep
from gezhi.contexts.cases.queries import colleagues_of, hand_over_of, holders
from gezhi.contexts.cases.use_cases.hand_over import hand_over
from gezhi.interfaces.web.administration import hand_over as hand_over_page
from gezhi.kernel.clock import now
from gezhi.kernel.errors import InvalidInput
from gezhi.kernel.roles import Role
from gezhi.platform.accounts.use_cases.end_account import EndReason, end_account
from gezhi.platform.audit.models import AuditRecord
from tests.factories.cases import grant, make_town, make_user
from tests.factories.clients import case_at, signed_in

pytestmark = pytest.mark.django_db
EN = {"Accept-Language": "en"}


@pytest.fixture
def town():
    return make_town()


def at(town, name):
    return town.actor(name, now=now())


def over(town, *, to="colleague", by="dispatcher", note="离职"):
    return hand_over(actor=at(town, by), from_id=town.users["worker"].pk, to_id=town.users[to].pk, note=note, now=now())


def test_what_is_in_hand_goes_over_with_a_line_of_history_each(town):
    first, second, paused = (case_at(town, status) for status in ("dispatched", "handling", "suspended"))
    case_at(town, "handled")
    due = dict(Case.objects.values_list("number", "handle_due"))
    end_account(actor=at(town, "system_admin"), user_id=town.users["worker"].pk, reason=EndReason.LEFT, now=now())
    assert [(one.user_id, one.open_account, one.count) for one in holders(at(town, "dispatcher"))] == [
        (town.users["worker"].pk, False, 3)
    ]
    records = AuditRecord.objects.count()
    assert over(town) == 2
    for number in (first.number, second.number):
        case = Case.objects.get(number=number)
        assert (case.assignee_id, case.status) == (town.users["colleague"].pk, "dispatched")
        # A change of hands buys no time.
        assert case.handle_due == due[number]
        last = CaseStep.objects.filter(case=case).latest("seq")
        assert (last.action, last.note, last.actor_label) == ("dispatch", "离职", "dispatcher")
    assert Case.objects.get(number=paused.number).assignee_id == town.users["worker"].pk
    assert AuditRecord.objects.count() == records + 1


def test_what_stays_says_why(town):
    case_at(town, "handling")
    case_at(town, "suspended")
    found = hand_over_of(
        at(town, "dispatcher"), from_id=town.users["worker"].pk, to_id=town.users["stranger"].pk, now=now()
    )
    assert found.going == []
    assert sorted(why.text for _, why in found.staying) == [
        "It is suspended: resume it first.",
        "It lies outside what this colleague serves.",
    ]
    with pytest.raises(InvalidInput):
        over(town, to="stranger")


@pytest.mark.parametrize("name", ["checker", "planner", "officer"])
def test_who_may_not_dispatch_hands_nothing_over(town, name):
    case_at(town, "handling")
    before = CaseStep.objects.count()
    with pytest.raises(InvalidInput):
        over(town, by=name)
    assert CaseStep.objects.count() == before


def test_it_needs_a_reason_and_another_person(town):
    case_at(town, "handling")
    for fields in ({"note": " "}, {"to": "worker"}):
        with pytest.raises(InvalidInput):
            over(town, **fields)


def test_only_who_can_take_a_case_is_offered_and_the_nearest_first(town):
    case_at(town, "handling")
    wide = make_user("aaron")
    grant(wide, Role.GRID_WORKER, town.areas["420602001001"])
    found = colleagues_of(at(town, "dispatcher"), town.users["worker"].pk, now=now())
    # The stranger serves another grid of the street.
    assert [(one.name, one.takes) for one in found] == [("colleague", 1), ("aaron", 1)]
    assert colleagues_of(at(town, "planner"), town.users["worker"].pk, now=now()) == []


def test_the_colleagues_are_asked_for_at_once(town, django_assert_max_num_queries):
    for _ in range(4):
        case_at(town, "handling")
    actor, worker = at(town, "dispatcher"), town.users["worker"].pk
    colleagues_of(actor, worker, now=now())
    with django_assert_max_num_queries(6):
        colleagues_of(actor, worker, now=now())


def test_the_page_names_the_cases_in_hand_page_by_page(town, monkeypatch):
    made = [case_at(town, "handling", description=f"垃圾 {n}") for n in range(3)]
    monkeypatch.setattr(hand_over_page, "PER_PAGE", 2)
    client, worker = signed_in(town, "operations"), town.users["worker"].pk
    pages = [client.get(f"/administration/hand-over/{worker}{more}").content.decode() for more in ("", "?skip=2")]
    assert 'href="?skip=2"' in pages[0]
    assert 'href="?skip' not in pages[1]
    told = pages[0] + pages[1]
    for number, one in enumerate(made):
        assert told.count(f'<span class="code">{one.number}</span>') == 1
        assert f"垃圾 {number}" in told
    assert "暴露生活垃圾" in told


def test_the_queries_do_not_grow_with_the_cases(town, django_assert_max_num_queries):
    for _ in range(4):
        case_at(town, "handling")
    actor = at(town, "operations")
    worker, colleague = town.users["worker"].pk, town.users["colleague"].pk
    hand_over_of(actor, from_id=worker, to_id=colleague, now=now())
    with django_assert_max_num_queries(5):
        hand_over_of(actor, from_id=worker, to_id=colleague, now=now())


def test_the_page_shows_which_cases_go_before_it_hands_them_over(town):
    made = case_at(town, "handling")
    client = signed_in(town, "operations")
    worker = town.users["worker"].pk
    page = f"/administration/hand-over/{worker}"
    assert "worker" in client.get("/administration/hand-over", headers=EN).content.decode()
    form = {"to": town.users["colleague"].pk, "note": "请假"}
    looked = client.post(page, form, headers=EN).content.decode()
    assert made.number in looked
    assert "1 case goes over" in looked
    assert Case.objects.get().assignee_id == worker
    assert client.post(page, {**form, "sure": "1"}).url == "/administration/hand-over"
    assert Case.objects.get().assignee_id == town.users["colleague"].pk
    assert client.get(page).status_code == 404
    assert signed_in(town, "system_admin").get(page).status_code == 403
