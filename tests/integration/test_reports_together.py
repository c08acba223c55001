"""Reports of one matter: merged without losing a reporter, taken apart again, closed and opened together."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.auth import get_user_model

from gezhi.contexts.cases.catalogue import catalogue
from gezhi.contexts.cases.domain.states import Channel, Outcome
from gezhi.contexts.cases.models import Case, CaseStep
from gezhi.contexts.cases.queries import Filters, case_page, count_cases, follow, list_cases
from gezhi.contexts.cases.use_cases import (
    Command,
    accept_case,
    ask_setting_aside,
    cancel_case,
    check_case,
    close_case,
    dispatch_case,
    handle_case,
    merge_case,
    not_solved,
    pause_case,
    rate_case,
    remind_case,
    reopen_case,
    resume_case,
    say_not_solved,
    set_aside,
    settle_case,
    unmerge_case,
    withdraw_case,
)
from gezhi.contexts.organisations.use_cases.change_organisation import end_organisation
from gezhi.kernel import clock
from gezhi.kernel.errors import Conflict, InvalidInput, NotAllowed
from gezhi.platform.access.actor import ANONYMOUS
from gezhi.platform.audit.verify import verify
from gezhi.platform.steps.consistency import differs_from_history
from tests.factories.cases import MONDAY, SYSTEM, make_town, report

pytestmark = pytest.mark.django_db


class Together:
    """A report that is worked on, and two of the same matter."""

    def __init__(self):
        self.town, self.minutes = make_town(), 0
        self.main, self.second, self.third = (report(description=f"垃圾，第{number}次上报") for number in (1, 2, 3))

    def by(self, name, made, note="说明"):
        self.minutes += 10
        actor = name if not isinstance(name, str) else self.town.actor(name)
        return Command(actor=actor, number=made.number, now=MONDAY + timedelta(minutes=self.minutes), note=note)

    def reporter_of(self, made):
        return replace(ANONYMOUS, follow_codes=frozenset({made.follow_code}))

    def merge(self, made, into=None):
        merge_case(self.by("dispatcher", made), into=(into or self.main).number)

    def settle(self, made=None):
        made = made or self.main
        dispatch_case(self.by("dispatcher", made), organisation_id=self.town.bodies["sanitation"].pk)
        accept_case(self.by("officer", made))
        handle_case(self.by("officer", made, "已清运"), outcome=Outcome.PARTLY_RESOLVED)
        check_case(self.by("checker", made))
        close_case(self.by("dispatcher", made))

    def of(self, made):
        return Case.objects.get(number=made.number)

    def sound(self):
        assert list(verify()) == []
        assert all(differs_from_history(case) == {} for case in Case.objects.all())
        for case in Case.objects.all():
            assert case.joined_count == Case.objects.filter(merged_into=case).count(), case.number


@pytest.fixture
def three():
    return Together()


def test_each_reporter_keeps_the_own_code_is_told_and_rates(three):
    three.merge(three.second)
    three.merge(three.third)
    assert (three.of(three.second).status, three.of(three.main).joined_count) == ("merged", 2)
    told = follow(three.second.follow_code)
    assert [step.action for step in told.steps] == ["report", "merge"]
    assert told.due_at == three.of(three.main).due_at
    three.settle()
    for made in (three.second, three.third):
        told = follow(made.follow_code)
        assert (told.status, told.outcome, told.outcome_note) == ("closed", "partly_resolved", "已清运")
        assert [step.action for step in told.steps][2:] == ["dispatch", "accept", "handle", "check", "closed_along"]
        rate_case(three.by(three.reporter_of(made), made), solved=True, score=5)
    assert follow(three.main.follow_code).rating_score is None
    three.sound()


def test_what_the_other_did_before_they_went_together_is_not_told(three):
    dispatch_case(three.by("dispatcher", three.main), organisation_id=three.town.bodies["sanitation"].pk)
    three.merge(three.second)
    accept_case(three.by("officer", three.main))
    told = follow(three.second.follow_code)
    assert [step.action for step in told.steps] == ["report", "merge", "accept"]
    assert told.organisation_name == "sanitation"


def test_a_merged_report_is_nobodys_task_and_counts_as_one_of_it(three):
    dispatch_case(three.by("dispatcher", three.second), assignee_id=three.town.users["worker"].pk)
    three.merge(three.second)
    worker = three.town.actor("worker")
    assert count_cases(worker, filters=Filters(assignee_id=worker.user_id)) == 0
    assert count_cases(worker, filters=Filters(open_only=True)) == 2
    rows = {row["number"]: row["joined_count"] for row in list_cases(worker).rows}
    assert rows[three.main.number] == 1
    page = case_page(three.town.actor("dispatcher"), three.main.number)
    assert page.details.joined == [three.second.number]
    assert case_page(three.town.actor("dispatcher"), three.second.number).details.merged_into == three.main.number
    assert [step.note for step in page.history if step.action == "joined"] == [three.second.number]


def test_taken_apart_it_waits_for_dispatch_with_a_clock_of_its_own(three):
    three.merge(three.second)
    three.minutes += 3 * 24 * 60
    unmerge_case(three.by("dispatcher", three.second))
    case = three.of(three.second)
    assert (case.status, case.merged_into_id, case.organisation_id) == ("reported", None, None)
    assert case.due_at > MONDAY + timedelta(minutes=three.minutes), "not late at once"
    assert case.description == "垃圾，第2次上报"
    assert three.of(three.main).joined_count == 0
    told = [step.action for step in follow(three.second.follow_code).steps]
    assert told == ["report", "merge", "unmerge"]
    three.sound()


def test_with_whom_a_report_cannot_go(three):
    with pytest.raises(InvalidInput, match="itself"):
        three.merge(three.second, into=three.second)
    with pytest.raises(InvalidInput):
        merge_case(three.by("dispatcher", three.second), into=" ")
    with pytest.raises(InvalidInput, match="there is no case"):
        merge_case(three.by("dispatcher", three.second), into="20260302999999")
    far = report(grid=3)
    with pytest.raises(InvalidInput, match="there is no case"):
        merge_case(three.by("far_dispatcher", far), into=three.main.number)
    three.merge(three.second)
    with pytest.raises(Conflict, match="merge with that one"):
        three.merge(three.third, into=three.second)
    with pytest.raises(Conflict, match="merge the other into it"):
        three.merge(three.main, into=three.third)
    three.settle()
    with pytest.raises(Conflict, match="over"):
        three.merge(three.third)
    three.sound()


def test_a_refused_merge_leaves_both_as_they_were(three):
    before = CaseStep.objects.count()
    with pytest.raises(NotAllowed):
        merge_case(three.by("worker", three.second), into=three.main.number)
    assert CaseStep.objects.count() == before
    assert three.of(three.main).joined_count == 0


def test_what_is_cancelled_or_set_aside_sets_the_others_free_with_the_reason_in_their_history(three):
    sanitation = three.town.bodies["sanitation"].pk
    for made in (three.main, three.second):
        dispatch_case(three.by("dispatcher", made), organisation_id=sanitation)
    three.merge(three.second)
    three.merge(three.third)
    three.minutes += 30 * 24 * 60
    cancel_case(three.by("dispatcher", three.main, "不是问题"))
    for made in (three.second, three.third):
        case, told = three.of(made), follow(made.follow_code)
        assert (case.status, case.merged_into_id, case.organisation_id) == ("reported", None, None)
        assert (told.status, told.steps[-1].action) == ("reported", "unmerge")
        assert "不是问题" not in repr(told), "what was said of another's report"
        assert CaseStep.objects.filter(case=case).order_by("version").last().note == "不是问题"
        dispatch_case(three.by("dispatcher", made), organisation_id=sanitation)
        assert three.of(made).due_at > MONDAY + timedelta(minutes=three.minutes), "a clock that begins now"
    assert three.of(three.main).joined_count == 0
    three.sound()


def test_opened_again_together(three):
    three.merge(three.second)
    three.settle()
    rate_case(three.by(three.reporter_of(three.second), three.second), solved=True, score=5)
    reopen_case(three.by("dispatcher", three.main, "又出现了"))
    case = three.of(three.second)
    assert (case.status, case.outcome, case.rating_score, case.closed_at) == ("merged", "", None, None)
    assert follow(three.second.follow_code).steps[-1].note == "又出现了"
    three.settle()
    assert three.of(three.second).status == "closed"
    three.sound()


def test_what_one_reporter_calls_unsolved_stands_by_itself_again(three):
    three.merge(three.second)
    three.settle()
    not_solved(three.by(three.reporter_of(three.second), three.second, "还在"))
    case = three.of(three.second)
    assert (case.status, case.merged_into_id, case.unsolved_count) == ("reported", None, 1)
    assert (three.of(three.main).status, three.of(three.main).joined_count) == ("closed", 0)
    three.sound()


def test_a_main_report_that_is_taken_back_sets_the_others_free(three):
    three.merge(three.second)
    withdraw_case(three.by(three.reporter_of(three.main), three.main))
    second = three.of(three.second)
    assert (second.status, second.merged_into_id, three.of(three.main).joined_count) == ("reported", None, 0)
    assert second.due_at > MONDAY
    assert follow(three.second.follow_code).worked_on_status == "reported"
    three.sound()


def test_what_others_were_merged_into_is_not_settled_on_the_spot(three):
    noticed = report(three.town.actor("worker"), channel=Channel.PATROL)
    three.merge(three.second, into=noticed)
    with pytest.raises(Conflict, match="merge the other"):
        settle_case(three.by("worker", noticed))


def test_a_reporter_who_opens_the_main_one_opens_all_and_tells_no_words(three):
    three.merge(three.second)
    three.settle()
    not_solved(three.by(three.reporter_of(three.main), three.main, "李家还在倒"))
    assert three.of(three.second).status == "merged"
    told = follow(three.second.follow_code)
    assert (told.worked_on_status, told.steps[-1].note) == ("reported", "")
    assert "李家" not in repr(told)
    three.sound()


def test_a_report_that_has_ended_shows_nothing_of_what_comes_after(three):
    three.merge(three.second)
    three.settle()
    closed = follow(three.second.follow_code)
    assert (closed.status, closed.worked_on_status, closed.due_at) == ("closed", "closed", None)


def test_what_was_set_aside_is_not_opened_and_another_report_of_it_is_heard(three):
    three.merge(three.second)
    ask_setting_aside(three.by("dispatcher", three.main))
    set_aside(three.by("operations", three.main, "已有判决"))
    with pytest.raises(Conflict, match="set aside"):
        not_solved(three.by(three.reporter_of(three.main), three.main))
    second = three.of(three.second)
    assert (second.status, second.unscored, second.merged_into_id) == ("reported", "", None)
    three.settle(three.second)
    not_solved(three.by(three.reporter_of(three.second), three.second))
    assert three.of(three.second).status == "reported"
    three.sound()


def test_the_number_of_a_report_is_told_to_whoever_may_know_of_it(three):
    far = report(grid=3)
    merge_case(three.by("dispatcher", far), into=three.main.number)
    assert case_page(three.town.actor("dispatcher"), far.number).details.merged_into == three.main.number
    assert case_page(three.town.actor("far_dispatcher"), far.number).details.merged_into == ""


def test_not_solved_with_a_key_is_one_step_however_often_it_is_sent(three):
    three.settle()
    command = replace(three.by(three.reporter_of(three.main), three.main), key=str(uuid4()))
    first = say_not_solved(command, score=2)
    assert say_not_solved(command, score=2) == first
    assert three.of(three.main).unsolved_count == 1


def test_a_pause_that_was_outlives_a_merger(three):
    dispatch_case(three.by("dispatcher", three.second), assignee_id=three.town.users["worker"].pk)
    accept_case(three.by("worker", three.second))
    pause_case(three.by("dispatcher", three.second))
    three.minutes += 3 * 24 * 60
    resume_case(three.by("worker", three.second))
    due = three.of(three.second).handle_due
    three.merge(three.second)
    unmerge_case(three.by("dispatcher", three.second))
    assert len(three.of(three.second).pauses) == 2
    assert three.of(three.second).handle_due == due + timedelta(minutes=10), "as long as it went along"


def test_the_time_for_which_it_went_along_counts_on_none_of_its_clocks(three):
    sanitation, officer = three.town.bodies["sanitation"].pk, three.town.users["officer"].pk
    dispatch_case(three.by("dispatcher", three.second), organisation_id=sanitation)
    accept_case(three.by("officer", three.second))
    due = three.of(three.second).handle_due
    three.merge(three.second)
    three.minutes += 21 * 24 * 60
    back = unmerge_case(three.by("dispatcher", three.second))
    case = three.of(three.second)
    assert (case.status, case.organisation_id, case.assignee_id) == ("dispatched", sanitation, officer)
    assert (back.version, back.status) == (case.version, "dispatched")
    # Three weeks and ten minutes of office time later than it was.
    assert case.due_at == case.handle_due == due + timedelta(days=21, minutes=10)
    assert [step.action for step in follow(three.second.follow_code).steps][-2:] == ["unmerge", "dispatch"]
    three.sound()


def test_where_the_person_cannot_have_it_any_more_the_body_gets_it_back(three):
    sanitation = three.town.bodies["sanitation"].pk
    dispatch_case(three.by("dispatcher", three.second), organisation_id=sanitation)
    accept_case(three.by("officer", three.second))
    three.merge(three.second)
    get_user_model().objects.filter(username="officer").update(is_active=False)
    unmerge_case(three.by("dispatcher", three.second))
    case = three.of(three.second)
    assert (case.status, case.organisation_id, case.assignee_id) == ("dispatched", sanitation, None)


def test_who_is_gone_gets_nothing_back_and_the_hub_has_fresh_clocks(three):
    dispatch_case(three.by("dispatcher", three.second), organisation_id=three.town.bodies["sanitation"].pk)
    three.merge(three.second)
    end_organisation(
        actor=SYSTEM,
        organisation_id=three.town.bodies["sanitation"].pk,
        last_day=MONDAY.date() - timedelta(days=1),
        now=MONDAY,
    )
    catalogue.forget()
    three.minutes += 21 * 24 * 60
    unmerge_case(three.by("dispatcher", three.second))
    case = three.of(three.second)
    assert (case.status, case.organisation_id, case.handling_start) == ("reported", None, None)
    dispatch_case(three.by("dispatcher", three.second), organisation_id=three.town.bodies["housing"].pk)
    case = three.of(three.second)
    assert case.handling_start == MONDAY + timedelta(minutes=three.minutes)
    assert case.due_at > case.handling_start
    three.sound()


def test_a_reminder_reaches_who_works_on_it(three):
    three.merge(three.second)
    remind_case(three.by(three.reporter_of(three.second), three.second))
    main = three.of(three.main)
    assert (main.remind_count, main.needs_attention) == (1, True)
    three.sound()


def test_not_solved_opens_a_case_by_itself_within_a_time_and_so_often(three):
    for times in (1, 2):
        three.settle()
        reporter = three.reporter_of(three.main)
        with clock.using(clock.SimulatedClock(MONDAY + timedelta(minutes=three.minutes))):
            assert follow(three.main.follow_code).can_open_again
        say_not_solved(three.by(reporter, three.main, "还在"), score=2)
        case = three.of(three.main)
        assert (case.status, case.unsolved_count, case.rating_score) == ("reported", times, None)
    three.settle()
    with pytest.raises(Conflict, match="hub decides"):
        say_not_solved(three.by(three.reporter_of(three.main), three.main), score=2)
    assert three.of(three.main).rated_at is None, "both or neither"
    three.sound()


def test_not_solved_after_the_time_is_a_rating_and_opens_nothing(three):
    three.settle()
    three.minutes += 8 * 24 * 60
    with clock.using(clock.SimulatedClock(MONDAY + timedelta(minutes=three.minutes))):
        assert not follow(three.main.follow_code).can_open_again
    with pytest.raises(Conflict, match="over"):
        not_solved(three.by(three.reporter_of(three.main), three.main))
    rate_case(three.by(three.reporter_of(three.main), three.main), solved=False, score=1)
    assert three.of(three.main).needs_attention


def test_not_solved_is_the_reporters_alone(three):
    three.settle()
    for name in ("dispatcher", "officer", "operations"):
        with pytest.raises(NotAllowed):
            not_solved(three.by(name, three.main))
