"""Fetch a file of a result: for the starter alone, while the right to such work lasts; each fetch is on record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from gezhi.kernel.errors import NotFound
from gezhi.platform.access.actor import Actor
from gezhi.platform.access.territory import require_in
from gezhi.platform.audit.record import record
from gezhi.platform.files.documents import document_of, document_path
from gezhi.platform.work.carry_out import RESULT
from gezhi.platform.work.queries import find_run


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file at hand."""

    path: Path
    name: str
    content_type: str


def fetch_file(*, actor: Actor, run_id: UUID, document_id: UUID, now: datetime) -> Fetched:
    """Where the file lies. Raises ``NotFound`` for a run of somebody else's and a file that is gone, and ``NotAllowed``."""
    run = find_run(actor, run_id)
    if not actor.is_system and run.started_by_id != actor.user_id:
        raise NotFound("file_gone", "the files of a run are for whoever started it", field="file")
    require_in(actor, run.kind, None if run.area_id is None else [run.area_id])
    document = document_of(document_id, subject=(RESULT, run.pk.hex), now=now)
    record(
        actor=actor,
        action="work.file_fetched",
        object_type="work",
        object_id=run.pk.hex,
        data={"kind": run.kind, "file": document.pk.hex, "personal": document.personal},
        now=now,
    )
    return Fetched(document_path(document.pk), document.name, document.content_type)
