"""What one asks for and another decides: extension, forced closing, setting aside, appeal; and the city's rules for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from click.testing import CliRunner

from gezhi.contexts.cases.catalogue import catalogue
from gezhi.contexts.cases.domain.rules import Rules, rules_of, texts_of
from gezhi.contexts.cases.domain.states import Outcome
from gezhi.contexts.cases.domain.transitions import Action
from gezhi.contexts.cases.models import Case, WorkflowRules
from gezhi.contexts.cases.queries import Filters, count_cases, follow, queue_counts, span_figures
from gezhi.contexts.cases.use_cases import (
    CASE,
    accept_case,
    appeal_timeout,
    ask_extension,
    ask_forced_close,
    ask_setting_aside,
    check_case,
    close_case,
    dispatch_case,
    exempt_case,
    extend_case,
    force_close,
    handle_case,
    pause_case,
    rate_case,
    refuse_request,
    reopen_case,
    resume_case,
    return_case,
    set_aside,
    support_appeal,
)
from gezhi.contexts.cases.use_cases.install_rules import install_rules, put_due_rules_in_force, withdraw_rules
from gezhi.interfaces.cli.main import main
from gezhi.kernel import clock
from gezhi.kernel.calendar import deadline
from gezhi.kernel.errors import Conflict, InvalidInput, NotAllowed, NotFound
from gezhi.kernel.roles import Role
from gezhi.kernel.time_limits import LimitKind
from gezhi.platform.access.actor import ANONYMOUS
from gezhi.platform.audit.verify import verify
from gezhi.platform.steps.policy import possible_steps
from gezhi.platform.worktime.city_calendar import city_calendar
from tests.factories.cases import MONDAY, SYSTEM, grant, make_town, make_user
from tests.integration.test_case_hands import Hands

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    return make_town()


@pytest.fixture
def hands(town):
    """A case that the sanitation department's officer has in hand."""
    found = Hands(town, class_code="E0111")
    dispatch_case(found.by("dispatcher"), organisation_id=town.bodies["sanitation"].pk)
    accept_case(found.by("officer"))
    return found


def work_days_after(start, days):
    return deadline(start, days, LimitKind.WORK_DAY, city_calendar())


def closed_late(hands):
    hands.minutes += 30 * 24 * 60
    handle_case(hands.by("officer"), outcome=Outcome.RESOLVED)
    check_case(hands.by("checker"))
    close_case(hands.by("dispatcher"))


def test_an_extension_begins_where_the_limit_ends_and_is_granted_once(hands):
    before = hands.case.handle_due
    ask_extension(hands.by("officer"), limit="3WD")
    assert hands.case.handle_due == before, "asking moves nothing"
    with pytest.raises(Conflict, match="one at a time"):
        ask_extension(hands.by("officer"), limit="1WD")
    extend_case(hands.by("dispatcher"))
    assert hands.case.handle_due == hands.case.due_at == work_days_after(before, 3)
    with pytest.raises(Conflict, match="once"):
        ask_extension(hands.by("officer"), limit="1WD")


def test_a_pause_keeps_the_time_that_was_granted(hands):
    ask_extension(hands.by("officer"), limit="3WD")
    extend_case(hands.by("dispatcher"))
    extended = hands.case.handle_due
    pause_case(hands.by("dispatcher"))
    hands.minutes += 2 * 24 * 60 - 10
    resume_case(hands.by("officer"))
    assert hands.case.handle_due == work_days_after(extended, 2), "two days stood still from a working hour to the same"


def test_a_pause_inside_the_extension_moves_its_end(hands):
    ask_extension(hands.by("officer"), limit="3WD")
    limit = hands.case.handle_due
    extend_case(hands.by("dispatcher"))
    extended = hands.case.handle_due
    hands.minutes = (limit - MONDAY) // timedelta(minutes=1) + 24 * 60 - 10
    pause_case(hands.by("dispatcher"))
    hands.minutes += 24 * 60 - 10
    resume_case(hands.by("officer"))
    assert hands.case.handle_due == work_days_after(extended, 1)


def test_more_time_is_asked_for_before_it_is_up_and_within_what_the_city_grants(hands):
    for limit, code in (
        ("", "bad_extension"),
        ("bald", "bad_extension"),
        ("0WD", "bad_extension"),
        ("16WD", "too_long"),
    ):
        with pytest.raises(InvalidInput) as refused:
            ask_extension(hands.by("officer"), limit=limit)
        assert refused.value.code.endswith(code)
        assert refused.value.field == "limit"
    hands.minutes += 30 * 24 * 60
    with pytest.raises(Conflict, match="time is up"):
        ask_extension(hands.by("officer"), limit="1WD")


