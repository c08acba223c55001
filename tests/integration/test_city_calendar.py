"""The city's calendar in versions: changed by those who may, seen before it is in force, taken back by one more version."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
import time_machine
from django.utils import translation

from gezhi.contexts.cases.domain.states import Outcome
from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.queries import case_page, moved_deadlines
from gezhi.contexts.cases.use_cases import (
    Command,
    accept_case,
    ask_extension,
    ask_verification,
    call_in,
    dispatch_case,
    extend_case,
    handle_case,
    merge_case,
    unmerge_case,
)
from gezhi.contexts.cases.use_cases.install_rules import install_rules
from gezhi.interfaces.web.casework.deadlines import why_handle_due, why_total_due
from gezhi.kernel.calendar import SHANGHAI
from gezhi.kernel.errors import Conflict, InvalidInput, NotAllowed, NotFound
from gezhi.platform.audit.models import AuditRecord
from gezhi.platform.audit.verify import verify
from gezhi.platform.worktime.city_calendar import city_calendar
from gezhi.platform.worktime.models import CalendarDay, CalendarVersion
from gezhi.platform.worktime.plan import DayKind, OwnDay, Plan, calendar_of, read_days, read_hours
from gezhi.platform.worktime.queries import plan_in_force, plan_of
from gezhi.platform.worktime.use_cases.change_calendar import change_calendar, restore_calendar
from tests.factories.cases import MONDAY, SYSTEM, make_town, report
from tests.factories.clients import signed_in

pytestmark = pytest.mark.django_db
TUESDAY_OFF = Plan().with_year(2026, [OwnDay(date(2026, 3, 3), DayKind.HOLIDAY, "停电检修")], planned=False)


@pytest.fixture
def town():
    return make_town()


def change(plan: Plan, *, actor=SYSTEM, seen: int | None = None, note: str = "测试") -> int:
    return change_calendar(actor=actor, plan=plan, note=note, seen=seen, now=MONDAY)


def test_a_change_is_a_version_on_record(town):
    hours = read_hours(["09:00-12:00, 13:00-17:00"] * 5 + ["", ""])
    number = change(Plan(TUESDAY_OFF.days, hours, frozenset({2027})), actor=town.actor("system_admin"), seen=0)
    assert number == 2
    calendar = city_calendar()
    assert not calendar.is_working_day(date(2026, 3, 3))
    assert calendar.standard_day_seconds == 7 * 3_600
    assert calendar.covers(datetime(2027, 5, 1, tzinfo=UTC))
    told = AuditRecord.objects.get(action="worktime.calendar_changed")
    assert (told.object_id, told.data["days_new"], told.data["before"]) == ("2", ["2026-03-03 休 停电检修"], 1)
    assert plan_of(1) == Plan()
    assert [finding.problem for finding in verify(leave_out=["files"])] == []


def test_it_is_taken_back_by_one_more_version(town):
    change(TUESDAY_OFF)
    assert restore_calendar(actor=SYSTEM, number=1, note="取消", now=MONDAY) == 3
    assert plan_in_force().plan == Plan()
    assert city_calendar().is_working_day(date(2026, 3, 3))
    assert CalendarVersion.objects.filter(in_force=True).count() == 1
    with pytest.raises(NotFound):
        restore_calendar(actor=SYSTEM, number=9, note="x", now=MONDAY)


def test_rows_from_before_there_were_versions_count_until_the_first(town):
    CalendarDay.objects.create(day=date(2026, 3, 4), kind="holiday", note="旧")
    city_calendar.forget()
    assert not city_calendar().is_working_day(date(2026, 3, 4))
    found = plan_in_force()
    assert found.number == 0
    change(found.plan.with_year(2027, read_days("2027-01-01 休", 2027), planned=False), seen=0)
    assert not city_calendar().is_working_day(date(2026, 3, 4))
    assert plan_of(1) == found.plan


def test_nobody_else_changes_it(town):
    for who in ("dispatcher", "operations", "planner", "security_admin"):
        with pytest.raises(NotAllowed):
            change(TUESDAY_OFF, actor=town.actor(who))
        with pytest.raises(NotAllowed):
            restore_calendar(actor=town.actor(who), number=1, note="x", now=MONDAY)
    assert not CalendarVersion.objects.exists()


def test_two_who_change_it_at_once_do_not_undo_each_other(town):
    change(TUESDAY_OFF, seen=0)
    with pytest.raises(Conflict) as refused:
        change(Plan(), seen=0)
    assert refused.value.code == "calendar_moved_on"
    with pytest.raises(InvalidInput) as same:
        change(TUESDAY_OFF)
    assert same.value.code == "nothing_to_change"
    with pytest.raises(InvalidInput):
        change(Plan(), note="  ")


def test_running_cases_keep_their_deadlines_until_a_step_counts_anew(town):
    made = report(town.actor("resident"), now=MONDAY)
    before = Case.objects.get(number=made.number)
    after = calendar_of(TUESDAY_OFF, SHANGHAI)
    moved = moved_deadlines(city_calendar(), after, now=MONDAY)
    assert moved.looked_at == 1
    change(TUESDAY_OFF)
    case = Case.objects.get(number=made.number)
    assert (case.handle_due, case.due_at) == (before.handle_due, before.due_at)
    later = MONDAY + timedelta(minutes=30)
    command = Command(actor=town.actor("dispatcher", now=later), number=made.number, now=later)
    dispatch_case(command, assignee_id=town.users["worker"].pk)
    case.refresh_from_db()
    ahead = moved_deadlines(calendar_of(Plan(), SHANGHAI), after, now=later)
    assert (ahead.looked_at, ahead.earlier, ahead.more) == (1, 0, False)


def test_a_deadline_across_the_new_holiday_would_lie_later(town):
    report(town.actor("resident"), now=MONDAY)
    Case.objects.update(dispatch_limit="2WD", due_at=MONDAY + timedelta(days=2))
    moved = moved_deadlines(calendar_of(Plan(), SHANGHAI), calendar_of(TUESDAY_OFF, SHANGHAI), now=MONDAY)
    assert (moved.earlier, moved.later) == (0, 1)
    Case.objects.update(dispatch_limit="soon")
    assert moved_deadlines(calendar_of(Plan(), SHANGHAI), calendar_of(TUESDAY_OFF, SHANGHAI), now=MONDAY).later == 0


def one_of_each(town, reported: datetime) -> dict[str, Case]:
    """A case for each clock that can be the one in force, made anew by the steps that start it."""
    body, other = town.bodies["sanitation"].pk, town.bodies["housing"].pk

    def made(name: str, *, after: timedelta = timedelta()) -> tuple[str, Command]:
        number = report(class_code="E0113", now=reported).number
        return number, Command(actor=town.actor(name), number=number, now=reported + after, note="说明")

    found = {"dispatch": made("dispatcher")[0]}
    found["verify"], command = made("dispatcher", after=timedelta(minutes=7))
    ask_verification(command)
    found["handle"], command = made("dispatcher")
    dispatch_case(command, organisation_id=body)
    found["extended"], command = made("dispatcher")
    dispatch_case(command, organisation_id=body)
    ask_extension(replace(command, actor=town.actor("officer")), limit="2WH")
    extend_case(command)
    found["check"], command = made("dispatcher")
    dispatch_case(command, organisation_id=body)
    officer = replace(command, actor=town.actor("officer"), now=reported + timedelta(minutes=3))
    accept_case(officer)
    handle_case(officer, outcome=Outcome.RESOLVED)
    found["whole"], command = made("dispatcher", after=timedelta(minutes=5))
    dispatch_case(command, organisation_id=body)
    call_in(command, organisation_id=other)
    found["answer"] = Case.objects.get(parent__number=found["whole"]).number
    found["merged"], command = made("dispatcher")
    dispatch_case(command, organisation_id=body)
    merge_case(command, into=found["whole"])
    unmerge_case(replace(command, now=reported + timedelta(hours=1)))
    return {name: Case.objects.get(number=number) for name, number in found.items()}


@pytest.mark.parametrize("seed", range(4))
def test_what_another_calendar_would_move_is_what_the_steps_count_by_it(town, seed):
    random = Random(seed)  # noqa: S311 - a trial, no secret
    days = [date(2026, 3, 2) + timedelta(days=random.randrange(12)) for _ in range(5)]
    kinds = {day: random.choice([DayKind.HOLIDAY, DayKind.WORKDAY]) for day in days}
    plan = Plan().with_year(2026, [OwnDay(day, kind, "试") for day, kind in sorted(kinds.items())], planned=False)
    reported = MONDAY + timedelta(hours=random.choice([0, 3, 6, 20]))
    install_rules(actor=SYSTEM, name="试", changes={"verify_limit": random.choice(["3WH", "24UH", "1WD"])}, now=MONDAY)
    before = one_of_each(town, reported)
    was, becomes = city_calendar(), calendar_of(plan, SHANGHAI)
    Case.objects.exclude(pk__in=[case.pk for case in before.values()]).update(due_at=None)
    told = moved_deadlines(was, becomes, now=reported)
    change(plan)
    after = one_of_each(town, reported)
    moves = {name: after[name].due_at - before[name].due_at for name in before}
    assert told.looked_at == len(before) == 8
    assert told.earlier == sum(move < timedelta() for move in moves.values()), moves
    assert told.later == sum(move > timedelta() for move in moves.values()), moves


def test_the_page_says_where_a_year_comes_from(town, client):
    with translation.override("en"), time_machine.travel(MONDAY, tick=False):
        client.cookies["django_language"] = "en"
        known = client.get("/calendar?year=2026").content.decode()
        assert "State Council" in known
        assert "Spring Festival" in known
        assert "provisional" not in known
        unknown = client.get("/calendar?year=2030").content.decode()
        assert "No plan of 2030 has been published or entered yet" in unknown
        assert client.get("/calendar?year=1").status_code == 200
        change(Plan().with_year(2030, read_days("2030-01-01 休 元旦", 2030), planned=True))
        entered = client.get("/calendar?year=2030").content.decode()
        assert "provisional" not in entered
        assert "By the city&#x27;s own plan." in entered or "By the city's own plan." in entered


def test_a_deadline_is_provisional_by_every_part_that_was_counted_in(town):
    made = report(town.actor("resident"), now=MONDAY)
    known = case_page(town.actor("dispatcher"), made.number).details
    in_2030 = datetime(2030, 1, 6, 2, tzinfo=UTC)
    with translation.override("en"):
        days = replace(known, handle_due=in_2030, handling_start=MONDAY, handle_limit="15ND")
        assert "provisional" not in why_handle_due(days)
        assert "of 2030" in why_handle_due(replace(days, extension="8WD"))
        # The office time ended in a year with a plan: what comes after it is days of the wall calendar.
        ends_in_2026 = replace(
            days, handle_due=datetime(2030, 1, 6, 2, tzinfo=UTC), handle_limit="8WD", extension="1400ND"
        )
        assert "provisional" not in why_handle_due(ends_in_2026)
        whole = replace(days, total_due=in_2030, total_limit="20ND")
        assert "provisional" not in why_total_due(whole)
        assert "of 2030" in why_total_due(replace(whole, extension="8WD"))
        assert "of 2030" in why_handle_due(replace(days, handling_start=None, handle_limit="1ND", dispatch_limit="2WH"))


def test_the_form_shows_first_and_puts_in_force_then(town):
    admin = signed_in(town, "system_admin")
    form = {"days": "2027-01-01 休 元旦", "planned": "on", "note": "市政府通知", "seen": "0"}
    hours = dict.fromkeys((f"hours_{place}" for place in range(5)), "08:00-12:00, 14:00-18:00")
    seen = admin.post("/calendar/edit?year=2027", {**form, **hours})
    assert seen.status_code == 200
    assert not CalendarVersion.objects.exists()
    assert 'name="sure"' in seen.content.decode()
    done = admin.post("/calendar/edit?year=2027", {**form, **hours, "sure": "1"})
    assert done["Location"] == "/calendar?year=2027"
    found = plan_in_force().plan
    assert (found.hours, found.planned_years) == ((), {2027})
    # The second of two windows.
    late = admin.post("/calendar/edit?year=2027", {**form, **hours, "days": "", "sure": "1"})
    assert late.status_code == 409
    bad = admin.post("/calendar/edit?year=2027", {**form, **hours, "days": "春节", "seen": "2"})
    assert bad.status_code == 422
    assert "第1行" in bad.content.decode()
    back = admin.post("/calendar/restore", {"number": "1"})
    assert back["Location"] == "/calendar"
    assert plan_in_force().plan == Plan()


def test_the_form_is_for_those_who_keep_it(town, client):
    assert client.get("/calendar/edit?year=2027").status_code == 302
    assert signed_in(town, "dispatcher").get("/calendar/edit").status_code == 403
    assert signed_in(town, "dispatcher").post("/calendar/restore", {"number": "1"}).status_code == 403
    page = client.get("/calendar").content.decode()
    assert "/calendar/edit" not in page
    assert "/calendar/restore" not in page


def test_a_deadline_in_a_year_without_a_plan_is_told_as_provisional(town):
    made = report(town.actor("resident"), now=MONDAY)
    dispatcher = town.actor("dispatcher")
    with translation.override("en"):
        known = case_page(dispatcher, made.number).details
        assert "provisional" not in why_handle_due(known)
        in_2030 = datetime(2030, 1, 2, tzinfo=UTC)
        assert "no plan of the holidays of 2030" in why_handle_due(
            replace(known, handle_due=in_2030, handle_limit="5WD")
        )
        # Days that count at night too wait for no plan.
        given = replace(known, handle_due=in_2030, handling_start=MONDAY, handle_limit="7ND")
        assert "provisional" not in why_handle_due(given)
