"""Register a worker in an area. A system administrator does this."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from gezhi.contexts.areas import queries as areas
from gezhi.contexts.organisations import queries as organisations
from gezhi.contexts.workforce.models import Worker
from gezhi.contexts.workforce.queries import WorkerRow
from gezhi.kernel.errors import Conflict, InvalidInput
from gezhi.platform.access.actor import Actor
from gezhi.platform.access.territory import require_in
from gezhi.platform.audit.evidence import seal_new
from gezhi.platform.audit.record import record


def register_worker(
    *,
    actor: Actor,
    code: str,
    name: str,
    post: str,
    area_id: int,
    active_from: date,
    now: datetime,
    phone: str = "",
    user_id: int | None = None,
    organisation_id: int | None = None,
) -> WorkerRow:
    """Put a person into a post from a day on and return the row.

    Raises ``NotAllowed`` unless the actor is a system administrator, ``InvalidInput`` for an empty code or name, an
    unknown post, area or organisation, and ``Conflict`` when the code is taken or the account already holds a post.
    """
    require_in(actor, "register_workers", [area_id])
    code, name = code.strip(), name.strip()
    if not code:
        raise InvalidInput("worker_code_missing", "a worker needs a code", field="code")
    if not name:
        raise InvalidInput("worker_name_missing", "a worker needs a name", field="name")
    if post not in Worker.Post.values:
        posts = ", ".join(Worker.Post.values)
        raise InvalidInput(
            "post_unknown",
            f"'{post}' is not a post; use one of: {posts}",
            field="post",
        )
    if areas.area(area_id) is None:
        raise InvalidInput("area_unknown", f"there is no area {area_id}", field="area_id")
    if organisation_id is not None and organisations.organisation(organisation_id) is None:
        raise InvalidInput(
            "organisation_unknown",
            f"there is no organisation {organisation_id}",
            field="organisation_id",
        )
    if Worker.objects.filter(code=code).exists():
        raise Conflict("worker_code_taken", f"code '{code}' is taken", field="code")
    if user_id is not None and Worker.objects.filter(user_id=user_id).exists():
        raise Conflict("account_has_post", "this account already holds a post", field="user_id")
    with transaction.atomic():
        row = Worker.objects.create(
            code=code,
            name=name,
            post=post,
            area_id=area_id,
            active_from=active_from,
            phone=phone,
            user_id=user_id,
            organisation_id=organisation_id,
        )
        seal_new([row])
        record(
            actor=actor,
            action="workforce.registered",
            object_type="worker",
            object_id=row.pk,
            data={"code": code, "post": post, "area": area_id},
            now=now,
        )
    return WorkerRow(row.pk, code, name, post, user_id, organisation_id, area_id, phone)
