"""What a list writes into an address it reads back: for every filter of every list."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from django.http import QueryDict
from hypothesis import given, settings
from hypothesis import strategies as st

from gezhi.contexts.cases.queries import CASES
from gezhi.kernel.datum import Bounds
from gezhi.kernel.errors import InvalidInput
from gezhi.kernel.periods import Period
from gezhi.platform.access.actor import ANONYMOUS, Actor
from gezhi.platform.steps.address_box import Box
from gezhi.platform.steps.addresses import (
    Area,
    Choices,
    Days,
    Flag,
    Instant,
    Mine,
    Now,
    Number,
    Text,
    Today,
    YesOrNo,
    days_in,
)
from tests.frame.bookings import BOOKINGS

ACTOR = Actor(user_id=7, label="somebody")
NOW = datetime(2026, 3, 2, 2, 0, 0, 123456, tzinfo=UTC)
WHO = {"actor": ACTOR, "now": NOW}
BOXES = st.tuples(st.floats(-180, 180), st.floats(-90, 90), st.floats(-180, 180), st.floats(-90, 90)).map(
    lambda ends: Bounds(*(round(min(ends[at::2]), 5) for at in (0, 1)), *(round(max(ends[at::2]), 5) for at in (0, 1)))
)
OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MOMENTS = st.datetimes(datetime(1901, 1, 1), datetime(2199, 12, 31), timezones=OFFSETS)  # noqa: DTZ001
IDS = st.integers(1, 2**63 - 1)


def values_of(codec):
    """Values that a filter with this codec may have."""
    if isinstance(codec, Text):
        words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=codec.most)
        return words.map(str.strip).filter(bool)
    if isinstance(codec, Choices):
        chosen = st.sets(st.sampled_from(list(codec.members)), min_size=1)
        return chosen.map(lambda some: tuple(member for member in codec.members if member in some))
    today = st.just(days_in(Period.TODAY, NOW).until)
    meant = {Now: st.just(NOW), Today: today, Mine: st.just(ACTOR.user_id), Flag: st.just(True)}
    days = st.sampled_from(Period).map(lambda period: days_in(period, NOW))
    other = {YesOrNo: st.booleans(), Number: IDS, Instant: MOMENTS, Days: days}
    if isinstance(codec, Box):
        return BOXES
    if isinstance(codec, Area):
        return st.tuples(st.sampled_from(codec.levels), IDS)
    return {**meant, **other}[type(codec)]


def filters_of(tool):
    some = {name: st.just(tool.by[name][1]) | values_of(codec) for name, codec in tool.codecs.items()}
    return st.builds(tool.filters, **some)


@pytest.mark.parametrize("tool", [CASES, BOOKINGS], ids=lambda tool: tool.name)
def test_every_filter_stands_in_an_address_under_a_name_of_its_own(tool):
    assert tool.codecs.keys() == {one.name for one in fields(tool.filters)}
    names = [one.name for codec in tool.codecs.values() for one in codec.parameters]
    older = [name for codec in tool.codecs.values() for name in codec.older_names]
    assert len({*names, *older}) == len(names) + len(older)
    # Beside the filters, an address says which page of which order of which queue.
    assert tool.names.keys() & {"queue", "sort", "cursor", "limit"} == set()


@given(st.data())
@settings(max_examples=300, deadline=None)
@pytest.mark.parametrize("tool", [CASES, BOOKINGS], ids=lambda tool: tool.name)
def test_what_is_written_is_read_back(tool, data):
    filters = data.draw(filters_of(tool))
    query = tool.query_of(filters, **WHO)
    assert tool.filters_from(query, **WHO) == filters
    assert tool.query_of(tool.filters_from(query, **WHO), **WHO) == query
    # Beside other parameters, and from an address that is read already.
    assert tool.filters_from(QueryDict(f"queue=all&{query}&cursor=x&sort=due&unknown=1"), **WHO) == filters


@given(st.dictionaries(st.sampled_from(sorted(CASES.names)), st.lists(st.text(max_size=30), max_size=2)))
@settings(max_examples=500, deadline=None)
def test_any_address_is_read_or_refused_by_the_name_of_a_parameter(given_texts):
    query = QueryDict(mutable=True)
    for name, texts in given_texts.items():
        query.setlist(name, texts)
    refused, filters = None, CASES.filters()
    try:
        filters = CASES.filters_from(query, **WHO)
    except InvalidInput as error:
        refused = error
    assert refused is None or refused.field in CASES.names
    assert CASES.filters_from(CASES.query_of(filters, **WHO), **WHO) == filters


REFUSED = [
    ("status=lost", "unknown_choice", "status"),
    ("open_only=maybe", "bad_flag", "open_only"),
    ("on_time=2", "bad_flag", "on_time"),
    ("organisation_id=x", "bad_number", "organisation_id"),
    ("reported_to=yesterday", "bad_time", "reported_to"),
    ("reported_in=tomorrow", "unknown_choice", "reported_in"),
    ("q=" + "x" * 101, "filter_too_long", "q"),
    ("q=a%00b", "control_character", "q"),
    ("street=x", "bad_area", "street"),
    ("area_level=street&area_id=0", "bad_area", "area_id"),
    ("area_level=village&area_id=1", "unknown_level", "area_level"),
    ("area_id=1", "unknown_level", "area_level"),
]


@pytest.mark.parametrize(("query", "code", "field"), REFUSED, ids=[query[:30] for query, _, _ in REFUSED])
def test_a_value_that_cannot_be_read_is_refused(query, code, field):
    with pytest.raises(InvalidInput) as refused:
        CASES.filters_from(query, **WHO)
    assert (refused.value.code, refused.value.field) == (code, field)


def test_an_address_that_people_have_kept_is_still_read():
    found = CASES.filters_from(
        "class=E0110&street=12&reported_from=2026-03-01&reported_to=2026-03-01&same_day=1", **WHO
    )
    expected = CASES.filters(
        class_prefix="E0110",
        area=("street", 12),
        reported_from=datetime(2026, 2, 28, 16, tzinfo=UTC),
        reported_to=datetime(2026, 3, 1, 16, tzinfo=UTC),
        same_day=True,
    )
    assert found == expected


def test_days_told_from_today_are_those_of_the_day_on_which_the_address_is_read():
    # In the city it is the second of March, 0:30; in UTC still the first.
    late = datetime(2026, 3, 1, 16, 30, tzinfo=UTC)
    today = CASES.filters_from("reported_in=today", actor=ACTOR, now=late)
    assert today.reported_in.since == datetime(2026, 3, 1, 16, tzinfo=UTC)
    assert today.reported_in.until == datetime(2026, 3, 2, 16, tzinfo=UTC)
    assert CASES.query_of(today, actor=ACTOR, now=late) == "reported_in=today"
    assert CASES.filters_from("reported_in=today", actor=ACTOR, now=late + timedelta(days=1)) != today
    # Yesterday's today is none of today's.
    with pytest.raises(ValueError, match="reported_in"):
        CASES.query_of(today, actor=ACTOR, now=late + timedelta(days=1))


def test_no_address_names_a_person():
    mine = CASES.filters(assignee_id=ACTOR.user_id)
    assert CASES.query_of(mine, **WHO) == "mine=1"
    other = Actor(user_id=8, label="somebody else")
    assert CASES.filters_from("mine=1", actor=other, now=NOW) == replace(mine, assignee_id=8)
    assert CASES.filters_from("mine=1", actor=ANONYMOUS, now=NOW) == replace(mine, assignee_id=0)
    with pytest.raises(ValueError, match="mine"):
        CASES.query_of(mine, actor=other, now=NOW)
    with pytest.raises(ValueError, match="overdue"):
        CASES.query_of(CASES.filters(overdue_at=NOW - timedelta(days=1)), **WHO)
