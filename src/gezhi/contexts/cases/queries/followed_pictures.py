"""The pictures that whoever holds a follow code sees: all of the case, and how others left the matter that goes with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO
from uuid import UUID

from django.db.models import Q, QuerySet

from gezhi.contexts.cases.domain.photos import Side
from gezhi.contexts.cases.domain.states import CaseStatus, Stage
from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.pictures import SUBJECT
from gezhi.contexts.cases.policy import follow_digest
from gezhi.kernel.errors import NotFound
from gezhi.platform.files.models import Attachment
from gezhi.platform.files.store import path_of


@dataclass(frozen=True, slots=True)
class FollowedPicture:
    """A picture as the reporter is shown it. ``own``: the reporter's."""

    id: UUID
    stage: str
    own: bool
    at: datetime


def followed_pictures(code: str) -> list[FollowedPicture]:
    """What the holder of a code may see, oldest first. Empty for a code that follows nothing."""
    return [
        FollowedPicture(row.pk, row.stage, row.side == Side.REPORTER, row.created_at)
        for row in _seen(code).order_by("created_at", "id")
    ]


def open_followed_picture(code: str, picture_id: UUID) -> BinaryIO:
    """The bytes of such a picture (JPEG). Raises ``NotFound`` where there is none, or none that this code shows."""
    row = _seen(code).filter(pk=picture_id).first()
    if row is None:
        raise NotFound("no_file", "there is no such photo")
    return path_of(row.sha256).open("rb")


def _seen(code: str) -> QuerySet[Attachment]:
    """Of the report that it goes with, and of the parts of bodies that were called in, only how they were left: what another
    reporter photographed is theirs. What comes after the end is no longer this reporter's either."""
    case = Case.objects.select_related("merged_into").filter(follow_digest=follow_digest(code)).first()
    found = Attachment.objects.filter(subject_type=SUBJECT)
    if case is None:
        return found.none()
    seen = Q(subject_id=case.pk)
    others = [] if case.merged_into_id is None else [case.merged_into_id]
    whole = case.merged_into if case.merged_into is not None else case
    if whole.part_count:
        others += Case.objects.filter(parent=whole).values_list("pk", flat=True)
    if others:
        left = Q(subject_id__in=others, side=Side.STAFF, stage__in=(Stage.AFTER, Stage.CHECK))
        over = case.merged_into_id is not None and case.status != CaseStatus.MERGED and case.closed_at is not None
        seen |= left & Q(created_at__lte=case.closed_at) if over else left
    return found.filter(seen)