def test_whoever_asked_does_not_decide_and_may_take_it_back(town, hands):
    grant(town.users["officer"], Role.STREET_DISPATCHER, town.areas["420602001"])
    ask_extension(hands.by("officer"), limit="1WD")
    assert Action.EXTEND not in possible_steps(CASE, town.actor("officer"), hands.case)
    with pytest.raises(NotAllowed, match="does not decide"):
        extend_case(hands.by("officer"))
    refuse_request(hands.by("officer"))
    assert hands.case.request == ""


def test_a_request_falls_with_the_stage_in_which_it_was_made_and_outlives_a_pause(hands):
    ask_extension(hands.by("officer"), limit="1WD")
    pause_case(hands.by("dispatcher"))
    assert hands.case.request == "extension"
    resume_case(hands.by("officer"))
    handle_case(hands.by("officer"), outcome=Outcome.RESOLVED)
    case = hands.case
    assert (case.request, case.requested_by, case.request_limit) == ("", None, "")
    with pytest.raises(Conflict):
        extend_case(hands.by("dispatcher"))


def test_closing_by_force_takes_two_and_says_why_to_the_reporter(town, hands):
    ask_forced_close(hands.by("dispatcher"))
    with pytest.raises(NotAllowed):
        force_close(hands.by("dispatcher"), outcome=Outcome.NOT_POSSIBLE)
    with pytest.raises(InvalidInput, match="reason"):
        force_close(hands.by("operations", note=""), outcome=Outcome.NOT_POSSIBLE)
    force_close(hands.by("operations", note="权属不明，已报区政府"), outcome=Outcome.NOT_POSSIBLE)
    case = hands.case
    assert (case.status, case.closing, case.outcome, case.due_at) == ("closed", "forced", "not_possible", None)
    seen = follow(hands.made.follow_code)
    assert seen.steps[-1].note == "权属不明，已报区政府"
    assert seen.can_rate
    reporter = replace(ANONYMOUS, follow_codes=frozenset({hands.made.follow_code}))
    rate_case(hands.by(reporter), solved=False, score=2)
    reopen_case(hands.by("dispatcher"))
    assert (hands.case.closing, hands.case.outcome) == ("", "")
    assert list(verify()) == []


def test_an_unreasonable_demand_is_answered_and_stays_out_of_the_score(town):
    hands = Hands(town)
    ask_setting_aside(hands.by("dispatcher"))
    assert queue_counts(town.actor("operations"), now=MONDAY)["asked"] == 1
    assert count_cases(town.actor("operations"), filters=Filters(asked=True)) == 1
    set_aside(hands.by("operations", note="此事在法院审理中，请等判决"))
    assert (hands.case.status, hands.case.unscored) == ("closed", "unreasonable")
    told = follow(hands.made.follow_code).steps
    assert [(step.action, step.note) for step in told][-1] == ("set_aside", "此事在法院审理中，请等判决")
    assert "ask_setting_aside" not in {step.action for step in told}


def test_an_appeal_has_two_reviews_and_leaves_the_delay_on_record(town, hands):
    closed_late(hands)
    operations = town.actor("operations")
    span = {"since": MONDAY, "until": MONDAY + timedelta(days=60), "now": MONDAY + timedelta(days=40)}
    on_time = span_figures(operations, **span).total.on_time
    assert (on_time.part, on_time.whole) == (0, 1)
    assert count_cases(operations, filters=Filters(on_time=False)) == 1
    appeal_timeout(hands.by("officer"))
    with pytest.raises(Conflict):
        exempt_case(hands.by("operations"))
    support_appeal(hands.by("dispatcher"))
    grant(town.users["dispatcher"], Role.OPERATIONS, town.areas["4206"])
    with pytest.raises(NotAllowed, match="first decision"):
        exempt_case(hands.by("dispatcher"))
    exempt_case(hands.by("operations"))
    case = hands.case
    assert (case.unscored, case.appeal, case.request) == ("appeal", "granted", "")
    assert case.handled_at > case.handle_due, "the fact stays"
    assert span_figures(operations, **span).total.on_time.whole == 0
    assert count_cases(operations, filters=Filters(on_time=False)) == 0
    assert count_cases(operations, filters=Filters(timed_out_at=span["now"])) == 0


def test_who_handled_it_late_decides_on_no_appeal_and_who_has_it_on_no_extension(town, hands):
    grant(town.users["officer"], Role.OPERATIONS, town.areas["4206"])
    town.users["clerk"] = make_user("clerk")
    grant(town.users["clerk"], Role.DEPARTMENT_OFFICER, town.areas["420602"], town.bodies["sanitation"])
    ask_extension(hands.by("clerk"), limit="1WD")
    with pytest.raises(NotAllowed, match="in hand"):
        extend_case(hands.by("officer"))
    refuse_request(hands.by("operations"))
    closed_late(hands)
    appeal_timeout(hands.by("clerk"))
    support_appeal(hands.by("dispatcher"))
    with pytest.raises(NotAllowed, match="handled a case"):
        exempt_case(hands.by("officer"))


