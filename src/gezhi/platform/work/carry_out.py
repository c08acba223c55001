"""What a worker does: find runs whose worker died, take the oldest that waits, carry it out.

Whatever is written about a run is written for one attempt of it: who has lost a run writes nothing more.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import structlog
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import F
from django.utils import translation

from gezhi.kernel import clock
from gezhi.kernel.errors import GezhiError, InvalidInput, NotAllowed, Unavailable
from gezhi.kernel.ids import follow_code
from gezhi.platform.access.actor import Actor, actor_of_account, system_actor
from gezhi.platform.access.territory import require_in
from gezhi.platform.audit.record import record
from gezhi.platform.files.documents import discard_documents, kept_document
from gezhi.platform.files.room import is_disk_full
from gezhi.platform.work.kinds import Result, WorkKind, work_kind
from gezhi.platform.work.models import WorkRun, WorkState
from gezhi.platform.work.progress import Beat, Progress, Stopped, Why

log = structlog.get_logger(__name__)
MOST_ATTEMPTS = 3
RESULT = "work"
FILE_KEPT, PERSONAL_FILE_KEPT = timedelta(days=7), timedelta(days=1)
_WORKER = system_actor("work")


def take_next(*, worker: str, now: datetime) -> WorkRun | None:
    """Take the oldest run that waits; None where none does, or another worker was quicker."""
    waiting = WorkRun.objects.filter(state=WorkState.QUEUED).order_by("asked_at", "pk")
    key = waiting.values_list("pk", flat=True).first()
    if key is None:
        return None
    taken = WorkRun.objects.filter(pk=key, state=WorkState.QUEUED).update(
        state=WorkState.RUNNING,
        attempt=F("attempt") + 1,
        worker=worker,
        begun_at=now,
        beat_at=now,
        done=0,
        total=None,
        words="",
    )
    return WorkRun.objects.get(pk=key) if taken else None


def recover(*, now: datetime) -> int:
    """Find runs whose worker has shown no sign of life; they wait again or have failed. Returns how many."""
    silent_since = now - timedelta(seconds=settings.GEZHI_WORK_SILENCE)
    silent = WorkRun.objects.filter(state=WorkState.RUNNING, beat_at__lt=silent_since)
    count = 0
    for key in list(silent.values_list("pk", flat=True)):
        with transaction.atomic():
            # Under the lock: it may have shown a sign of life since, or another worker may have found it.
            run = silent.select_for_update().filter(pk=key).first()
            if run is None:
                continue
            log.warning("work.abandoned", run=run.pk.hex, kind=run.kind, worker=run.worker, attempt=run.attempt)
            _give_back(run, Unavailable("work_abandoned", "the worker ended before this was done"))
            count += 1
    return count


def carry_out(run: WorkRun, *, ending: Callable[[], bool] = lambda: False) -> None:
    """Carry out a run that this worker has taken. ``ending``: whether the worker is to end."""
    # A run may be older than the program: its kind may be gone.
    kind = work_kind(run.kind)
    folder = Path(settings.GEZHI_HOME) / "work" / f"{run.pk.hex}-{run.attempt}"
    folder.mkdir(parents=True, mode=0o700)
    progress: Progress | None = None
    try:
        if kind is None:
            raise InvalidInput("work_unknown", f"there is no work '{run.kind}'")
        actor = _starter(run)
        require_in(actor, kind.name, None if run.area_id is None else [run.area_id])
        progress = Progress(actor=actor, folder=folder, asked_at=run.asked_at, now=clock.now())
        with translation.override(run.language):
            with Beat(run.pk, run.attempt, progress, ending=ending):
                result = kind.run(kind.restored(run.given), progress)
            _finish(run, kind, result, progress)
    except Stopped as stopped:
        if stopped.why is Why.ASKED:
            _end(run, WorkState.STOPPED, progress=progress)
        elif stopped.why is Why.ENDING:
            _give_back(run, Unavailable("work_interrupted", "the worker was told to end before this was done"))
    except GezhiError as error:
        _end(run, WorkState.FAILED, error, progress=progress)
    except Exception as error:
        number = follow_code(8)
        log.exception("work.failed", failure=number, run=run.pk.hex, kind=run.kind)
        failed = Unavailable("work_failed", "the log has it under this number")
        if is_disk_full(error):
            failed = Unavailable("disk_full", "the disk is full")
        _end(run, WorkState.FAILED, failed, progress=progress, number=number)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _starter(run: WorkRun) -> Actor:
    """Who started it, with the rights held now. Raises ``NotAllowed`` where the account is closed."""
    if run.started_by_id is None:
        return system_actor(run.starter_label)
    if not get_user_model().objects.filter(pk=run.started_by_id, is_active=True).exists():
        raise NotAllowed("not_allowed", "the account that started this is closed")
    return actor_of_account(run.started_by_id, run.starter_label, now=clock.now())


def _finish(run: WorkRun, kind: WorkKind[Any], result: Result, progress: Progress) -> None:
    """Keep what a run has made and say that it is done, all or nothing."""
    now = clock.now()
    with ExitStack() as files, transaction.atomic():
        if not _still_ours(run):
            return
        for file in result.files:
            until = now + (PERSONAL_FILE_KEPT if file.personal else FILE_KEPT)
            files.enter_context(
                kept_document(
                    path=file.path,
                    name=file.name,
                    content_type=file.content_type,
                    subject=(RESULT, run.pk.hex),
                    personal=file.personal,
                    created_by=run.started_by_id,
                    expires_at=until,
                    now=now,
                )
            )
        told = msgspec.to_builtins(result.told)
        said = {text: words.kept() for text, words in result.said.items()}
        WorkRun.objects.filter(pk=run.pk).update(
            state=WorkState.DONE, ended_at=now, result=told, said=said, **_far(progress)
        )
        if kind.leads_to is None:
            discard_documents(run.given[name] for name in kind.uploads if run.given.get(name))
        _record(run, "work.done", {"files": len(result.files)}, now)


def _far(progress: Progress | None) -> dict[str, Any]:
    """How far the function came, which the last beat may not have written."""
    return {} if progress is None else {"done": progress.far.done, "total": progress.far.total}


def _end(
    run: WorkRun,
    state: WorkState,
    error: GezhiError | None = None,
    *,
    progress: Progress | None = None,
    number: str = "",
) -> None:
    """Say that a run was stopped or has failed; ``number``: under which the log has why."""
    code, words = ("", "") if error is None else (error.code, error.message)
    now = clock.now()
    with transaction.atomic():
        if not _still_ours(run):
            return
        WorkRun.objects.filter(pk=run.pk).update(
            state=state,
            ended_at=now,
            failure_code=code,
            failure_words=words[:500],
            said=None if error is None or error.said is None else {words[:500]: error.said.kept()},
            failure_id=number,
            **_far(progress),
        )
        _record(run, f"work.{state.value}", {"code": code} if code else {}, now)


def _give_back(run: WorkRun, error: GezhiError) -> None:
    """A run whose worker ended waits again, where it may be repeated; else it has failed, or is stopped as was asked."""
    kind = work_kind(run.kind)
    if run.stop_asked_at is not None:
        _end(run, WorkState.STOPPED)
        return
    if kind is None or not kind.repeatable or run.attempt >= MOST_ATTEMPTS:
        _end(run, WorkState.FAILED, error)
        return
    ours = WorkRun.objects.filter(pk=run.pk, attempt=run.attempt, state=WorkState.RUNNING)
    ours.update(state=WorkState.QUEUED, worker="")


def _still_ours(run: WorkRun) -> bool:
    """Lock the run; whether this attempt of it is the one that counts."""
    found = WorkRun.objects.select_for_update().filter(pk=run.pk, attempt=run.attempt, state=WorkState.RUNNING)
    return found.first() is not None


def _record(run: WorkRun, action: str, data: dict[str, Any], now: datetime) -> None:
    facts = {"kind": run.kind, "attempt": run.attempt, **data}
    record(actor=_WORKER, action=action, object_type="work", object_id=run.pk.hex, data=facts, now=now)
