"""Reminders before and escalation after a deadline: once each, to the people whom the rules name, found by an index."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from gezhi.contexts.cases.models import Case, CaseStep
from gezhi.contexts.cases.queries import next_deadlines
from gezhi.contexts.cases.use_cases import (
    Command,
    accept_case,
    cancel_case,
    dispatch_case,
    pause_case,
    remind_case,
    resume_case,
)
from gezhi.contexts.escalation.domain.rules import RuleRow
from gezhi.contexts.escalation.models import EscalationTable, Firing, Follower, Watch
from gezhi.contexts.escalation.queries import escalation_versions, spoken_of_case
from gezhi.contexts.escalation.use_cases import fire_due as firing
from gezhi.contexts.escalation.use_cases.follow_deadlines import follow_deadlines
from gezhi.contexts.escalation.use_cases.install_escalation import (
    install_escalation,
    install_shipped_rules,
    put_due_escalation_in_force,
    shipped_rules,
    withdraw_escalation,
)
from gezhi.kernel.errors import InvalidInput, NotAllowed, NotFound
from gezhi.platform.audit.verify import verify
from gezhi.platform.notices.models import Notice
from gezhi.platform.outbox.publish import latest_id, purge
from gezhi.platform.steps.consistency import all_that_differ
from gezhi.platform.worktime.plan import Plan, read_days
from gezhi.platform.worktime.use_cases.change_calendar import change_calendar
from tests.factories.cases import MONDAY, SYSTEM, make_town, report
from tests.factories.escalation import WATCH, install, watch

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
AT_75 = RuleRow("dispatch", "75%", "dispatchers")
AT_END = RuleRow("dispatch", "0", "dispatchers", "attention")
AFTER = RuleRow("dispatch", "+2WH", "operations", "note")


@pytest.fixture
def town():
    return make_town()


def told() -> list[str]:
    """Who was told, in the order of the telling."""
    return list(Notice.objects.order_by("pk").values_list("person__username", flat=True))


def actions(number: str) -> list[str]:
    return list(CaseStep.objects.filter(case__number=number).order_by("version").values_list("action", flat=True))


def due_of(number: str) -> datetime:
    due = Case.objects.get(number=number).due_at
    assert due is not None
    return due


def in_hand(town, number: str) -> None:
    """Give a case to the worker, who accepts it."""
    dispatch_case(
        Command(actor=town.actor("dispatcher"), number=number, now=MONDAY), assignee_id=town.users["worker"].pk
    )
    accept_case(Command(actor=town.actor("worker"), number=number, now=MONDAY))


def test_a_rule_speaks_when_its_moment_is_there_and_once(town):
    install(AT_75, AT_END, AFTER)
    made = report()
    due = due_of(made.number)
    share = MONDAY + (due - MONDAY) * 0.75
    assert watch(share - MINUTE) == 0
    assert watch(share) == 1
    assert told() == ["dispatcher"]
    assert [watch(share + MINUTE * later) for later in range(3)] == [0, 0, 0]
    # That rule leaves no step, and nobody is told twice.
    assert actions(made.number) == ["report"]
    assert watch(due) == 1
    case = Case.objects.get(number=made.number)
    assert (case.needs_attention, case.remind_count, actions(made.number)) == (True, 1, ["report", "remind"])
    assert watch(due + DAY) == 1
    assert told() == ["dispatcher", "dispatcher", "operations"]
    assert actions(made.number) == ["report", "remind", "note"]
    assert Firing.objects.count() == 3
    assert watch(due + 30 * DAY) == 0
    assert [finding.problem for finding in verify(leave_out=["files"])] == []
    assert list(all_that_differ()) == []


def test_the_history_says_by_which_rule(town):
    number = install(AT_75, AT_END)
    made = report()
    due = due_of(made.number)
    watch(due - MINUTE)
    watch(due)
    step = CaseStep.objects.get(case__number=made.number, action="remind")
    assert (step.actor_id, step.actor_label, step.actor_role) == (None, "escalation", "system")
    assert step.note.startswith(f"rule 2 of version {number}: The time for dispatch is up")
    ((version, (spoken,)),) = spoken_of_case(Case.objects.get(number=made.number).pk).items()
    assert (version, spoken.line, spoken.table, spoken.people) == (step.version, 2, number, 1)


def test_who_is_told_are_those_who_have_the_case(town):
    of_handling = [
        RuleRow("handle", "50%", "handler"),
        RuleRow("handle", "-1WH", "body"),
        RuleRow("handle", "0", "dispatchers"),
        RuleRow("handle", "+1WH", "operations"),
    ]
    install(*of_handling)
    made = report()
    body = town.bodies["sanitation"].pk
    command = Command(actor=town.actor("dispatcher"), number=made.number, now=MONDAY)
    dispatch_case(command, organisation_id=body)
    due = due_of(made.number)
    watch(due - 2 * HOUR)
    # Nobody has it yet: the officers of its body, and of no other.
    assert told() == ["officer"]
    accept_case(Command(actor=town.actor("officer"), number=made.number, now=due - 2 * HOUR))
    watch(due - HOUR)
    watch(due)
    watch(due + DAY)
    # A dispatcher of another community hears nothing.
    assert told() == ["officer", "officer", "dispatcher", "operations"]


def test_what_reaches_nobody_reaches_operations(town):
    install(RuleRow("handle", "0", "body"))
    made = report()
    in_hand(town, made.number)
    watch(due_of(made.number))
    assert told() == ["operations"]


def test_rules_of_a_class_stand_in_for_the_general_ones(town):
    install(AT_END, RuleRow("dispatch", "50%", "operations", class_prefix="E01"))
    made = report(class_code="E0110")
    watch(due_of(made.number))
    assert told() == ["operations"]
    other = report(class_code="C0101")
    watch(due_of(other.number))
    assert told() == ["operations", "dispatcher"]


def test_after_a_standstill_the_last_rule_to_the_same_people_speaks(town):
    install(AT_75, AT_END, AFTER)
    made = report()
    assert watch(due_of(made.number) + 3 * DAY) == 3
    assert told() == ["dispatcher", "operations"]
    assert actions(made.number) == ["report", "remind"]
    assert list(Firing.objects.order_by("pk").values_list("overtaken", "people")) == [(True, 0), (False, 1), (False, 1)]


def test_a_pause_stops_the_reminding_and_a_new_deadline_is_spoken_of_anew(town):
    install(RuleRow("handle", "75%", "handler"), RuleRow("handle", "0", "handler"))
    made = report()
    in_hand(town, made.number)
    first = due_of(made.number)
    watch(first - MINUTE)
    assert told() == ["worker"]
    pause_case(Command(actor=town.actor("dispatcher"), number=made.number, now=first - MINUTE, note="等材料"))
    assert watch(first + DAY) == 0
    assert not Watch.objects.exists()
    resume_case(Command(actor=town.actor("worker"), number=made.number, now=first + DAY))
    second = due_of(made.number)
    assert second > first + DAY
    # Its share was used up before the pause; of the new deadline it is spoken again.
    assert watch(first + DAY) == 1
    assert watch(second) == 1
    assert Firing.objects.values("due_at").distinct().count() == 2


def test_what_is_closed_is_watched_no_more(town):
    install(AT_END)
    made = report()
    watch(MONDAY)
    assert Watch.objects.count() == 1
    cancel_case(Command(actor=town.actor("dispatcher"), number=made.number, now=MONDAY, note="重复"))
    # The deadline of a case that ended between two looks speaks no more either.
    assert firing.fire_due(actor=WATCH, now=MONDAY + 9 * DAY) == 0
    assert watch(MONDAY + 9 * DAY) == 0
    assert not Watch.objects.exists()


def test_a_new_version_that_says_the_same_tells_nobody_twice(town):
    install(AT_75, AT_END)
    made = report()
    due = due_of(made.number)
    watch(due - MINUTE)
    install(AT_END, AT_75, AFTER, now=due - MINUTE)
    assert watch(due - MINUTE) == 0
    assert watch(due) == 1
    # One that says something else speaks of what is open.
    install(RuleRow("dispatch", "0", "operations"), now=due)
    assert watch(due + MINUTE) == 1
    assert told()[-1] == "operations"


def test_another_calendar_moves_the_reminders_of_what_runs(town):
    install(RuleRow("dispatch", "+1WD", "dispatchers"))
    made = report()
    watch(MONDAY)
    before = Watch.objects.get().fire_at
    tuesday = Plan().with_year(2026, read_days("2026-03-03 休 停电", 2026), planned=False)
    change_calendar(actor=SYSTEM, plan=tuesday, note="停电", seen=None, now=MONDAY)
    watch(MONDAY)
    after = Watch.objects.get()
    assert after.fire_at == before + DAY
    assert after.due_at == due_of(made.number)


def test_events_that_are_gone_are_made_up_for(town):
    install(AT_END)
    watch(MONDAY)
    made = report()
    purge(now=MONDAY + 30 * DAY)
    assert latest_id() > Follower.objects.get().event_id
    assert watch(due_of(made.number)) == 1


def test_all_open_deadlines_are_looked_at_in_batches(town, monkeypatch):
    monkeypatch.setattr("gezhi.contexts.escalation.use_cases.follow_deadlines.BATCH", 2)
    numbers = [report(grid=place % 4).number for place in range(5)]
    install(AT_END)
    looks = iter([True, True, False])
    follow_deadlines(actor=WATCH, now=MONDAY, go_on=lambda: next(looks))
    assert Watch.objects.count() == 4
    follow_deadlines(actor=WATCH, now=MONDAY)
    assert Watch.objects.count() == 5
    assert sorted(due_of(number) for number in numbers) == sorted(Watch.objects.values_list("due_at", flat=True))


def test_a_crash_between_telling_and_the_step_leaves_nothing(town, monkeypatch):
    install(AT_END)
    made = report()
    due = due_of(made.number)

    def broken(command):
        raise RuntimeError("power cut")

    with monkeypatch.context() as patched:
        patched.setattr(firing, "remind_case", broken)
        with pytest.raises(RuntimeError):
            watch(due)
    assert (Firing.objects.count(), Notice.objects.count(), actions(made.number)) == (0, 0, ["report"])
    assert watch(due) == 1
    assert (Firing.objects.count(), told()) == (1, ["dispatcher"])


def test_a_case_that_cannot_be_settled_keeps_no_other_waiting(town, monkeypatch):
    install(AT_END)
    first, second = report(), report(grid=1)
    real = firing.remind_case

    def refused(command):
        if command.number == first.number:
            raise InvalidInput("x", "refused")
        return real(command)

    monkeypatch.setattr(firing, "remind_case", refused)
    assert watch(due_of(first.number)) == 1
    assert actions(second.number) == ["report", "remind"]


def test_the_office_may_remind_right_after_a_rule_did(town):
    install(AT_END)
    made = report()
    due = due_of(made.number)
    watch(due)
    remind_case(Command(actor=town.actor("dispatcher"), number=made.number, now=due + MINUTE))
    assert Case.objects.get(number=made.number).remind_count == 2


def test_nobody_but_an_administrator_puts_rules_in_force(town):
    for who in ("dispatcher", "operations", "planner", "security_admin"):
        with pytest.raises(NotAllowed):
            install_escalation(actor=town.actor(who), name="x", rows=[AT_END], now=MONDAY)
        with pytest.raises(NotAllowed):
            withdraw_escalation(actor=town.actor(who), number=1, now=MONDAY)
        with pytest.raises(NotAllowed):
            follow_deadlines(actor=town.actor(who), now=MONDAY)
        with pytest.raises(NotAllowed):
            firing.fire_due(actor=town.actor(who), now=MONDAY)
    made = install_escalation(actor=town.actor("system_admin"), name="x", rows=[AT_END], now=MONDAY)
    assert made.in_force


def test_a_version_waits_for_its_time_or_is_taken_back(town):
    assert install_shipped_rules(actor=SYSTEM, now=MONDAY)
    assert not install_shipped_rules(actor=SYSTEM, now=MONDAY)
    later = MONDAY + DAY
    install_escalation(actor=SYSTEM, name="明日", rows=[AT_END], now=MONDAY, effective_from=later)
    assert [(one.number, one.in_force, one.waiting, one.rows) for one in escalation_versions()] == [
        (2, False, True, 1),
        (1, True, False, len(shipped_rules())),
    ]
    assert put_due_escalation_in_force(actor=SYSTEM, now=MONDAY) == []
    assert put_due_escalation_in_force(actor=SYSTEM, now=later) == [2]
    assert EscalationTable.objects.get(in_force=True).number == 2
    install_escalation(actor=SYSTEM, name="后天", rows=[], now=later, effective_from=later + DAY)
    withdraw_escalation(actor=SYSTEM, number=3, now=later)
    assert escalation_versions()[0].withdrawn
    with pytest.raises(NotFound):
        withdraw_escalation(actor=SYSTEM, number=3, now=later)
    with pytest.raises(InvalidInput, match="row 1"):
        install_escalation(actor=SYSTEM, name="x", rows=[RuleRow("dispatch", "bald", "operations")], now=later)


def plan_of(sql: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {'QUERY PLAN' if connection.vendor == 'sqlite' else ''} {sql}")
        return "\n".join(str(line[-1]) for line in cursor.fetchall())


def plans(ask, *, at_least: int = 1) -> list[str]:
    """How the database finds what is asked for; on a small table PostgreSQL is kept from reading all of it."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
    with CaptureQueriesContext(connection) as asked:
        ask()
    found = [plan_of(query["sql"]) for query in asked.captured_queries]
    assert len(found) >= at_least
    return found


