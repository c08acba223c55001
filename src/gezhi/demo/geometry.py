"""Made-up borders below the county, inside the real county outlines, as one valid coverage on every level.

Idea. In each county a cloud of random points stands for its land. The cloud is cut into streets, these into
communities, these into grids, always by straight cuts that split it in proportion to the number of grids; around the
county seat, and in the middle of each town, extra points stand for dense building, so that urban grids come out small.
The middle of each grid's points becomes a seed, and the seeds' Voronoi cells, cut to the county, are the grids. All
grids of the city are then noded together in metres (EPSG:4546, the 3° zone of Xiangyang); communities, streets,
districts and the city are unions of grids, so that each level is a coverage because the grids are one.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import TypeVar

import numpy as np
import shapely
from numpy.random import Generator
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from gezhi.demo.divisions import Community, County, Street
from gezhi.kernel.plane import Plane
from gezhi.solvers.coverage import clean_coverage

PLANE = Plane("EPSG:4546")
# The outlines leave two holes, the wider 1.9 km across: land of the neighbours, filled in.
_OUTLINE_GAP_M = 2_000.0
# Seeds nearer than this would make grids that no street separates.
_MIN_DISTANCE_M = 60.0
_POINTS_PER_GRID, _MIN_POINTS = 60, 3_000
# Land of an urban grid near a county seat and in a town, and how much of a county its seat may take.
_CORE_GRID_M2, _TOWN_GRID_M2, _CORE_MAX_SHARE = 180_000.0, 120_000.0, 0.3

Points = NDArray[np.float64]
_Member = TypeVar("_Member", bound=Street | Community)


@dataclass(frozen=True)
class GridCells:
    """The grids of the city: code (without their serial yet: the community's), community and shape in degrees."""

    community_codes: tuple[str, ...]
    shapes: NDArray[np.object_]


def county_outlines() -> dict[str, shapely.Geometry]:
    """The real outline of each county in degrees, mended into a coverage of single polygons."""
    packed = (files("gezhi.demo") / "data" / "counties.geojson.gz").read_bytes()
    features = json.loads(gzip.decompress(packed))["features"]
    codes = [feature["id"] for feature in features]
    shapes = [shapely.from_geojson(json.dumps(feature["geometry"])) for feature in features]
    cleaned = clean_coverage(shapes, codes, gap_width_m=_OUTLINE_GAP_M).polygons
    # Islands of a few square kilometres at the city's edge go; one inside it is filled by the second pass.
    largest = [max(shapely.get_parts(shape), key=lambda part: part.area) for shape in cleaned]
    return dict(zip(codes, clean_coverage(largest, codes, gap_width_m=_OUTLINE_GAP_M).polygons, strict=True))


def draw_grids(counties: Sequence[County], rng: Generator) -> GridCells:
    """A polygon for every grid that ``counties`` calls for."""
    outlines = county_outlines()
    owners: list[str] = []
    cells: list[shapely.Geometry] = []
    for county in counties:
        outline = PLANE.to_metres(outlines[county.code])
        seeds, communities = _county_seeds(county, outline, rng)
        cells += _voronoi(seeds, outline)
        owners += communities
    together = np.empty(len(cells), dtype=object)
    together[:] = cells
    # Cells of two counties meet on their common border without common vertices: node them.
    noded = shapely.coverage_clean(together, snapping_distance=0.05, gap_width=1.0)
    return GridCells(tuple(owners), np.asarray(PLANE.to_degrees(noded)))


def _county_seeds(county: County, outline: shapely.Geometry, rng: Generator) -> tuple[Points, list[str]]:
    grids = sum(street.grids for street in county.streets)
    land = _random_inside(outline, max(_MIN_POINTS, _POINTS_PER_GRID * grids), rng)
    seat = shapely.get_coordinates(PLANE.to_metres(shapely.Point(county.seat)))[0]
    core = [street for street in county.streets if street.core]
    towns = [street for street in county.streets if not street.core]

    by_distance = np.argsort(np.hypot(*(land - seat).T))
    core_grids = sum(street.grids for street in core)
    wanted = core_grids * _CORE_GRID_M2 / outline.area
    taken = len(land) if not towns else int(len(land) * min(_CORE_MAX_SHARE, wanted)) if core else 0
    placed: list[tuple[Street, Points]] = []
    if core:
        dense = _refill(land[by_distance[: max(taken, 50)]], _POINTS_PER_GRID * core_grids, rng)
        placed += _split(core, dense, seat, rounds_by_angle=0)
    if towns:
        placed += _split(towns, land[by_distance[taken:]], seat, rounds_by_angle=2)

    seeds: list[Points] = []
    owners: list[str] = []
    for street, points in placed:
        for community, own in _communities(street, points, rng):
            seeds.append(_centres(own, community.grids, rng))
            owners += [community.code] * community.grids
    return _apart(np.vstack(seeds), outline, land, rng), owners


def _apart(seeds: Points, outline: shapely.Geometry, land: Points, rng: Generator) -> Points:
    """Seeds inside the county and at least ``_MIN_DISTANCE_M`` from each other, moved as little as that takes."""
    land_index = cKDTree(land)
    for _ in range(100):
        outside = ~shapely.contains_xy(outline, seeds[:, 0], seeds[:, 1])
        seeds[outside] = land[land_index.query(seeds[outside])[1]] if outside.any() else seeds[outside]
        close = np.unique(cKDTree(seeds).query_pairs(_MIN_DISTANCE_M, output_type="ndarray"))
        if not len(close):
            return seeds
        seeds[close] += rng.normal(0.0, _MIN_DISTANCE_M, (len(close), 2))
    raise ValueError("the grids do not fit into their county; use another seed")


def _random_inside(outline: shapely.Geometry, count: int, rng: Generator) -> Points:
    shapely.prepare(outline)
    west, south, east, north = outline.bounds
    found: list[Points] = []
    missing = count
    while missing > 0:
        tried = rng.uniform((west, south), (east, north), (2 * missing + 100, 2))
        inside = tried[shapely.contains_xy(outline, tried[:, 0], tried[:, 1])][:missing]
        found.append(inside)
        missing -= len(inside)
    return np.vstack(found)


def _refill(points: Points, count: int, rng: Generator) -> Points:
    """More points where there are too few to cut: copies moved by about the distance between neighbours."""
    if len(points) >= count:
        return points
    reach = np.sqrt(np.prod(np.ptp(points, axis=0)) / len(points))
    copies = points[rng.integers(0, len(points), count - len(points))]
    return np.vstack([points, copies + rng.normal(0.0, 0.5 * reach, copies.shape)])


def _split(
    members: Sequence[_Member], points: Points, middle: Points, rounds_by_angle: int
) -> list[tuple[_Member, Points]]:
    """Cut points among members in proportion to their grids: first by angle around ``middle``, then straight."""
    if len(members) == 1:
        return [(members[0], points)]
    weights = np.cumsum([member.grids for member in members])
    half = int(np.searchsorted(weights, weights[-1] / 2.0)) + 1
    half = min(max(half, 1), len(members) - 1)
    share = weights[half - 1] / weights[-1]
    if rounds_by_angle:
        offset = points - middle
        order = np.argsort(np.arctan2(offset[:, 1], offset[:, 0]))
    else:
        centred = points - points.mean(axis=0)
        _, _, axes = np.linalg.svd(centred[:: max(1, len(centred) // 400)], full_matrices=False)
        # The sign of an axis is the library's whim; the cut must not depend on it.
        axis = axes[0] * (1.0 if axes[0][np.argmax(np.abs(axes[0]))] > 0 else -1.0)
        order = np.argsort(centred @ axis)
    cut = round(share * len(points))
    cut = min(max(cut, half), len(points) - (len(members) - half))
    remaining = max(0, rounds_by_angle - 1)
    return [
        *_split(members[:half], points[order[:cut]], middle, remaining),
        *_split(members[half:], points[order[cut:]], middle, remaining),
    ]


def _communities(street: Street, points: Points, rng: Generator) -> list[tuple[Community, Points]]:
    urban = [community for community in street.communities if community.urban]
    rural = [community for community in street.communities if not community.urban]
    middle = points.mean(axis=0)
    if not urban or not rural or street.core:
        enough = _refill(points, 20 * street.grids, rng)
        return _split(street.communities, enough, middle, rounds_by_angle=0)
    # A town: its urban communities in the middle, on a disc of their own size, the villages around.
    urban_grids = sum(community.grids for community in urban)
    radius = np.sqrt(urban_grids * _TOWN_GRID_M2 / np.pi)
    centre = points[np.argmin(np.hypot(*(points - middle).T))]
    angle = rng.uniform(0.0, 2.0 * np.pi, 40 * urban_grids)
    reach = radius * np.sqrt(rng.uniform(0.0, 1.0, len(angle)))
    town = centre + np.column_stack([reach * np.cos(angle), reach * np.sin(angle)])
    around = points[np.hypot(*(points - centre).T) > radius]
    around = _refill(around if len(around) else points, 20 * len(rural), rng)
    return [
        *_split(urban, town, centre, rounds_by_angle=0),
        *_split(rural, around, centre, rounds_by_angle=1 if len(rural) > 2 else 0),
    ]


def _centres(points: Points, count: int, rng: Generator) -> Points:
    """``count`` centres of the points (Lloyd's iteration), so that the grids of a community are of like size."""
    if count == 1:
        middle: Points = points.mean(axis=0, keepdims=True)
        return middle
    centres = points[rng.choice(len(points), count, replace=False)]
    for _ in range(8):
        nearest = np.argmin(((points[:, None, :] - centres[None, :, :]) ** 2).sum(axis=2), axis=1)
        for i in range(count):
            own = points[nearest == i]
            if len(own):
                centres[i] = own.mean(axis=0)
    return centres


def _voronoi(seeds: Points, outline: shapely.Geometry) -> list[shapely.Geometry]:
    """The Voronoi cell of each seed inside the outline, each in one piece."""
    diagram = shapely.voronoi_polygons(shapely.multipoints(seeds), extend_to=outline, ordered=True)
    cells = shapely.intersection(shapely.get_parts(diagram), outline)
    if len(cells) != len(seeds):
        raise ValueError("two grids fell on one place; use another seed")
    pieces, owner = shapely.get_parts(cells, return_index=True)
    kept = shapely.get_type_id(pieces) == 3
    pieces, owner = pieces[kept], owner[kept]
    whole: list[shapely.Geometry] = []
    loose: list[shapely.Geometry] = []
    for i in range(len(seeds)):
        own = sorted(pieces[owner == i], key=lambda piece: -piece.area)
        if not own:
            raise ValueError("a grid fell outside its county; use another seed")
        whole.append(own[0])
        loose += own[1:]
    # A cell that the county's border cuts in two keeps the larger piece; the neighbour with the longest common border
    # takes the other.
    for piece in sorted(loose, key=lambda piece: -piece.area):
        near = shapely.STRtree(whole).query(piece, predicate="intersects")
        common = [shapely.length(shapely.intersection(whole[i], piece)) for i in near]
        taker = int(near[int(np.argmax(common))])
        whole[taker] = shapely.union(whole[taker], piece)
    return whole
