"""What must hold of working-time arithmetic for any start, limit and pauses."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from gezhi.kernel.calendar import (
    LimitKind,
    Pause,
    china_calendar,
    deadline,
    elapsed,
    unit,
    working_seconds_between,
)

CN = china_calendar()
WALL = [LimitKind.URGENT_HOUR, LimitKind.NATURAL_DAY]

moments = st.datetimes(datetime(2023, 1, 1), datetime(2028, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
amounts = st.integers(0, 4000).map(lambda quarter_units: quarter_units / 100)
kinds = st.sampled_from(LimitKind)
pauses = st.lists(
    st.tuples(moments, st.timedeltas(timedelta(), timedelta(days=20))).map(lambda p: Pause(p[0], p[0] + p[1])),
    max_size=4,
)
gaps = st.timedeltas(timedelta(), timedelta(days=400))


@given(moments, amounts, amounts, kinds, pauses)
def test_a_longer_limit_is_never_up_sooner(start, amount, more, kind, stops):
    assert deadline(start, amount, kind, CN, stops) <= deadline(start, amount + more, kind, CN, stops)


@given(moments, gaps, amounts, kinds, pauses)
def test_a_later_start_is_never_up_sooner(start, gap, amount, kind, stops):
    assert deadline(start, amount, kind, CN, stops) <= deadline(start + gap, amount, kind, CN, stops)


@given(moments, amounts, kinds, pauses)
def test_what_has_elapsed_at_the_deadline_is_the_limit(start, amount, kind, stops):
    due = deadline(start, amount, kind, CN, stops)
    limit = amount * unit(kind, CN)
    assert abs(elapsed(start, due, kind, CN, stops) - limit) <= timedelta(microseconds=1)


@given(moments, amounts.filter(bool), kinds, pauses)
def test_the_deadline_is_the_earliest_such_moment(start, amount, kind, stops):
    due = deadline(start, amount, kind, CN, stops)
    just_before = elapsed(start, due - timedelta(microseconds=1), kind, CN, stops)
    assert just_before < elapsed(start, due, kind, CN, stops)


@given(moments, gaps, kinds, st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), max_size=3))
def test_disjoint_pauses_take_away_what_they_last(start, gap, kind, fractions):
    end = start + gap
    stops, cursor = [], start
    for skip, length in fractions:
        begins = cursor + (end - cursor) * skip
        ends = begins + (end - begins) * length
        stops.append(Pause(begins, ends))
        cursor = ends
    without = elapsed(start, end, kind, CN)
    taken = sum((elapsed(a, b, kind, CN) for a, b in stops), timedelta())
    assert elapsed(start, end, kind, CN, stops) == without - taken


@given(moments, gaps, gaps)
def test_working_time_adds_up(start, gap, next_gap):
    middle, end = start + gap, start + gap + next_gap
    whole = working_seconds_between(start, end, CN)
    assert abs(whole - working_seconds_between(start, middle, CN) - working_seconds_between(middle, end, CN)) < 1e-3
    assert 0 <= whole <= (end - start).total_seconds()


@given(moments, amounts, st.sampled_from(WALL))
def test_urgent_hours_and_natural_days_are_the_wall_clock(start, amount, kind):
    assert abs(deadline(start, amount, kind, CN) - start - amount * unit(kind, CN)) <= timedelta(microseconds=1)


@given(moments, amounts.filter(bool), st.sampled_from([LimitKind.WORK_HOUR, LimitKind.WORK_DAY]))
def test_a_working_limit_ends_in_office_time(start, amount, kind):
    local = deadline(start, amount, kind, CN).astimezone(CN.zone)
    minutes = local.hour * 60 + local.minute + (local.second > 0 or local.microsecond > 0)
    spans = CN.spans_of(local.date())
    assert any(span.opens < minutes <= span.closes for span in spans) or any(minutes == span.closes for span in spans)
