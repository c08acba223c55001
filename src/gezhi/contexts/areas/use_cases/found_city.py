"""Found a city on an empty instance: its border and its three administrators, with the link of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from gezhi.contexts.areas import queries
from gezhi.contexts.areas.domain.levels import AreaLevel
from gezhi.contexts.areas.use_cases.plant_areas import NewArea, plant_areas
from gezhi.kernel.errors import Conflict, InvalidInput
from gezhi.kernel.roles import SEPARATE_ADMINS, Role
from gezhi.platform.access.actor import Actor
from gezhi.platform.access.territory import require_in
from gezhi.platform.access.use_cases.grant_role import grant_role
from gezhi.platform.accounts.queries import no_account_yet
from gezhi.platform.accounts.use_cases.invite import Invited, invite

MAX_CODE, MAX_NAME = 20, 100


@dataclass(frozen=True, slots=True)
class FirstCity:
    """The city: its code (4206 of 襄阳市), its names, its border as a polygon in WGS84 degrees."""

    code: str
    name: str
    name_en: str
    border: Any


@dataclass(frozen=True, slots=True)
class FirstPerson:
    """Somebody who administers from the first day on."""

    username: str
    display_name: str


def may_be_founded() -> bool:
    """Whether this instance has neither a city nor an account. Two queries."""
    return queries.root() is None and no_account_yet()


def found_city(
    *, actor: Actor, city: FirstCity, people: Mapping[Role, FirstPerson], now: datetime
) -> dict[Role, Invited]:
    """Plant the city and give the three administrations to three people; the link of each. All or nothing.

    Raises ``NotAllowed`` for anyone but the system itself, ``Conflict`` (``city_is_founded``) where there is a city or an account,
    ``InvalidInput`` naming the field for bad names or where two of the three are one person.
    """
    require_in(actor, "found_city")
    if not 0 < len(city.code.strip()) <= MAX_CODE or not city.code.isprintable():
        raise InvalidInput("code_invalid", "the code of a city has 1 to 20 characters", field="code")
    if not 0 < len(city.name.strip()) <= MAX_NAME or not city.name.isprintable():
        raise InvalidInput("name_invalid", "a city needs a printable name of 1 to 100 signs", field="name")
    if len({person.username for person in people.values()}) < len(SEPARATE_ADMINS) or set(people) != SEPARATE_ADMINS:
        raise InvalidInput("separate_admins", "the three administrations lie in three hands", field="security_admin")
    try:
        return _found(actor, city, people, now)
    except IntegrityError as error:
        # Of two who found at once, the second finds the code of the city or a user name taken when it writes.
        if may_be_founded():
            raise
        raise Conflict("city_is_founded", "this instance has a city or an account already") from error


def _found(actor: Actor, city: FirstCity, people: Mapping[Role, FirstPerson], now: datetime) -> dict[Role, Invited]:
    with transaction.atomic():
        if not may_be_founded():
            raise Conflict("city_is_founded", "this instance has a city or an account already")
        area = NewArea(
            city.code.strip(), city.name.strip(), AreaLevel.CITY, None, city.border, name_en=city.name_en.strip()
        )
        planted = plant_areas(actor=actor, areas=[area], version_name=city.name.strip(), now=now)
        invited: dict[Role, Invited] = {}
        for role, person in sorted(people.items()):
            invited[role] = invite(actor=actor, username=person.username, display_name=person.display_name, now=now)
            grant_role(
                actor=actor,
                user_id=invited[role].user_id,
                role=role,
                area_id=planted.ids[area.code],
                now=now,
            )
    return invited
