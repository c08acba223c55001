"""Open a workbook of a spreadsheet program."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from gezhi.kernel.errors import InvalidInput
from gezhi.kernel.filled import filled

# What a workbook may hold unpacked: a table of tens of thousands of rows has some megabytes.
MOST_UNPACKED = 100 * 2**20
_PIECE = 2**20


@contextmanager
def open_book(path: Path) -> Iterator[Any]:
    """The workbook, read row by row, of cells the values. Raises ``InvalidInput`` (``file_unreadable``) for what is none, or
    unpacks to more than ``MOST_UNPACKED`` bytes."""
    import openpyxl

    try:
        _measure(path)
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (OSError, EOFError, KeyError, ValueError, SyntaxError, zipfile.BadZipFile) as error:
        said = filled("%(file)s is no workbook (.xlsx): %(reason)s", file=path.name, reason=str(error))
        raise InvalidInput("file_unreadable", said, field="file") from error
    try:
        yield book
    finally:
        book.close()


def _measure(path: Path) -> None:
    """What the parts say of their own size may be a lie: they are unpacked and counted."""
    unpacked = 0
    with zipfile.ZipFile(path) as parts:
        for part in parts.infolist():
            with parts.open(part) as text:
                while piece := text.read(_PIECE):
                    unpacked += len(piece)
                    if unpacked > MOST_UNPACKED:
                        raise ValueError(f"unpacks to more than {MOST_UNPACKED >> 20} MB")
