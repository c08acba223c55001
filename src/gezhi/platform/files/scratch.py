"""Folders for the length of a piece of work, in the data folder since they may be large. What a killed process left is swept.

A folder is in use while its maker holds a lock on it, which ends with the process however that ends. Making and sweeping take
turns by a lock on the folder above, so that none is swept between being made and being locked.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PREFIX = "osm-"


@contextmanager
def scratch_folder(root: Path) -> Iterator[Path]:
    """A new folder in ``root``, gone afterwards. What others left behind there goes first."""
    sweep_scratch(root)
    with _locked(root):
        folder = Path(tempfile.mkdtemp(dir=root, prefix=PREFIX))
        held = os.open(folder, os.O_RDONLY)
        fcntl.flock(held, fcntl.LOCK_EX)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(held)


def sweep_scratch(root: Path) -> int:
    """Remove the folders whose makers are gone; returns how many."""
    count = 0
    with _locked(root):
        for folder in root.glob(f"{PREFIX}*"):
            count += folder.is_dir() and not folder.is_symlink() and _removed(folder)
    return count


def _removed(folder: Path) -> bool:
    try:
        held = os.open(folder, os.O_RDONLY)
    except FileNotFoundError:
        # Its maker has just removed it.
        return False
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    else:
        shutil.rmtree(folder, ignore_errors=True)
        return True
    finally:
        os.close(held)


@contextmanager
def _locked(root: Path) -> Iterator[None]:
    held = os.open(root, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
    finally:
        os.close(held)
