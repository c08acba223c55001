"""Pictures that come with a form: how many, how they are attached, and how they are shown again."""

from __future__ import annotations

from datetime import datetime
from typing import BinaryIO

from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, HttpRequest

from gezhi.contexts.cases.use_cases.attach_photo import attach_photo, photos_of
from gezhi.kernel.errors import InvalidInput
from gezhi.platform.access.actor import Actor
from gezhi.platform.files.models import Attachment

FIELD = "photo"
MAX_PICTURES = 4
MAX_BYTES = 10_000_000


def pictures_in(request: HttpRequest) -> list[bytes]:
    """The pictures of the form. Raises ``InvalidInput`` for too many or too large ones, before a byte of them is kept."""
    files: list[UploadedFile] = [file for file in request.FILES.getlist(FIELD) if file.size]
    if len(files) > MAX_PICTURES:
        raise InvalidInput("too_many_pictures", f"at most {MAX_PICTURES} pictures", field=FIELD)
    for file in files:
        if (file.size or 0) > MAX_BYTES:
            raise InvalidInput("photo_too_large", f"'{file.name}' is larger than 10 MB", field=FIELD)
    return [file.read() for file in files]


def attach_all(
    pictures: list[bytes], *, actor: Actor, case_id: int, number: str, stage: Attachment.Stage, now: datetime
) -> None:
    """Attach pictures to a case. A form that is sent twice attaches once: a stage that has pictures gets no second set."""
    if not pictures or any(photo.stage == stage for photo in photos_of(case_id)):
        return
    for raw in pictures:
        attach_photo(actor=actor, number=number, raw=raw, stage=stage, now=now)


def picture_response(content: BinaryIO) -> FileResponse:
    """The picture itself."""
    return FileResponse(content, content_type="image/jpeg")
