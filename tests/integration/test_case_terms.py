"""The terms of a case stand on the case: no new table and no first report moves a deadline of what runs already."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from gezhi.contexts.cases.domain.states import Outcome, Urgency
from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.queries import case_page
from gezhi.contexts.cases.use_cases import (
    Command,
    accept_case,
    check_case,
    close_case,
    correct_case,
    dispatch_case,
    handle_case,
    pause_case,
    reopen_case,
    resume_case,
    return_case,
    rework_case,
)
from gezhi.contexts.cases.use_cases.install_duties import install_duties, shipped_duties
from gezhi.platform.steps.consistency import all_that_differ
from tests.factories.cases import MONDAY, SYSTEM, make_town, report
from tests.factories.clients import signed_in

pytestmark = pytest.mark.django_db
LATER = MONDAY + timedelta(days=14)


@pytest.fixture
def town():
    return make_town()


class Walk:
    """One case, and a clock that goes on by ten minutes a step."""

    def __init__(self, town):
        self.town, self.now = town, MONDAY
        self.number = report().number

    def by(self, name, **fields):
        self.now += timedelta(minutes=10)
        return Command(actor=self.town.actor(name), number=self.number, now=self.now, **{"note": "说明", **fields})

    def to_handling(self):
        dispatch_case(self.by("dispatcher"), assignee_id=self.town.users["worker"].pk)
        accept_case(self.by("worker"))

    def to_closed(self):
        self.to_handling()
        handle_case(self.by("worker"), outcome=Outcome.RESOLVED)
        check_case(self.by("checker"))
        close_case(self.by("dispatcher"))

    @property
    def case(self):
        return Case.objects.get(number=self.number)


def tighter(rows):
    """A table by which everything is due an hour after it began."""
    return [replace(row, dispatch_limit="1UH", handle_limit="1UH", check_limit="1UH") for row in rows]


def new_table():
    install_duties(actor=SYSTEM, name="新权责", rows=tighter(shipped_duties()), now=MONDAY)


def test_a_case_keeps_its_clock_its_limits_and_the_duty_row(town):
    walk = Walk(town)
    case = walk.case
    assert case.clock_start == case.reported_at == MONDAY
    assert case.dispatch_limit
    assert case.handle_limit
    assert case.check_limit
    page = case_page(town.actor("dispatcher"), walk.number)
    assert page.details.duty_rule_id == case.duty_rule_id
    assert page.routing_reason.startswith(f"duty row {case.duty_rule_id}:")


def test_a_new_duty_table_moves_no_deadline_of_a_case_that_runs(town):
    old, other = Walk(town), Walk(town)
    old.to_handling()
    due = old.case.handle_due
    new_table()
    pause_case(old.by("dispatcher"))
    resume_case(old.by("worker"))
    assert old.case.handle_due >= due
    handle_case(old.by("worker"), outcome=Outcome.RESOLVED)
    assert old.case.check_due > old.now + timedelta(hours=1), "its own limit, not the hour of the new table"
    # What is set right is routed anew, by the table in force.
    correct_case(other.by("dispatcher"), urgency=Urgency.SERIOUS)
    assert other.case.handle_due == MONDAY + timedelta(hours=2)
    assert (other.case.handle_limit, other.case.clock_start) == ("1UH", MONDAY)


@pytest.mark.parametrize("step", ["urgency", "class", "place"])
def test_after_a_reopening_a_correction_counts_from_there(town, step):
    walk = Walk(town)
    walk.to_closed()
    walk.now = LATER
    reopen_case(walk.by("dispatcher"))
    reopened, due = walk.now, walk.case.handle_due
    given = {
        "urgency": {"urgency": Urgency.SERIOUS},
        "class": {"class_code": "E0111"},
        "place": {"area_id": town.areas["420602001002"].pk},
    }[step]
    correct_case(walk.by("dispatcher"), **given)
    case = walk.case
    assert case.clock_start == reopened
    assert min(case.handle_due, case.dispatch_due, case.due_at) > reopened
    if step != "class":
        assert case.handle_due == due


def test_after_a_reopening_a_pause_counts_from_there(town):
    walk = Walk(town)
    walk.to_closed()
    walk.now = LATER
    reopen_case(walk.by("dispatcher"))
    due = walk.case.handle_due
    walk.to_handling()
    pause_case(walk.by("dispatcher"))
    walk.now += timedelta(days=2)
    resume_case(walk.by("worker"))
    assert walk.case.handle_due > due


def test_a_case_from_before_terms_were_kept_counts_from_its_last_reopening(town):
    walk = Walk(town)
    walk.to_closed()
    walk.now = LATER
    reopen_case(walk.by("dispatcher"))
    reopened, due = walk.now, walk.case.handle_due
    Case.objects.update(clock_start=None, dispatch_limit="", handle_limit="", check_limit="", duty_rule_id=None)
    correct_case(walk.by("dispatcher"), urgency=Urgency.SERIOUS)
    assert (walk.case.clock_start, walk.case.handle_due) == (reopened, due)


def test_terms_are_of_the_history(town):
    walk = Walk(town)
    walk.to_closed()
    assert list(all_that_differ()) == []
    Case.objects.filter(number=walk.number).update(handle_limit="9WD")
    (found,) = all_that_differ()
    assert (found.number, found.at_fault) == (walk.number, ["handle_limit"])


NIGHT = MONDAY.replace(hour=18)  # 02:00 local


def urgent(town):
    """A class that must be handled within two urgent hours, and dispatched within two working ones."""
    rows = [replace(row, dispatch_limit="2WH", handle_limit="2UH") for row in shipped_duties()]
    install_duties(actor=SYSTEM, name="夜间", rows=rows, now=MONDAY)
    walk = Walk(town)
    walk.now, walk.number = NIGHT, report(now=NIGHT).number
    return walk


def test_nothing_must_be_handled_before_it_must_be_dispatched(town):
    walk = urgent(town)
    # Office hours begin at 08:00 local: 10:00, and two hours later.
    assert walk.case.dispatch_due == NIGHT + timedelta(hours=8)
    assert walk.case.handle_due == NIGHT + timedelta(hours=10)
    assert walk.case.due_at == walk.case.dispatch_due


def test_the_clock_of_handling_begins_with_the_first_dispatch_and_a_second_buys_no_time(town):
    walk = urgent(town)
    walk.now += timedelta(hours=1)
    dispatch_case(walk.by("dispatcher"), organisation_id=town.bodies["sanitation"].pk)
    given = walk.now
    case = walk.case
    assert (case.handling_start, case.handle_due, case.due_at) == (
        given,
        given + timedelta(hours=2),
        given + timedelta(hours=2),
    )
    walk.now += timedelta(minutes=30)
    dispatch_case(walk.by("dispatcher"), organisation_id=town.bodies["sanitation"].pk)
    assert (walk.case.handling_start, walk.case.handle_due) == (given, given + timedelta(hours=2))
    accept_case(walk.by("officer"))
    pause_case(walk.by("dispatcher"))
    walk.now += timedelta(minutes=50)
    resume_case(walk.by("officer"))
    assert walk.case.handle_due == given + timedelta(hours=3)
    assert list(all_that_differ()) == []


def test_a_case_that_was_given_away_before_this_was_kept_counts_from_its_report(town):
    walk = Walk(town)
    walk.to_handling()
    Case.objects.filter(number=walk.number).update(handling_start=None)
    pause_case(walk.by("dispatcher"))
    resume_case(walk.by("worker"))
    # Four working hours from 10:00 local, and ten minutes of pause.
    assert walk.case.handle_due == MONDAY + timedelta(hours=6, minutes=10)


def test_the_page_says_why_a_case_is_due_when_it_is(town):
    walk = Walk(town)
    client = signed_in(town, "dispatcher")

    def page():
        return client.get(f"/hub/cases/{walk.number}", headers={"accept-language": "en"}).content.decode()

    assert "2 working hours, counted from 2 March 2026 10:00" in page()
    assert "4 working hours from its dispatch, counted as if it were dispatched at the last moment" in page()
    walk.to_handling()
    assert "4 working hours from its dispatch at 2 March 2026 10:10" in page()
    pause_case(walk.by("dispatcher"))
    resume_case(walk.by("worker"))
    assert "at 2 March 2026 10:10, without 1 pause" in page()


def test_the_page_names_the_step_from_which_the_clock_of_what_came_back_runs(town):
    walk = Walk(town)
    client = signed_in(town, "dispatcher")

    def page(language="en"):
        return client.get(f"/hub/cases/{walk.number}", headers={"accept-language": language}).content.decode()

    walk.to_handling()
    return_case(walk.by("worker"))
    back = "4 working hours from its first dispatch at 2 March 2026 10:10; coming back does not stop the clock"
    assert "2 working hours, counted from 2 March 2026 10:30 (Returned to the hub)" in page()
    assert back in page()
    assert "自 2026年3月2日 10:30 起算（已退回）" in page("zh-hans")
    walk.to_handling()
    assert back in page()
    handle_case(walk.by("worker"), outcome=Outcome.RESOLVED)
    rework_case(walk.by("checker"))
    assert back in page()
    handle_case(walk.by("worker"), outcome=Outcome.RESOLVED)
    check_case(walk.by("checker"))
    close_case(walk.by("dispatcher"))
    reopen_case(walk.by("dispatcher"))
    assert f"counted from 2 March 2026 {walk.now.hour + 8}:{walk.now.minute:02} (Reopened)" in page()
    walk.to_handling()
    assert "4 working hours from its first dispatch after it was reopened, at 2 March 2026" in page()
