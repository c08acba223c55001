"""Reads of the areas context: where a point lies, the tree of areas, and what maps draw."""

from gezhi.contexts.areas.queries.chosen import area_written, areas_offered, newest_street
from gezhi.contexts.areas.queries.counts import count_areas, count_compounds, super_large_communities
from gezhi.contexts.areas.queries.land import AreaLand, land_of
from gezhi.contexts.areas.queries.location import (
    AreaName,
    Located,
    ancestors_of,
    area_names,
    areas_called,
    bounds,
    box_of,
    english_name_of,
    invalidate_index,
    locate,
    locate_many,
    located_many,
    name_of,
    version_in_force,
)
from gezhi.contexts.areas.queries.named import NamedThing, named_things
from gezhi.contexts.areas.queries.shapes import Outline, compound_outlines, outlines_inside, outlines_of
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
    "AreaName",
    "AreaRow",
    "Located",
    "NamedThing",
    "Outline",
    "ancestors_of",
    "area",
    "area_by_code",
    "area_names",
    "area_written",
    "areas_by_id",
    "areas_called",
    "areas_of_level",
    "areas_offered",
    "bounds",
    "box_of",
    "children_of",
    "compound_outlines",
    "count_areas",
    "count_compounds",
    "english_name_of",
    "invalidate_index",
    "land_of",
    "last_below",
    "locate",
    "locate_many",
    "located_many",
    "name_of",
    "named_things",
    "newest_street",
    "outlines_inside",
    "outlines_of",
    "path_of",
    "root",
    "super_large_communities",
    "version_in_force",
]
