"""Reads of the ground: its tiles, its names, and the words for a point."""

from gezhi.contexts.ground.queries.archives import BaseTile, BaseTiles, archive_file, base_tile, base_tiles
from gezhi.contexts.ground.queries.beside import Beside, Door, Relation, Surroundings, beside
from gezhi.contexts.ground.queries.named import named_things
from gezhi.contexts.ground.queries.sources import GroundLicence, licences
from gezhi.contexts.ground.queries.tiles import MAX_ZOOM, CutTile, TileSet, cut_tile, ground_version, tile_set

__all__ = [
    "MAX_ZOOM",
    "BaseTile",
    "BaseTiles",
    "Beside",
    "CutTile",
    "Door",
    "GroundLicence",
    "Relation",
    "Surroundings",
    "TileSet",
    "archive_file",
    "base_tile",
    "base_tiles",
    "beside",
    "cut_tile",
    "ground_version",
    "licences",
    "named_things",
    "tile_set",
]
