"""Keep a file that somebody sends for a run, for a day."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.db import transaction

from gezhi.kernel.errors import NotFound
from gezhi.platform.access.actor import Actor
from gezhi.platform.access.territory import require_in
from gezhi.platform.files.documents import kept_document
from gezhi.platform.work.kinds import work_kind
from gezhi.platform.work.queries import upload_subject

UPLOAD_KEPT = timedelta(days=1)


def take_upload(*, actor: Actor, kind_name: str, path: Path, file_name: str, content_type: str, now: datetime) -> UUID:
    """Move the file at ``path`` into the store; returns the id by which a run is given it.

    Raises ``NotFound`` for an unknown kind, ``NotAllowed`` unless the actor may start a run of it in some area.
    """
    kind = work_kind(kind_name)
    if kind is None:
        raise NotFound("no_work", f"there is no work '{kind_name}'", field="kind")
    areas = [grant.area_id for grant in actor.grants if grant.role in kind.roles]
    require_in(actor, kind.name, None if kind.whole_city or not areas else areas[:1])
    # What comes from elsewhere may hold anything: it counts as personal.
    document = kept_document(
        path=path,
        name=file_name,
        content_type=content_type,
        subject=upload_subject(actor),
        personal=True,
        created_by=actor.user_id,
        expires_at=now + UPLOAD_KEPT,
        now=now,
    )
    with document as row, transaction.atomic():
        return row.pk
