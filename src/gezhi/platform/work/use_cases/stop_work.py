"""Stop a run: at once where it waits, at its function's next report where it runs."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from gezhi.kernel.errors import Conflict
from gezhi.platform.access.actor import Actor
from gezhi.platform.access.territory import require_in
from gezhi.platform.audit.record import record
from gezhi.platform.work.models import WorkRun, WorkState
from gezhi.platform.work.queries import find_run


def stop_work(*, actor: Actor, run_id: UUID, now: datetime) -> WorkRun:
    """Ask a run to stop; asked twice, it is asked once. For the starter, and for administrators of its area.

    Raises ``NotFound``, ``NotAllowed``, ``Conflict`` (``work_over``) where it has ended.
    """
    with transaction.atomic():
        run = find_run(actor, run_id, lock=True)
        if actor.is_system or run.started_by_id != actor.user_id:
            require_in(actor, "stop_work", None if run.area_id is None else [run.area_id])
        if run.has_ended:
            raise Conflict("work_over", f"this run is over: {run.state}", state=run.state)
        if run.stop_asked_at is not None:
            return run
        run.stop_asked_at = now
        waiting = run.state == WorkState.QUEUED
        if waiting:
            run.state, run.ended_at = WorkState.STOPPED, now
        run.save(update_fields=["stop_asked_at", "state", "ended_at"])
        # The end of a run that runs is recorded when it has come to it.
        action = "work.stopped" if waiting else "work.stop_asked"
        record(actor=actor, action=action, object_type="work", object_id=run.pk.hex, data={"kind": run.kind}, now=now)
    return run
