"""A file becomes ground: of OpenStreetMap, counted by layer, and refused where nothing of it lies in the city; or of tiles."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import shapely
from django.conf import settings

from gezhi.contexts.areas.queries import box_of
from gezhi.contexts.ground.queries import licences
from gezhi.contexts.ground.use_cases import NewFeature, NewSource, code_from, lay_archive, lay_ground
from gezhi.interfaces.imports.osm_file import read_osm_file
from gezhi.kernel.datum import Bounds
from gezhi.kernel.errors import InvalidInput
from gezhi.kernel.filled import Filled, filled
from gezhi.platform.access.actor import Actor
from gezhi.platform.geodb.tile_archive import TileArchive

_ENDING = re.compile(r"\.(osm(\.(pbf|gz|bz2))?|pbf|pmtiles)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class LaidFigures:
    """What an import has laid: how many features, how many of each layer; of finished tiles the name of the file kept.

    ``before``: how many features the source had laid; ``doubts``: what whoever imports should look at.
    """

    features: int
    layers: dict[str, int] = field(default_factory=dict)
    archive: str = ""
    before: int = 0
    doubts: tuple[Filled, ...] = ()


def title_of(path: Path) -> str:
    """What a file is called without its ending."""
    return _ENDING.sub("", path.name)


def code_of(path: Path) -> str:
    """A code for the source that a file is, told by its name."""
    return code_from(title_of(path))


def is_archive(path: Path) -> bool:
    """Whether a file is called as archives of finished tiles are."""
    return path.suffix.lower() == ".pmtiles"


def lay_tiles(
    *, actor: Actor, path: Path, source: NewSource, now: datetime, advance: Callable[[int], None]
) -> LaidFigures:
    """Take in a file of finished tiles. Raises what ``lay_archive`` raises."""
    before = laid_before(source.code)
    name = lay_archive(actor=actor, source=source, path=path, now=now, advance=advance)
    return LaidFigures(0, archive=name, before=before, doubts=tuple(_doubts_of_tiles(path)))


def _doubts_of_tiles(path: Path) -> Iterator[Filled]:
    archive, city = TileArchive(path), box_of()
    archive.close()
    box = archive.bounds
    if city is not None and (
        box.max_lon < city.min_lon
        or city.max_lon < box.min_lon
        or box.max_lat < city.min_lat
        or city.max_lat < box.min_lat
    ):
        yield filled(
            "no tile of %(file)s lies in the city: its box ends at %(west)s, %(south)s and %(east)s, %(north)s",
            file=path.name,
            west=f"{box.min_lon:.4f}",
            south=f"{box.min_lat:.4f}",
            east=f"{box.max_lon:.4f}",
            north=f"{box.max_lat:.4f}",
        )


def laid_before(code: str) -> int:
    """How many features the source of this code has laid."""
    return next((one.features for one in licences() if one.code == code), 0)


def doubts_of_count(laid: int, before: int) -> Iterator[Filled]:
    """What to say where a file brings far less than the one whose place it takes."""
    if laid * 2 < before:
        yield filled(
            "these are fewer than half of the %(before)s that the source had before: is the file whole?",
            before=f"{before:,}",
        )


def lay_osm_file(
    *,
    actor: Actor,
    path: Path,
    source: NewSource,
    now: datetime,
    advance: Callable[[int], None],
    points_only: bool = False,
) -> LaidFigures:
    """Lay what a file of OpenStreetMap holds in place of what its source laid before: all of it, or nothing.

    Raises what ``read_osm_file`` and ``lay_ground`` raise, and ``InvalidInput`` where there is a city, and nothing lies in it.
    """
    counts: Counter[str] = Counter()
    before = laid_before(source.code)
    read = read_osm_file(path, folder=settings.GEZHI_HOME, points_only=points_only)
    features = _counted(_in_city(read, box_of(), path), counts)
    laid = lay_ground(actor=actor, source=source, features=features, now=now, advance=advance)
    doubts = tuple(doubts_of_count(laid, before))
    return LaidFigures(laid, dict(sorted(counts.items())), before=before, doubts=doubts)


def _counted(features: Iterable[NewFeature], counts: Counter[str]) -> Iterator[NewFeature]:
    for one in features:
        counts[one.layer.value] += 1
        yield one


def _in_city(features: Iterable[NewFeature], bounds: Bounds | None, path: Path) -> Iterator[NewFeature]:
    city = None if bounds is None else shapely.box(bounds.min_lon, bounds.min_lat, bounds.max_lon, bounds.max_lat)
    there = city is None
    first = None
    for one in features:
        first = first or shapely.point_on_surface(one.shape)
        there = there or shapely.intersects(city, one.shape)
        yield one
    if first is not None and not there:
        said = filled(
            "nothing in %(file)s lies in the city; it begins at %(lon)s, %(lat)s: is it another place, or another datum?",
            file=path.name,
            lon=f"{first.x:.4f}",
            lat=f"{first.y:.4f}",
        )
        raise InvalidInput("ground_outside_city", said)
