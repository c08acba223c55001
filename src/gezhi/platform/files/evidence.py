"""Attachments under seal: their rows like every other, and the bytes on the disk by the hash that the row names."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from gezhi.platform.audit.evidence import under_seal
from gezhi.platform.audit.verify import CHECKS
from gezhi.platform.audit.walk import Finding
from gezhi.platform.files.models import Attachment
from gezhi.platform.files.store import path_of

under_seal(Attachment)


def _check() -> Iterator[Finding]:
    """Pictures that are gone from the disk, or are not the ones that were taken in."""
    table = Attachment._meta.db_table
    for key, sha256 in Attachment.objects.order_by("pk").values_list("pk", "sha256").iterator(chunk_size=1_000):
        try:
            with path_of(sha256).open("rb") as handle:
                real = hashlib.file_digest(handle, "sha256").hexdigest()
        except FileNotFoundError:
            yield Finding(table, "", 0, key.hex, "the picture's file is gone")
            continue
        if real != sha256:
            yield Finding(table, "", 0, key.hex, "the picture's file was changed outside the program")


CHECKS.add("files", _check)
