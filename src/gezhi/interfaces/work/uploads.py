"""Uploads as the readers of files want them: under their own names, by whose ends they tell what a file is."""

from __future__ import annotations

import os
from pathlib import Path
from uuid import UUID

from gezhi.kernel import clock
from gezhi.platform.files.documents import document_of, document_path
from gezhi.platform.work.progress import Progress
from gezhi.platform.work.queries import upload_subject


def at_hand(upload: UUID, progress: Progress) -> Path:
    """An upload of the starter's in the folder of the run. Raises ``NotFound`` (``file_gone``)."""
    document = document_of(upload, subject=upload_subject(progress.actor), now=clock.now())
    path = progress.folder / upload.hex / (Path(document.name).name or "file")
    path.parent.mkdir(exist_ok=True)
    if not path.exists():
        os.link(document_path(upload), path)
    return path
