"""Blocks between streets, cut along the grids' borders, and the compounds in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.random import Generator
from numpy.typing import NDArray

from gezhi.demo.ground.figures import Floats, Ints, Shapes, polygons_of, turned_shapes, widths_of
from gezhi.demo.ground.network import Network

# From the middle of a street to the fence, from a grid's border inside a block, from a railway.
_SETBACK_M, _BORDER_M = 11.0, 3.0
_SMALLEST_M2, _COMPOUND_MIN_M2, _THIN_M = 900.0, 2_200.0, 22.0
LAND_PER_HOUSEHOLD_M2 = 115.0
# A compound takes its whole block unless that is so many times too large; no side is shorter, no rest narrower.
_WHOLE, _SIDE_M, _REST_M = 1.35, 52.0, 42.0
_CUTS = 6


@dataclass(frozen=True, slots=True)
class Blocks:
    """Pieces of land in metres: the urban grid that each lies in, and how far its streets are turned."""

    pieces: Shapes
    grid: Ints
    turns: Floats

    def only(self, kept: NDArray[np.bool_] | Ints) -> Blocks:
        """Some of them."""
        return Blocks(self.pieces[kept], self.grid[kept], self.turns[kept])


def blocks_of(network: Network, plots: Shapes, turns: Floats, obstacles: Shapes) -> Blocks:
    """The pieces of each urban grid between streets, without ``obstacles``. ``turns``: of each grid."""
    inner = polygons_of(shapely.buffer(network.faces, -_SETBACK_M, join_style="mitre"), at_least=_SMALLEST_M2)
    shapely.prepare(plots)
    face, grid = shapely.STRtree(plots).query(inner, predicate="intersects")
    whole = shapely.covers(plots[grid], inner[face])
    pieces = inner[face]
    shrunk = shapely.buffer(plots, -_BORDER_M, join_style="mitre")
    pieces[~whole] = shapely.intersection(pieces[~whole], shrunk[grid[~whole]])
    one, other = shapely.STRtree(obstacles).query(pieces, predicate="intersects")
    for piece, obstacle in zip(one.tolist(), other.tolist(), strict=True):
        pieces[piece] = shapely.difference(pieces[piece], obstacles[obstacle])
    parts, owner = shapely.get_parts(pieces, return_index=True)
    kept = (shapely.get_type_id(parts) == 3) & (shapely.area(parts) > _SMALLEST_M2)
    parts, grid = shapely.simplify(parts[kept], 0.3), grid[owner[kept]]
    order = np.lexsort((-shapely.area(parts), grid))
    return Blocks(parts[order], grid[order], turns[grid[order]])


def place_compounds(
    blocks: Blocks, plots: Shapes, turns: Floats, sizes: Sequence[Sequence[int]], rng: Generator
) -> tuple[Shapes, Floats, Blocks]:
    """For each grid a compound of each of its ``sizes`` (households): shapes and turns in that order, and the blocks left."""
    thick = widths_of(blocks.pieces) > _THIN_M
    area = shapely.area(blocks.pieces)
    began = np.searchsorted(blocks.grid, np.arange(len(plots) + 1))
    taken = np.zeros(len(area), dtype=bool)
    chosen: list[shapely.Geometry] = []
    households: list[int] = []
    of_grid: list[int] = []
    for grid, wanted in enumerate(sizes):
        own = [i for i in range(began[grid], began[grid + 1]) if thick[i] and area[i] > _COMPOUND_MIN_M2]
        plots_left = [(float(area[i]), blocks.pieces[i], i) for i in own]
        if not plots_left:
            plots_left = [(1.0, _middle_of(plots[grid]), -1)]
        while len(plots_left) < len(wanted):
            plots_left.sort(key=lambda one: -one[0])
            _, largest, i = plots_left.pop(0)
            plots_left += [(half.area, half, i) for half in _halves(largest, float(turns[grid]))]
        found: dict[int, shapely.Geometry] = {}
        for place in sorted(range(len(wanted)), key=lambda place: -wanted[place]):
            fits = [one for one in plots_left if one[0] >= wanted[place] * LAND_PER_HOUSEHOLD_M2]
            best = min(fits, key=lambda one: one[0]) if fits else max(plots_left, key=lambda one: one[0])
            plots_left = [one for one in plots_left if one is not best]
            found[place] = best[1]
            if best[2] >= 0:
                taken[best[2]] = True
        chosen += [found[place] for place in range(len(wanted))]
        households += wanted
        of_grid += [grid] * len(wanted)
    own_turns = turns[np.array(of_grid)]
    shapes = np.empty(len(chosen), dtype=object)
    shapes[:] = chosen
    cut = _cut_to_size(shapes, own_turns, np.array(households) * LAND_PER_HOUSEHOLD_M2, rng)
    return cut, own_turns, blocks.only(~taken)


def _middle_of(plot: shapely.Geometry) -> shapely.Geometry:
    """A place for a compound where no block is."""
    inner = polygons_of(plot.buffer(-12.0))
    return inner[np.argmax(shapely.area(inner))] if len(inner) else plot.buffer(-3.0)


def _halves(piece: shapely.Geometry, turn: float) -> list[shapely.Geometry]:
    """A piece cut across its longer side, with a way between the halves."""
    array = np.array([piece], dtype=object)
    level = turned_shapes(array, np.array([-turn]))[0]
    west, south, east, north = level.bounds
    way = 5.0
    if east - west > north - south:
        middle = (west + east) / 2.0
        boxes = [(west, south, middle - way, north), (middle + way, south, east, north)]
    else:
        middle = (south + north) / 2.0
        boxes = [(west, south, east, middle - way), (west, middle + way, east, north)]
    halves = [polygons_of(shapely.intersection(level, shapely.box(*box))) for box in boxes]
    kept = np.array([half[np.argmax(shapely.area(half))] for half in halves if len(half)], dtype=object)
    return list(turned_shapes(kept, np.full(len(kept), turn)))


def _cut_to_size(shapes: Shapes, turns: Floats, wanted: Floats, rng: Generator) -> Shapes:
    """Shapes that are much larger than ``wanted`` (square metres) cut down to one of their corners."""
    large = np.flatnonzero(shapely.area(shapes) > _WHOLE * wanted)
    level = turned_shapes(shapes[large], -turns[large])
    area = wanted[large]
    west, south, east, north = shapely.bounds(level).T
    high = np.maximum(_SIDE_M, np.sqrt(area / 1.3))
    high = np.where(north - south - high < _REST_M, north - south, high)
    from_south, from_west = rng.random(len(large)) < 0.5, rng.random(len(large)) < 0.5
    low, top = np.where(from_south, south, north - high), np.where(from_south, south + high, north)

    def corner(width: Floats) -> Shapes:
        left, right = np.where(from_west, west, east - width), np.where(from_west, west + width, east)
        cut: Shapes = shapely.intersection(level, shapely.box(left, low, right, top))
        return cut

    least, most = np.minimum(_SIDE_M, east - west), east - west
    for _ in range(_CUTS):
        width = (least + most) / 2.0
        small = shapely.area(corner(width)) < area
        least, most = np.where(small, width, least), np.where(small, most, width)
    most = np.where(east - west - most < _REST_M, east - west, most)
    parts, owner = shapely.get_parts(corner(most), return_index=True)
    order = np.lexsort((-shapely.area(parts), owner))
    first = order[np.r_[True, owner[order][1:] != owner[order][:-1]]] if len(order) else order
    out = shapes.copy()
    out[large[owner[first]]] = turned_shapes(parts[first], turns[large[owner[first]]])
    return out
