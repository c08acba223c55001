"""Give a person a role in an area. A security administrator does this, and nobody for himself."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction

from gezhi.kernel.errors import Conflict, InvalidInput, NotAllowed, NotFound
from gezhi.kernel.roles import SEPARATE_ADMINS, Role
from gezhi.platform.access.actor import Actor
from gezhi.platform.access.models import Grant, for_body
from gezhi.platform.access.separation import KEPT_APART, can_sign_in
from gezhi.platform.access.territory import require_in
from gezhi.platform.accounts.invitations import withdraw_invitations
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
    department officer is granted without a department, or an end does not lie ahead. ``Conflict`` too for an account that was
    ended (``account_ended``), and for security or audit administration before its owner has come in (``not_come_in_yet``), since
    whoever made the link could use it; where the owner has, the grant takes the links that are still open.
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
        people = get_user_model().objects.filter(pk=user_id)
        person = people.select_for_update().first()
        if person is None:
            raise NotFound("no_user", f"there is no account {user_id}", field="user")
        if not person.is_active:
            raise Conflict("account_ended", f"account {user_id} was ended; open it again first", field="user")
        grants = Grant.objects.not_ended(now).filter(user_id=user_id)
        held = list(grants.values_list("role", flat=True))
        others = SEPARATE_ADMINS - {role}
        if role in SEPARATE_ADMINS and others.intersection(held):
            raise Conflict(
                "separate_admins",
                "system, security and audit administration must lie in three separate hands",
                field="role",
            )
        if grants.filter(for_body(organisation_id), role=role, area_id=area_id).exists():
            raise Conflict("already_granted", "this person holds this role there already", field="role")
        if role in KEPT_APART:
            if people.filter(can_sign_in()).exists():
                withdraw_invitations(user_id, now=now)
            elif not actor.is_system:
                raise Conflict("not_come_in_yet", "the owner of this account has not come in yet", field="user")
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
