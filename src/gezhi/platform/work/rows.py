"""The row of a run as the API and the command line show it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from gezhi.platform.access.actor import Actor
from gezhi.platform.files.models import Document
from gezhi.platform.work.models import WorkRun
from gezhi.platform.work.queries import files_of, files_of_all


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file of a result, and until when it can be fetched."""

    id: UUID
    name: str
    content_type: str
    size: int
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run. ``total`` None: nobody knows of how much ``done`` is part. ``failure`` is a code, empty unless failed;
    ``failure_number``: under which the log has it."""

    id: UUID
    kind: str
    state: str
    area_id: int | None
    started_by: str
    asked_at: datetime
    begun_at: datetime | None
    ended_at: datetime | None
    done: int
    total: int | None
    stop_asked: bool
    result: Mapping[str, object]
    failure: str
    failure_detail: str
    failure_number: str
    files: tuple[FileRow, ...] = ()


def run_row(run: WorkRun, files: tuple[FileRow, ...] = ()) -> RunRow:
    """The row of a run."""
    return RunRow(
        run.pk,
        run.kind,
        run.state,
        run.area_id,
        run.starter_label,
        run.asked_at,
        run.begun_at,
        run.ended_at,
        run.done,
        run.total,
        run.stop_asked_at is not None,
        run.result,
        run.failure_code,
        run.failure_words,
        run.failure_id,
        files,
    )


def full_run_row(actor: Actor, run: WorkRun, *, now: datetime) -> RunRow:
    """The same with the files that the actor may fetch."""
    return run_row(run, _rows(files_of(actor, run, now=now)))


def full_run_rows(actor: Actor, found: Sequence[WorkRun], *, now: datetime) -> list[RunRow]:
    """The same of several runs. One query."""
    files = files_of_all(actor, found, now=now)
    return [run_row(run, _rows(files[run.pk])) for run in found]


def _rows(files: Sequence[Document]) -> tuple[FileRow, ...]:
    return tuple(FileRow(file.pk, file.name, file.content_type, file.size, file.expires_at) for file in files)
