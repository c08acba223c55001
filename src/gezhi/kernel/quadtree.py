"""Numbers for boxes of the web's square (``mercator``), by which a plain index of a database finds what lies in a tile.

A box has the smallest tile that holds it. Tiles are numbered along the Z curve, each just before the tiles within it: all that
lies in a tile are one range of numbers, and what reaches out of it has the number of one of the tiles around it.
Source of the curve: Morton, 1966; of the tree: Finkel and Bentley, 1974.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gezhi.kernel.mercator import Tile, to_square

# The smallest tiles that have numbers of their own: 600 m at the equator, some blocks of houses.
DEEPEST = 16
# What a tile draws beyond its edge is a 64th of its side.
_BEYOND = 6
_ZOOM_BITS = 5

Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]


def _spread(values: Numbers) -> Numbers:
    """The bits of numbers below 2¹⁶, each followed by a zero."""
    for shift, mask in ((8, 0x00FF00FF), (4, 0x0F0F0F0F), (2, 0x33333333), (1, 0x55555555)):
        values = (values | values << shift) & mask
    return values


def _numbers(zoom: Numbers, x: Numbers, y: Numbers) -> Numbers:
    """The numbers of tiles, given by the x and y of their first tile of the deepest zoom."""
    return (_spread(y) << 1 | _spread(x)) << _ZOOM_BITS | zoom


def numbers_of(boxes: Floats) -> Numbers:
    """For each row (west, north, east, south, parts of the square) the number of the smallest tile that holds it."""
    side = 1 << DEEPEST
    cells = np.clip(np.floor(boxes * side), 0, side - 1).astype(np.int64)
    west, north, east, south = cells.T
    apart = (west ^ east) | (north ^ south)
    # The bits that differ are below the tile that both corners share.
    below = np.frexp(apart.astype(np.float64))[1].astype(np.int64)
    return _numbers(DEEPEST - below, west >> below << below, north >> below << below)


def numbers_of_degrees(bounds: Floats, from_zoom: Numbers) -> Numbers:
    """The same for boxes in degrees (west, south, east, north; WGS84) that show from these zooms on, each wider by what a tile
    of that zoom draws beyond its edge: whoever draws a tile draws some of what lies just outside too."""
    south_west, north_east = to_square(bounds[:, :2]), to_square(bounds[:, 2:])
    margin = np.exp2(-(np.asarray(from_zoom, dtype=np.float64) + _BEYOND))
    # The square's y counts to the south.
    west, north, east, south = south_west[:, 0], north_east[:, 1], north_east[:, 0], south_west[:, 1]
    return numbers_of(np.column_stack([west - margin, north - margin, east + margin, south + margin]))


def number_of(tile: Tile) -> int:
    """The number of one tile, of the deepest zoom at most."""
    up = DEEPEST - tile.zoom
    return int(_numbers(np.int64(tile.zoom), np.int64(tile.x << up), np.int64(tile.y << up)))  # type: ignore[arg-type]


def within(tile: Tile) -> tuple[int, int]:
    """The first and last number of what lies in a tile. A tile deeper than all is taken for the one around it."""
    up = max(0, tile.zoom - DEEPEST)
    around = Tile(tile.zoom - up, tile.x >> up, tile.y >> up)
    first = number_of(around)
    tiles = 1 << 2 * (DEEPEST - around.zoom)
    return first, (first >> _ZOOM_BITS << _ZOOM_BITS) + (tiles << _ZOOM_BITS) - 1


def around(tile: Tile) -> list[int]:
    """The numbers of the tiles that hold a tile, from the whole square down, without its own."""
    above = min(tile.zoom, DEEPEST + 1)
    return [number_of(Tile(zoom, tile.x >> tile.zoom - zoom, tile.y >> tile.zoom - zoom)) for zoom in range(above)]
