"""The index of names in the data folder: made anew where the ground has changed, and read by every process from the same files.

A web process makes none: the dictionary of readings alone would double its memory. Until the next one is there the last one
answers.
"""

from __future__ import annotations

from gezhi.platform.kept import KeptByVersion
from gezhi.platform.versions import VersionedFolder
from gezhi.solvers.gazetteer import PlaceIndex

# Raised when the same names make another index.
FORMAT = 1
_RECHECK_SECONDS = 5.0

INDEXES = VersionedFolder("places")


def _load(version: str | None) -> PlaceIndex | None:
    return None if version is None else PlaceIndex.load(INDEXES.at(version))


current_index: KeptByVersion[PlaceIndex | None] = KeptByVersion(
    name="places", version=INDEXES.ready, build=_load, recheck=lambda: _RECHECK_SECONDS
)
