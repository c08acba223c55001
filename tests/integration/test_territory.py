"""Administration is bound to its place: who may what where, refused without a trace, and explained."""

from __future__ import annotations

from datetime import date

import pytest
from click.testing import CliRunner
from django.apps import apps
from shapely import LineString

from gezhi.contexts.areas.domain.levels import AreaLevel
from gezhi.contexts.areas.use_cases.import_areas import AreaDraft, import_areas
from gezhi.contexts.areas.use_cases.plant_areas import NewArea, plant_areas
from gezhi.contexts.areas.use_cases.register_compounds import register_compounds
from gezhi.contexts.cases.use_cases.import_cases import import_cases
from gezhi.contexts.cases.use_cases.install_classes import install_classes, shipped_classes
from gezhi.contexts.cases.use_cases.install_duties import install_duties, shipped_duties
from gezhi.contexts.cases.use_cases.install_shipped_tables import install_shipped_tables
from gezhi.contexts.ground.domain.layers import Layer
from gezhi.contexts.ground.use_cases import NewFeature, NewSource, lay_ground
from gezhi.contexts.organisations.use_cases.register_organisation import register_organisation
from gezhi.contexts.organisations.use_cases.register_organisations import NewOrganisation, register_organisations
from gezhi.contexts.powers.use_cases.register_powers import PowerRow, register_powers
from gezhi.contexts.workforce.use_cases.register_worker import register_worker
from gezhi.contexts.workforce.use_cases.register_workers import NewWorker, register_workers
from gezhi.interfaces.cli.main import main
from gezhi.kernel.errors import NotAllowed
from gezhi.kernel.roles import Role
from gezhi.platform.access.actor import ANONYMOUS, system_actor
from gezhi.platform.access.models import ApiToken, Grant
from gezhi.platform.access.tokens import issue_token
from gezhi.platform.access.use_cases.end_grant import end_grant
from gezhi.platform.access.use_cases.grant_role import grant_role
from gezhi.platform.accounts.use_cases.create_account import create_account
from tests.factories.areas import cell
from tests.factories.cases import MONDAY, SYSTEM, grant, make_town, make_user

pytestmark = pytest.mark.django_db
EVERY_ROLE = ["worker", "dispatcher", "officer", "checker", "operations", "audit_admin", "security_admin", "resident"]
DAY = date(2026, 3, 2)


@pytest.fixture
def town():
    town = make_town()
    street = town.areas["420602001"]
    for name, role in (("street_system", Role.SYSTEM_ADMIN), ("street_security", Role.SECURITY_ADMIN)):
        town.users[name] = make_user(name)
        grant(town.users[name], role, street)
    town.users["street_planner"] = make_user("street_planner")
    grant(town.users["street_planner"], Role.PLANNER, street)
    return town


def counts():
    return {model._meta.label: model.objects.count() for model in apps.get_models() if model._meta.managed}


# What is done to the whole city, by name: a function of the town and the actor.
CITY_WIDE = {
    "install_classes": lambda town, actor: install_classes(
        actor=actor, code="new", name="新", rows=shipped_classes(), now=MONDAY
    ),
    "install_duties": lambda town, actor: install_duties(actor=actor, name="新", rows=shipped_duties(), now=MONDAY),
    "install_shipped_tables": lambda town, actor: install_shipped_tables(actor=actor, now=MONDAY),
    "register_powers": lambda town, actor: register_powers(
        actor=actor, rows=[PowerRow("P9", "x", "housing", "street", DAY)], now=MONDAY
    ),
    "create_account": lambda town, actor: create_account(
        actor=actor, username="li.hua", display_name="李华", password="汉江两岸有人家-2026", now=MONDAY
    ),
}
PLANNING = {
    "plant_areas": lambda town, actor: plant_areas(
        actor=actor,
        areas=[NewArea("420602001001009", "新网格", AreaLevel.GRID, "420602001001", cell(0))],
        version_name="x",
        now=MONDAY,
    ),
    "import_areas": lambda town, actor: import_areas(
        actor=actor, drafts=[AreaDraft("420602001001001", "改名", cell(0))], now=MONDAY
    ),
    "lay_ground": lambda town, actor: lay_ground(
        actor=actor,
        source=NewSource("x", "x"),
        features=[NewFeature(Layer.ROAD, "local", LineString([(112.1, 32), (112.2, 32)]))],
        now=MONDAY,
    ),
    "register_compounds": lambda town, actor: register_compounds(actor=actor, compounds=[], now=MONDAY),
}


def refused(town, actor, act):
    before = counts()
    with pytest.raises(NotAllowed):
        act(town, actor)
    assert counts() == before


