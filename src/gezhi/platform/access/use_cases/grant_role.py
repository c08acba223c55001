"""Give a person a role in an area. A security administrator does this, and nobody for himself."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from django.db.models import Q

from gezhi.kernel.errors import Conflict, InvalidInput, NotAllowed, NotFound
from gezhi.kernel.roles import SEPARATE_ADMINS, Role
from gezhi.platform.access.actor import Actor
from gezhi.platform.access.models import Grant, for_body
from gezhi.platform.access.territory import require_in
from gezhi.platform.audit.evidence import seal_new
from gezhi.platform.audit.record import record


def grant_role(
    *,
    actor: Actor,
    user_id: int,
    role: Role,
    area_id: int,
    organisation_id: int | None = None,
    until: datetime | None = None,
    now: datetime,
) -> Grant:
    """Grant ``role`` in an area, from ``now`` on and, where ``until`` says so (aware), not from that instant on.

    Raises ``NotAllowed`` if the actor is no security administrator or grants to himself, ``Conflict`` if the person
    holds the role already or holds another of the three separate administrations (GB/T 22239), ``InvalidInput`` if a
    department officer is granted without a department, or an end does not lie ahead.
    """
    require_in(actor, "grant", [area_id])
    if actor.user_id == user_id:
        raise NotAllowed("own_grant", "nobody grants roles to himself; ask another security administrator")
    if role == Role.DEPARTMENT_OFFICER and organisation_id is None:
        raise InvalidInput("organisation_missing", "a department officer needs a department", field="organisation")
    if until is not None and until <= now:
        raise InvalidInput("end_has_passed", "the end of a grant lies ahead", field="until")
    with transaction.atomic():
        # Lock the person: two administrators at once must not give one person two of the separate administrations.
        if get_user_model().objects.select_for_update().filter(pk=user_id).first() is None:
            raise NotFound("no_user", f"there is no account {user_id}", field="user")
        in_force = Grant.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=now), user_id=user_id)
        held = list(in_force.values_list("role", flat=True))
        others = SEPARATE_ADMINS - {role}
        if role in SEPARATE_ADMINS and others.intersection(held):
            raise Conflict(
                "separate_admins",
                "system, security and audit administration must lie in three separate hands",
                field="role",
            )
        if in_force.filter(for_body(organisation_id), role=role, area_id=area_id).exists():
            raise Conflict("already_granted", "this person holds this role there already", field="role")
        try:
            with transaction.atomic():
                grant = Grant.objects.create(
                    user_id=user_id,
                    role=role,
                    area_id=area_id,
                    organisation_id=organisation_id,
                    valid_from=now,
                    valid_to=until,
                )
        except IntegrityError as error:
            raise Conflict("already_granted", "this person holds this role there already", field="role") from error
        seal_new([grant])
        record(
            actor=actor,
            action="access.granted",
            object_type="grant",
            object_id=grant.pk,
            data={"user": user_id, "role": role.value, "area": area_id, "organisation": organisation_id}
            | ({} if until is None else {"until": until.isoformat()}),
            now=now,
        )
    return grant
