"""Reads of the areas context: where a point lies, the tree of areas, and what maps draw."""

from gezhi.contexts.areas.queries.counts import count_areas, count_compounds, super_large_communities
from gezhi.contexts.areas.queries.land import AreaLand, land_of
from gezhi.contexts.areas.queries.location import (
    Located,
    ancestors_of,
    bounds,
    invalidate_index,
    locate,
    locate_many,
    name_of,
    version_in_force,
)
from gezhi.contexts.areas.queries.maps import (
    CompoundRow,
    Detail,
    GeoJson,
    areas_geojson,
    compounds_geojson,
    compounds_of_grid,
    roads_geojson,
)
from gezhi.contexts.areas.queries.tree import (
    AreaRow,
    area,
    area_by_code,
    areas_by_id,
    areas_of_level,
    children_of,
    last_below,
    path_of,
    root,
)

__all__ = [
    "AreaLand",
    "AreaRow",
    "CompoundRow",
    "Detail",
    "GeoJson",
    "Located",
    "ancestors_of",
    "area",
    "area_by_code",
    "areas_by_id",
    "areas_geojson",
    "areas_of_level",
    "bounds",
    "children_of",
    "compounds_geojson",
    "compounds_of_grid",
    "count_areas",
    "count_compounds",
    "invalidate_index",
    "land_of",
    "last_below",
    "locate",
    "locate_many",
    "name_of",
    "path_of",
    "roads_geojson",
    "root",
    "super_large_communities",
    "version_in_force",
]