@pytest.mark.parametrize("name", CITY_WIDE)
def test_what_concerns_the_city_is_for_its_system_administrator(town, name):
    act = CITY_WIDE[name]
    for person in [*EVERY_ROLE, "planner", "street_system", "street_planner"]:
        refused(town, town.actor(person), act)
    refused(town, ANONYMOUS, act)
    act(town, town.actor("system_admin"))


@pytest.mark.parametrize("name", PLANNING)
def test_planning_is_for_the_citys_planners_and_system_administrators(town, name):
    act = PLANNING[name]
    for person in [*EVERY_ROLE, "street_system", "street_planner"]:
        refused(town, town.actor(person), act)
    refused(town, ANONYMOUS, act)
    act(town, town.actor("planner"))


def test_cases_are_imported_by_the_system_alone(town):
    for person in [*EVERY_ROLE, "planner", "system_admin"]:
        refused(town, town.actor(person), lambda _, actor: import_cases(actor=actor, source="s", rows=[], now=MONDAY))


def test_organisations_and_workers_are_registered_where_the_administrator_is_one(town):
    street, district = town.areas["420602001"].pk, town.areas["420602"].pk
    inside = town.actor("street_system")
    ways = [
        lambda actor, area, n: register_organisation(
            actor=actor, code=f"o{n}", name="x", kind="housing", area_id=area, now=MONDAY
        ),
        lambda actor, area, n: register_organisations(
            actor=actor, organisations=[NewOrganisation(f"p{n}", "x", "housing", area)], now=MONDAY
        ),
        lambda actor, area, n: register_worker(
            actor=actor, code=f"w{n}", name="x", post="lawyer", area_id=area, active_from=DAY, now=MONDAY
        ),
        lambda actor, area, n: register_workers(
            actor=actor, workers=[NewWorker(f"v{n}", "x", "lawyer", area, DAY)], now=MONDAY
        ),
    ]
    for way in ways:
        for person in [*EVERY_ROLE, "planner"]:
            refused(town, town.actor(person), lambda _, actor, way=way: way(actor, street, 1))
        refused(town, inside, lambda _, actor, way=way: way(actor, district, 1))
        way(inside, street, 1)
        way(town.actor("system_admin"), district, 2)


def test_a_security_administrator_of_a_street_grants_nothing_beyond_it(town):
    """Not above, not beside, not to the city, and no roles of administration there either."""
    local, resident = town.actor("street_security"), town.users["resident"].pk

    def give(actor, role, area):
        return grant_role(actor=actor, user_id=resident, role=role, area_id=town.areas[area].pk, now=MONDAY)

    for role in (Role.OPERATIONS, Role.SECURITY_ADMIN, Role.CHECKER):
        for area in ("4206", "420602"):
            refused(town, local, lambda _, actor, role=role, area=area: give(actor, role, area))
    made = give(local, Role.CHECKER, "420602001001")
    higher = give(SYSTEM, Role.OPERATIONS, "4206")
    refused(town, local, lambda _, actor: end_grant(actor=actor, grant_id=higher.pk, now=MONDAY))
    assert Grant.objects.get(pk=higher.pk).valid_to is None
    refused(
        town,
        local,
        lambda _, actor: grant_role(
            actor=actor, user_id=actor.user_id, role=Role.CHECKER, area_id=town.areas["420602001001"].pk, now=MONDAY
        ),
    )
    end_grant(actor=local, grant_id=made.pk, now=MONDAY.replace(hour=9))


def test_a_token_is_issued_by_who_administers_all_its_accounts_areas(town):
    local, city = town.actor("street_security"), town.actor("security_admin")
    dispatcher, operations = town.users["dispatcher"].pk, town.users["operations"].pk
    nobody = make_user("nobody").pk

    def issue(actor, user):
        return issue_token(actor=actor, user_id=user, name="x", now=MONDAY)

    for user in (operations, nobody):
        refused(town, local, lambda _, actor, user=user: issue(actor, user))
    for person in [name for name in EVERY_ROLE if name != "security_admin"]:
        refused(town, town.actor(person), lambda _, actor: issue(actor, dispatcher))
    issue(local, dispatcher)
    issue(city, operations)
    issue(city, nobody)
    assert ApiToken.objects.count() == 3


def test_the_answer_is_explained(town):
    def explain(*arguments):
        return CliRunner().invoke(main, ["access", "explain", *arguments])

    no = explain("street_security", "grant", "area:420602")
    assert no.exit_code == 1
    assert "security_admin in 真武山街道, which does not cover 襄城区." in no.output
    yes = explain("street_security", "grant", "area:420602001001")
    assert yes.exit_code == 0
    assert explain("operations", "install_classes", "area:city").exit_code == 1
    assert "Only the system itself does this." in explain("system_admin", "import_cases", "area:city").output
    assert explain("operations", "grant", "area:999").exit_code == 2


def test_the_system_acts_under_a_name():
    with pytest.raises(ValueError, match="has a name"):
        system_actor(" ")
