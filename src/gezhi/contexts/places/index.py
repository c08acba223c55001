"""The index of names in the data folder: made anew where the ground has changed, and read by every process from the same files.

``places/<version>/`` holds one index, ``places/current`` the version that is read. A web process makes none: the dictionary of
readings alone would double its memory. Until the next one is there the last one answers.
"""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from gezhi.platform.kept import KeptByVersion
from gezhi.solvers.gazetteer import PlaceIndex

# Raised when the same names make another index.
FORMAT = 1
_RECHECK_SECONDS = 5.0


def folder() -> Path:
    """Where the indexes are."""
    return Path(settings.GEZHI_HOME) / "places"


def ready() -> str | None:
    """The version that is read; None before the first."""
    try:
        return (folder() / "current").read_text(encoding="ascii")
    except FileNotFoundError:
        return None


def _load(version: str | None) -> PlaceIndex | None:
    return None if version is None else PlaceIndex.load(folder() / version)


current_index: KeptByVersion[PlaceIndex | None] = KeptByVersion(
    name="places", version=ready, build=_load, recheck=lambda: _RECHECK_SECONDS
)
