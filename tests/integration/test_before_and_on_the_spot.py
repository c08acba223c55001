"""Verification before filing, handing on, settling on the spot."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gezhi.contexts.cases.domain.states import Channel, Finding
from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.queries import colleagues_for, follow
from gezhi.contexts.cases.use_cases import (
    Report,
    accept_case,
    ask_verification,
    correct_case,
    dispatch_case,
    hand_on,
    pause_case,
    report_settled,
    resume_case,
    return_case,
    settle_case,
    verify_case,
)
from gezhi.kernel.errors import Conflict, InvalidInput, NotAllowed
from gezhi.kernel.roles import Role
from tests.factories.areas import centre
from tests.factories.cases import MONDAY, grant, make_town, make_user
from tests.integration.test_case_hands import Hands

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    return make_town()


def test_the_clock_of_dispatch_stands_while_somebody_looks(town):
    hands = Hands(town)
    ask_verification(hands.by("dispatcher"), assignee_id=town.users["worker"].pk)
    case = hands.case
    assert (case.status, case.assignee_id) == ("verifying", town.users["worker"].pk)
    assert case.due_at == case.verify_due == MONDAY + timedelta(minutes=10, hours=24)
    hands.minutes += 20 * 60
    verify_case(hands.by("worker", note=""), finding=Finding.EXISTS)
    case, told_at = hands.case, MONDAY + timedelta(minutes=hands.minutes)
    assert (case.status, case.assignee_id, case.verification) == ("reported", None, "exists")
    assert case.due_at == case.dispatch_due > told_at
    assert case.handle_due > case.dispatch_due
    due_before = case.dispatch_due
    correct_case(hands.by("dispatcher"), class_code="E0112")
    assert hands.case.dispatch_due == due_before, "a correction counts from the finding too"
    told = [step.action for step in follow(hands.made.follow_code).steps]
    assert told == ["report", "ask_verification", "verify", "correct"]


def test_nothing_there_needs_words_and_comes_to_the_hubs_attention(town):
    hands = Hands(town)
    ask_verification(hands.by("dispatcher"))
    with pytest.raises(InvalidInput, match="what you found"):
        verify_case(hands.by("worker", note=""), finding=Finding.ABSENT)
    verify_case(hands.by("worker", note="现场没有垃圾"), finding=Finding.ABSENT)
    assert hands.case.needs_attention


def test_only_who_is_near_verifies_and_the_hub_need_not_wait(town):
    hands = Hands(town)
    with pytest.raises(InvalidInput):
        ask_verification(hands.by("dispatcher"), assignee_id=town.users["stranger"].pk)
    ask_verification(hands.by("dispatcher"))
    for name in ("dispatcher", "operations"):
        with pytest.raises(NotAllowed):
            verify_case(hands.by(name), finding=Finding.EXISTS)
    dispatch_case(hands.by("dispatcher"), organisation_id=town.bodies["sanitation"].pk)
    assert hands.case.status == "dispatched"


def test_nobody_verifies_their_own_word(town):
    hands = Hands(town, actor=town.actor("worker"), channel=Channel.PATROL)
    ask_verification(hands.by("dispatcher"))
    with pytest.raises(NotAllowed, match="took a report in"):
        verify_case(hands.by("worker"), finding=Finding.EXISTS)
    verify_case(hands.by("colleague"), finding=Finding.EXISTS)


def test_a_pause_that_was_outlives_a_verification(town):
    hands = Hands(town)
    dispatch_case(hands.by("dispatcher"), assignee_id=town.users["worker"].pk)
    accept_case(hands.by("worker"))
    pause_case(hands.by("dispatcher"))
    hands.minutes += 3 * 24 * 60
    resume_case(hands.by("worker"))
    due = hands.case.handle_due
    return_case(hands.by("worker"))
    ask_verification(hands.by("dispatcher"))
    verify_case(hands.by("colleague"), finding=Finding.EXISTS)
    assert hands.case.handle_due == due


def test_a_returned_case_has_the_time_of_a_dispatch_again(town):
    hands = Hands(town)
    dispatch_case(hands.by("dispatcher"), assignee_id=town.users["worker"].pk)
    accept_case(hands.by("worker"))
    handle_due = hands.case.handle_due
    hands.minutes += 3 * 24 * 60
    return_case(hands.by("worker"))
    assert hands.case.due_at > MONDAY + timedelta(minutes=hands.minutes), "not late at once"
    assert hands.case.handle_due == handle_due


def test_a_worker_hands_on_to_a_colleague_who_signs_anew(town):
    hands = Hands(town)
    dispatch_case(hands.by("dispatcher"), assignee_id=town.users["worker"].pk)
    accept_case(hands.by("worker"))
    due = hands.case.handle_due
    worker = town.actor("worker")
    known = {"colleague"}
    assert {one.name for one in colleagues_for(worker, hands.case.pk, now=MONDAY, limit=30)} <= known
    for wrong in ("worker", "stranger", "dispatcher"):
        with pytest.raises(InvalidInput):
            hand_on(hands.by("worker"), assignee_id=town.users[wrong].pk)
    hand_on(hands.by("worker", note="换班"), assignee_id=town.users["colleague"].pk)
    case = hands.case
    assert (case.status, case.assignee_id, case.accepted_at, case.handle_due) == (
        "dispatched",
        town.users["colleague"].pk,
        None,
        due,
    )
    assert case.return_count == 0
    with pytest.raises(NotAllowed):
        hand_on(hands.by("worker"), assignee_id=town.users["worker"].pk)


def test_an_officer_hands_on_within_the_department(town):
    town.users["clerk"] = make_user("clerk")
    grant(town.users["clerk"], Role.DEPARTMENT_OFFICER, town.areas["420602"], town.bodies["sanitation"])
    hands = Hands(town)
    dispatch_case(hands.by("dispatcher"), organisation_id=town.bodies["sanitation"].pk)
    officer = town.actor("officer")
    offered = {one.name for one in colleagues_for(officer, hands.case.pk, now=MONDAY, limit=30)}
    assert "clerk" in offered
    assert not offered & {"officer", "other_officer"}
    with pytest.raises(InvalidInput):
        hand_on(hands.by("officer"), assignee_id=town.users["other_officer"].pk)
    hand_on(hands.by("officer"), assignee_id=town.users["clerk"].pk)
    assert hands.case.organisation_id == town.bodies["sanitation"].pk


def settled(town, actor, *, key="0" * 32, done="已扶正", **fields):
    lon, lat = centre(0)
    asked = Report(
        **{
            "class_code": "E0410",
            "description": "单车倒了",
            "lon": lon,
            "lat": lat,
            "channel": Channel.PATROL,
            **fields,
        }
    )
    return report_settled(actor=town.actor(actor), report=asked, done=done, key=key, now=MONDAY)


def test_something_trivial_is_one_step_and_a_repeat_makes_no_second(town):
    first, again = settled(town, "worker"), settled(town, "worker")
    assert first.number == again.number
    case = Case.objects.get()
    assert (case.status, case.closing, case.outcome, case.outcome_note) == (
        "closed",
        "on_the_spot",
        "resolved",
        "已扶正",
    )
    assert case.handled_by == town.users["worker"].pk
    assert case.due_at is None


def test_both_or_neither(town):
    with pytest.raises(InvalidInput, match="words"):
        settled(town, "worker", done=" ")
    assert not Case.objects.exists()
    with pytest.raises(NotAllowed):
        settled(town, "dispatcher")
    with pytest.raises(Conflict, match="noticed in office"):
        settled(town, "worker", channel=Channel.HOTLINE)
    assert not Case.objects.exists()


def test_what_a_resident_reported_is_not_settled_so(town):
    hands = Hands(town)
    with pytest.raises(NotAllowed):
        settle_case(hands.by("worker"))
