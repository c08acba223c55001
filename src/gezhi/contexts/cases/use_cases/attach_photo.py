"""Attach a photo to a case, and hand it out again to whoever may see the case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO
from uuid import UUID

from django.db import transaction

from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.policy import decide_see
from gezhi.contexts.cases.queries import get_case
from gezhi.kernel.errors import Conflict, NotFound
from gezhi.platform.access.actor import Actor
from gezhi.platform.audit.record import record
from gezhi.platform.files.models import Attachment
from gezhi.platform.files.store import MAX_PER_SUBJECT, attach, path_of

SUBJECT = "case"


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo as it is shown. Position is WGS84, as the camera wrote it."""

    id: str
    stage: str
    width: int
    height: int
    size: int
    taken_at: datetime | None
    taken_lon: float | None
    taken_lat: float | None


def _photo(row: Attachment) -> Photo:
    return Photo(str(row.id), row.stage, row.width, row.height, row.size, row.taken_at, row.taken_lon, row.taken_lat)


def attach_photo(*, actor: Actor, number: str, raw: bytes, stage: Attachment.Stage, now: datetime) -> Photo:
    """Attach a photo. Whoever sees the case may: the reporter by code, its handlers, its hub.

    Raises ``NotFound``, ``InvalidInput`` (see ``files.images.take_in``), ``Conflict`` at more than nine photos.
    """
    case = get_case(actor, number)
    with transaction.atomic():
        Case.objects.select_for_update().get(pk=case.pk)
        if Attachment.objects.filter(subject_type=SUBJECT, subject_id=case.pk).count() >= MAX_PER_SUBJECT:
            raise Conflict("too_many_photos", f"a case holds at most {MAX_PER_SUBJECT} photos")
        row = attach(actor=actor, raw=raw, subject_type=SUBJECT, subject_id=case.pk, stage=stage, now=now)
        record(
            actor=actor,
            action="cases.photo_attached",
            object_type="case",
            object_id=number,
            data={"photo": str(row.id), "stage": row.stage, "sha256": row.sha256},
            now=now,
        )
    return _photo(row)


def photos_of(case_id: int) -> list[Photo]:
    """The photos of a case, oldest first."""
    rows = Attachment.objects.filter(subject_type=SUBJECT, subject_id=case_id).order_by("created_at", "id")
    return [_photo(row) for row in rows]


def open_photo(*, actor: Actor, photo_id: UUID) -> BinaryIO:
    """The bytes of a photo (JPEG). Raises ``NotFound`` where there is none, or none that the actor may see."""
    row = Attachment.objects.filter(pk=photo_id, subject_type=SUBJECT).first()
    case = None if row is None else Case.objects.filter(pk=row.subject_id).first()
    if row is None or case is None or not decide_see(actor, case):
        raise NotFound("no_file", "there is no such photo")
    return path_of(row.sha256).open("rb")
