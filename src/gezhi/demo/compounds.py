"""Made-up compounds inside urban grids: sizes, committees, platforms and enclaves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.random import Generator

from gezhi.demo import names
from gezhi.demo.article import ArticleFigures
from gezhi.demo.geometry import PLANE

# Compounds in all for each that has a committee: some have none yet.
_ALL_PER_COMMITTEE = 1.12
_MAX_PER_GRID = 5
_MIN_HOUSEHOLDS, _MAX_HOUSEHOLDS, _MEDIAN_HOUSEHOLDS, _SPREAD = 20, 450, 130, 0.6
_LAND_PER_HOUSEHOLD_M2 = 70.0
# Half the width of the street between two compounds, and between a compound and the grid's border.
_SETBACK_M = 8.0


@dataclass(frozen=True)
class UrbanGrid:
    """A grid that has compounds. ``shape`` in metres."""

    code: str
    community_code: str
    households: int
    shape: shapely.Geometry


@dataclass(frozen=True)
class CompoundPlan:
    """A compound to be. ``community_code`` runs it; where that is not its grid's community, it is an enclave."""

    code: str
    name: str
    community_code: str
    grid_code: str
    households: int
    governance: str
    on_platform: bool
    shape: shapely.Geometry


def plan_compounds(
    grids: Sequence[UrbanGrid], neighbours: Mapping[str, Sequence[str]], figures: ArticleFigures, rng: Generator
) -> list[CompoundPlan]:
    """Compounds such that exactly as many as ``figures`` says have a committee, a platform, or are enclaves.

    ``neighbours`` names for each community those that may run an enclave in it.
    """
    total = round(figures.compounds_with_committee * _ALL_PER_COMMITTEE)
    counts = _counts(len(grids), total, rng)
    home: list[int] = []
    households: list[int] = []
    shapes: list[shapely.Geometry] = []
    for position, (grid, count) in enumerate(zip(grids, counts, strict=True)):
        sizes = _sizes(count, grid.households, rng)
        home += [position] * count
        households += sizes
        shapes += _shapes(grid.shape, sizes, rng)

    committee = rng.permutation(total)[: figures.compounds_with_committee]
    platform = set(committee[: figures.compounds_on_platform].tolist())
    governance = ["none"] * total
    for i in committee.tolist():
        governance[i] = "owners_committee" if rng.random() < 0.6 else "self_management"
    run_by = _enclaves(grids, home, neighbours, figures.enclave_compounds, rng)
    degrees = PLANE.to_degrees(np.array(shapes, dtype=object))
    serial: dict[str, int] = {}
    plans = []
    for i, name in enumerate(names.compounds(rng, total)):
        grid = grids[home[i]]
        serial[grid.community_code] = serial.get(grid.community_code, 0) + 1
        plans.append(
            CompoundPlan(
                code=f"{grid.community_code}X{serial[grid.community_code]:03d}",
                name=name,
                community_code=run_by.get(i, grid.community_code),
                grid_code=grid.code,
                households=households[i],
                governance=governance[i],
                on_platform=i in platform,
                shape=degrees[i],
            )
        )
    return plans


