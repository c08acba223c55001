"""Keep and fetch attachments."""

from __future__ import annotations

import hashlib
import os
import tempfile
from datetime import datetime
from pathlib import Path

from django.conf import settings

from gezhi.platform.access.actor import Actor
from gezhi.platform.files.images import take_in
from gezhi.platform.files.models import Attachment

MAX_PER_SUBJECT = 9


def path_of(sha256: str) -> Path:
    """Where the bytes with this hash lie."""
    return Path(settings.GEZHI_HOME) / "files" / sha256[:2] / sha256[2:4] / f"{sha256}.jpg"


def _write_whole(target: Path, content: bytes) -> None:
    """Write a file that appears whole or not at all. Raises ``OSError`` (a full disk) and leaves nothing behind then."""
    target.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=target.parent)
    try:
        with os.fdopen(descriptor, "wb") as handle:
            handle.write(content)
        os.replace(temporary, target)
    except BaseException:
        os.unlink(temporary)
        raise


def attach(
    *, actor: Actor, raw: bytes, subject_type: str, subject_id: int, stage: Attachment.Stage, now: datetime
) -> Attachment:
    """Take a picture in and attach it. Raises ``InvalidInput`` (see ``images.take_in``).

    The file is written before the row: a crash in between leaves a file that nobody refers to, never a row without file.
    """
    picture = take_in(raw, time_zone=settings.TIME_ZONE)
    sha256 = hashlib.sha256(picture.content).hexdigest()
    target = path_of(sha256)
    if not target.exists():
        _write_whole(target, picture.content)
    return Attachment.objects.create(
        subject_type=subject_type,
        subject_id=subject_id,
        stage=stage,
        sha256=sha256,
        content_type=picture.content_type,
        size=len(picture.content),
        width=picture.width,
        height=picture.height,
        taken_at=picture.taken_at,
        taken_lon=picture.taken_lon,
        taken_lat=picture.taken_lat,
        created_at=now,
        created_by=actor.user_id,
    )
