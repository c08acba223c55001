"""Rules of reminding and escalation: read, checked, chosen, and the instants at which they speak."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from gezhi.contexts.cases.domain.reminding import last_of_side
from gezhi.contexts.escalation.domain.moments import RunningClock, instant_of
from gezhi.contexts.escalation.domain.rules import (
    ClockStage,
    Moment,
    Rule,
    RuleRow,
    faults_of_rules,
    read_moment,
    rules_for,
)
from gezhi.contexts.escalation.domain.words import reason
from gezhi.contexts.escalation.use_cases.install_escalation import shipped_rules
from gezhi.kernel.calendar import Pause, china_calendar
from gezhi.kernel.time_limits import LimitKind

CALENDAR = china_calendar()
# Monday 2 March 2026, 10:00 in Xiangyang; that day's office ends at 18:00.
MONDAY = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
ROW = RuleRow("handle", "75%", "handler")


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """Local time in March 2026."""
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC) - timedelta(hours=8)


def test_moments_are_read():
    assert read_moment("75%") == Moment(share=0.75)
    assert read_moment("0") == Moment()
    before, after = read_moment("-4WH"), read_moment("＋1工作日")
    assert (before.limit.amount, before.limit.kind, before.after) == (4, LimitKind.WORK_HOUR, False)
    assert (after.limit.amount, after.limit.kind, after.after) == (1, LimitKind.WORK_DAY, True)


@pytest.mark.parametrize("text", ["", "0%", "100%", "7.5%", "4WH", "-", "-0WH", "+3", "-99999WD", "soon"])
def test_what_is_no_moment_is_refused(text):
    with pytest.raises(ValueError):
        read_moment(text)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        # Handling by two working days, given Monday 10:00: due Wednesday 10:00.
        ("50%", at(3, 10)),
        ("75%", at(3, 16)),
        ("0", at(4, 10)),
        ("-4WH", at(3, 16)),
        ("-1WD", at(3, 10)),
        ("-1ND", at(3, 10)),
        ("-2UH", at(4, 8)),
        ("+4WH", at(4, 16)),
        ("+1WD", at(5, 10)),
        ("+3ND", at(7, 10)),
        # That would lie before the beginning.
        ("-2WD", None),
        ("-5WD", None),
    ],
)
def test_when_a_rule_speaks(moment, expected):
    clock = RunningClock(MONDAY, at(4, 10), "2WD")
    assert instant_of(read_moment(moment), clock, CALENDAR) == expected


def test_pauses_are_taken_out():
    # Stood still all Tuesday: due Thursday 10:00.
    clock = RunningClock(MONDAY, at(5, 10), "2WD", (Pause(at(3, 8), at(3, 18)),))
    assert instant_of(read_moment("75%"), clock, CALENDAR) == at(4, 16)
    assert instant_of(read_moment("-4WH"), clock, CALENDAR) == at(4, 16)


def test_of_a_clock_that_nobody_knows_only_the_deadline_counts():
    old = RunningClock(None, at(4, 10), "")
    unreadable = RunningClock(MONDAY, at(4, 10), "soon")
    assert instant_of(read_moment("75%"), old, CALENDAR) is None
    assert instant_of(read_moment("-4WH"), old, CALENDAR) is None
    assert instant_of(read_moment("75%"), unreadable, CALENDAR) is None
    assert instant_of(read_moment("+1WD"), old, CALENDAR) == at(5, 10)


def test_a_share_never_lies_behind_a_deadline_of_an_older_calendar():
    clock = RunningClock(MONDAY, at(2, 12), "2WD")
    assert instant_of(read_moment("75%"), clock, CALENDAR) == at(2, 12)


def test_the_rules_that_ship_are_sound():
    assert faults_of_rules(shipped_rules()) == []
    assert {row.stage for row in shipped_rules()} == set(ClockStage)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"stage": "whole"}, "stage"),
        ({"told": "mayor"}, "told"),
        ({"mark": "red"}, "mark"),
        ({"stage": "dispatch"}, "told"),
        ({"class_prefix": "e01"}, "class_prefix"),
        ({"condition": 0}, "condition"),
        ({"moment": "soon"}, "moment"),
        ({"moment": "50%", "note": "长" * 201}, "note"),
    ],
)
def test_a_fault_is_told_by_row_and_field(change, field):
    (fault,) = faults_of_rules([ROW, replace(ROW, moment="0"), replace(ROW, **change)])
    assert (fault.place, fault.field) == (2, field)
    assert str(fault.said)


def test_a_rule_for_the_citys_own_area_says_what_one_without_an_area_says():
    row = RuleRow("handle", "0", "body")
    assert faults_of_rules([row, replace(row, area_id=7)], city_id=3) == []
    (fault,) = faults_of_rules([row, replace(row, area_id=3)], city_id=3)
    assert (fault.place, str(fault.said)) == (1, "says what row 1 says")


def test_what_is_said_twice_is_a_fault_and_an_empty_table_is_none():
    (fault,) = faults_of_rules([ROW, replace(ROW, note="once more")], numbers=[7, 9])
    assert str(fault.said) == "says what row 7 says"
    assert faults_of_rules([]) == []


def chosen(rows, **asked):
    rules = [Rule(line, line, row) for line, row in enumerate(rows, start=1)]
    given = {"class_code": "E0110", "area_ids": (1, 2, 3), "condition": None, **asked}
    return [rule.line for rule in rules_for(rules, ClockStage.HANDLE, **given)]


def test_the_most_special_rules_decide_together():
    general, later = ROW, replace(ROW, moment="0")
    of_class = replace(ROW, class_prefix="E01")
    of_condition = replace(ROW, class_prefix="E01", condition=2)
    of_street, of_other = replace(ROW, area_id=3), replace(ROW, area_id=9)
    elsewhere = replace(ROW, stage="check", told="checkers")
    assert chosen([general, later, elsewhere, of_other]) == [1, 2]
    assert chosen([general, later, of_class]) == [3]
    assert chosen([general, of_class, of_condition]) == [2]
    assert chosen([general, of_class, of_condition], condition=2) == [3]
    assert chosen([general, of_class, of_street]) == [3]
    assert chosen([of_class], class_code="C0101") == []


def test_the_key_of_a_rule_is_what_it_says_without_its_note():
    assert ROW.key == replace(ROW, note="otherwise").key
    assert (
        len({ROW.key, replace(ROW, moment="50%").key, replace(ROW, area_id=1).key, replace(ROW, mark="note").key}) == 4
    )


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("75%", "75% of the time for handling is used; it is due 2026-03-04 10:00"),
        ("0", "The time for handling is up; it was due 2026-03-04 10:00"),
        ("-4WH", "4 working hours before the time for handling is up; it is due 2026-03-04 10:00"),
        ("+1WD", "a working day after the time for handling was up; it was due 2026-03-04 10:00"),
        ("+1.5WD", "1.5 working days after the time for handling was up; it was due 2026-03-04 10:00"),
    ],
)
def test_why_somebody_is_told(moment, words):
    assert str(reason(replace(ROW, moment=moment), "2026-03-04 10:00")) == words


def test_the_system_takes_nobodys_turn_to_remind_and_has_none_itself():
    reminders = [(at(2, 10), "system"), (at(2, 9), "street_dispatcher"), (at(2, 8), "resident")]
    assert last_of_side(reminders, "operations") == at(2, 9)
    assert last_of_side(reminders, "resident") == at(2, 8)
    assert last_of_side(reminders, "system") is None
