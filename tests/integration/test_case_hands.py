"""Whose hands a case goes through: who judges it, who gets it when somebody leaves, who may rate it."""

from __future__ import annotations

import importlib
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from gezhi.contexts.cases.domain.photos import Stage
from gezhi.contexts.cases.domain.states import Channel, Outcome, Urgency
from gezhi.contexts.cases.domain.transitions import Action
from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.policy import decide_photo
from gezhi.contexts.cases.queries import case_page, list_cases
from gezhi.contexts.cases.use_cases import (
    CASE,
    Command,
    Contact,
    accept_case,
    check_case,
    close_case,
    correct_case,
    dispatch_case,
    handle_case,
    pause_case,
    rate_case,
    remind_case,
    resume_case,
    return_case,
    rework_case,
    withdraw_case,
)
from gezhi.contexts.cases.use_cases.erase_reporter import erase_reporter
from gezhi.contexts.cases.use_cases.read_reporter import read_reporter
from gezhi.kernel.errors import NotAllowed, NotFound
from gezhi.kernel.roles import Role
from gezhi.platform.access.actor import ANONYMOUS
from gezhi.platform.steps.consistency import differs_from_history
from gezhi.platform.steps.policy import possible_steps
from tests.factories.cases import MONDAY, grant, make_town, report

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    return make_town()


class Hands:
    """One case, and people who act on it ten minutes apart."""

    def __init__(self, town, **fields):
        self.town, self.minutes = town, 0
        self.made = report(**fields)

    def by(self, name, **fields):
        self.minutes += 10
        actor = name if not isinstance(name, str) else self.town.actor(name)
        return Command(
            actor=actor,
            number=self.made.number,
            now=MONDAY + timedelta(minutes=self.minutes),
            **{"note": "说明", **fields},
        )

    def handled_by(self, name):
        dispatch_case(self.by("dispatcher"), assignee_id=self.town.users[name].pk)
        accept_case(self.by(name))
        handle_case(self.by(name), outcome=Outcome.RESOLVED)

    def close(self):
        check_case(self.by("checker"))
        close_case(self.by("dispatcher"))

    @property
    def case(self):
        return Case.objects.get(number=self.made.number)


def test_nobody_who_ever_handled_a_case_judges_it(town):
    grant(town.users["worker"], Role.CHECKER, town.areas["420602"])
    grant(town.users["worker"], Role.STREET_DISPATCHER, town.areas["420602001"])
    hands = Hands(town)
    hands.handled_by("worker")
    rework_case(hands.by("checker"))
    hands.handled_by("colleague")
    first = town.actor("worker")
    judging = {Action.CHECK, Action.REWORK}
    assert judging <= set(possible_steps(CASE, town.actor("checker"), hands.case))
    assert not judging & set(possible_steps(CASE, first, hands.case))
    for judge in (check_case, rework_case):
        with pytest.raises(NotAllowed):
            judge(hands.by("worker"))
    check_case(hands.by("checker"))
    with pytest.raises(NotAllowed):
        close_case(hands.by("worker"))


def test_nor_does_anybody_who_handled_it_take_the_picture_of_the_check(town):
    grant(town.users["worker"], Role.CHECKER, town.areas["420602"])
    hands = Hands(town)
    hands.handled_by("worker")
    rework_case(hands.by("checker"))
    hands.handled_by("colleague")
    assert decide_photo(town.actor("checker"), Stage.CHECK, hands.case)[1] is not None
    assert decide_photo(town.actor("worker"), Stage.CHECK, hands.case)[1] is None


def test_a_correction_keeps_the_time_that_a_pause_gave(town):
    hands = Hands(town)
    dispatch_case(hands.by("dispatcher"), assignee_id=town.users["worker"].pk)
    accept_case(hands.by("worker"))
    pause_case(hands.by("dispatcher"))
    hands.minutes += 20 * 24 * 60
    resume_case(hands.by("dispatcher"))
    due = hands.case.handle_due
    dispatch_case(hands.by("dispatcher"), assignee_id=town.users["colleague"].pk)
    correct_case(hands.by("dispatcher"), urgency=Urgency.SERIOUS)
    assert hands.case.handle_due == due


def test_a_case_in_handling_can_be_given_to_somebody_else(town):
    hands = Hands(town)
    dispatch_case(hands.by("dispatcher"), assignee_id=town.users["worker"].pk)
    accept_case(hands.by("worker"))
    due = hands.case.handle_due
    dispatch_case(hands.by("dispatcher"), assignee_id=town.users["colleague"].pk)
    case = hands.case
    assert (case.status, case.assignee_id, case.accepted_at) == ("dispatched", town.users["colleague"].pk, None)
    # A new pair of hands buys no time.
    assert (case.handle_due, case.due_at) == (due, due)
    assert differs_from_history(case) == {}
    with pytest.raises(NotAllowed):
        handle_case(hands.by("worker"), outcome=Outcome.RESOLVED)
    accept_case(hands.by("colleague"))
    handle_case(hands.by("colleague"), outcome=Outcome.RESOLVED)


def test_rework_takes_the_outcome_away(town):
    hands = Hands(town)
    hands.handled_by("worker")
    assert hands.case.outcome == "resolved"
    rework_case(hands.by("checker"))
    case = hands.case
    assert (case.outcome, case.outcome_note) == ("", "")
    assert differs_from_history(case) == {}
    told = [step.changes.get("outcome") for step in case_page(town.actor("checker"), case.number).history]
    assert "resolved" in told


