"""Registering and finding people and organisations."""

from datetime import UTC, date, datetime

import pytest

from gezhi.contexts.organisations import queries as organisations
from gezhi.contexts.organisations.models import Organisation
from gezhi.contexts.organisations.use_cases.register_organisation import register_organisation
from gezhi.contexts.workforce import queries as workforce
from gezhi.contexts.workforce.models import Worker
from gezhi.contexts.workforce.use_cases.register_worker import register_worker
from gezhi.kernel.errors import Conflict, InvalidInput, NotAllowed
from gezhi.platform.access.actor import ANONYMOUS, system_actor
from gezhi.platform.accounts.models import User
from gezhi.platform.audit.models import AuditRecord
from tests.factories.areas import make_small_city

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 1)
BY = {"actor": system_actor(), "now": datetime(2026, 3, 1, tzinfo=UTC)}


@pytest.fixture
def city():
    return make_small_city()


def add(city, code, area, **changes):
    values = {**BY, "code": code, "name": "王小明", "post": "grid_worker", "area_id": city[area].pk, "active_from": DAY}
    return register_worker(**{**values, **changes})


def test_responsible_worker_is_the_longest_in_post(city):
    add(city, "W2", "420602001001001", active_from=date(2026, 2, 1))
    first = add(city, "W1", "420602001001001", active_from=date(2026, 1, 1))
    assert workforce.responsible_worker(city["420602001001001"].pk) == first
    assert workforce.responsible_worker(city["420602001001002"].pk) is None
    assert workforce.responsible_worker(city["420602001001001"].pk, on=date(2025, 12, 31)) is None
    found = workforce.responsible_workers([city["420602001001001"].pk, city["420602001001002"].pk])
    assert found == {city["420602001001001"].pk: first}


def test_who_left_is_not_responsible(city):
    gone = add(city, "W1", "420602001001001")
    Worker.objects.filter(pk=gone.id).update(active_to=date(2026, 3, 31))
    grid = city["420602001001001"].pk
    assert workforce.responsible_worker(grid) is None
    assert workforce.responsible_worker(grid, on=date(2026, 3, 31)) == gone
    assert workforce.responsible_worker(grid, on=date(2026, 4, 1)) is None


def test_workers_in_an_area_are_those_below_it(city):
    add(city, "W1", "420602001001001")
    add(city, "W2", "420602001002001")
    add(city, "P1", "420602001001", post="community_police")
    names = [row.code for row in workforce.workers_in(city["420602001001"].pk)]
    assert names == ["P1", "W1"]
    assert [row.code for row in workforce.workers_in(city["4206"].pk, post="grid_worker")] == ["W1", "W2"]
    assert workforce.workers_in(10**9) == []
    assert workforce.count_workers(city["420602001"].pk) == {
        "grid_worker": 2,
        "community_police": 1,
        "lawyer": 0,
        "legal_worker": 0,
    }


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name": "  "}, "worker_name_missing"),
        ({"code": ""}, "worker_code_missing"),
        ({"post": "king"}, "post_unknown"),
        ({"area_id": 10**9}, "area_unknown"),
        ({"organisation_id": 10**9}, "organisation_unknown"),
    ],
)
def test_bad_workers_are_refused(city, changes, code):
    with pytest.raises(InvalidInput) as error:
        add(city, **{"code": "W1", "area": "420602001001001", **changes})
    assert error.value.code == code
    assert not Worker.objects.exists()


def test_a_code_and_an_account_are_used_once(city):
    user = User.objects.create_user("w1")
    held = add(city, "W1", "420602001001001", user_id=user.pk)
    assert workforce.worker_of_user(user.pk) == held
    assert workforce.worker(held.id) == held
    with pytest.raises(Conflict):
        add(city, "W1", "420602001001002")
    with pytest.raises(Conflict):
        add(city, "W2", "420602001001002", user_id=user.pk)


def test_organisations(city):
    root = city["4206"].pk
    parent = register_organisation(**BY, code="CG", name="城管执法委", kind="urban_management", area_id=root)
    child = register_organisation(
        **BY, code="CG-1", name="大队", kind="urban_management", area_id=root, parent_id=parent.id
    )
    assert organisations.organisation(parent.id) == parent
    assert organisations.organisation_by_code("CG-1") == child
    assert organisations.organisations_at([root], kind="urban_management") == [parent, child]
    assert organisations.organisations_at([root], kind="water") == []
    with pytest.raises(Conflict):
        register_organisation(**BY, code="CG", name="x", kind="water", area_id=root)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"code": " "}, "organisation_code_missing"),
        ({"name": ""}, "organisation_name_missing"),
        ({"kind": "kingdom"}, "organisation_kind_unknown"),
        ({"area_id": 10**9}, "area_unknown"),
        ({"parent_id": 10**9}, "organisation_unknown"),
    ],
)
def test_bad_organisations_are_refused(city, changes, code):
    values = {**BY, "code": "CG", "name": "城管", "kind": "urban_management", "area_id": city["4206"].pk, **changes}
    with pytest.raises(InvalidInput) as error:
        register_organisation(**values)
    assert error.value.code == code
    assert not Organisation.objects.exists()


def test_only_a_system_administrator_registers(city):
    with pytest.raises(NotAllowed):
        register_organisation(**{**BY, "actor": ANONYMOUS}, code="X", name="x", kind="water", area_id=city["4206"].pk)
    with pytest.raises(NotAllowed):
        add(city, "W1", "420602001001001", actor=ANONYMOUS)
    assert not Worker.objects.exists()
    assert not Organisation.objects.exists()
    add(city, "W1", "420602001001001")
    assert AuditRecord.objects.get().action == "workforce.registered"
