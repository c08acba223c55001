"""What a form may bring in files, counted while it streams in: nothing beyond is ever kept, in memory or on the disk."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest

from gezhi.platform.files.images import MAX_BYTES

# One more than any form takes, so that what is too many is still counted and can be refused in words.
MOST_FILES = 10
# What a sender may stream in vain before the connection is given up.
MOST_BYTES = MOST_FILES * (MAX_BYTES + 1024 * 1024)


class UploadTooLarge(RequestDataTooBig):
    """More than any form of ours sends: given up before it has been read."""


class UploadGate(FileUploadHandler):
    """Stands before the handlers that keep files, and lets through what a form may bring.

    Of a file that is too large it lets a little more through than is allowed, so that whoever reads it refuses it by its
    size; of more than ten files it lets through ten.
    """

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self._files = 0
        self._of_file = 0
        self._of_all = 0

    def new_file(self, *arguments: Any, **named: Any) -> None:
        """A further file begins."""
        super().new_file(*arguments, **named)
        self._files += 1
        self._of_file = 0
        if self._files > MOST_FILES:
            raise SkipFile

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """A further part of the file; None: those behind need not see it. Raises ``UploadTooLarge``."""
        self._of_all += len(raw_data)
        if self._of_all > MOST_BYTES:
            raise UploadTooLarge(f"more than {MOST_BYTES} bytes of files")
        if self._of_file > MAX_BYTES:
            return None
        self._of_file += len(raw_data)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """The file is kept by those behind."""
        return

    def handle_raw_input(
        self,
        input_data: object,
        meta: dict[str, str],
        content_length: int,
        boundary: str | bytes,
        encoding: str | None = None,
    ) -> None:
        """Refuse by the length that the sender names, before the first byte. Raises ``UploadTooLarge``."""
        if content_length > MOST_BYTES + MAX_BYTES:
            raise UploadTooLarge(f"{content_length} bytes announced")