def test_a_return_keeps_the_attention_that_a_reminder_set(town):
    hands = Hands(town)
    dispatch_case(hands.by("dispatcher"), assignee_id=town.users["worker"].pk)
    remind_case(hands.by(replace(ANONYMOUS, follow_codes=frozenset({hands.made.follow_code}))))
    assert hands.case.needs_attention
    return_case(hands.by("worker"))
    assert hands.case.needs_attention


@pytest.mark.parametrize(
    ("name", "channel"), [("dispatcher", Channel.HOTLINE), ("worker", Channel.PATROL), ("officer", Channel.WEB)]
)
def test_whoever_takes_a_report_in_is_not_its_reporter(town, name, channel):
    hands = Hands(town, actor=town.actor(name), channel=channel, contact=Contact(name="王小明", phone="13812341234"))
    case = hands.case
    assert (case.reporter_user_id, case.registered_by_id) == (None, town.users[name].pk)
    # The report is not lost to whoever took it in.
    assert [row["number"] for row in list_cases(town.actor(name)).rows] == [case.number]
    hands.handled_by("colleague")
    hands.close()
    registrar = town.actor(name)
    with pytest.raises(NotAllowed):
        rate_case(hands.by(name), solved=True, score=5)
    with pytest.raises(NotAllowed):
        read_reporter(actor=registrar, number=case.number, reason="看一看", now=MONDAY + timedelta(days=1))
    # Not with the caller's code either, while signed in as the one who took it in.
    with pytest.raises(NotAllowed):
        rate_case(hands.by(replace(registrar, follow_codes=frozenset({hands.made.follow_code}))), solved=True, score=5)
    caller = replace(ANONYMOUS, follow_codes=frozenset({hands.made.follow_code}))
    rate_case(hands.by(caller), solved=False, score=2)
    assert hands.case.rating_score == 2


@pytest.mark.parametrize("name", ["dispatcher", "colleague", "checker"])
def test_the_callers_code_makes_no_reporter_of_those_at_work(town, name):
    hands = Hands(
        town,
        actor=town.actor("dispatcher"),
        channel=Channel.HOTLINE,
        contact=Contact(name="王小明", phone="13812341234"),
    )
    hands.handled_by("colleague")
    hands.close()
    code, later = hands.made.follow_code, MONDAY + timedelta(days=1)
    holder = replace(town.actor(name), follow_codes=frozenset({code}))
    with pytest.raises(NotAllowed):
        rate_case(hands.by(holder), solved=True, score=5)
    with pytest.raises(NotAllowed):
        read_reporter(actor=holder, number=hands.made.number, reason="看一看", now=later)
    with pytest.raises(NotAllowed):
        erase_reporter(actor=holder, code=code, now=later)
    caller = replace(ANONYMOUS, follow_codes=frozenset({code}))
    assert read_reporter(actor=caller, number=hands.made.number, reason="own", now=later)["phone"] == "13812341234"
    assert erase_reporter(actor=caller, code=code, now=later)


def test_a_handler_does_not_rate_even_what_they_reported_themselves(town):
    hands = Hands(town, actor=town.actor("resident"))
    assert hands.case.reporter_user_id == town.users["resident"].pk
    grant(town.users["resident"], Role.GRID_WORKER, town.areas["420602001001001"])
    hands.handled_by("resident")
    hands.close()
    with pytest.raises(NotAllowed):
        rate_case(hands.by("resident"), solved=True, score=5)


def test_a_resident_with_an_account_rates_their_own_report(town):
    hands = Hands(town, actor=town.actor("resident"))
    hands.handled_by("worker")
    hands.close()
    rate_case(hands.by("resident"), solved=True, score=4)
    assert hands.case.rating_score == 4


def test_a_worker_takes_back_what_they_noticed(town):
    hands = Hands(town, actor=town.actor("worker"), channel=Channel.PATROL)
    with pytest.raises(NotAllowed):
        withdraw_case(hands.by("colleague"))
    with pytest.raises(NotFound):
        withdraw_case(hands.by("stranger"))
    withdraw_case(hands.by("worker"))
    assert hands.case.status == "cancelled"


def test_upgrading_tells_registrars_from_reporters(town):
    typed, own = report(town.actor("dispatcher")), report(town.actor("resident"))
    for made, name in ((typed, "dispatcher"), (own, "resident")):
        Case.objects.filter(number=made.number).update(reporter_user=town.users[name], registered_by=None)
    migration = importlib.import_module("gezhi.contexts.cases.migrations.0002_registered_by")
    # As a migration sees the models: those of its own time.
    apps = MigrationLoader(connection).project_state(("cases", "0002_registered_by")).apps
    migration.tell_registrars_from_reporters(apps, None)
    parts = dict(Case.objects.values_list("number", "registered_by_id"))
    assert parts == {typed.number: town.users["dispatcher"].pk, own.number: None}
    assert Case.objects.get(number=typed.number).reporter_user_id is None
    assert Case.objects.get(number=own.number).reporter_user_id == town.users["resident"].pk
    migration.take_them_together_again(apps, None)
    assert Case.objects.get(number=typed.number).reporter_user_id == town.users["dispatcher"].pk
