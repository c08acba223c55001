"""A city's plan of its working time as a person writes it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from gezhi.kernel.calendar import SHANGHAI, deadline
from gezhi.kernel.errors import InvalidInput
from gezhi.kernel.time_limits import LimitKind
from gezhi.platform.worktime.plan import (
    DayKind,
    OwnDay,
    Plan,
    calendar_of,
    default_hours,
    read_days,
    read_hours,
    text_of_days,
    text_of_hours,
)

WEEK = "2027-02-06..2027-02-12 休 春节\n2027-02-14 班 春节调休"


def test_days_are_read_and_written_alike():
    days = read_days(WEEK, 2027)
    assert [one.day.day for one in days] == [6, 7, 8, 9, 10, 11, 12, 14]
    assert days[0] == OwnDay(date(2027, 2, 6), DayKind.HOLIDAY, "春节")
    assert days[-1].kind is DayKind.WORKDAY
    assert text_of_days(days) == WEEK
    assert read_days("\n 2027-2-6 至 2027-2-7   OFF \n", 2027) == [
        OwnDay(date(2027, 2, 6), DayKind.HOLIDAY),
        OwnDay(date(2027, 2, 7), DayKind.HOLIDAY),
    ]
    assert read_days("", 2027) == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("春节放假", "line 1: '春节放假' cannot be read"),
        ("2027-01-01 休\n2027-13-01 休", "line 2: there is no day 2027-13-01"),
        ("2026-12-31 休", "line 1: 2026-12-31 is not in 2027"),
        ("2027-01-03..2027-01-01 休", "line 1: 2027-01-01 does not come after 2027-01-03"),
        ("2027-01-01..9999-12-31 休", "line 1: 9999-12-31 does not come after 2027-01-01"),
        ("2027-01-01 休\n2027-01-01 班", "line 2: 2027-01-01 stands twice"),
        ("2027-01-01 休 " + "长" * 101, "line 1: at most 100 characters"),
        ("２０２７-01-01 休", "line 1: '２０２７-01-01 休' cannot be read"),
    ],
)
def test_a_line_that_cannot_be_used_is_named(text, told):
    with pytest.raises(InvalidInput) as refused:
        read_days(text, 2027)
    assert (refused.value.field, refused.value.message) == ("days", told)


def test_hours_are_read_and_written_alike():
    week = ["08:30-12:00，14:00-17:30"] * 5 + ["09:00-12:00", ""]
    hours = read_hours(week)
    assert [text_of_hours(spans) for spans in hours][4:] == ["08:30-12:00, 14:00-17:30", "09:00-12:00", ""]
    assert read_hours([""] * 7) == ()
    assert read_hours(text_of_hours(spans) for spans in default_hours()) == default_hours()


@pytest.mark.parametrize(
    "text", ["8", "12:00-08:00", "08:00-12:00, 11:00-18:00", "20:00-24:00", "08:00-25:00", "8-9-10"]
)
def test_hours_that_are_none_are_named(text):
    with pytest.raises(InvalidInput) as refused:
        read_hours(["08:00-12:00", text, "", "", "", "", ""])
    assert (refused.value.code, refused.value.field) == ("bad_office_hours", "hours_1")


def test_a_plan_makes_its_year_known_and_moves_deadlines():
    friday = datetime(2027, 2, 5, 2, 0, tzinfo=UTC)
    plain = calendar_of(Plan(), SHANGHAI)
    planned = calendar_of(Plan().with_year(2027, read_days(WEEK, 2027), planned=True), SHANGHAI)
    assert not plain.covers(friday)
    assert planned.covers(friday)
    assert deadline(friday, 1, LimitKind.WORK_DAY, plain) == datetime(2027, 2, 8, 2, 0, tzinfo=UTC)
    # The week is free, and the Sunday after it is worked.
    assert deadline(friday, 1, LimitKind.WORK_DAY, planned) == datetime(2027, 2, 14, 2, 0, tzinfo=UTC)


def test_another_year_stays_as_it_is():
    one = Plan().with_year(2027, read_days(WEEK, 2027), planned=True)
    both = one.with_year(2028, read_days("2028-01-03 休", 2028), planned=False)
    assert both.of_year(2027) == one.of_year(2027)
    assert both.planned_years == {2027}
    assert both.with_year(2027, [], planned=False).of_year(2028) == both.of_year(2028)
