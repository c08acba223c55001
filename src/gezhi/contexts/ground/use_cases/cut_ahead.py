"""Cut the tiles that show much, before anybody asks for one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import structlog

from gezhi.contexts.ground.finished import TILES, tile_file
from gezhi.contexts.ground.queries.tiles import MAX_ZOOM, city_ground
from gezhi.kernel.datum import Bounds
from gezhi.kernel.mercator import Tile, to_square

log = structlog.get_logger(__name__)

# A city's zooms are cut ahead as far as so many tiles go: closer ones show little, and are soon cut when one is asked for.
MOST_TILES = 4_000


def cut_ahead() -> int | None:
    """Cut the tiles of the ground as it is, where those cut before are out of date: how many; None where none were due."""
    city_ground.forget()
    city = city_ground()
    if TILES.has(city.token) or city.bounds is None:
        return None
    wanted = [tile for zoom in tiles_ahead(city.bounds) for tile in zoom]

    def write(folder: Path) -> None:
        for tile in wanted:
            file = tile_file(folder, tile)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(city.cut(tile))

    TILES.put(city.token, write)
    # Much of the ground was read for it.
    city_ground.forget()
    log.info("ground.cut_ahead", tiles=len(wanted), version=city.token)
    return len(wanted)


def tiles_ahead(bounds: Bounds) -> Iterator[list[Tile]]:
    """The tiles of a box, zoom by zoom from the whole world on, as far as ``MOST_TILES`` go."""
    # South lies at the bottom of the square, whose second axis goes down.
    (west, top), (east, bottom) = to_square(
        np.array([(bounds.min_lon, bounds.max_lat), (bounds.max_lon, bounds.min_lat)])
    )
    room = MOST_TILES
    for zoom in range(MAX_ZOOM + 1):
        side = 1 << zoom
        columns = range(int(west * side), min(int(east * side), side - 1) + 1)
        rows = range(int(top * side), min(int(bottom * side), side - 1) + 1)
        room -= len(columns) * len(rows)
        if room < 0:
            return
        yield [Tile(zoom, x, y) for x in columns for y in rows]
