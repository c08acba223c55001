"""Keep and fetch attachments: the bytes lie under the data folder by their hash, the rows in the database."""

from __future__ import annotations

import fcntl
import hashlib
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection

from gezhi.platform.access.actor import Actor
from gezhi.platform.audit.evidence import seal_new
from gezhi.platform.files.images import Picture
from gezhi.platform.files.models import Attachment

# A file that no row names may belong to a transaction that is still open; after this long it belongs to none.
ABANDONED_AFTER = timedelta(days=1)
_BATCH = 500


def hash_of(picture: Picture) -> str:
    """The name of a picture's bytes."""
    return hashlib.sha256(picture.content).hexdigest()


def path_of(sha256: str) -> Path:
    """Where the bytes with this hash lie."""
    return Path(settings.GEZHI_HOME) / "files" / sha256[:2] / sha256[2:4] / f"{sha256}.jpg"


def write_whole(target: Path, content: bytes) -> None:
    """Write a file that appears whole or not at all. Raises ``OSError`` and leaves nothing behind."""
    target.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=target.parent)
    try:
        with os.fdopen(descriptor, "wb") as handle:
            handle.write(content)
        os.replace(temporary, target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


@contextmanager
def kept(pictures: Sequence[Picture]) -> Iterator[None]:
    """Have the files of pictures in place while the block writes their rows in a transaction of its own.

    Files come before rows: a crash in between leaves a file that nobody refers to (``sweep`` takes it), never a row
    without its file. Where the block fails, the files that came with it go at once.
    """
    fresh: list[Path] = []
    try:
        for picture in pictures:
            target = path_of(hash_of(picture))
            if not target.exists():
                write_whole(target, picture.content)
                fresh.append(target)
        yield
    except BaseException:
        _remove_unnamed(fresh)
        raise
    if pictures:
        with _removal():
            # Another upload of the same picture may have failed meanwhile and taken its file back.
            for picture in pictures:
                target = path_of(hash_of(picture))
                if not target.exists():
                    write_whole(target, picture.content)


@contextmanager
def _removal() -> Iterator[None]:
    """Removing files and looking after their removal exclude each other, on the whole machine."""
    folder = Path(settings.GEZHI_HOME) / "run"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "files.lock").open("ab") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _remove_unnamed(paths: Sequence[Path]) -> int:
    """Remove those files that no row names; returns how many went."""
    if not paths or connection.needs_rollback:
        # In a transaction that has failed nothing can be asked; ``sweep`` comes by.
        return 0
    with _removal():
        named = set(
            Attachment.objects.filter(sha256__in=[path.stem for path in paths]).values_list("sha256", flat=True)
        )
        gone = [path for path in paths if path.stem not in named]
        for path in gone:
            path.unlink(missing_ok=True)
    return len(gone)


def sweep(*, now: datetime) -> int:
    """Remove files that no row has named for a day: what a crash left behind. Returns how many went."""
    before = (now - ABANDONED_AFTER).timestamp()
    waiting: list[Path] = []
    gone = 0
    for path in (Path(settings.GEZHI_HOME) / "files").glob("*/*/*"):
        if path.stat().st_mtime < before:
            waiting.append(path)
        if len(waiting) >= _BATCH:
            gone += _remove_unnamed(waiting)
            waiting = []
    return gone + _remove_unnamed(waiting)


def attach(
    *,
    actor: Actor,
    picture: Picture,
    subject_type: str,
    subject_id: int,
    stage: Attachment.Stage,
    side: Attachment.Side,
    now: datetime,
) -> Attachment:
    """Write the row of a picture whose file is ``kept``. Where and when it was taken is not part of it."""
    row = Attachment.objects.create(
        subject_type=subject_type,
        subject_id=subject_id,
        stage=stage,
        side=side,
        sha256=hash_of(picture),
        content_type=picture.content_type,
        size=len(picture.content),
        width=picture.width,
        height=picture.height,
        created_at=now,
        created_by=actor.user_id,
    )
    seal_new([row])
    return row
