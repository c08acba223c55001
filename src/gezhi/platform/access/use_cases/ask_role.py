"""A role for somebody, in two pairs of hands: whoever opens accounts asks for it, whoever grants roles decides."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth import get_user_model
from django.db import transaction

from gezhi.kernel.errors import Conflict, InvalidInput, NotFound
from gezhi.kernel.roles import Role
from gezhi.platform.access.actor import Actor
from gezhi.platform.access.models import AskedRole, for_body
from gezhi.platform.access.territory import require_in
from gezhi.platform.access.use_cases.grant_role import grant_role
from gezhi.platform.audit.evidence import seal_changes, seal_new
from gezhi.platform.audit.record import record


def ask_role(
    *,
    actor: Actor,
    user_id: int,
    role: Role,
    area_id: int,
    organisation_id: int | None = None,
    until: datetime | None = None,
    now: datetime,
) -> int:
    """Ask for a role in an area for somebody; it gives no right until ``answer_role`` grants it. Returns the id of what is asked.

    Raises ``NotAllowed`` for anyone but a system administrator, ``NotFound`` for no such open account, ``Conflict``
    (``asked_for_already``), ``InvalidInput`` for an officer without a body or an end that does not lie ahead.
    """
    require_in(actor, "open_account")
    if role == Role.DEPARTMENT_OFFICER and organisation_id is None:
        raise InvalidInput("organisation_missing", "a department officer needs a department", field="organisation")
    if until is not None and until <= now:
        raise InvalidInput("end_has_passed", "the end of a grant lies ahead", field="until")
    with transaction.atomic():
        if get_user_model().objects.select_for_update().filter(pk=user_id, is_active=True).first() is None:
            raise NotFound("no_user", f"there is no open account {user_id}", field="user")
        same = AskedRole.objects.filter(
            for_body(organisation_id), user_id=user_id, role=role, area_id=area_id, decided_at__isnull=True
        )
        if same.exists():
            raise Conflict("asked_for_already", "this role was asked for already and waits", field="role")
        asked = AskedRole.objects.create(
            user_id=user_id,
            role=role,
            area_id=area_id,
            organisation_id=organisation_id,
            until=until,
            asked_at=now,
            asked_by=actor.user_id,
        )
        seal_new([asked])
        record(
            actor=actor,
            action="access.role_asked",
            object_type="user",
            object_id=user_id,
            data={"role": role.value, "area": area_id, "organisation": organisation_id},
            now=now,
        )
    return asked.pk


def answer_role(*, actor: Actor, asked_id: int, grant: bool, now: datetime) -> None:
    """Grant a role that was asked for, or refuse it.

    Raises ``NotFound`` where nothing of this id waits, ``NotAllowed`` for anyone but a security administrator of the area, and
    what ``grant_role`` raises.
    """
    with transaction.atomic():
        asked = AskedRole.objects.select_for_update().filter(pk=asked_id, decided_at__isnull=True).first()
        if asked is None:
            require_in(actor, "grant")
            raise NotFound("nothing_asked_for", f"no role {asked_id} waits for an answer")
        require_in(actor, "grant", [asked.area_id])
        if grant:
            grant_role(
                actor=actor,
                user_id=asked.user_id,
                role=Role(asked.role),
                area_id=asked.area_id,
                organisation_id=asked.organisation_id,
                until=asked.until,
                now=now,
            )
        chosen = AskedRole.objects.filter(pk=asked_id)
        with seal_changes(chosen):
            chosen.update(decided_at=now, granted=grant)
        if not grant:
            record(
                actor=actor,
                action="access.role_refused",
                object_type="user",
                object_id=asked.user_id,
                data={"role": asked.role, "area": asked.area_id},
                now=now,
            )
