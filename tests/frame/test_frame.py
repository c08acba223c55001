"""The second kind has all that cases have, and wrote none of it: list, live topic, page form, API, explain, audit, retention."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.test import Client

from gezhi.contexts.cases.queries import CASES
from gezhi.contexts.cases.use_cases import CASE
from gezhi.interfaces.api.v1.api import ProblemAPI
from gezhi.interfaces.api.v1.saved_views import views_router
from gezhi.interfaces.api.v1.steps import router_of
from gezhi.interfaces.cli.main import main
from gezhi.interfaces.live.feed import apply, events_for
from gezhi.kernel.errors import Conflict, InvalidInput, NotAllowed, NotFound
from gezhi.kernel.roles import Role
from gezhi.platform.access.actor import ANONYMOUS, system_actor
from gezhi.platform.access.policies import load, may
from gezhi.platform.outbox.publish import latest_id
from gezhi.platform.steps.consistency import all_that_differ
from gezhi.platform.steps.topics import topic_named
from gezhi.platform.steps.verb import Command
from gezhi.platform.vault.models import PersonalRecord
from gezhi.platform.vault.vault import erase_expired
from tests.factories.cases import MONDAY, grant, make_town, make_user
from tests.frame.bookings import (
    BOOKING,
    BOOKINGS,
    Filters,
    approve_booking,
    ask_for_room,
    cancel_booking,
    check_in,
    miss_booking,
)
from tests.frame.models import Booking, Room
from tests.frame.table import Status

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.frame.urls")]
TUESDAY = MONDAY + timedelta(days=1)


class House:
    """A community with one room, its keeper, somebody who books, and the keeper of another community."""

    def __init__(self):
        self.town = make_town()
        here, there = self.town.areas["420602001001"], self.town.areas["420602001002"]
        self.room = Room.objects.create(name="活动室", seats=20, community=here)
        self.users = {name: make_user(f"frame-{name}") for name in ("keeper", "resident", "stranger")}
        grant(self.users["keeper"], Role.STREET_DISPATCHER, here)
        grant(self.users["stranger"], Role.STREET_DISPATCHER, there)

    def actor(self, name):
        return replace(self.town, users=self.users).actor(name)

    def ask(self, name="resident", *, starts_at=TUESDAY, people=10, **more):
        return ask_for_room(
            actor=self.actor(name), room=self.room, starts_at=starts_at, hours=2, people=people, now=MONDAY, **more
        )

    def by(self, name, booking, **more):
        return Command(actor=self.actor(name), number=booking.number, now=MONDAY, **more)

    def browser(self, name):
        client = Client()
        client.force_login(self.users[name])
        return client


@pytest.fixture
def house():
    return House()


def test_a_booking_lives(house):
    booking = house.ask()
    approve_booking(house.by("keeper", booking))
    done = check_in(house.by("keeper", booking), came=8)
    assert (done.status, done.version) == ("held", 3)
    booking.refresh_from_db()
    assert (booking.came, [step.action for step in booking.steps.order_by("version")]) == (
        8,
        ["ask", "approve", "check_in"],
    )
    with pytest.raises(Conflict) as over:
        cancel_booking(house.by("resident", booking, note="有事"))
    assert over.value.code == "wrong_state"


def test_its_rules_hold(house):
    with pytest.raises(Conflict) as small:
        house.ask(people=21)
    assert small.value.code == "room_too_small"
    first, second = house.ask(), house.ask(starts_at=TUESDAY + timedelta(hours=1))
    approve_booking(house.by("keeper", first))
    with pytest.raises(Conflict) as taken:
        approve_booking(house.by("keeper", second))
    assert taken.value.code == "room_taken"
    with pytest.raises(InvalidInput) as silent:
        cancel_booking(house.by("resident", second))
    assert silent.value.code == "reason_missing"
    cancel_booking(house.by("resident", second, note="改期"))
    miss_booking(house.by("keeper", first))
    assert sorted(Booking.objects.values_list("status", flat=True)) == ["cancelled", "missed"]


def test_access_answers_with_reasons(house):
    booking = house.ask()
    with pytest.raises(NotAllowed):
        approve_booking(house.by("resident", booking))
    with pytest.raises(NotFound):
        approve_booking(house.by("stranger", booking))
    assert may(house.actor("keeper"), "approve", booking)
    refused = may(house.actor("stranger"), "see", booking)
    assert str(refused.reasons[-1]) == "No grant covers the place."
    assert load(f"booking:{booking.number}") == booking
    told = CliRunner().invoke(main, ["access", "explain", "frame-keeper", "approve", f"booking:{booking.number}"])
    assert "which covers the place" in told.output


def test_a_retry_is_answered_and_not_repeated(house):
    booking = house.ask()
    first = approve_booking(house.by("keeper", booking, key="approve-once"))
    assert approve_booking(house.by("keeper", booking, key="approve-once")) == first
    assert booking.steps.count() == 2


def test_snapshot_and_events_make_the_fresh_snapshot(house):
    topic = topic_named("bookings")
    watchers = {name: house.actor(name) for name in ("keeper", "resident", "stranger")}

    def rows(actor):
        return {
            row["number"]: json.loads(json.dumps(row, default=str)) for row in BOOKINGS.page(actor, sort="soonest").rows
        }

    known, since = {name: rows(actor) for name, actor in watchers.items()}, latest_id()
    booking = house.ask()
    approve_booking(house.by("keeper", booking))
    for name, actor in watchers.items():
        page = events_for(actor, topic, since=since)
        for event in page.events:
            apply(known[name], event)
        assert known[name].keys() == rows(actor).keys()
        assert [row["status"] for row in known[name].values()] == [row["status"] for row in rows(actor).values()]
    assert (len(known["keeper"]), len(known["resident"]), known["stranger"]) == (1, 1, {})
    assert events_for(house.town.actor("operations"), topic_named("cases"), since=since).events == []


def test_the_list_narrows_and_turns_pages(house):
    made = [house.ask(starts_at=TUESDAY + timedelta(days=day)) for day in range(5)]
    approve_booking(house.by("keeper", made[4]))
    keeper = house.actor("keeper")
    first = BOOKINGS.page(keeper, sort="soonest", limit=3)
    rest = BOOKINGS.page(keeper, sort="soonest", limit=3, cursor=first.next_cursor)
    assert [row["number"] for row in first.rows + rest.rows] == [booking.number for booking in made]
    later = Filters(starts_from=TUESDAY + timedelta(days=3))
    assert BOOKINGS.count(keeper, later) == len(BOOKINGS.page(keeper, filters=later, sort="soonest").rows) == 2
    approved = BOOKINGS.page(keeper, filters=Filters(statuses=(Status.APPROVED,)), sort="soonest")
    assert [row["number"] for row in approved.rows] == [made[4].number]
    assert BOOKINGS.page(ANONYMOUS, sort="soonest").rows == []


def test_its_list_has_an_address_and_a_count(house):
    made = [house.ask(starts_at=TUESDAY + timedelta(days=day)) for day in range(3)]
    approve_booking(house.by("keeper", made[2]))
    keeper, actor = house.browser("keeper"), house.actor("keeper")
    later = Filters(starts_from=TUESDAY + timedelta(days=1))
    query = BOOKINGS.query_of(later, actor=actor, now=MONDAY)
    assert BOOKINGS.filters_from(query, actor=actor, now=MONDAY) == later
    assert len(keeper.get(f"/frame/api/bookings?{query}").json()["items"]) == 2
    assert keeper.get(f"/frame/api/bookings/count?{query}").json() == {"count": 2}
    assert keeper.get(f"/frame/api/bookings/count?{query}&status=approved").json() == {"count": 1}
    assert keeper.get("/frame/api/bookings?starts_from=2026-03-03T10:00:00").json()["code"] == "naive_time"


def test_the_api_lists_shows_and_acts(house):
    booking, keeper = house.ask(), house.browser("keeper")
    listed = keeper.get("/frame/api/bookings").json()
    assert [item["number"] for item in listed["items"]] == [booking.number]
    shown = keeper.get(f"/frame/api/bookings/{booking.number}").json()
    assert shown["actions"] == ["approve", "cancel"]
    assert [step["action"] for step in shown["history"]] == ["ask"]
    address = f"/frame/api/bookings/{booking.number}/actions"
    sent = {"content_type": "application/json"}
    assert keeper.post(f"{address}/approve", {"came": 3}, **sent).json()["code"] == "field_not_read"
    assert keeper.post(f"{address}/approve", {"expected_version": 1}, **sent).json()["status"] == "approved"
    assert keeper.post(f"{address}/approve", {"expected_version": 1}, **sent).json()["code"] == "wrong_state"
    assert keeper.post(f"{address}/check_in", {}, **sent).json()["code"] == "field_missing"
    assert keeper.post(f"{address}/check_in", {"came": 0}, **sent).status_code == 422
    assert keeper.post(f"{address}/check_in", {"came": 3}, **sent).json()["status"] == "held"
    assert house.browser("stranger").get(f"/frame/api/bookings/{booking.number}").status_code == 404


def test_the_page_asks_what_the_verb_needs(house):
    booking, keeper = house.ask(), house.browser("keeper")
    approve_booking(house.by("keeper", booking))
    page = keeper.get(f"/frame/{booking.number}/check_in")
    assert 'name="came"' in page.content.decode()
    form = page.context["form"]
    sent = {"key": form["key"].value(), "version": "2", "came": "", "note": ""}
    refused = keeper.post(f"/frame/{booking.number}/check_in", sent)
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["came"])
    done = keeper.post(f"/frame/{booking.number}/check_in", sent | {"came": "7"})
    assert done.status_code == 302
    booking.refresh_from_db()
    assert (booking.status, booking.came) == ("held", 7)
    assert house.browser("stranger").get(f"/frame/{booking.number}/check_in").status_code == 404


def faults():
    """What `gezhi audit verify` finds in the kind's own tables; the people of the town were made by hand."""
    outcome = json.loads(CliRunner().invoke(main, ["audit", "verify", "--json"]).output)
    return [fault for fault in outcome["findings"] if fault["table"].startswith("frame_")]


