"""Ask for a run of background work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db import transaction

from gezhi.kernel.errors import InvalidInput, NotFound, TooMany
from gezhi.platform.access.actor import Actor
from gezhi.platform.access.territory import lineage_of, require_in
from gezhi.platform.audit.record import record
from gezhi.platform.commands.idempotency import remember, seen
from gezhi.platform.files.documents import document_of
from gezhi.platform.files.models import Document
from gezhi.platform.work.kinds import WorkKind, work_kind
from gezhi.platform.work.models import WorkRun, WorkState
from gezhi.platform.work.queries import upload_subject

WAITING_OF_ONE = 5
KEPT = timedelta(days=30)
_LEVELS = ("city", "district", "street", "community", "grid")


@dataclass(frozen=True, slots=True)
class Started:
    """A run that was asked for."""

    id: UUID


def start_work(
    *,
    actor: Actor,
    name: str,
    given: Mapping[str, Any],
    area_id: int | None = None,
    key: str | None = None,
    language: str = "zh-hans",
    now: datetime,
) -> Started:
    """Put a run in the queue. ``given`` are typed values; ``area_id`` None: the widest area in which the actor may.

    Raises ``NotFound`` for an unknown kind, ``NotAllowed``, ``InvalidInput`` (see ``WorkKind.read`` and the kind's own
    check), ``TooMany`` (``work_too_many``) where five of the actor's runs wait or run, and what an idempotency key raises.
    """
    kind = work_kind(name)
    if kind is None:
        raise NotFound("no_work", f"there is no work '{name}'", field="kind")
    place = None if kind.whole_city else area_id or _widest(actor, kind)
    require_in(actor, kind.name, None if place is None else [place])
    wanted = kind.read(given, actor=actor)
    plain = kind.kept(wanted)
    uploads = [one.name for one in kind.inputs if one.name in kind.uploads and plain.get(one.name)]
    # The same file sent twice is two documents and one request.
    asked = plain | {name: _named(plain[name]) for name in uploads}
    request = {"action": "work.start", "kind": kind.name, "area": place, "given": asked}
    with transaction.atomic():
        if actor.user_id is not None:
            # One at a time of one person: counting and adding are one thing.
            get_user_model().objects.select_for_update().get(pk=actor.user_id)
        before = seen(actor=actor, key=key, request=request)
        if before is not None:
            return Started(UUID(before["id"]))
        _check_room(actor)
        for upload in uploads:
            document_of(UUID(plain[upload]), subject=upload_subject(actor), now=now)
        if kind.check is not None:
            kind.check(actor, wanted)
        run = WorkRun.objects.create(
            kind=kind.name,
            area_id=place,
            within=f",{','.join(str(key) for key in sorted(lineage_of(place)))},",
            started_by_id=actor.user_id,
            starter_label=actor.label[:150],
            language=language,
            given=plain,
            subject=_subject(actor, kind, wanted, [asked[name] for name in uploads]),
            asked_at=now,
            expires_at=now + KEPT,
        )
        facts = {"kind": kind.name, "area": place}
        record(actor=actor, action="work.started", object_type="work", object_id=run.pk.hex, data=facts, now=now)
        remember(actor=actor, key=key, request=request, result={"id": run.pk.hex}, now=now)
    return Started(run.pk)


def _subject(actor: Actor, kind: WorkKind[Any], wanted: Any, uploads: list[list[tuple[str, int]]]) -> str:
    """What tells the run from others: the names of its files, in the order of the form, and what its kind says."""
    names = [name for documents in uploads for name, _size in documents]
    if kind.says is not None:
        names.append(kind.says(actor, wanted))
    return " · ".join(filter(None, names))[:200]


def _named(document_id: str) -> list[tuple[str, int]]:
    """What tells one upload from another for a request that comes twice: name and size."""
    return list(Document.objects.filter(pk=document_id).values_list("name", "size"))


def _widest(actor: Actor, kind: WorkKind[Any]) -> int | None:
    """The widest area in which the actor holds a role of the kind's; None where there is none, or the system acts."""
    grants = [grant for grant in actor.grants if grant.role in kind.roles]
    widest = min(grants, key=lambda grant: _LEVELS.index(grant.level), default=None)
    return None if widest is None else widest.area_id


def _check_room(actor: Actor) -> None:
    waiting = WorkRun.objects.filter(state__in=[WorkState.QUEUED, WorkState.RUNNING], started_by_id=actor.user_id)
    if actor.user_id is not None and waiting.count() >= WAITING_OF_ONE:
        raise TooMany("work_too_many", f"{WAITING_OF_ONE} of your runs wait already; wait for one or stop one", wait=60)


def start_again(*, actor: Actor, run: WorkRun, name: str, key: str | None, language: str, now: datetime) -> Started:
    """Start a kind with the input of an earlier run of the actor's: the same kind, or the one that it leads to.

    Raises what ``start_work`` raises, and ``InvalidInput`` where the kind has another input.
    """
    old, kind = work_kind(run.kind), work_kind(name)
    leads = {run.kind} | ({old.leads_to.kind} if old is not None and old.leads_to is not None else set())
    if kind is None or name not in leads or (run.started_by_id, actor.is_system) != (actor.user_id, False):
        raise InvalidInput("unknown_action", f"'{name}' does not follow this run", field="kind")
    restored = kind.restored(run.given)
    values = {one.name: getattr(restored, one.name) for one in kind.inputs}
    return start_work(actor=actor, name=name, given=values, area_id=run.area_id, key=key, language=language, now=now)
