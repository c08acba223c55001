"""Runs as somebody may see them: one's own, and for system administrators those of their areas."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from gezhi.kernel.errors import NotFound
from gezhi.kernel.roles import Role
from gezhi.platform.access.actor import Actor
from gezhi.platform.files.documents import documents_of, documents_of_all
from gezhi.platform.files.models import Document
from gezhi.platform.work.kinds import WorkKind
from gezhi.platform.work.models import WorkRun, WorkState

SHOWN = 100
UPLOAD = "work_upload"


def upload_subject(actor: Actor) -> tuple[str, str]:
    """Whose uploads they are: an account's own, or the system's."""
    return (UPLOAD, "system" if actor.user_id is None else str(actor.user_id))


def visible_runs(actor: Actor) -> QuerySet[WorkRun]:
    """The runs that this actor may know of: the only door to each of them."""
    if actor.is_system:
        return WorkRun.objects.all()
    if actor.user_id is None:
        return WorkRun.objects.none()
    seen = Q(started_by_id=actor.user_id)
    for grant in actor.holds(Role.SYSTEM_ADMIN):
        seen |= Q(within__contains=f",{grant.area_id},")
    return WorkRun.objects.filter(seen)


def runs(actor: Actor, *, states: Sequence[str] = ()) -> list[WorkRun]:
    """The newest runs that the actor may know of, at most a hundred."""
    found = visible_runs(actor)
    if states:
        found = found.filter(state__in=states)
    return list(found.select_related("area").order_by("-asked_at", "-pk")[:SHOWN])


def find_run(actor: Actor, run_id: UUID, *, lock: bool = False) -> WorkRun:
    """One run. Raises ``NotFound`` where there is none that the actor may know of."""
    found = visible_runs(actor).filter(pk=run_id)
    run = (found.select_for_update() if lock else found.select_related("area")).first()
    if run is None:
        raise NotFound("no_run", "there is no such run of background work", field="run")
    return run


def followed_by(run: WorkRun, kind: str) -> WorkRun | None:
    """The run of this kind that the same person started with the same input and that has not failed; None where there is
    none."""
    later = WorkRun.objects.filter(kind=kind, started_by_id=run.started_by_id, asked_at__gte=run.asked_at)
    ended_badly = [WorkState.FAILED, WorkState.STOPPED]
    found = later.exclude(state__in=ended_badly).order_by("-asked_at")[:SHOWN]
    return next((other for other in found if other.given == run.given), None)


def files_of(actor: Actor, run: WorkRun, *, now: datetime) -> list[Document]:
    """The files of a run's result that the actor may fetch: the starter's own."""
    own = actor.is_system or run.started_by_id == actor.user_id
    return documents_of(("work", run.pk.hex), now=now) if own else []


def files_of_all(actor: Actor, found: Sequence[WorkRun], *, now: datetime) -> dict[UUID, list[Document]]:
    """The same of several runs: run → its files. One query."""
    own = {run.pk.hex: run.pk for run in found if actor.is_system or run.started_by_id == actor.user_id}
    kept: dict[UUID, list[Document]] = {run.pk: [] for run in found}
    for document in documents_of_all("work", own, now=now):
        kept[own[document.subject_id]].append(document)
    return kept


def uploads_kept(actor: Actor, kind: WorkKind[Any], run: WorkRun, *, now: datetime) -> bool:
    """Whether all files with which a run was started are still kept."""
    sent = {run.given[name] for name in kind.uploads if run.given.get(name)}
    kept = {str(document.pk) for document in documents_of(upload_subject(actor), now=now)} if sent else set()
    return sent <= kept


def waits_before(run: WorkRun) -> int:
    """How many runs take their turn before this one."""
    busy = Q(state=WorkState.RUNNING) | Q(state=WorkState.QUEUED, asked_at__lt=run.asked_at)
    return WorkRun.objects.filter(busy).exclude(pk=run.pk).count()
