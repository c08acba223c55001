"""Tiles that were cut ahead, in the data folder: web processes read them instead of cutting, and need not hold what they show."""

from __future__ import annotations

from pathlib import Path

from gezhi.kernel.mercator import Tile
from gezhi.platform.versions import VersionedFolder

TILES = VersionedFolder("tiles")


def tile_file(folder: Path, tile: Tile) -> Path:
    """Where a tile lies in the folder of its version."""
    return folder / str(tile.zoom) / f"{tile.x}-{tile.y}.mvt.gz"


def finished_tile(version: str, tile: Tile) -> bytes | None:
    """A tile of this version as gzip, empty where there is nothing; None where it was not cut ahead."""
    try:
        return tile_file(TILES.at(version), tile).read_bytes()
    except FileNotFoundError:
        return None
