"""Register many workers at once: an import or a founding. A system administrator does this."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction

from gezhi.contexts.workforce.models import Worker
from gezhi.kernel.errors import Conflict, InvalidInput
from gezhi.platform.access.actor import Actor
from gezhi.platform.access.territory import require_in
from gezhi.platform.audit.evidence import seal_new
from gezhi.platform.audit.record import record

_BATCH = 500


@dataclass(frozen=True)
class NewWorker:
    """A worker to register."""

    code: str
    name: str
    post: str
    area_id: int
    active_from: date
    phone: str = ""
    organisation_id: int | None = None
    user_id: int | None = None


def register_workers(*, actor: Actor, workers: Sequence[NewWorker], now: datetime) -> int:
    """Put all workers into their posts or none, with one audit record; returns how many.

    Raises ``NotAllowed`` unless the actor is a system administrator, ``InvalidInput`` for an empty name or an unknown
    post, ``Conflict`` when a code or an account is taken or occurs twice.
    """
    require_in(actor, "register_workers", [item.area_id for item in workers])
    for item in workers:
        if not item.name.strip() or not item.code.strip():
            raise InvalidInput("worker_name_missing", f"worker '{item.code}' needs a code and a name", field="name")
        if item.post not in Worker.Post.values:
            raise InvalidInput("post_unknown", f"'{item.post}' is not a post", field="post")
    with transaction.atomic():
        try:
            with transaction.atomic():
                made = Worker.objects.bulk_create([Worker(**vars(item)) for item in workers], batch_size=_BATCH)
        except IntegrityError as error:
            raise Conflict("worker_code_taken", "one of the codes or accounts is taken", field="code") from error
        seal_new(made)
        record(
            actor=actor,
            action="workforce.registered",
            object_type="worker",
            object_id="",
            data={"count": len(workers)},
            now=now,
        )
    return len(workers)
