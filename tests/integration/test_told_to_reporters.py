"""Whoever may see a case only as its reporter is told what the page behind the follow code tells, and nothing more."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from uuid import uuid4

import msgspec
import pytest
from django.utils import translation

from gezhi.contexts.cases.domain.states import Outcome, Urgency
from gezhi.contexts.cases.kind import CASE
from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.queries import (
    PUBLIC_STEPS,
    all_cases,
    case_page,
    case_row,
    cases_named,
    follow,
    key_in_office,
    list_cases,
    numbered_rows,
)
from gezhi.contexts.cases.queries.lists import Filters
from gezhi.contexts.cases.use_cases import (
    Command,
    accept_case,
    add_words,
    ask_setting_aside,
    call_in,
    correct_case,
    dispatch_case,
    hand_on,
    handle_case,
    merge_case,
    note_case,
)
from gezhi.interfaces.live.broadcast import Broadcaster
from gezhi.interfaces.live.feed import events_for, frame_of
from gezhi.interfaces.live.listener import Listener
from gezhi.interfaces.web.words import TOLD
from gezhi.kernel.errors import NotFound
from gezhi.kernel.roles import Role
from gezhi.platform.access.actor import ANONYMOUS
from gezhi.platform.outbox.publish import latest_id, read_after
from tests.factories.cases import MONDAY, grant, make_town, report

pytestmark = pytest.mark.django_db

INNER = "内部的话"
OTHERS = "别人的话，住2栋"


class Reported:
    """A case that a resident reported by the own account: worked on, spoken of in the office, joined by another report."""

    def __init__(self):
        self.town = make_town()
        self.resident = self.town.actor("resident")
        self.case, self.other = report(self.resident), report(description="同一堆垃圾")
        self.by_code = replace(ANONYMOUS, follow_codes=frozenset({self.case.follow_code}))
        self.other_by_code = replace(ANONYMOUS, follow_codes=frozenset({self.other.follow_code}))

    def by(self, name, made=None, note=INNER):
        actor = name if not isinstance(name, str) else self.town.actor(name)
        return Command(actor=actor, number=(made or self.case).number, now=MONDAY, note=note)

    def worked_on(self):
        dispatch_case(self.by("dispatcher", note="请清运"), organisation_id=self.town.bodies["sanitation"].pk)
        accept_case(self.by("officer"))
        note_case(self.by("officer"))
        merge_case(self.by("dispatcher", self.other), into=self.case.number)
        add_words(replace(self.by(self.other_by_code, self.other, OTHERS), key=str(uuid4())))
        call_in(self.by("dispatcher"), organisation_id=self.town.bodies["housing"].pk)
        ask_setting_aside(self.by("dispatcher"))
        return self

    def office_words(self):
        """What of the office, and of other reporters, stands in the whole case."""
        row = Case.objects.get(number=self.case.number)
        return {INNER, OTHERS, self.other.number, "officer", "dispatcher", row.request}


@pytest.fixture
def reported():
    return Reported().worked_on()


def texts(content):
    return json.dumps(content, ensure_ascii=False, default=str)


@pytest.mark.parametrize("who", ["resident", "by_code"])
def test_the_case_of_a_reporter_holds_what_the_follow_page_tells(reported, who):
    actor, followed = getattr(reported, who), follow(reported.case.follow_code)
    page = case_page(actor, reported.case.number)
    assert [(step.at, step.action, step.note) for step in page.history] == [
        (step.at, step.action, step.note) for step in followed.steps
    ]
    assert all(step.actor_label == step.actor_role == "" and step.changes == {} for step in page.history)
    assert [step.version for step in page.history] == list(range(1, len(page.history) + 1))
    assert (page.routing_reason, page.case["organisation_name"]) == ("", followed.organisation_name)
    assert [part.number for part in page.details.parts] == [part.number for part in followed.parts] != [""]
    told = texts(asdict(page))
    assert [words for words in reported.office_words() if words in told] == []
    whole = texts(asdict(case_page(reported.town.actor("dispatcher"), reported.case.number)))
    assert [words for words in reported.office_words() if words not in whole] == []


def test_every_row_of_it_leaves_out_who_has_it(reported):
    number, resident = reported.case.number, reported.resident
    rows = [
        *list_cases(resident).rows,
        *list_cases(resident, filters=Filters(text="垃圾")).rows,
        *(row for some in all_cases(resident, filters=Filters(), sort="newest") for row in some),
        cases_named(resident, [number])[number],
        *numbered_rows(resident, [number]),
        case_row(resident, number),
        case_row(reported.by_code, number),
    ]
    assert [row["number"] for row in rows] == [number] * 7
    for row in rows:
        assert (row["assignee_id"], row["assignee_name"], row["request"], row["joined_count"]) == (None, None, "", 0)
    (whole,) = (row for row in list_cases(reported.town.actor("operations")).rows if row["number"] == number)
    assert (whole["assignee_name"], whole["request"], whole["joined_count"]) == ("officer", "setting_aside", 1)


def test_an_office_elsewhere_makes_nobody_see_more_of_the_own_report():
    made = Reported()
    grant(made.town.users["resident"], Role.STREET_DISPATCHER, made.town.areas["420602001002"])
    made.worked_on()
    resident = made.town.actor("resident")
    told = texts(asdict(case_page(resident, made.case.number)))
    assert [words for words in made.office_words() if words in told] == []
    with pytest.raises(NotFound):
        key_in_office(resident, made.case.number)
    assert key_in_office(made.town.actor("dispatcher"), made.case.number)


def test_live_events_tell_a_reporter_the_row_and_not_the_step():
    made = Reported()
    before, center = latest_id(), Broadcaster()
    listeners = {name: Listener(made.town.actor(name), CASE.live, None) for name in ("resident", "operations")}
    for name, listener in listeners.items():
        center.serve(listener, made.town.actor(name))
    made.worked_on()
    for event in read_after(before):
        center._hand_out(event)
    page = events_for(made.resident, CASE.live, since=before)
    assert {event.type for event in page.events} == {"case.changed"}
    assert {event.row["assignee_id"] for event in page.events} == {None}
    assert page.events[-1].row == msgspec.to_builtins(list_cases(made.resident).rows[0])
    assert listeners["resident"].take() == b"".join(frame_of(CASE.live, event) for event in page.events)
    assert b"case.noted" in listeners["operations"].take()


def test_whoever_sees_another_state_or_urgency_is_told_of_the_step():
    made = Reported()
    told, seen = [], []

    def now_told():
        page = case_page(made.resident, made.case.number)
        told.append([step.action for step in page.history])
        seen.append((page.case["status"], page.case["urgency"], page.case["version"]))
        assert page.history[-1].note == ""
        assert INNER not in texts(asdict(follow(made.case.follow_code)))

    dispatch_case(made.by("dispatcher"), assignee_id=made.town.users["worker"].pk)
    correct_case(made.by("dispatcher"), urgency=Urgency.URGENT)
    now_told()
    correct_case(made.by("dispatcher"), urgency=Urgency.URGENT)
    accept_case(made.by("worker"))
    hand_on(made.by("worker"), assignee_id=made.town.users["colleague"].pk)
    now_told()
    assert told == [["report", "dispatch", "correct"], ["report", "dispatch", "correct", "accept", "hand_on"]]
    assert seen == [("dispatched", "urgent", 3), ("dispatched", "urgent", 5)]
    with translation.override("zh-hans"):
        assert [str(TOLD[action]) for action in ("hand_on", "correct")] == [
            "由同事继续办理",
            "类别、位置或紧急程度已更正",
        ]


def test_a_report_that_goes_along_says_nothing_of_the_other(reported):
    main, other = reported.case, reported.other
    handle_case(reported.by("officer", note="已清运"), outcome=Outcome.RESOLVED)
    followed = follow(other.follow_code)
    assert [part.number for part in followed.parts] == [""]
    told = texts([asdict(followed), asdict(case_page(reported.other_by_code, other.number))])
    assert main.number not in told
    assert "merged_into_id" not in told
    part = case_page(reported.town.actor("dispatcher"), main.number).details.parts[0].number
    assert part not in told
    assert "handle" in PUBLIC_STEPS
    assert "已清运" not in told or followed.steps[-1].note == "已清运"
