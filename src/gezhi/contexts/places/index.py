"""The index of names in the data folder: made anew where the ground has changed, and read by every process from the same files.

A web process makes none: the dictionary of readings alone would double its memory. Until the next one is there the last one
answers.
"""

from __future__ import annotations

from gezhi.platform.kept import KeptByVersion
from gezhi.platform.versions import VersionedFolder
from gezhi.solvers.gazetteer import PlaceIndex

# Raised when the same names make another index.
FORMAT = 4
_RECHECK_SECONDS = 5.0

INDEXES = VersionedFolder("places")


def _ready() -> str | None:
    """The version that is read; None before the first, and while there is only one that an older program has made."""
    version = INDEXES.ready()
    return version if version is not None and version.startswith(f"{FORMAT}-") else None


def _load(version: str | None) -> PlaceIndex | None:
    return None if version is None else PlaceIndex.load(INDEXES.at(version))


current_index: KeptByVersion[PlaceIndex | None] = KeptByVersion(
    name="places", version=_ready, build=_load, recheck=lambda: _RECHECK_SECONDS
)