def test_there_is_one_appeal_and_none_of_a_case_in_time(town, hands):
    closed_late(hands)
    appeal_timeout(hands.by("officer"))
    refuse_request(hands.by("operations"))
    assert hands.case.appeal == "refused"
    with pytest.raises(Conflict, match="already"):
        appeal_timeout(hands.by("officer"))
    in_time = Hands(town)
    dispatch_case(in_time.by("dispatcher"), organisation_id=town.bodies["sanitation"].pk)
    accept_case(in_time.by("officer"))
    handle_case(in_time.by("officer"), outcome=Outcome.RESOLVED)
    in_time.close()
    with pytest.raises(Conflict, match="not handled after"):
        appeal_timeout(in_time.by("officer"))


def test_a_city_says_how_often_how_long_and_who_decides(town, hands):
    changes = {"max_returns": "0", "longest_extension": "2WD", "extension_by": "operations"}
    install_rules(actor=SYSTEM, name="本市规则", changes=changes, now=MONDAY)
    with pytest.raises(Conflict, match="returned 0 times"):
        return_case(hands.by("officer"))
    with pytest.raises(InvalidInput, match="2WD"):
        ask_extension(hands.by("officer"), limit="3WD")
    ask_extension(hands.by("officer"), limit="2WD")
    assert Action.EXTEND not in possible_steps(CASE, town.actor("dispatcher"), hands.case)
    with pytest.raises(NotAllowed, match="somebody else"):
        extend_case(hands.by("dispatcher"))
    extend_case(hands.by("operations"))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"max_return": "1"}, "unknown_rule"),
        ({"max_returns": "-1"}, "bad_rule"),
        ({"max_returns": "viele"}, "bad_rule"),
        ({"longest_extension": "long"}, "bad_rule"),
        ({"extension_by": ""}, "bad_rule"),
        ({"extension_by": "operations resident"}, "bad_rule"),
    ],
)
def test_a_rule_that_makes_no_sense_is_named_and_nothing_changes(town, changes, code):
    with pytest.raises(InvalidInput) as refused:
        install_rules(actor=SYSTEM, name="x", changes=changes, now=MONDAY)
    assert (refused.value.code, refused.value.field) == (code, next(iter(changes)))
    assert not WorkflowRules.objects.exists()


def test_rules_are_versions_with_a_date_that_only_the_administrator_sets(town):
    later = MONDAY + timedelta(days=5)
    with pytest.raises(NotAllowed):
        install_rules(actor=town.actor("operations"), name="x", changes={"max_returns": "5"}, now=MONDAY)
    first = install_rules(actor=town.actor("system_admin"), name="一", changes={"max_returns": "5"}, now=MONDAY)
    second = install_rules(actor=SYSTEM, name="二", changes={"max_returns": "6"}, now=MONDAY, effective_from=later)
    third = install_rules(actor=SYSTEM, name="三", changes={"max_returns": "7"}, now=MONDAY, effective_from=later)
    withdraw_rules(actor=SYSTEM, number=third.number, now=MONDAY)
    with pytest.raises(NotFound):
        withdraw_rules(actor=SYSTEM, number=first.number, now=MONDAY)
    assert catalogue().rules.max_returns == 5
    assert put_due_rules_in_force(actor=SYSTEM, now=later) == [second.number]
    assert catalogue().rules == replace(Rules(), max_returns=6)
    assert list(verify()) == []


def test_rules_are_read_back_as_they_are_written():
    rules = Rules(max_returns=0, longest_extension="4WH", extension_by=(Role.OPERATIONS,))
    assert rules_of(texts_of(rules)) == rules
    assert rules_of({}) == Rules()


def test_the_command_line_shows_and_changes_them(town):
    run = CliRunner().invoke
    assert "max_returns          2" in run(main, ["tables", "rules"]).output
    with clock.using(clock.SimulatedClock(MONDAY)):
        told = run(main, ["tables", "rules", "--set", "max_returns=3", "--name", "试行"])
    assert told.exit_code == 0
    assert "version 1 is in force" in told.output
    assert "max_returns          3" in told.output
    told = run(main, ["tables", "rules", "--set", "max_returns=x", "--name", "试行"])
    assert told.exit_code == 2
    assert "max_returns" in told.output
    assert "rules 1" in run(main, ["tables", "list"]).output
    assert Case.objects.count() == 0
