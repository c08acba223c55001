"""Who acts: a signed-in person with grants, an anonymous resident, or the system itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from gezhi.kernel.roles import Role
from gezhi.platform.access.models import Grant
from gezhi.platform.prepared import Prepared, PreparedByKeys


@dataclass(frozen=True, slots=True)
class HeldGrant:
    """A grant in force: the role, the area with its level, and the organisation for which it is held."""

    role: Role
    area_id: int
    level: str
    area_name: str = ""
    organisation_id: int | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """The one who asks. ``grants`` are those in force at the moment the actor was made."""

    user_id: int | None
    label: str
    grants: tuple[HeldGrant, ...] = ()
    is_system: bool = False
    # Follow codes that an anonymous person presented in this request: the key to the cases behind them.
    follow_codes: frozenset[str] = field(default_factory=frozenset)

    @property
    def roles(self) -> frozenset[Role]:
        """The roles held anywhere."""
        return frozenset(grant.role for grant in self.grants)

    def holds(self, role: Role) -> tuple[HeldGrant, ...]:
        """The grants of one role."""
        return tuple(grant for grant in self.grants if grant.role == role)


ANONYMOUS = Actor(user_id=None, label="resident")


def system_actor(label: str = "system") -> Actor:
    """The program acting by itself (a clock ran out, an import): allowed everything, named in the record."""
    if not label.strip():
        raise ValueError("who acts for the system has a name: it stands in every record")
    return Actor(user_id=None, label=label, is_system=True)


def actor_of(user: Any, *, now: datetime) -> Actor:
    """The actor behind a Django user; an anonymous or inactive user becomes ``ANONYMOUS``. One query."""
    if user is None or not user.is_authenticated or not user.is_active:
        return ANONYMOUS
    return actor_of_account(user.pk, str(user), now=now)


def actor_of_account(user_id: int, label: str, *, now: datetime) -> Actor:
    """The actor behind an account that is known to be active, with its grants in force at ``now``. One query."""
    rows = _IN_FORCE.rows(user_id=user_id, now=now)
    return Actor(
        user_id=user_id,
        label=label,
        grants=tuple(HeldGrant(Role(role), area, level, name, org) for role, area, level, name, org in rows),
    )


def _grants_in_force(user_id: int, now: datetime) -> QuerySet[Grant, Any]:
    return (
        Grant.objects.in_force(now)
        .filter(user_id=user_id)
        .order_by("pk")
        .values_list("role", "area_id", "area__level", "area__name", "organisation_id")
    )


_IN_FORCE = Prepared(_grants_in_force, user_id=int, now=datetime)


def holders_of(role: Role, area_id: int, organisation_id: int | None, *, now: datetime) -> set[int]:
    """The active accounts that hold a role in just this area (for this body) at ``now``. One query."""
    held = Grant.objects.in_force(now)
    of_body = Q(organisation__isnull=True) if organisation_id is None else Q(organisation_id=organisation_id)
    found = held.filter(of_body, role=role.value, area_id=area_id, user__is_active=True)
    return set(found.values_list("user_id", flat=True))


def holders_covering(
    role: Role, area_ids: Iterable[int], organisation_id: int | None = None, *, now: datetime
) -> set[int]:
    """The active accounts that hold a role at ``now`` in one of these areas (those of a place, from the city down), for this body
    where one is named. One query."""
    held = Grant.objects.in_force(now)
    found = held.filter(role=role.value, area_id__in=set(area_ids), user__is_active=True)
    if organisation_id is not None:
        found = found.filter(organisation_id=organisation_id)
    return set(found.values_list("user_id", flat=True))


def grants_of(user_ids: Iterable[int], role: Role, *, now: datetime) -> dict[int, list[HeldGrant]]:
    """The grants of one role in force, by active account; who holds none is left out. One query."""
    found: dict[int, list[HeldGrant]] = {}
    for user_id, area, level, name, org in _OF_ROLE.rows(user_ids, role=role.value, now=now):
        found.setdefault(user_id, []).append(HeldGrant(role, area, level, name, org))
    return found


def officers_of(organisation_id: int, *, now: datetime) -> list[tuple[int, str]]:
    """The active accounts that act for a body, and their names. One query."""
    held = Grant.objects.in_force(now)
    found = held.filter(role=Role.DEPARTMENT_OFFICER.value, organisation_id=organisation_id, user__is_active=True)
    return list(found.order_by("user__display_name", "user_id").values_list("user_id", "user__display_name").distinct())


def offices_of_officers(
    area_ids: Iterable[int], organisation_ids: Iterable[int], *, now: datetime
) -> set[tuple[int, int]]:
    """Body and area of the offices that active accounts hold for bodies at ``now``: those in one of these areas, and all those of
    these bodies. One query."""
    held = Grant.objects.in_force(now)
    wanted = Q(area_id__in=set(area_ids)) | Q(organisation_id__in=set(organisation_ids))
    found = held.filter(wanted, role=Role.DEPARTMENT_OFFICER.value, organisation_id__isnull=False, user__is_active=True)
    return set(found.values_list("organisation_id", "area_id"))


def _grants_of_role(user_ids: list[int], role: str, now: datetime) -> QuerySet[Grant, Any]:
    return (
        Grant.objects.in_force(now)
        .filter(role=role, user_id__in=user_ids, user__is_active=True)
        .order_by("pk")
        .values_list("user_id", "area_id", "area__level", "area__name", "organisation_id")
    )


_OF_ROLE = PreparedByKeys(_grants_of_role, role=str, now=datetime)
