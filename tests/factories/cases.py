"""People, bodies and tables for the cases context, on the small city of ``factories.areas``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password

from gezhi.contexts.areas.models import Area
from gezhi.contexts.cases.use_cases import Report, Reported, report_case
from gezhi.contexts.cases.use_cases.install_classes import install_classes, shipped_classes
from gezhi.contexts.cases.use_cases.install_duties import install_duties, shipped_duties
from gezhi.contexts.organisations.models import Organisation
from gezhi.kernel.roles import Role
from gezhi.platform.access.actor import ANONYMOUS, Actor, actor_of, system_actor
from gezhi.platform.access.use_cases.grant_role import grant_role
from gezhi.platform.audit.found import seal_what_is_there
from tests.factories.areas import START, centre, make_small_city
from tests.factories.snapshot import once

# A Monday morning in Xiangyang: 10:00 local.
MONDAY = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
SYSTEM = system_actor("test")


@dataclass
class Town:
    """The small city with bodies, tables and one person per role; ``people`` by role, ``strangers`` in grid 4 only."""

    areas: dict[str, Area]
    bodies: dict[str, Organisation]
    users: dict[str, object]

    def actor(self, name: str, *, now: datetime = MONDAY) -> Actor:
        return actor_of(self.users[name], now=now)


@cache
def _encoded_password() -> str:
    return make_password("Factory-made-7041")


def make_user(username: str, **fields: object) -> object:
    # Whoever works has a password: hashed once, since a town has many people.
    password = fields.pop("password", None)
    encoded = _encoded_password() if password is None else make_password(str(password))
    fields.setdefault("display_name", username)
    return get_user_model().objects.create(username=username, password=encoded, **fields)


def grant(user: object, role: Role, area: Area, organisation: Organisation | None = None) -> None:
    grant_role(
        actor=SYSTEM,
        user_id=user.pk,
        role=role,
        area_id=area.pk,
        organisation_id=None if organisation is None else organisation.pk,
        now=START,
    )


def make_tables() -> None:
    install_classes(actor=SYSTEM, code="test", name="测试分类", rows=shipped_classes(), now=START)
    install_duties(actor=SYSTEM, name="测试权责", rows=shipped_duties(), now=START)


def _nothing_yet() -> bool:
    return not (Area.objects.exists() or Organisation.objects.exists() or get_user_model().objects.exists())


@once(empty=_nothing_yet)
def make_town() -> Town:
    """City with grids 1–2 in the first community and 3–4 in the second, one person for each role."""
    areas = make_small_city()
    city, district, street = areas["4206"], areas["420602"], areas["420602001"]
    first, second = areas["420602001001"], areas["420602001002"]
    bodies = {
        "street": ("street_office", street),
        "sanitation": ("sanitation", district),
        "housing": ("housing", district),
        "utility": ("utility", district),
        "committee": ("community_committee", first),
    }
    organisations = {
        name: Organisation.objects.create(code=name, name=name, kind=kind, area=area)
        for name, (kind, area) in bodies.items()
    }
    make_tables()
    people = {
        "worker": (Role.GRID_WORKER, areas["420602001001001"], None),
        "colleague": (Role.GRID_WORKER, areas["420602001001001"], None),
        "stranger": (Role.GRID_WORKER, areas["420602001002002"], None),
        "dispatcher": (Role.STREET_DISPATCHER, street, None),
        "far_dispatcher": (Role.STREET_DISPATCHER, second, None),
        "officer": (Role.DEPARTMENT_OFFICER, district, organisations["sanitation"]),
        "other_officer": (Role.DEPARTMENT_OFFICER, district, organisations["housing"]),
        "checker": (Role.CHECKER, district, None),
        "operations": (Role.OPERATIONS, city, None),
        "planner": (Role.PLANNER, city, None),
        "system_admin": (Role.SYSTEM_ADMIN, city, None),
        "security_admin": (Role.SECURITY_ADMIN, city, None),
        "audit_admin": (Role.AUDIT_ADMIN, city, None),
    }
    users = {}
    for name, (role, area, organisation) in people.items():
        users[name] = make_user(name)
        grant(users[name], role, area, organisation)
    users["resident"] = make_user("resident")
    # What was laid into the tables by hand counts as there before the seal.
    seal_what_is_there()
    return Town(areas, organisations, users)


def report(
    actor: Actor = ANONYMOUS, *, grid: int = 0, class_code: str = "E0110", now: datetime = MONDAY, **fields: object
) -> Reported:
    """File a report in the middle of a grid (0 to 3)."""
    lon, lat = centre(grid)
    asked = Report(**{"class_code": class_code, "description": "路边有一堆垃圾", "lon": lon, "lat": lat, **fields})
    return report_case(actor=actor, report=asked, now=now)
