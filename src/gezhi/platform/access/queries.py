"""Who holds what where, and what waits for an answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet

from gezhi.kernel.roles import Role
from gezhi.platform.access.actor import holders_covering
from gezhi.platform.access.models import AskedRole, Grant
from gezhi.platform.access.territory import lineage_of


@dataclass(frozen=True, slots=True)
class RoleRow:
    """A role that somebody holds, or that was asked for: where, for which body, until when (None: without an end)."""

    id: int
    user_id: int
    role: str
    area_id: int
    area_name: str
    area_name_en: str
    body_name: str
    body_name_en: str
    until: datetime | None
    organisation_id: int | None


_FIELDS = (
    "id",
    "user_id",
    "role",
    "area_id",
    "area__name",
    "area__name_en",
    "organisation__name",
    "organisation__name_en",
)


def _rows(found: QuerySet[Any, Any], end: str) -> list[RoleRow]:
    return [
        RoleRow(pk, user, role, area, name, name_en, body or "", body_en or "", until, body_id)
        for pk, user, role, area, name, name_en, body, body_en, until, body_id in found.values_list(
            *_FIELDS, end, "organisation_id"
        )
    ]


def held_by(user_ids: Iterable[int], *, now: datetime) -> dict[int, list[RoleRow]]:
    """The roles that accounts hold, by account. One query."""
    held = Grant.objects.in_force(now).filter(user_id__in=set(user_ids)).order_by("role", "area__path", "pk")
    found: dict[int, list[RoleRow]] = {}
    for row in _rows(held, "valid_to"):
        found.setdefault(row.user_id, []).append(row)
    return found


def held_when(moments: Iterable[tuple[int, datetime]]) -> dict[tuple[int, datetime], list[RoleRow]]:
    """The roles that accounts held at moments, by account and moment. Two queries."""
    wanted = set(moments)
    kept = Grant.objects.filter(user_id__in={user for user, _ in wanted}).order_by("role", "area__path", "pk")
    since = dict(kept.values_list("pk", "valid_from")) if wanted else {}
    rows = _rows(kept, "valid_to") if wanted else []
    return {
        (user, at): [
            row for row in rows if row.user_id == user and since[row.id] <= at and (row.until is None or at < row.until)
        ]
        for user, at in wanted
    }


def held_alone(roles: Iterable[RoleRow], *, now: datetime) -> list[RoleRow]:
    """Those of some roles that no other open account holds in their area or above it (for their body). Two queries for each."""
    return [
        row
        for row in roles
        if not holders_covering(Role(row.role), lineage_of(row.area_id), row.organisation_id, now=now) - {row.user_id}
    ]


def asked_for(user_ids: Iterable[int]) -> dict[int, list[RoleRow]]:
    """The roles that wait for a security administrator, by account. One query."""
    waiting = AskedRole.objects.filter(user_id__in=set(user_ids), decided_at__isnull=True).order_by("asked_at", "pk")
    found: dict[int, list[RoleRow]] = {}
    for row in _rows(waiting, "until"):
        found.setdefault(row.user_id, []).append(row)
    return found


def count_asked() -> int:
    """How many roles wait for an answer. One query."""
    return AskedRole.objects.filter(decided_at__isnull=True).count()


def places_of_role(role: Role, *, now: datetime) -> set[str]:
    """The paths of the areas in which open accounts hold a role. One query."""
    held = Grant.objects.in_force(now).filter(role=role.value, user__is_active=True)
    return set(held.values_list("area__path", flat=True))


def count_acting_for(organisation_id: int, *, now: datetime) -> int:
    """How many open accounts act for a body. One query."""
    held = Grant.objects.in_force(now).filter(organisation_id=organisation_id, user__is_active=True)
    return held.values("user_id").distinct().count()


def serving(bodies: Iterable[int], paths: Iterable[str], *, now: datetime, limit: int) -> list[tuple[int, str]]:
    """The open accounts that act for one of these bodies, or are grid workers in or below one of these areas (their paths);
    account and name, by name. One query."""
    wanted = Q(role=Role.DEPARTMENT_OFFICER.value, organisation_id__in=set(bodies))
    for path in paths:
        wanted |= Q(role=Role.GRID_WORKER.value, area__path__startswith=path)
    held = Grant.objects.in_force(now).filter(wanted, user__is_active=True)
    named = held.order_by("user__display_name", "user_id").values_list(
        "user_id", "user__display_name", "user__username"
    )
    return [(pk, display or name) for pk, display, name in named.distinct()[:limit]]


def lacks_role(user_id: int, role: Role, *, area_id: int, now: datetime) -> bool:
    """Whether an open account neither holds a role in an area nor waits for it there; an area above counts. Three queries."""
    there = Q(user_id=user_id, role=role.value, area_id__in=lineage_of(area_id))
    return (
        get_user_model().objects.filter(pk=user_id, is_active=True).exists()
        and not Grant.objects.not_ended(now).filter(there).exists()
        and not AskedRole.objects.filter(there, decided_at__isnull=True).exists()
    )
