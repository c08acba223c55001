"""Where the files of finished tiles lie: ``basemaps/`` of the data folder, each under its source's code and what it holds."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import transaction

_CHUNK = 2**20
_DIGITS = 16
# A copy is written to without a pause: what was not written to for so long belongs to a process that was killed.
_LEFT_SECONDS = 86_400


def archive_path(name: str) -> Path:
    """Where the file of this name lies."""
    return Path(settings.GEZHI_HOME) / "basemaps" / name


def keep_archive(path: Path, *, code: str, advance: Callable[[int], None]) -> str:
    """Copy a file into the data folder, whole or not at all; returns its name there, which tells what it holds.

    ``advance`` is told of the bytes copied.
    """
    folder = archive_path("")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    _sweep(folder)
    digest = hashlib.sha256()
    descriptor, temporary = tempfile.mkstemp(dir=folder, suffix=".part")
    try:
        with os.fdopen(descriptor, "wb") as target, path.open("rb") as source:
            while chunk := source.read(_CHUNK):
                digest.update(chunk)
                target.write(chunk)
                advance(len(chunk))
            target.flush()
            os.fsync(target.fileno())
        name = f"{code}.{digest.hexdigest()[:_DIGITS]}.pmtiles"
        os.replace(temporary, folder / name)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)
        raise
    return name


def _sweep(folder: Path) -> None:
    for part in folder.glob("*.part"):
        with contextlib.suppress(FileNotFoundError):
            if part.stat().st_mtime < time.time() - _LEFT_SECONDS:
                part.unlink()


def drop_archive_on_commit(name: str) -> None:
    """Remove a file that no source names any more, once that is so. Whoever has it open reads on."""
    if name:
        transaction.on_commit(partial(archive_path(name).unlink, missing_ok=True))