def _counts(grids: int, total: int, rng: Generator) -> list[int]:
    counts = np.full(grids, total // grids)
    if counts[0] + 1 > _MAX_PER_GRID:
        raise ValueError(f"{total} compounds do not fit into {grids} urban grids")
    counts[rng.permutation(grids)[: total - int(counts.sum())]] += 1
    # Move some from grid to grid: one quarter to half-empty, full ones elsewhere.
    for giver, taker in zip(rng.integers(0, grids, grids), rng.integers(0, grids, grids), strict=True):
        if counts[giver] > 1 and counts[taker] < _MAX_PER_GRID:
            counts[giver] -= 1
            counts[taker] += 1
    return [int(count) for count in counts]


def _sizes(count: int, households: int, rng: Generator) -> list[int]:
    drawn = np.clip(rng.lognormal(np.log(_MEDIAN_HOUSEHOLDS), _SPREAD, count), _MIN_HOUSEHOLDS, _MAX_HOUSEHOLDS)
    fit = min(1.0, 0.95 * households / drawn.sum())
    return [max(_MIN_HOUSEHOLDS, int(size * fit)) for size in drawn]


def _shapes(grid: shapely.Geometry, sizes: Sequence[int], rng: Generator) -> list[shapely.Geometry]:
    """Blocks on the land of each size, apart from each other and inside the grid."""
    inner = grid.buffer(-_SETBACK_M)
    if inner.is_empty:
        inner = grid
    inner = max(shapely.get_parts(inner), key=lambda part: part.area)
    plots = _plots(inner, len(sizes), rng)
    # The largest compound on the largest plot.
    order = np.argsort([-size for size in sizes], kind="stable")
    by_size = sorted(plots, key=lambda plot: -plot.area)
    turn = rng.uniform(0.0, 90.0)
    blocks: list[shapely.Geometry] = [shapely.Polygon()] * len(sizes)
    for i, plot in zip(order, by_size, strict=True):
        blocks[int(i)] = _block(plot, sizes[int(i)] * _LAND_PER_HOUSEHOLD_M2, turn)
    return blocks


def _plots(land: shapely.Geometry, count: int, rng: Generator) -> list[shapely.Geometry]:
    if count == 1:
        return [land]
    west, south, east, north = land.bounds
    cloud = rng.uniform((west, south), (east, north), (60 * count, 2))
    cloud = cloud[shapely.contains_xy(land, cloud[:, 0], cloud[:, 1])]
    while len(cloud) < 10 * count:
        more = rng.uniform((west, south), (east, north), (120 * count, 2))
        cloud = np.vstack([cloud, more[shapely.contains_xy(land, more[:, 0], more[:, 1])]])
    axis = np.argmax(np.ptp(cloud, axis=0))
    groups = np.array_split(cloud[np.argsort(cloud[:, axis], kind="stable")], count)
    centres = np.array([group.mean(axis=0) for group in groups])
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(centres), extend_to=land, ordered=True))
    plots = []
    for cell in cells:
        plot = shapely.intersection(cell, land)
        set_back = plot.buffer(-_SETBACK_M)
        plots.append(max(shapely.get_parts(plot if set_back.is_empty else set_back), key=lambda part: part.area))
    return plots


def _block(plot: shapely.Geometry, area: float, turn: float) -> shapely.Geometry:
    """A rectangle of the wanted area in the middle of the plot, cut to the plot."""
    centre = plot.point_on_surface() if not plot.contains(plot.centroid) else plot.centroid
    width = np.sqrt(area * 1.3)
    height = area / width
    angle = np.radians(turn)
    corners = np.array([(-width, -height), (width, -height), (width, height), (-width, height)]) / 2.0
    rotation = np.array([(np.cos(angle), np.sin(angle)), (-np.sin(angle), np.cos(angle))])
    rectangle = shapely.Polygon(corners @ rotation + (centre.x, centre.y))
    return max(shapely.get_parts(shapely.intersection(rectangle, plot)), key=lambda part: part.area)


def _enclaves(
    grids: Sequence[UrbanGrid],
    home: Sequence[int],
    neighbours: Mapping[str, Sequence[str]],
    count: int,
    rng: Generator,
) -> dict[int, str]:
    """Compounds that a neighbouring community runs: position → that community's code."""
    candidates = [i for i in range(len(home)) if neighbours.get(grids[home[i]].community_code)]
    if len(candidates) < count:
        raise ValueError(f"only {len(candidates)} compounds can be enclaves, {count} are wanted")
    runs: dict[int, str] = {}
    for i in sorted(rng.permutation(candidates)[:count].tolist()):
        others = neighbours[grids[home[i]].community_code]
        runs[i] = others[int(rng.integers(len(others)))]
    return runs
