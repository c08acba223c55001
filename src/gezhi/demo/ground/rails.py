"""Railways through the city and their stations: each station at the edge of the town that it is named after, the lines between
them by the cheapest way round what is built."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from gezhi.demo.geometry import PLANE
from gezhi.demo.ground.figures import Floats, Shapes, rounded_off, shapes_of, xy

# Name, English name, county, and on which side of its town the station lies: degrees from north to the east.
_STATIONS = (
    ("襄阳站", "Xiangyang Railway Station", "420606", 0.0),
    ("襄阳东站", "Xiangyang East Railway Station", "420607", 135.0),
    ("枣阳站", "Zaoyang Railway Station", "420683", 180.0),
    ("谷城北站", "Gucheng North Railway Station", "420625", 0.0),
    ("南漳站", "Nanzhang Railway Station", "420624", 180.0),
    ("保康县站", "Baokang Railway Station", "420626", 180.0),
    ("老河口站", "Laohekou Railway Station", "420682", 45.0),
    ("宜城站", "Yicheng Railway Station", "420684", 270.0),
)
# Name, English name, and the stations and places beyond the city (longitude, latitude) that the line goes by in turn.
_Stop = str | tuple[float, float]
_LINES: tuple[tuple[str, str, tuple[_Stop, ...]], ...] = (
    ("汉丹铁路", "Handan Railway", ((113.12, 32.05), "枣阳站", "襄阳站", "老河口站", (111.58, 32.60))),
    ("焦柳铁路", "Jiaoliu Railway", ((112.27, 32.46), "襄阳站", "宜城站", (112.30, 31.40))),
    ("汉十高铁", "Hanshi High-speed Railway", ((113.12, 31.95), "襄阳东站", "谷城北站", (111.30, 32.50))),
    ("郑渝高铁", "Zhengyu High-speed Railway", ((112.34, 32.46), "襄阳东站", "南漳站", "保康县站", (110.80, 31.80))),
)
# The last point of a town on a station's side is looked for so far from its middle, in such steps; the station lies beyond it,
# and inside its county by as much.
_SEEK_M, _STEP_M, _BEYOND_M = 12_000.0, 100.0, 260.0
# Ways are looked for on a grid of such cells, so far round the two ends of a leg.
_CELL_M, _ROUND_M = 400.0, 12_000.0
# What a metre costs more where a cell is built, in water, or along another line; a town is felt so far from its edge.
_BUILT, _WET, _BESIDE, _NEAR_TOWN_M, _BESIDE_M = 40.0, 3.0, 2.0, 250.0, 900.0
# Every so many cells a way is tried to be made straight to.
_LOOK = 3
# So near to a station a line does not turn.
_STRAIGHT_IN_M = 900.0
# How far a line may leave the way that was found to be simpler, and after how many metres it may turn.
_SIMPLER_M, _TURNS_M = 260.0, 2_400.0


@dataclass(frozen=True, slots=True)
class Rails:
    """Railways and stations in metres."""

    lines: Shapes
    names: list[str]
    names_en: list[str]
    stations: Shapes
    station_names: list[str]
    station_names_en: list[str]


def plan_rails(
    counties: Mapping[str, shapely.Geometry], seats: Mapping[str, Floats], built: shapely.Geometry, water: Shapes
) -> Rails:
    """The railways inside the city. ``counties``, ``built`` land and ``water`` in metres; ``seats``: the middles of the towns."""
    city = shapely.union_all(list(counties.values()))
    spots = {name: _at_the_edge(seats[code], side, counties[code], built) for name, _, code, side in _STATIONS}
    ways = _Ways(built, water)
    lines = []
    for _, _, stops in _LINES:
        ends = [spots[stop] if isinstance(stop, str) else _metres(stop) for stop in stops]
        lines.append(ways.through(ends))
    inside, of = shapely.get_parts(shapely.intersection(shapes_of(lines), city), return_index=True)
    # Corners are rounded off: each station is put on its line.
    network = shapely.union_all(inside)
    places = shapely.points(np.array([spots[name] for name, *_ in _STATIONS]))
    return Rails(
        lines=inside,
        names=[_LINES[i][0] for i in of.tolist()],
        names_en=[_LINES[i][1] for i in of.tolist()],
        stations=shapely.get_point(shapely.shortest_line(places, network), 1),
        station_names=[name for name, *_ in _STATIONS],
        station_names_en=[english for _, english, *_ in _STATIONS],
    )


def _metres(degrees: tuple[float, float]) -> Floats:
    return np.asarray(xy(PLANE.to_metres(shapely.points([degrees])))[0])


def _at_the_edge(seat: Floats, side: float, county: shapely.Geometry, built: shapely.Geometry) -> Floats:
    """Just beyond the last house on one side of a town, or on the next side where the county ends before."""
    inner = county.buffer(-_BEYOND_M)
    for aside in (0.0, 30.0, -30.0, 60.0, -60.0, 90.0, -90.0):
        turn = np.radians(side + aside)
        along = np.arange(_STEP_M, _SEEK_M, _STEP_M)[:, None] * np.array([np.sin(turn), np.cos(turn)]) + seat
        town = np.flatnonzero(shapely.dwithin(built, shapely.points(along), _STEP_M))
        # A gap of a kilometre ends the town: what lies beyond it is another.
        ends = town[np.flatnonzero(np.diff(np.append(town, 10**6)) > 10)[:1]] if len(town) else np.array([0])
        spot = along[min(int(ends[0]) + int(_BEYOND_M // _STEP_M) + 1, len(along) - 1)]
        if shapely.contains_xy(inner, *spot):
            return np.array(spot)
    return seat


class _Ways:
    """The cheapest ways for lines, each apart from those before it."""

    def __init__(self, built: shapely.Geometry, water: Shapes) -> None:
        self._built = shapely.buffer(built, _NEAR_TOWN_M, quad_segs=2)
        self._water = shapely.union_all(water)
        self._beside = shapely.Polygon()
        for shape in (self._built, self._water):
            shapely.prepare(shape)

    def through(self, ends: Sequence[Floats]) -> shapely.LineString:
        """A gently curved line from one end to the next."""
        found = [self._leg(one, other) for one, other in pairwise(ends)]
        points = np.concatenate([found[0], *(leg[1:] for leg in found[1:])])
        # Corners far from each other would be cut off far: between them lie points that hold the line.
        points = shapely.get_coordinates(shapely.segmentize(shapely.LineString(points), _TURNS_M))
        for _ in range(4):
            points = rounded_off(points)
        line = shapely.LineString(points)
        self._beside = shapely.union(self._beside, line.buffer(_BESIDE_M, quad_segs=2))
        shapely.prepare(self._beside)
        return line

    def _leg(self, one: Floats, other: Floats) -> Floats:
        low = np.minimum(one, other) - _ROUND_M
        wide, high = (np.ceil((np.maximum(one, other) + _ROUND_M - low) / _CELL_M)).astype(np.int64)
        at = low + _CELL_M * (np.stack(np.meshgrid(np.arange(wide), np.arange(high)), axis=-1) + 0.5).reshape(-1, 2)
        cost = self._costs(at)
        number = np.arange(wide * high).reshape(high, wide)
        straight, across = 1.0, float(np.sqrt(2.0))
        pairs = [
            (number[:, :-1], number[:, 1:], straight),
            (number[:-1], number[1:], straight),
            (number[:-1, :-1], number[1:, 1:], across),
            (number[:-1, 1:], number[1:, :-1], across),
        ]
        from_ = np.concatenate([first.ravel() for first, _, _ in pairs])
        to = np.concatenate([second.ravel() for _, second, _ in pairs])
        far = np.concatenate([np.full(first.size, length) for first, _, length in pairs])
        edges = coo_array((far * (cost[from_] + cost[to]), (from_, to)), shape=(len(at), len(at)))
        start, end = (int(np.argmin(np.hypot(*(at - spot).T))) for spot in (one, other))
        before = dijkstra(edges.tocsr(), directed=False, indices=start, return_predecessors=True)[1]
        cells = [end]
        while cells[-1] != start:
            cells.append(int(before[cells[-1]]))
        between = at[cells[-2:0:-1]]
        ends = np.minimum(np.hypot(*(between - one).T), np.hypot(*(between - other).T))
        path = np.vstack([one, between[ends > _STRAIGHT_IN_M], other])
        path = _straightened(path, cost.reshape(high, wide), low)
        return np.asarray(shapely.get_coordinates(shapely.simplify(shapely.LineString(path), _SIMPLER_M)))

    def _costs(self, at: Floats) -> Floats:
        cost = np.ones(len(at))
        cost[shapely.contains_xy(self._built, at)] += _BUILT
        cost[shapely.contains_xy(self._water, at)] += _WET
        cost[shapely.contains_xy(self._beside, at)] += _BESIDE
        return cost


def _straightened(path: Floats, cost: Floats, low: Floats) -> Floats:
    """A way over cells without the corners that are only the grid's: from each point straight on, as far as that costs no more."""

    def price(points: Floats) -> float:
        line = shapely.LineString(points)
        steps = xy(shapely.line_interpolate_point(line, np.arange(_CELL_M / 4.0, line.length, _CELL_M / 2.0)))
        column, row = np.floor((steps - low) / _CELL_M).astype(np.int64).T
        return float(cost[row, column].sum())

    kept = [0]
    while kept[-1] < len(path) - 1:
        here = kept[-1]
        further = (end for end in range(len(path) - 1, here + 1, -_LOOK) if _is_no_dearer(price, path, here, end))
        kept.append(next(further, here + 1))
    return path[kept]


def _is_no_dearer(price: Callable[[Floats], float], path: Floats, here: int, end: int) -> bool:
    return price(path[[here, end]]) <= 1.02 * price(path[here : end + 1])