def test_the_audit_walks_it(house, settings, tmp_path):
    settings.GEZHI_HOME = tmp_path
    booking = house.ask(phone="13812341234")
    approve_booking(house.by("keeper", booking))
    assert list(all_that_differ()) == []
    assert faults() == []
    Booking.objects.update(people=19)
    seen = CliRunner().invoke(main, ["audit", "verify", "--json"])
    assert json.loads(seen.output)["rows_that_differ"] == [{"booking": booking.number, "columns": ["people"]}]
    Booking.objects.update(people=10)
    booking.steps.filter(version=2).update(actor_label="somebody else")
    assert {fault["table"] for fault in faults()} == {"frame_bookingstep"}


def test_what_is_personal_ends(house):
    booking = house.ask(phone="13812341234")
    record = PersonalRecord.objects.get(pk=booking.personal_record)
    assert b"13812341234" not in bytes(record.sealed)
    assert erase_expired(actor=system_actor("test"), now=MONDAY + timedelta(days=31)) == 1
    assert PersonalRecord.objects.get(pk=booking.personal_record).sealed is None
    assert list(all_that_differ()) == []


def test_it_wrote_no_more_than_two_hundred_lines_of_its_own():
    own = [Path(__file__).with_name(name) for name in ("apps.py", "models.py", "table.py", "bookings.py", "urls.py")]
    assert sum(len(path.read_text("utf-8").splitlines()) for path in own) <= 200
    assert BOOKING.verbs.keys() | {"ask"} == set(BOOKING.table)


def test_two_kinds_stand_in_one_document_of_the_api():
    both = ProblemAPI(urls_namespace="both", docs_url=None)
    for kind, tool, sort in ((BOOKING, BOOKINGS, "soonest"), (CASE, CASES, "newest")):
        both.add_router("", views_router(tool, kind.topic))
        both.add_router("", router_of(kind, tool, sort=sort))
    found = [told for path in both.get_openapi_schema(path_prefix="")["paths"].values() for told in path.values()]
    names = [told["operationId"] for told in found]
    assert len(names) == len(set(names)) == 14
    assert all(told.get("description") for told in found)
