"""Organisations, workers, templates and times of keeping: changed by those who may, on record, undone by a new version."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from gezhi.contexts.areas.queries import ancestors_of
from gezhi.contexts.cases.models import AnswerTemplate
from gezhi.contexts.cases.queries import settled_at, template, template_versions, templates, templates_for
from gezhi.contexts.cases.use_cases import Contact
from gezhi.contexts.cases.use_cases.change_template import (
    Template,
    restore_template,
    save_template,
    withdraw_template,
)
from gezhi.contexts.organisations.models import Organisation
from gezhi.contexts.organisations.queries import all_organisations, kept_organisations, organisations_version
from gezhi.contexts.organisations.use_cases.change_organisation import (
    end_due_organisations,
    end_organisation,
    rename_organisation,
    restore_organisation,
)
from gezhi.contexts.workforce.models import Worker
from gezhi.contexts.workforce.queries import areas_with_workers, kept_workers
from gezhi.contexts.workforce.use_cases.change_worker import end_worker, move_worker, restore_worker
from gezhi.contexts.workforce.use_cases.register_worker import register_worker
from gezhi.kernel.errors import Conflict, InvalidInput, NotAllowed, NotFound
from gezhi.kernel.roles import Role
from gezhi.platform.access.actor import system_actor
from gezhi.platform.access.models import AskedRole
from gezhi.platform.access.use_cases.ask_role import ask_role
from gezhi.platform.accounts.use_cases.end_account import EndReason, end_account
from gezhi.platform.audit.models import AuditRecord
from gezhi.platform.notices.models import Notice
from gezhi.platform.retention.in_force import days_in_force, days_of
from gezhi.platform.retention.queries import retention_versions, would_go
from gezhi.platform.retention.use_cases.install_retention import (
    install_retention,
    put_due_retention_in_force,
    withdraw_retention,
)
from gezhi.platform.vault.models import PersonalRecord
from tests.factories.cases import MONDAY, grant, make_town, report

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 2)


@pytest.fixture
def town():
    return make_town()


@pytest.fixture
def admin(town):
    return town.actor("system_admin")


def test_an_organisation_is_renamed_in_both_languages_and_memory_hears_of_it(town, admin):
    body, before = town.bodies["sanitation"], organisations_version()
    rename_organisation(actor=admin, organisation_id=body.pk, name="环卫中心", name_en="Sanitation", now=MONDAY)
    assert organisations_version() != before
    row = Organisation.objects.get(pk=body.pk)
    assert (row.name, row.name_en) == ("环卫中心", "Sanitation")
    told = AuditRecord.objects.latest("seq")
    assert (told.action, told.data["before"]["name"]) == ("organisations.renamed", "sanitation")
    for name in ("", "环卫中心"):
        with pytest.raises(InvalidInput):
            rename_organisation(actor=admin, organisation_id=body.pk, name=name, name_en="Sanitation", now=MONDAY)
    with pytest.raises(NotFound):
        rename_organisation(actor=admin, organisation_id=999_999, name="x", name_en="", now=MONDAY)


def test_an_organisation_ends_on_its_day_and_comes_back(town, admin):
    body = town.bodies["sanitation"].pk
    place = ancestors_of(town.areas["420602001001"].pk)
    before = settled_at(place, now=MONDAY).settled
    end_organisation(actor=admin, organisation_id=body, last_day=TODAY, now=MONDAY)
    assert body in {one.id for one in all_organisations()}
    system = system_actor("test")
    assert end_due_organisations(actor=system, now=MONDAY + timedelta(hours=1)) == 0
    assert end_due_organisations(actor=system, now=MONDAY + timedelta(days=1)) == 1
    assert body not in {one.id for one in all_organisations()}
    assert [one.row.id for one in kept_organisations(ended=True, limit=9).rows] == [body]
    with pytest.raises(Conflict):
        end_organisation(actor=admin, organisation_id=body, last_day=TODAY, now=MONDAY)
    restore_organisation(actor=admin, organisation_id=body, now=MONDAY)
    with pytest.raises(Conflict):
        restore_organisation(actor=admin, organisation_id=body, now=MONDAY)
    assert body in {one.id for one in all_organisations()}
    assert settled_at(place, now=MONDAY).settled == before > 0
    with pytest.raises(InvalidInput):
        end_organisation(actor=admin, organisation_id=body, last_day=TODAY - timedelta(days=2), now=MONDAY)
    end_organisation(actor=admin, organisation_id=body, last_day=TODAY - timedelta(days=1), now=MONDAY)
    assert not Organisation.objects.get(pk=body).active


@pytest.mark.parametrize("name", ["security_admin", "operations", "dispatcher"])
def test_others_change_neither_bodies_nor_workers(town, name):
    actor, body = town.actor(name), town.bodies["street"].pk
    made = worker(town)
    for refused in (
        lambda: rename_organisation(actor=actor, organisation_id=body, name="x", name_en="", now=MONDAY),
        lambda: end_organisation(actor=actor, organisation_id=body, last_day=TODAY, now=MONDAY),
        lambda: restore_organisation(actor=actor, organisation_id=body, now=MONDAY),
        lambda: end_worker(actor=actor, worker_id=made.id, last_day=TODAY, now=MONDAY),
        lambda: restore_worker(actor=actor, worker_id=made.id, now=MONDAY),
        lambda: install_retention(actor=actor, name="x", days={"notices": 30}, now=MONDAY),
    ):
        with pytest.raises(NotAllowed):
            refused()
    assert Organisation.objects.get(pk=body).name == "street"


def worker(town, code="W1"):
    return register_worker(
        actor=town.actor("system_admin"),
        code=code,
        name="李明",
        post="grid_worker",
        area_id=town.areas["420602001001001"].pk,
        active_from=TODAY,
        user_id=town.users["worker"].pk,
        now=MONDAY,
    )


def test_a_worker_moves_and_the_role_of_the_new_grid_is_asked_for(town, admin):
    made, there = worker(town), town.areas["420602001001002"].pk
    move_worker(actor=admin, worker_id=made.id, name="李明", phone="", area_id=there, organisation_id=None, now=MONDAY)
    assert Worker.objects.get().area_id == there
    assert [(one.user_id, one.area_id) for one in AskedRole.objects.all()] == [(town.users["worker"].pk, there)]
    with pytest.raises(InvalidInput):
        move_worker(
            actor=admin, worker_id=made.id, name="李明", phone="", area_id=there, organisation_id=None, now=MONDAY
        )


@pytest.mark.parametrize("why", ["ended", "held", "held above", "waits"])
def test_a_worker_moves_where_no_role_is_to_be_asked_for(town, admin, why):
    made, there, user = worker(town), town.areas["420602001001002"].pk, town.users["worker"]
    if why == "ended":
        end_account(actor=admin, user_id=user.pk, reason=EndReason.LEFT, now=MONDAY)
    elif why == "waits":
        ask_role(actor=admin, user_id=user.pk, role=Role.GRID_WORKER, area_id=there, now=MONDAY)
    else:
        grant(user, Role.GRID_WORKER, town.areas["420602001001002" if why == "held" else "420602001"])
    waiting = AskedRole.objects.filter(decided_at__isnull=True).count()
    move_worker(actor=admin, worker_id=made.id, name="李明", phone="", area_id=there, organisation_id=None, now=MONDAY)
    assert Worker.objects.get().area_id == there
    assert AskedRole.objects.filter(decided_at__isnull=True).count() == waiting


def test_a_worker_leaves_on_a_day_and_the_grid_has_nobody(town, admin):
    made, grid = worker(town), town.areas["420602001001001"].pk
    end_worker(actor=admin, worker_id=made.id, last_day=TODAY, now=MONDAY)
    assert grid in areas_with_workers(on=TODAY)
    assert grid not in areas_with_workers(on=TODAY + timedelta(days=1))
    assert [one.row.code for one in kept_workers(ended=True, on=TODAY + timedelta(days=1), limit=9).rows] == ["W1"]
    restore_worker(actor=admin, worker_id=made.id, now=MONDAY)
    with pytest.raises(Conflict):
        restore_worker(actor=admin, worker_id=made.id, now=MONDAY)
    with pytest.raises(InvalidInput):
        end_worker(actor=admin, worker_id=made.id, last_day=TODAY - timedelta(days=1), now=MONDAY)


def written(town, title="已受理", *, by="operations", number=None, seen=0, **fields):
    given = Template(title=title, words=fields.pop("words", "您反映的问题已受理。"), **fields)
    return save_template(actor=town.actor(by), given=given, number=number, seen=seen, now=MONDAY)


def test_templates_that_fit_come_by_area_then_class_then_step(town):
    street, second = town.areas["420602001"].pk, town.areas["420602001002"].pk
    written(town, "各处")
    written(town, "垃圾", class_prefix="E01")
    written(town, "垃圾结果", class_prefix="E01", step="handle")
    written(town, "街道", area_id=street)
    written(town, "二社区", area_id=second)
    written(town, "部件", class_prefix="C01")

    def titles(name, step="handle"):
        return [one.title for one in templates_for(town.actor(name), "E0110", step)]

    assert titles("dispatcher") == ["街道", "垃圾结果", "垃圾", "各处"]
    assert titles("far_dispatcher") == ["二社区", "街道", "垃圾结果", "垃圾", "各处"]
    assert titles("dispatcher", "close") == ["街道", "垃圾", "各处"]


def test_a_template_is_versions_and_each_comes_back(town):
    number = written(town)
    assert written(town, "已受理", words="已受理，三日内答复。", number=number, seen=1) == number
    with pytest.raises(Conflict):
        written(town, number=number, seen=1)
    actor = town.actor("operations")
    restore_template(actor=actor, number=number, version=1, now=MONDAY)
    assert [(one.version, one.current) for one in template_versions(number)] == [(3, True), (2, False), (1, False)]
    assert template(number).words == "您反映的问题已受理。"
    withdraw_template(actor=actor, number=number, now=MONDAY)
    assert (templates(limit=9).rows, templates_for(actor, "E0110", "handle")) == ([], [])
    with pytest.raises(NotFound):
        withdraw_template(actor=actor, number=number, now=MONDAY)
    restore_template(actor=actor, number=number, version=2, now=MONDAY)
    assert template(number).words == "已受理，三日内答复。"


def test_a_dispatcher_writes_for_the_own_street_and_takes_nothing_from_others(town):
    street = town.areas["420602001"].pk
    own = written(town, by="dispatcher", area_id=street)
    for refused in ({}, {"area_id": town.areas["4206"].pk}):
        with pytest.raises(NotAllowed):
            written(town, by="dispatcher", **refused)
    whole = written(town)
    with pytest.raises(NotAllowed):
        written(town, by="dispatcher", area_id=street, number=whole, seen=1)
    with pytest.raises(NotAllowed):
        withdraw_template(actor=town.actor("far_dispatcher"), number=own, now=MONDAY)
    for fields in ({"title": " "}, {"words": " "}, {"class_prefix": "Z9"}, {"step": "fly"}, {"area_id": 999_999}):
        with pytest.raises((InvalidInput, NotAllowed)):
            written(town, **{"title": "题", **fields})
    assert AnswerTemplate.objects.count() == 2


def test_times_of_keeping_are_versions_and_hold(town, admin):
    assert days_of("notices", otherwise=90) == 90
    assert install_retention(actor=admin, name="市档案局意见", days={"notices": 30}, now=MONDAY) == 1
    assert (days_of("notices", otherwise=90), days_in_force()["personal.case"]) == (30, 180)
    later = MONDAY + timedelta(days=1)
    install_retention(actor=admin, name="二", days={"notices": 60}, effective_from=later, now=MONDAY)
    install_retention(actor=admin, name="三", days={"notices": 70}, effective_from=later, now=MONDAY)
    withdraw_retention(actor=admin, number=3, now=MONDAY)
    put_due_retention_in_force(actor=system_actor("test"), now=later)
    assert [(one.number, one.in_force, one.withdrawn) for one in retention_versions()] == [
        (3, False, True),
        (2, True, False),
        (1, False, False),
    ]
    assert days_of("notices", otherwise=90) == 60
    for days in ({"notices": 1}, {"record": 10}, {"nonsense": 10}, {"notices": 60}):
        with pytest.raises(InvalidInput):
            install_retention(actor=admin, name="四", days=days, now=later)


def test_a_dry_run_counts_and_nothing_goes(town):
    Notice.objects.create(
        person=town.users["worker"],
        topic="cases",
        kind="case",
        reference="x",
        words={"words": "x", "values": {}},
        at=MONDAY - timedelta(days=40),
    )
    assert would_go({}, now=MONDAY)["notices"] == 0
    assert would_go({"notices": 30}, now=MONDAY)["notices"] == 1
    assert Notice.objects.count() == 1


def test_another_time_holds_for_what_comes_in_from_then_on(town, admin, client):
    contact = Contact(name="王小明", phone="13812341234")
    report(contact=contact)
    install_retention(actor=admin, name="缩短", days={"personal.case": 60}, now=MONDAY)
    report(contact=contact)
    spans = [(one.expires_at - one.created_at).days for one in PersonalRecord.objects.order_by("created_at", "pk")]
    assert spans == [180, 60]
    # What the residents are told is what holds.
    assert "60 days" in client.get("/privacy", headers={"Accept-Language": "en"}).content.decode()