def test_what_falls_due_is_found_by_an_index(town):
    install(AT_END)
    for _ in range(3):
        report()
    watch(MONDAY)
    later = MONDAY + 30 * DAY
    for plan in (*plans(lambda: firing.due_by(later)), *plans(lambda: firing.due_by(later, after=(MONDAY, 1)))):
        assert "escalation_next" in plan
        assert "SCAN" not in plan
        assert "cases_case" not in plan
    first = next_deadlines(None, most=2)[-1]
    for plan in (*plans(lambda: next_deadlines(None, most=2)), *plans(lambda: next_deadlines(first, most=2))):
        assert "cases_open_due" in plan


@pytest.mark.django_db(transaction=True)
def test_two_schedulers_at_once_tell_once():
    make_town()
    install(AT_75, AT_END)
    numbers = [report(grid=place % 2).number for place in range(6)]
    due = max(due_of(number) for number in numbers)
    watch(MONDAY)
    gate, errors = threading.Barrier(3), []

    def work():
        try:
            gate.wait()
            watch(due)
        except Exception as error:  # noqa: BLE001  (asserted below)
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    watch(due)
    assert errors == []
    assert Notice.objects.count() == len(numbers)
    assert Firing.objects.count() == 2 * len(numbers)
    assert [actions(number) for number in numbers] == [["report", "remind"]] * len(numbers)
    assert list(all_that_differ()) == []
