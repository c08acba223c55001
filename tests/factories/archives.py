"""Archives of finished tiles, written by the format's own library."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer

from gezhi.kernel.mercator import Tile


def write_archive(
    path: Path,
    tiles: dict[Tile, bytes],
    *,
    kind: TileType = TileType.MVT,
    zipped: bool = True,
    layers: tuple[str, ...] = ("water", "roads"),
    box: tuple[float, float, float, float] = (112.0, 31.9, 112.3, 32.1),
    **header: Any,
) -> Path:
    """An archive of these tiles, plain bytes each."""
    numbered = sorted((zxy_to_tileid(tile.zoom, tile.x, tile.y), content) for tile, content in tiles.items())
    zooms = [tile.zoom for tile in tiles]
    with path.open("wb") as file:
        writer = Writer(file)
        for number, content in numbered:
            writer.write_tile(number, gzip.compress(content) if zipped else content)
        west, south, east, north = (int(degree * 10_000_000) for degree in box)
        writer.finalize(
            {
                "tile_type": kind,
                "tile_compression": Compression.GZIP if zipped else Compression.NONE,
                "min_zoom": min(zooms),
                "max_zoom": max(zooms),
                "min_lon_e7": west,
                "min_lat_e7": south,
                "max_lon_e7": east,
                "max_lat_e7": north,
                **header,
            },
            {"vector_layers": [{"id": name} for name in layers]},
        )
    return path
