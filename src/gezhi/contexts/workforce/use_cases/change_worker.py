"""Move a worker to another area or body, set the last day in the post, take that back. A system administrator does this."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from gezhi.contexts.areas import queries as areas
from gezhi.contexts.organisations import queries as organisations
from gezhi.contexts.workforce.models import Worker
from gezhi.kernel.errors import Conflict, InvalidInput, NotFound
from gezhi.kernel.roles import Role
from gezhi.platform.access.actor import Actor
from gezhi.platform.access.queries import lacks_role
from gezhi.platform.access.territory import require_in
from gezhi.platform.access.use_cases.ask_role import ask_role
from gezhi.platform.audit.evidence import seal_changes
from gezhi.platform.audit.record import record

_VERB = "change_workers"
MAX_NAME, MAX_PHONE = 60, 20


def move_worker(
    *,
    actor: Actor,
    worker_id: int,
    name: str,
    phone: str,
    area_id: int,
    organisation_id: int | None,
    now: datetime,
) -> None:
    """Change what is on record of a worker: name, phone, area, body. Where a grid worker with an open account moves, the role in
    the new area is asked for unless it is held or waits already; the one in the old area stays until a security administrator
    ends it.

    Raises ``NotAllowed`` unless the actor administers both areas, ``NotFound``, ``InvalidInput`` for an empty name, an unknown
    area or body, or where nothing changes.
    """
    name, phone = name.strip(), phone.strip()
    with transaction.atomic():
        row = _locked(actor, worker_id)
        require_in(actor, _VERB, [area_id])
        if not 0 < len(name) <= MAX_NAME or len(phone) > MAX_PHONE:
            raise InvalidInput("worker_name_missing", "a worker needs a name", field="name")
        if areas.area(area_id) is None:
            raise InvalidInput("area_unknown", f"there is no area {area_id}", field="area")
        if organisation_id is not None and organisations.organisation(organisation_id) is None:
            raise InvalidInput("organisation_unknown", "there is no such organisation", field="organisation")
        before = (row.name, row.phone, row.area_id, row.organisation_id)
        if before == (name, phone, area_id, organisation_id):
            raise InvalidInput("same_as_before", "this is what is on record already", field="area")
        chosen = Worker.objects.filter(pk=row.pk)
        with seal_changes(chosen):
            chosen.update(name=name, phone=phone, area_id=area_id, organisation_id=organisation_id)
        data = {"code": row.code, "area": area_id, "organisation": organisation_id}
        _record(actor, "moved", row, {**data, "before": [row.area_id, row.organisation_id]}, now)
        if row.area_id == area_id or row.user_id is None or row.post != Worker.Post.GRID_WORKER:
            return
        if lacks_role(row.user_id, Role.GRID_WORKER, area_id=area_id, now=now):
            ask_role(actor=actor, user_id=row.user_id, role=Role.GRID_WORKER, area_id=area_id, now=now)


def end_worker(*, actor: Actor, worker_id: int, last_day: date, now: datetime) -> None:
    """Set the last day of a worker in the post; the account and its roles are another matter.

    Raises ``NotAllowed``, ``NotFound``, ``InvalidInput`` for a day before the first.
    """
    with transaction.atomic():
        row = _locked(actor, worker_id)
        if last_day < row.active_from:
            raise InvalidInput("ends_before_it_begins", "the last day is not before the first", field="last_day")
        chosen = Worker.objects.filter(pk=row.pk)
        with seal_changes(chosen):
            chosen.update(active_to=last_day)
        _record(actor, "ended", row, {"code": row.code, "last_day": last_day.isoformat()}, now)


def restore_worker(*, actor: Actor, worker_id: int, now: datetime) -> None:
    """Take the last day of a worker back. Raises ``NotAllowed``, ``NotFound``, ``Conflict`` (``worker_in_post``)."""
    with transaction.atomic():
        row = _locked(actor, worker_id)
        if row.active_to is None:
            raise Conflict("worker_in_post", "this worker is in post without an end")
        chosen = Worker.objects.filter(pk=row.pk)
        with seal_changes(chosen):
            chosen.update(active_to=None)
        _record(actor, "restored", row, {"code": row.code}, now)


def _locked(actor: Actor, worker_id: int) -> Worker:
    row = Worker.objects.select_for_update().filter(pk=worker_id).first()
    require_in(actor, _VERB, None if row is None else [row.area_id])
    if row is None:
        raise NotFound("no_worker", f"there is no worker {worker_id}")
    return row


def _record(actor: Actor, what: str, row: Worker, data: dict[str, object], now: datetime) -> None:
    record(
        actor=actor,
        action=f"workforce.{what}",
        object_type="worker",
        object_id=row.pk,
        data=data,
        now=now,
    )
