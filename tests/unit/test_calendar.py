"""Working-time arithmetic by cases that were reasoned out by hand on the State Council's calendars of 2025 and 2026."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from gezhi.kernel.calendar import (
    CHINA_OFFICE_HOURS,
    LimitKind,
    Pause,
    WorkCalendar,
    china_calendar,
    deadline,
    elapsed,
    office_hours,
    remaining,
    unit,
    working_seconds_between,
)

CN = china_calendar()
SHANGHAI = ZoneInfo("Asia/Shanghai")
UH, WH, WD, ND = LimitKind.URGENT_HOUR, LimitKind.WORK_HOUR, LimitKind.WORK_DAY, LimitKind.NATURAL_DAY


def local(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("start", "amount", "kind", "expected"),
    [
        # Plain week: 2026-03-02 is a Monday.
        ("2026-03-02T10:00", 1, WD, "2026-03-03T10:00"),
        ("2026-03-06T17:00", 1, WD, "2026-03-09T17:00"),
        ("2026-03-02T10:00", 5, WD, "2026-03-09T10:00"),
        ("2026-03-02T09:00", 4, WH, "2026-03-02T15:00"),
        ("2026-03-02T16:30", 2, WH, "2026-03-03T08:30"),
        ("2026-03-02T10:00", 0.5, WD, "2026-03-02T16:00"),
        # At night and before opening: the clock starts at the next opening.
        ("2026-03-02T22:00", 2, WH, "2026-03-03T10:00"),
        ("2026-03-03T03:00", 1, WD, "2026-03-03T18:00"),
        ("2026-03-07T12:00", 1, WH, "2026-03-09T09:00"),
        # On the lunch break.
        ("2026-03-02T13:00", 1, WH, "2026-03-02T15:00"),
        ("2026-03-02T12:00", 2, WH, "2026-03-02T16:00"),
        ("2026-03-02T10:00", 2, WH, "2026-03-02T12:00"),
        # Exactly at closing, exactly at opening, and a limit that ends with the day.
        ("2026-03-02T18:00", 1, WD, "2026-03-03T18:00"),
        ("2026-03-02T08:00", 1, WD, "2026-03-02T18:00"),
        ("2026-03-02T16:00", 2, WH, "2026-03-02T18:00"),
        # Nothing to wait for.
        ("2026-03-07T12:00", 0, WD, "2026-03-07T12:00"),
        # Spring Festival 2026: free 02-15 … 02-23; worked Saturdays 02-14 and 02-28.
        ("2026-02-13T16:00", 1, WD, "2026-02-14T16:00"),
        ("2026-02-14T16:00", 1, WD, "2026-02-24T16:00"),
        ("2026-02-18T11:00", 4, WH, "2026-02-24T12:00"),
        ("2026-02-27T17:00", 4, WH, "2026-02-28T11:00"),
        # National Day and Mid-Autumn 2025: free 10-01 … 10-08; worked Sunday 09-28 and Saturday 10-11.
        ("2025-09-30T10:00", 1, WD, "2025-10-09T10:00"),
        ("2025-09-26T10:00", 2, WD, "2025-09-29T10:00"),
        ("2025-10-10T10:00", 2, WD, "2025-10-13T10:00"),
        # Over the year's end: 2026-01-01 … 01-03 free, Sunday 01-04 worked.
        ("2025-12-31T17:00", 2, WH, "2026-01-04T09:00"),
        # The wall clock takes no notice.
        ("2026-02-14T23:00", 2, UH, "2026-02-15T01:00"),
        ("2026-02-14T16:00", 3, ND, "2026-02-17T16:00"),
    ],
)
def test_deadline(start, amount, kind, expected):
    result = deadline(local(start), amount, kind, CN)
    assert result == local(expected)
    assert result.utcoffset() == timedelta()


def test_a_worked_saturday_counts_like_any_working_day():
    assert working_seconds_between(local("2026-02-14T00:00"), local("2026-02-15T00:00"), CN) == 8 * 3600
    assert working_seconds_between(local("2026-02-15T00:00"), local("2026-02-24T00:00"), CN) == 0


def test_working_seconds_of_a_whole_year_are_the_notices_number_of_days():
    # 2025: 365 days − 104 weekend days − 18 weekday holidays + 5 make-up days = 248 (computed from the notice's dates).
    seconds = working_seconds_between(local("2025-01-01T00:00"), local("2026-01-01T00:00"), CN)
    assert seconds == 248 * 8 * 3600


def test_working_seconds_are_signed():
    a, b = local("2026-03-02T09:00"), local("2026-03-02T17:00")
    assert working_seconds_between(a, b, CN) == 6 * 3600
    assert working_seconds_between(b, a, CN) == -6 * 3600


def test_a_pause_moves_the_deadline_by_the_office_time_in_it():
    # Paused over the lunch break and an hour more: only the hour counts.
    pause = Pause(local("2026-03-02T12:00"), local("2026-03-02T15:00"))
    assert deadline(local("2026-03-02T10:00"), 4, WH, CN, [pause]) == local("2026-03-02T17:00")
    assert deadline(local("2026-03-02T10:00"), 4, UH, CN, [pause]) == local("2026-03-02T17:00")


def test_overlapping_pauses_count_once_and_order_does_not_matter():
    first = Pause(local("2026-03-03T08:00"), local("2026-03-03T12:00"))
    second = Pause(local("2026-03-03T10:00"), local("2026-03-03T16:00"))
    # Monday 16–18 gives 2 hours, Tuesday 16–18 gives 2, Wednesday morning the other 4.
    expected = local("2026-03-04T12:00")
    assert deadline(local("2026-03-02T16:00"), 1, WD, CN, [second, first]) == expected
    assert deadline(local("2026-03-02T16:00"), 1, WD, CN, [first, second]) == expected


def test_a_pause_that_begins_when_the_limit_is_up_changes_nothing():
    pause = Pause(local("2026-03-02T12:00"), local("2026-03-05T12:00"))
    assert deadline(local("2026-03-02T10:00"), 2, WH, CN, [pause]) == local("2026-03-02T12:00")


def test_a_clock_that_starts_inside_a_pause_waits_for_its_end():
    pause = Pause(local("2026-03-02T09:00"), local("2026-03-04T09:00"))
    assert deadline(local("2026-03-02T10:00"), 1, WH, CN, [pause]) == local("2026-03-04T10:00")


def test_an_open_pause_has_no_deadline_but_an_elapsed_time():
    pauses = [Pause(local("2026-03-02T11:00"), None)]
    with pytest.raises(ValueError, match="still paused"):
        deadline(local("2026-03-02T10:00"), 4, WH, CN, pauses)
    assert elapsed(local("2026-03-02T10:00"), local("2026-03-20T10:00"), WH, CN, pauses) == timedelta(hours=1)
    assert elapsed(local("2026-03-02T09:00"), local("2026-03-02T10:00"), WH, CN, pauses) == timedelta(hours=1)


def test_remaining_turns_negative_by_the_overrun_in_the_same_kind_of_time():
    start = local("2026-03-02T16:00")
    assert remaining(start, local("2026-03-02T17:00"), 4, WH, CN) == timedelta(hours=3)
    assert remaining(start, local("2026-03-03T15:00"), 4, WH, CN) == timedelta(hours=-3)
    assert remaining(start, local("2026-03-03T08:00"), 1, WD, CN) == timedelta(hours=6)


def test_elapsed_before_the_start_is_nothing():
    assert elapsed(local("2026-03-02T16:00"), local("2026-03-01T16:00"), UH, CN) == timedelta()


def test_a_year_without_a_notice_is_said_to_be_a_guess():
    last_known = max(CN.known_years)
    inside, outside = datetime(last_known, 6, 1, tzinfo=UTC), datetime(last_known + 1, 6, 1, tzinfo=UTC)
    assert CN.covers(inside)
    assert not CN.covers(inside, outside)
    assert not CN.is_working_day(date(2045, 10, 1))  # a Sunday
    assert CN.is_working_day(date(2045, 10, 2))


def test_local_midnight_decides_the_year_that_must_be_covered():
    last_known = max(CN.known_years)
    assert not CN.covers(datetime(last_known, 12, 31, 16, 30, tzinfo=UTC))
    assert CN.covers(datetime(last_known, 12, 31, 15, 30, tzinfo=UTC))


def test_overrides_win_over_the_library_both_ways():
    calendar = china_calendar(
        overrides={date(2026, 3, 3): False, date(2026, 3, 7): True, date(2026, 2, 17): True}, known_years=[2027]
    )
    assert deadline(local("2026-03-02T10:00"), 1, WD, calendar) == local("2026-03-04T10:00")
    assert deadline(local("2026-03-06T17:00"), 2, WH, calendar) == local("2026-03-07T09:00")
    assert calendar.is_working_day(date(2026, 2, 17))
    assert calendar.covers(datetime(2027, 6, 1, tzinfo=UTC))
    assert not CN.is_working_day(date(2026, 2, 17))


def test_the_same_arguments_give_the_same_calendar():
    assert china_calendar(overrides={date(2026, 3, 3): False}) is china_calendar(overrides={date(2026, 3, 3): False})


def test_a_short_friday_has_its_own_hours_and_a_work_day_stays_a_standard_day():
    short = office_hours("09:00-12:00")
    calendar = WorkCalendar(week=(CHINA_OFFICE_HOURS,) * 4 + (short, (), ()), zone=SHANGHAI)
    # Friday gives 3 of the 8 hours, Monday the other 5.
    assert deadline(local("2026-03-06T09:00"), 1, WD, calendar) == local("2026-03-09T15:00")
    assert unit(WD, calendar) == timedelta(hours=8)


def test_office_hours_keep_their_local_time_when_the_clocks_change():
    boston = ZoneInfo("America/New_York")
    calendar = WorkCalendar(
        week=(office_hours("08:00-16:00"),) * 7, standard_day=office_hours("08:00-16:00"), zone=boston
    )
    # Clocks go forward on Sunday 2026-03-08: the office still opens at 08:00 local, an hour earlier in UTC.
    assert deadline(local("2026-03-07T15:00", boston), 2, WH, calendar) == local("2026-03-08T09:00", boston)
    assert deadline(local("2026-03-07T15:00", boston), 1, ND, calendar) == local("2026-03-08T16:00", boston)


def test_offices_open_until_midnight():
    calendar = WorkCalendar(week=(office_hours("00:00-24:00"),) * 7, standard_day=office_hours("00:00-24:00"))
    assert deadline(local("2026-12-31T12:00"), 24, WH, calendar) == local("2027-01-01T12:00")


@pytest.mark.parametrize(
    "arguments",
    [
        {"week": (CHINA_OFFICE_HOURS,) * 5},
        {"week": ((),) * 7},
        {"standard_day": ()},
        {"standard_day": office_hours("14:00-18:00", "08:00-12:00")},
        {"standard_day": office_hours("08:00-25:00")},
        {"standard_day": office_hours("12:00-08:00")},
        {"standard_day": office_hours("08:00-12:00", "11:00-18:00")},
    ],
)
def test_impossible_office_hours_are_refused(arguments):
    with pytest.raises(ValueError, match=r"week|hours"):
        WorkCalendar(**arguments)


@pytest.mark.parametrize("text", ["8-12", "08:00", "08:60-12:00", "aa:00-12:00"])
def test_office_hours_that_cannot_be_read_are_refused(text):
    with pytest.raises((ValueError, TypeError)):
        office_hours(text)


def test_bad_limits_and_pauses_are_refused():
    start = local("2026-03-02T10:00")
    with pytest.raises(ValueError, match="negative"):
        deadline(start, -1, WH, CN)
    with pytest.raises(ValueError, match="ends before"):
        deadline(start, 1, WH, CN, [Pause(start, start - timedelta(hours=1))])
    with pytest.raises(ValueError, match="longer than"):
        deadline(start, 10_000_000, WD, CN)
