"""Finished tiles that lie under the city's own ground: which files there are, and their tiles."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import structlog

from gezhi.contexts.ground.archives import archive_path
from gezhi.contexts.ground.queries.sources import licences
from gezhi.contexts.ground.queries.tiles import ground_version
from gezhi.kernel.datum import Bounds
from gezhi.kernel.errors import GezhiError
from gezhi.kernel.mercator import Tile
from gezhi.platform.geodb.tile_archive import PackedTile, TileArchive, TileKind
from gezhi.platform.kept import KeptByVersion

log = structlog.get_logger(__name__)
_RECHECK_SECONDS = 2.0
_ENDING = ".pmtiles"


@dataclass(frozen=True, slots=True)
class BaseTiles:
    """A file of finished tiles. ``key`` names what it holds, and stands in addresses; ``layers``: those of vector tiles."""

    key: str
    kind: TileKind
    min_zoom: int
    max_zoom: int
    bounds: Bounds
    layers: tuple[str, ...]
    licence: str


@dataclass(frozen=True, slots=True)
class BaseTile:
    """A tile of such a file; ``packed`` None: it has none there."""

    kind: TileKind
    packed: PackedTile | None


@dataclass(frozen=True, slots=True)
class _Open:
    told: BaseTiles
    archive: TileArchive


def _open_all(_version: object) -> dict[str, _Open]:
    found = {}
    for source in licences():
        if not source.archive:
            continue
        try:
            archive = TileArchive(archive_path(source.archive))
        except GezhiError as error:
            # A folder that was not put back with its database: maps do without, and `gezhi ground list` says so.
            log.warning("ground.archive_missing", archive=source.archive, reason=error.message)
            continue
        key = source.archive.removesuffix(_ENDING)
        told = BaseTiles(
            key, archive.kind, archive.min_zoom, archive.max_zoom, archive.bounds, archive.layers, source.licence
        )
        found[key] = _Open(told, archive)
    return found


_archives = KeptByVersion(
    name="tile archives", version=ground_version, build=_open_all, recheck=lambda: _RECHECK_SECONDS
)


def base_tiles() -> list[BaseTiles]:
    """All files, in the order of their sources' codes: the first lies lowest."""
    return [one.told for one in _archives().values()]


def base_tile(key: str, tile: Tile) -> BaseTile | None:
    """A tile of a file; None where there is no such file, or it has no such zoom. Raises ``InvalidInput`` for a broken one."""
    found = _archives().get(key)
    if found is None or not found.told.min_zoom <= tile.zoom <= found.told.max_zoom or not tile.exists:
        return None
    return BaseTile(found.told.kind, found.archive.tile(tile))


def archive_file(key: str) -> Path | None:
    """Where a whole file lies; None where there is none of this key."""
    return archive_path(key + _ENDING) if key in _archives() else None
