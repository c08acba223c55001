"""What is made from the database in files, a folder for each version of the data, that every process reads in place.

``<name>/<version>/`` of the data folder holds one version, ``<name>/current`` names the one that is read. Several hosts share the
folder as they share pictures.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

from django.conf import settings

# What was begun so long ago and is not there yet will not come.
_GIVEN_UP_SECONDS = 3_600


class VersionedFolder:
    """The versions of one thing."""

    def __init__(self, name: str) -> None:
        self._name = name

    @property
    def home(self) -> Path:
        """Where the versions are."""
        return Path(settings.GEZHI_HOME) / self._name

    def at(self, version: str) -> Path:
        """Where a version is."""
        return self.home / version

    def ready(self) -> str | None:
        """The version that is read; None before the first."""
        try:
            return (self.home / "current").read_text(encoding="ascii")
        except FileNotFoundError:
            return None

    def has(self, version: str) -> bool:
        """Whether this version is the one that is read, and is there."""
        return self.ready() == version and self.at(version).is_dir()

    def put(self, version: str, write: Callable[[Path], None]) -> None:
        """Have ``write`` fill a folder that is not there yet, and put it in force, whole or not at all.

        Of two that put the same version both succeed. The one before stays until the next: others may just be opening it.
        """
        fresh, before = self.home / f"{version}.{uuid4().hex}", self.ready()
        try:
            write(fresh)
            if not self.at(version).is_dir():
                self._take(fresh, self.at(version))
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
        mark = self.home / f"current.{uuid4().hex}"
        mark.write_text(version, encoding="ascii")
        os.replace(mark, self.home / "current")
        for old in self.home.iterdir():
            if old.is_dir() and old.name not in {version, before} and not self._being_made(old):
                shutil.rmtree(old, ignore_errors=True)

    def _take(self, fresh: Path, there: Path) -> None:
        try:
            fresh.rename(there)
        except OSError:
            # Somebody else has been quicker.
            if not there.is_dir():
                raise

    @staticmethod
    def _being_made(folder: Path) -> bool:
        try:
            return "." in folder.name and time.time() - folder.stat().st_mtime < _GIVEN_UP_SECONDS
        except FileNotFoundError:
            return False
