"""The numbers of tiles: whatever touches a tile is found by its range or by the tiles around it."""

from __future__ import annotations

import numpy as np
import pytest

from gezhi.kernel.mercator import Tile
from gezhi.kernel.quadtree import DEEPEST, around, number_of, numbers_of, numbers_of_degrees, within


def boxes(count: int, seed: int) -> np.ndarray:
    chance = np.random.default_rng(seed)
    side = 2.0 ** -chance.uniform(2, 24, (count, 2))
    corner = chance.random((count, 2)) * (1 - side)
    # Some on the very lines between tiles.
    corner[::7] = np.round(corner[::7] * 64) / 64
    return np.column_stack([corner, np.minimum(corner + side, 1.0)])


@pytest.mark.parametrize("seed", range(5))
def test_what_meets_a_tile_is_found(seed: int) -> None:
    some = boxes(2_000, seed)
    numbers = numbers_of(some)
    chance = np.random.default_rng(seed + 100)
    for _ in range(200):
        zoom = int(chance.integers(0, DEEPEST + 3))
        x, y = (int(chance.integers(0, 1 << zoom)) for _ in "xy")
        tile = Tile(zoom, x, y)
        west, north, east, south = tile.box(0)
        meets = (some[:, 0] < east) & (some[:, 2] >= west) & (some[:, 1] < south) & (some[:, 3] >= north)
        first, last = within(tile)
        found = ((numbers >= first) & (numbers <= last)) | np.isin(numbers, around(tile))
        assert not (meets & ~found).any()


def test_few_are_read_that_are_not_there() -> None:
    chance = np.random.default_rng(1)
    corner = 0.8 + chance.random((50_000, 2)) * 2.0**-10
    some = np.column_stack([corner, corner + 2.0**-21])
    numbers = numbers_of(some)
    tile = Tile(15, int(0.8005 * (1 << 15)), int(0.8005 * (1 << 15)))
    west, north, east, south = tile.box(0)
    meets = (some[:, 0] < east) & (some[:, 2] >= west) & (some[:, 1] < south) & (some[:, 3] >= north)
    first, last = within(tile)
    found = ((numbers >= first) & (numbers <= last)) | np.isin(numbers, around(tile))
    assert meets.sum() > 30
    assert found.sum() < meets.sum() + len(some) / 200


def test_each_tile_has_its_own_number() -> None:
    tiles = [Tile(zoom, x, y) for zoom in range(6) for x in range(1 << zoom) for y in range(1 << zoom)]
    numbers = {number_of(tile) for tile in tiles}
    assert len(numbers) == len(tiles)
    for tile in tiles:
        first, last = within(tile)
        assert first == number_of(tile)
        inner = {number_of(one) for one in tiles if one.zoom >= tile.zoom and one.x >> one.zoom - tile.zoom == tile.x
                 and one.y >> one.zoom - tile.zoom == tile.y}  # fmt: skip
        # Besides its own only those of the tiles around that begin at the same corner.
        assert {number for number in numbers if first <= number <= last} - inner <= set(around(tile))
        assert len(around(tile)) == tile.zoom


@pytest.mark.parametrize("zoom", [0, 12, 14, 16])
def test_degrees_are_widened_by_what_a_tile_of_their_zoom_draws_beyond_its_edge(zoom: int) -> None:
    def number(off: float) -> int:
        return int(numbers_of_degrees(np.array([[off, -off, off, -off]]), np.array([zoom]))[0])

    # Greenwich and the equator part the square in four.
    edge = 360 / 64 / 2**zoom
    assert number(0.0) == number(0.99 * edge) == number_of(Tile(0, 0, 0))
    assert number(1.01 * edge) > number_of(Tile(1, 1, 1))
