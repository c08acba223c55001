"""Where the towns are built: of each urban grid the land that is a town already, and the towns as they hang together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from gezhi.demo.ground.figures import Floats, Shapes, polygons_of, shapes_of, xy

# A larger grid is a town only in a disc of this radius, at its side towards the middle of its town.
_WHOLE_M2, _DISC_M = 330_000.0, 290.0
# No house stands so near to a river.
_BANK_M = 38.0
# Corners of a town's edge are rounded off so far.
_ROUNDING_M = 22.0


@dataclass(frozen=True, slots=True)
class Town:
    """The built land in metres. ``plots``: of each urban grid; ``parts``: what hangs together, the largest first;
    ``parts_county``: the county of each part;
    ``banks``: rivers with the land along them that is not built."""

    plots: Shapes
    parts: Shapes
    parts_county: list[str]
    banks: Shapes
    land: shapely.Geometry


def site_of(grids: Shapes, middles: Floats) -> Shapes:
    """What of each grid may be built: all of a small one, a disc near the middle of its town of a large one."""
    sites = grids.copy()
    large = np.flatnonzero(shapely.area(grids) > _WHOLE_M2)
    if len(large):
        inner = shapely.buffer(grids[large], -0.8 * _DISC_M)
        empty = shapely.is_empty(inner)
        inner[empty] = shapely.point_on_surface(grids[large][empty])
        nearest = shapely.get_point(shapely.shortest_line(inner, shapely.points(middles[large])), 0)
        sites[large] = shapely.intersection(grids[large], shapely.buffer(nearest, _DISC_M, quad_segs=10))
    return sites


def plan_town(
    sites: Shapes, county_codes: Sequence[str], water: Shapes, counties: Shapes, county_names: Sequence[str]
) -> Town:
    """The towns on these sites, dry. ``counties`` in metres, named by code in ``county_names``."""
    plots = sites.copy()
    tree = shapely.STRtree(plots)
    wet, by = tree.query(water, predicate="dwithin", distance=_BANK_M)[::-1]
    banks = shapely.buffer(water, _BANK_M, quad_segs=4)
    for plot, bank in zip(wet.tolist(), by.tolist(), strict=True):
        dry = polygons_of(shapely.difference(plots[plot], banks[bank]))
        if len(dry):
            plots[plot] = dry[np.argmax(shapely.area(dry))]
    land = shapely.union_all(plots)
    land = shapely.buffer(shapely.buffer(shapely.buffer(land, _ROUNDING_M), -2.0 * _ROUNDING_M), _ROUNDING_M)
    # What a county's outline leaves stays inside it.
    whole = shapely.union_all(counties)
    land = shapely.intersection(shapely.simplify(land, 1.5), whole)
    land = shapely.difference(land, shapely.union_all(banks[np.unique(by)])) if len(by) else land
    parts = polygons_of(land, at_least=8_000.0)
    # A hole of some hectares is a block like others; a village in a town's middle stays.
    parts = shapes_of(
        shapely.Polygon(part.exterior, [ring for ring in part.interiors if shapely.Polygon(ring).area > 60_000.0])
        for part in parts
    )
    parts = shapely.difference(parts, shapely.union_all(banks[np.unique(by)])) if len(by) else parts
    parts = polygons_of(parts, at_least=8_000.0)
    parts = parts[np.argsort(-shapely.area(parts), kind="stable")]
    inside = shapely.STRtree(counties).query_nearest(shapely.point_on_surface(parts), all_matches=False)[1]
    return Town(plots, parts, [county_names[i] for i in inside.tolist()], banks, shapely.multipolygons(parts))


def middle_of_each(grids: Shapes, groups: Sequence[str], seats: dict[str, Floats]) -> Floats:
    """The middle of the town that each grid belongs to: a given one, or the middle of the group's grids."""
    middles = xy(shapely.centroid(grids))
    out = np.empty_like(middles)
    names = np.array(groups)
    for name in sorted(set(groups)):
        own = names == name
        out[own] = seats[name] if name in seats else np.median(middles[own], axis=0)
    return out
