"""Whoever sees a case only as its reporter cannot find out what is the office's own: not by asking lists for it, not by its
version, and not by when an event comes."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import timedelta
from functools import partial

import pytest

from gezhi.contexts.areas.domain.levels import AreaLevel
from gezhi.contexts.cases.domain.states import Outcome, Urgency
from gezhi.contexts.cases.domain.told import as_reported
from gezhi.contexts.cases.kind import CASE
from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.queries import (
    SORTS,
    Filters,
    all_cases,
    case_page,
    case_points,
    case_row,
    count_cases,
    figures,
    list_cases,
    queue_counts,
)
from gezhi.contexts.cases.queries.held_cases import cases_in_hand, holders
from gezhi.contexts.cases.queries.lists import CASES
from gezhi.contexts.cases.queries.places import tasks_in
from gezhi.contexts.cases.rows import row_of
from gezhi.contexts.cases.use_cases import (
    Command,
    accept_case,
    ask_setting_aside,
    correct_case,
    dispatch_case,
    handle_case,
    note_case,
    remind_case,
    return_case,
    rework_case,
)
from gezhi.interfaces.live.broadcast import Broadcaster
from gezhi.interfaces.live.feed import events_for, frame_of
from gezhi.interfaces.live.listener import Listener
from gezhi.kernel.errors import Conflict
from gezhi.kernel.roles import Role
from gezhi.platform.access.actor import ANONYMOUS
from gezhi.platform.outbox.publish import latest_id, read_after
from gezhi.platform.steps.perform import publish_step
from gezhi.platform.steps.topics import told_outside
from tests.factories.cases import MONDAY, grant, make_town, report

pytestmark = pytest.mark.django_db

LATER = MONDAY + timedelta(days=90)
# A question about what is the office's own, each of which the case of ``worked_on`` answers.
INNER = {
    "returned": True,
    "reworked": True,
    "unassigned": False,
    "needs_attention": True,
    "asked": True,
    "on_time": True,
    "handled_from": MONDAY,
    "handled_to": LATER,
    "timed_out_at": LATER,
    "failed_at": LATER,
    "of_street_body": True,
}


class Told:
    """A case that a resident reported by the own account."""

    def __init__(self):
        self.town = make_town()
        self.resident = self.town.actor("resident")
        self.made = report(self.resident)

    def by(self, name, note="内部的话", now=MONDAY, **more):
        actor = self.town.actor(name) if isinstance(name, str) else name
        return Command(actor=actor, number=self.made.number, now=now, note=note, **more)

    def to(self, body):
        dispatch_case(self.by("dispatcher"), organisation_id=self.town.bodies[body].pk)

    def handled(self):
        self.to("sanitation")
        accept_case(self.by("officer"))
        handle_case(self.by("officer"), outcome=Outcome.RESOLVED)

    def worked_on(self):
        self.to("sanitation")
        return_case(self.by("officer"))
        self.handled()
        rework_case(self.by("checker"))
        handle_case(self.by("officer"), outcome=Outcome.RESOLVED)
        note_case(self.by("dispatcher"))
        Case.objects.filter(number=self.made.number).update(needs_attention=True, request="extension")
        return self


@pytest.fixture
def told():
    return Told()


def question(name):
    return {"unassigned": Filters(unassigned=True)}.get(name) or Filters(**{name: INNER[name]})


@pytest.mark.parametrize("name", sorted(INNER))
def test_a_list_is_not_asked_about_what_is_not_told(told, name):
    if name == "unassigned":
        told.to("sanitation")
    else:
        told.worked_on()
    if name == "of_street_body":
        Case.objects.update(suggested_organisation=told.town.bodies["street"])
    if name == "timed_out_at":
        Case.objects.update(handled_at=None, status="handling", handle_due=MONDAY)
    asked = question(name)
    resident, operations = told.resident, told.town.actor("operations")
    assert [row["number"] for row in list_cases(operations, filters=asked).rows] == [told.made.number]
    assert list_cases(resident).rows != []
    assert list_cases(resident, filters=asked).rows == []
    assert count_cases(resident, filters=asked) == 0
    assert list(all_cases(resident, filters=asked, sort="newest")) == []
    assert case_points(resident, filters=asked, sort="newest", now=MONDAY).points == []
    with_words = replace(asked, text="垃圾")
    assert (list_cases(resident, filters=with_words).rows, count_cases(resident, filters=with_words)) == ([], 0)


def test_the_api_answers_nothing_to_such_a_question(client, told):
    told.worked_on()
    client.force_login(told.town.users["resident"])
    (row,) = client.get("/api/v1/cases").json()["items"]
    for asked in ("returned=true", "reworked=true", "failed=true", "on_time=true", "on_time=false", "asked=true"):
        assert client.get(f"/api/v1/cases?{asked}").json()["items"] == []
        assert client.get(f"/api/v1/cases/count?{asked}").json() == {"count": 0}
    shown = client.get(f"/api/v1/cases/{told.made.number}").json()["case"]
    assert row["version"] == shown["version"] < Case.objects.get().version


def test_filters_and_orders_by_what_is_not_told_are_marked(told):
    marked = {one.name for one in fields(Filters) if CASES.by[one.name][0].inner}
    assert marked == {*INNER, "assignee_id", "registered_by", "handled_by", "handled_in"}
    row = dict.fromkeys(row_of(Case.objects.get()), "x")
    assert {sort.column for sort in SORTS.values()} <= {
        name for name, value in as_reported(row).items() if value == "x"
    }


def test_an_office_elsewhere_learns_no_more_of_the_own_report(told):
    other = told.town.areas["420602001002"]
    for role in (Role.STREET_DISPATCHER, Role.OPERATIONS, Role.PLANNER):
        grant(told.town.users["resident"], role, other)
    told.worked_on()
    resident, operations = told.town.actor("resident"), told.town.actor("operations")
    span = {"since": MONDAY - timedelta(days=1), "until": MONDAY + timedelta(days=1)}
    assert (figures(operations, **span).on_time.whole, figures(resident, **span).on_time.whole) == (1, 0)
    assert figures(resident, **span).median_handling is None
    assert figures(resident, **span).reported == 1
    counts = queue_counts(resident, now=MONDAY)
    assert (counts["handled"], counts["attention"], counts["asked"]) == (1, 0, 0)
    rework_case(told.by("checker"))
    assert [one.name for one in holders(operations)] == ["officer"]
    assert holders(resident) == []
    in_hand = partial(cases_in_hand, user_id=told.town.users["officer"].pk, skip=0, limit=9)
    assert (len(in_hand(operations)), len(in_hand(resident))) == (1, 0)
    city = (AreaLevel.CITY, told.town.areas["4206"].pk)
    assert tasks_in(resident, area=city, most=9) == []
    assert len(tasks_in(operations, area=city, most=9)) == 1


def test_the_version_moves_by_what_is_told_alone(told):
    by_code = replace(ANONYMOUS, follow_codes=frozenset({told.made.follow_code}))

    def versions():
        number = told.made.number
        rows = [*list_cases(told.resident).rows, case_row(told.resident, number), case_row(by_code, number)]
        pages = [case_page(told.resident, number), case_page(by_code, number)]
        assert [page.history[-1].version for page in pages] == [page.case["version"] for page in pages]
        return {*(row["version"] for row in rows), *(page.case["version"] for page in pages)}

    assert versions() == {1}
    note_case(told.by("dispatcher"))
    remind_case(told.by("dispatcher", now=MONDAY + timedelta(hours=30)))
    assert versions() == {1}
    told.to("sanitation")
    assert versions() == {2}
    note_case(told.by("officer"))
    assert versions() == {2}
    assert list_cases(told.town.actor("operations")).rows[0]["version"] == 5


def test_a_step_of_the_reporter_answers_with_the_version_that_is_told(told):
    told.to("sanitation")
    for _ in range(3):
        note_case(told.by("dispatcher"))
    with pytest.raises(Conflict) as refused:
        remind_case(told.by("resident", now=MONDAY + timedelta(days=3), expected_version=5))
    assert refused.value.code == "stale_version"
    assert refused.value.details["version"] == 2
    assert "version 2, you saw 5" in refused.value.message
    done = remind_case(told.by("resident", now=MONDAY + timedelta(days=3), expected_version=2))
    assert done.version == 2
    assert Case.objects.get().version == 6


def heard(told, steps):
    """What the resident is told of some steps, by asking and by listening: the same."""
    before, center = latest_id(), Broadcaster()
    listener = Listener(told.resident, CASE.live, None)
    center.serve(listener, told.resident)
    steps()
    for event in read_after(before):
        center._hand_out(event)
    events = events_for(told.resident, CASE.live, since=before).events
    assert listener.take() == b"".join(frame_of(CASE.live, event) for event in events)
    if events:
        assert events[-1].row["version"] == list_cases(told.resident).rows[0]["version"]
    return [(event.type, event.row["version"]) for event in events]


def test_no_event_comes_of_what_is_not_told(told):
    told.to("sanitation")

    def inner():
        note_case(told.by("officer"))
        ask_setting_aside(told.by("dispatcher"))
        remind_case(told.by("dispatcher", now=MONDAY + timedelta(days=2)))

    assert heard(told, inner) == []
    assert heard(told, lambda: accept_case(told.by("officer"))) == [("case.changed", 3)]


def test_a_correction_comes_as_an_event_where_it_changes_what_is_told(told):
    assert heard(told, lambda: correct_case(told.by("dispatcher"), urgency=Urgency.URGENT)) == [("case.changed", 2)]
    assert heard(told, lambda: correct_case(told.by("dispatcher"), urgency=Urgency.URGENT)) == []


def test_whoever_loses_the_whole_of_an_own_report_is_told_the_rest(told):
    """A worker reported it, and it is taken from them by a step that is not told: the row on their screen must not stay whole."""
    Case.objects.update(assignee=told.town.users["resident"], status="handling")
    before = latest_id()
    case = Case.objects.get()
    row = {**row_of(case), "assignee_id": None, "assignee_name": None}
    was = {name: getattr(case, name) for name in CASE.scopes.columns}
    publish_step(CASE, action="note", row=row, was=was, now=MONDAY, told=told_outside(version=1, moved=False))
    (event,) = events_for(told.resident, CASE.live, since=before).events
    assert (event.type, event.row["version"], event.row["assignee_id"]) == ("case.changed", 1, None)
    center, listener = Broadcaster(), Listener(told.resident, CASE.live, None)
    center.serve(listener, told.resident)
    center._hand_out(read_after(before)[0])
    assert listener.take() == frame_of(CASE.live, event)
