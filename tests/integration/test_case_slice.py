"""One case all the way, on a real database: located, routed, dispatched, handled, checked, closed, rated."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from gezhi.contexts.cases.domain.states import Outcome
from gezhi.contexts.cases.domain.transitions import Action
from gezhi.contexts.cases.models import Case, CaseStep
from gezhi.contexts.cases.queries import case_page, follow, list_cases
from gezhi.contexts.cases.use_cases import (
    Command,
    Contact,
    accept_case,
    check_case,
    close_case,
    dispatch_case,
    handle_case,
    pause_case,
    rate_case,
    remind_case,
    reopen_case,
    resume_case,
    return_case,
    rework_case,
)
from gezhi.kernel.errors import Conflict, InvalidInput, NotAllowed, NotFound
from gezhi.kernel.paging import encode_cursor
from gezhi.platform.access.actor import ANONYMOUS
from gezhi.platform.audit.verify import verify
from gezhi.platform.outbox.models import OutboxEvent
from gezhi.platform.steps.consistency import differs_from_history
from gezhi.platform.vault.models import PersonalDataAccess, PersonalRecord
from tests.factories.cases import MONDAY, make_town, report

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    return make_town()


def by(town, name, number, *, after=0, **fields):
    return Command(actor=town.actor(name), number=number, now=MONDAY + timedelta(minutes=after), **fields)


def drive_to_closed(town, number, *, body="sanitation", officer="officer"):
    dispatch_case(by(town, "dispatcher", number, after=5), organisation_id=town.bodies[body].pk)
    accept_case(by(town, officer, number, after=10))
    handle_case(by(town, officer, number, after=60, note="清理完毕"), outcome=Outcome.RESOLVED)
    check_case(by(town, "checker", number, after=90))
    close_case(by(town, "dispatcher", number, after=100))


def test_a_report_is_located_routed_and_given_its_clocks(town):
    made = report()
    case = Case.objects.get(number=made.number)
    assert case.number == "20260302000001"
    assert case.grid_id == town.areas["420602001001001"].pk
    assert case.district_id == town.areas["420602"].pk
    assert made.organisation == "sanitation"
    assert case.suggested_organisation_id == town.bodies["sanitation"].pk
    # Two working hours to dispatch from 10:00; 0110 has four working hours from its dispatch, told from the last moment for it:
    # 14–18 local.
    assert case.dispatch_due == MONDAY + timedelta(hours=2)
    assert case.handle_due == MONDAY + timedelta(hours=8)
    assert case.due_at == case.dispatch_due


def test_the_whole_life_of_a_case(town):
    made = report()
    drive_to_closed(town, made.number)
    resident = replace(ANONYMOUS, follow_codes=frozenset({made.follow_code}))
    rate_case(Command(actor=resident, number=made.number, now=MONDAY + timedelta(hours=3)), solved=True, score=5)

    case = Case.objects.get(number=made.number)
    assert (case.status, case.outcome, case.rating_solved, case.rating_score) == ("closed", "resolved", True, 5)
    assert case.due_at is None
    steps = list(CaseStep.objects.filter(case=case).order_by("version").values_list("action", "actor_role"))
    assert steps == [
        ("report", "resident"),
        ("dispatch", "street_dispatcher"),
        ("accept", "department_officer"),
        ("handle", "department_officer"),
        ("check", "checker"),
        ("close", "street_dispatcher"),
        ("rate", "resident"),
    ]
    assert differs_from_history(case) == {}
    assert list(verify()) == []
    assert list(OutboxEvent.objects.order_by("pk").values_list("type", flat=True)) == [
        "case.reported",
        "case.dispatched",
        "case.accepted",
        "case.handled",
        "case.checked",
        "case.closed",
        "case.rated",
    ]


def test_return_goes_back_to_the_hub_and_a_third_return_is_refused(town):
    made = report()
    for _ in range(2):
        dispatch_case(by(town, "dispatcher", made.number), organisation_id=town.bodies["sanitation"].pk)
        return_case(by(town, "officer", made.number, note="不属于本单位职责"))
        assert Case.objects.get(number=made.number).status == "reported"
    dispatch_case(by(town, "dispatcher", made.number), organisation_id=town.bodies["sanitation"].pk)
    with pytest.raises(Conflict, match="2 times"):
        return_case(by(town, "officer", made.number, note="还是不属于"))


def test_rework_and_pause_keep_the_given_time(town):
    made = report()
    dispatch_case(by(town, "dispatcher", made.number), organisation_id=town.bodies["sanitation"].pk)
    accept_case(by(town, "officer", made.number, after=10))
    pause_case(by(town, "dispatcher", made.number, after=20, note="等待配件"))
    assert Case.objects.get(number=made.number).due_at is None
    resume_case(by(town, "dispatcher", made.number, after=80))
    # One hour of pause inside office time moves the deadline by one hour: 16:00 to 17:00 local.
    assert Case.objects.get(number=made.number).handle_due == MONDAY + timedelta(hours=7)
    handle_case(by(town, "officer", made.number, after=90), outcome=Outcome.RESOLVED)
    rework_case(by(town, "checker", made.number, after=95, note="仍有残留"))
    case = Case.objects.get(number=made.number)
    assert (case.status, case.rework_count, case.handle_due) == ("handling", 1, MONDAY + timedelta(hours=7))
    assert differs_from_history(case) == {}


def test_the_one_who_handled_may_not_check(town):
    made = report(town.actor("worker"), class_code="S0303")
    dispatch_case(by(town, "dispatcher", made.number), assignee_id=town.users["worker"].pk)
    accept_case(by(town, "worker", made.number))
    handle_case(by(town, "worker", made.number), outcome=Outcome.RESOLVED)
    with pytest.raises(NotAllowed):
        check_case(by(town, "worker", made.number))
    check_case(by(town, "checker", made.number))


def test_a_case_of_another_area_does_not_exist_for_a_dispatcher(town):
    made = report()
    with pytest.raises(NotFound):
        dispatch_case(by(town, "far_dispatcher", made.number), organisation_id=town.bodies["sanitation"].pk)


def test_only_someone_who_can_act_is_given_a_case(town):
    made = report()
    with pytest.raises(InvalidInput, match="neither a grid worker"):
        dispatch_case(by(town, "dispatcher", made.number), assignee_id=town.users["stranger"].pk)


def test_a_stale_version_and_a_repeated_key(town):
    made = report()
    first = dispatch_case(
        by(town, "dispatcher", made.number, expected_version=1, key="dispatch-0001"),
        organisation_id=town.bodies["sanitation"].pk,
    )
    again = dispatch_case(
        by(town, "dispatcher", made.number, expected_version=1, key="dispatch-0001"),
        organisation_id=town.bodies["sanitation"].pk,
    )
    assert first == again
    assert CaseStep.objects.count() == 2
    with pytest.raises(Conflict, match="another request"):
        dispatch_case(
            by(town, "dispatcher", made.number, key="dispatch-0001"), organisation_id=town.bodies["housing"].pk
        )
    with pytest.raises(Conflict, match="moved on"):
        dispatch_case(
            by(town, "dispatcher", made.number, expected_version=1), organisation_id=town.bodies["housing"].pk
        )


def test_a_retried_report_is_one_case_with_the_same_code(town):
    from gezhi.contexts.cases.use_cases import Report, report_case
    from tests.factories.areas import centre

    lon, lat = centre(0)
    asked = Report(class_code="E0110", description="垃圾", lon=lon, lat=lat)
    first = report_case(actor=ANONYMOUS, report=asked, key="5f0c1b7e-2a64-4d0f-9b1c-7e3d8a6f4c21", now=MONDAY)
    again = report_case(
        actor=ANONYMOUS, report=asked, key="5f0c1b7e-2a64-4d0f-9b1c-7e3d8a6f4c21", now=MONDAY + timedelta(seconds=9)
    )
    assert first == again
    assert Case.objects.count() == 1


def test_contact_data_are_sealed_and_each_look_is_logged(town):
    from gezhi.contexts.cases.use_cases.read_reporter import read_reporter

    made = report(contact=Contact(name="王小明", phone="13812345678"))
    record = PersonalRecord.objects.get()
    assert "王小明".encode() not in bytes(record.sealed)
    assert b"13812345678" not in bytes(record.sealed)
    seen = read_reporter(actor=town.actor("dispatcher"), number=made.number, reason="回访核实", now=MONDAY)
    assert seen == {"name": "王小明", "phone": "13812345678"}
    look = PersonalDataAccess.objects.get()
    assert (look.actor_label, look.reason) == ("dispatcher", "回访核实")
    for name in ("planner", "checker", "system_admin"):
        with pytest.raises((NotAllowed, NotFound)):
            read_reporter(actor=town.actor(name), number=made.number, reason="好奇", now=MONDAY)
    drive_to_closed(town, made.number)
    with pytest.raises(NotAllowed, match="over"):
        read_reporter(actor=town.actor("dispatcher"), number=made.number, reason="再看一次", now=MONDAY)


def test_not_solved_comes_back_to_the_hub(town):
    made = report()
    drive_to_closed(town, made.number)
    resident = replace(ANONYMOUS, follow_codes=frozenset({made.follow_code.lower()}))
    rate_case(Command(actor=resident, number=made.number, now=MONDAY), solved=False, score=1)
    assert Case.objects.get(number=made.number).needs_attention
    reopen_case(by(town, "dispatcher", made.number, after=300, note="群众反映未解决"))
    case = Case.objects.get(number=made.number)
    assert (case.status, case.closed_at, case.rating_solved) == ("reported", None, None)
    assert differs_from_history(case) == {}


def test_the_follower_sees_steps_but_no_names(town):
    made = report()
    drive_to_closed(town, made.number)
    seen = follow(made.follow_code)
    assert [step.action for step in seen.steps] == ["report", "dispatch", "accept", "handle", "check", "close"]
    assert seen.outcome_note == "清理完毕"
    assert seen.can_rate
    assert "officer" not in repr(seen)


def test_reminders_are_spaced(town):
    made = report()
    remind_case(by(town, "operations", made.number))
    with pytest.raises(Conflict, match="four hours"):
        remind_case(by(town, "operations", made.number, after=60))
    # The reporter has a pause of their own.
    reporter = replace(ANONYMOUS, follow_codes=frozenset({made.follow_code}))
    remind_case(Command(actor=reporter, number=made.number, now=MONDAY))
    remind_case(by(town, "operations", made.number, after=241))


def test_lists_show_what_the_grant_covers(town):
    near, far = report(grid=0), report(grid=3)
    dispatch_case(by(town, "dispatcher", far.number), organisation_id=town.bodies["sanitation"].pk)
    seen = {
        name: {row["number"] for row in list_cases(town.actor(name)).rows}
        for name in (
            "worker",
            "stranger",
            "dispatcher",
            "officer",
            "other_officer",
            "operations",
            "system_admin",
            "resident",
        )
    }
    assert seen["worker"] == {near.number}
    assert seen["stranger"] == {far.number}
    assert seen["dispatcher"] == seen["operations"] == {near.number, far.number}
    assert seen["officer"] == {far.number}
    assert seen["other_officer"] == seen["system_admin"] == seen["resident"] == set()
    page = case_page(town.actor("dispatcher"), near.number)
    assert Action.DISPATCH in page.actions
    assert Action.CLOSE not in page.actions


def test_pages_go_through_every_case_once(town):
    numbers = [report(now=MONDAY).number for _ in range(7)]
    found, cursor = [], None
    while True:
        page = list_cases(town.actor("operations"), limit=3, cursor=cursor)
        found += [row["number"] for row in page.rows]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert found == numbers[::-1]
    with pytest.raises(InvalidInput):
        list_cases(town.actor("operations"), cursor="nonsense")


@pytest.mark.parametrize("last", [10**30, -(10**30), 2**63, -1, True])
@pytest.mark.parametrize("sort", ["newest", "due"])
def test_a_made_up_cursor_with_a_giant_number_is_refused_in_words(town, last, sort):
    report()
    cursor = encode_cursor([sort, (MONDAY + timedelta(days=900)).isoformat(), last])
    with pytest.raises(InvalidInput) as refused:
        list_cases(town.actor("operations"), sort=sort, cursor=cursor)
    assert refused.value.code == "bad_cursor"


def test_a_list_costs_one_query_however_many_scopes_it_has(town, django_assert_num_queries):
    """Each scope is walked alone: one condition with OR would make the database sort all that the actor sees."""
    for grid in range(4):
        report(grid=grid)
    operations = town.actor("operations")
    with django_assert_num_queries(1) as asked:
        assert len(list_cases(operations).rows) == 4
    # The grant's area, what the actor handles, reported, took in for others.
    assert asked.captured_queries[0]["sql"].count("UNION ALL") == 3


def test_a_step_costs_few_queries(town, django_assert_max_num_queries):
    report()
    with django_assert_max_num_queries(12):
        made = report(grid=1)
    command = by(town, "dispatcher", made.number)
    with django_assert_max_num_queries(10):
        dispatch_case(command, organisation_id=town.bodies["sanitation"].pk)
