"""Documents: files that somebody sent for a purpose or that the program made for somebody, kept until a moment.

Unlike pictures they are no part of a matter's record. The bytes lie under the data folder by the row's id.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from gezhi.kernel.errors import NotFound
from gezhi.kernel.ids import uuid7
from gezhi.platform.files.models import Document
from gezhi.platform.files.store import ABANDONED_AFTER

_BATCH = 500


def document_path(document_id: UUID) -> Path:
    """Where the bytes of a document lie."""
    return Path(settings.GEZHI_HOME) / "documents" / document_id.hex[-2:] / document_id.hex


@contextmanager
def kept_document(
    *,
    path: Path,
    name: str,
    content_type: str,
    subject: tuple[str, str],
    personal: bool,
    created_by: int | None,
    expires_at: datetime,
    now: datetime,
) -> Iterator[Document]:
    """Move the file at ``path`` (on the disk of the data folder) into the store and write its row.

    Hold it open until the transaction has been committed: where the block fails, the file goes at once. A crash leaves a
    file without a row, which ``sweep_documents`` takes.
    """
    document_id = uuid7()
    target = document_path(document_id)
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.replace(path, target)
    try:
        yield Document.objects.create(
            id=document_id,
            subject_type=subject[0],
            subject_id=subject[1],
            name=name[-200:],
            content_type=content_type,
            size=target.stat().st_size,
            personal=personal,
            created_at=now,
            created_by=created_by,
            expires_at=expires_at,
        )
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def document_of(document_id: UUID, *, subject: tuple[str, str], now: datetime) -> Document:
    """A document of a subject that is still kept. Raises ``NotFound`` (``file_gone``)."""
    found = Document.objects.filter(
        pk=document_id, subject_type=subject[0], subject_id=subject[1], expires_at__gt=now
    ).first()
    if found is None or not document_path(found.pk).exists():
        raise NotFound("file_gone", "this file is not kept any more", field="file")
    return found


def documents_of(subject: tuple[str, str], *, now: datetime) -> list[Document]:
    """The documents of a subject that are still kept, oldest first."""
    found = Document.objects.filter(subject_type=subject[0], subject_id=subject[1], expires_at__gt=now)
    return list(found.order_by("created_at", "pk"))


def documents_of_all(subject_type: str, subject_ids: Iterable[str], *, now: datetime) -> list[Document]:
    """The documents of several subjects of one kind that are still kept, oldest first. One query."""
    found = Document.objects.filter(subject_type=subject_type, subject_id__in=list(subject_ids), expires_at__gt=now)
    return list(found.order_by("created_at", "pk"))


def discard_documents(document_ids: Iterable[Any]) -> int:
    """Remove documents, the files once the transaction is committed. Returns how many went."""
    found = list(Document.objects.filter(pk__in=list(document_ids)))
    Document.objects.filter(pk__in=[document.pk for document in found]).delete()
    for document in found:
        transaction.on_commit(partial(document_path(document.pk).unlink, missing_ok=True))
    return len(found)


def remove_expired_documents(*, now: datetime) -> int:
    """Remove what has been kept for long enough. Returns how many went."""
    gone = 0
    while found := list(Document.objects.filter(expires_at__lte=now).values_list("pk", flat=True)[:_BATCH]):
        with transaction.atomic():
            gone += discard_documents(found)
    return gone


def sweep_documents(*, now: datetime) -> int:
    """Remove files that have had no row for a day: what a crash left behind. Returns how many went."""
    before = (now - ABANDONED_AFTER).timestamp()
    old = [path for path in (Path(settings.GEZHI_HOME) / "documents").glob("*/*") if path.stat().st_mtime < before]
    named = (
        {key.hex for key in Document.objects.values_list("pk", flat=True).iterator(chunk_size=_BATCH)} if old else set()
    )
    gone = [path for path in old if path.name not in named]
    for path in gone:
        path.unlink(missing_ok=True)
    return len(gone)
