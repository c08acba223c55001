"""The whole demo city in memory: the same for the same scale and seed, down to the last vertex."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from gezhi.contexts.areas.domain.levels import CODE_DIGITS
from gezhi.demo.article import ARTICLE, ArticleFigures
from gezhi.demo.bodies import BodyPlan, plan_bodies
from gezhi.demo.borders import common_borders
from gezhi.demo.compounds import CompoundPlan, UrbanGrid, plan_compounds
from gezhi.demo.contiguity import gather
from gezhi.demo.divisions import CITY_CODE, CITY_NAME, CITY_NAME_EN, Community, County, plan_divisions
from gezhi.demo.geometry import PLANE, GridCells, draw_grids
from gezhi.demo.ground.blocks import Blocks
from gezhi.demo.ground.figures import Floats, Shapes, xy
from gezhi.demo.ground.laid import Compounds, Site, compound_shapes, plan_ground, plan_land
from gezhi.demo.ground.things import GroundPlan
from gezhi.demo.ground.words import area_in_english, compound_in_english, speller
from gezhi.demo.people import WorkerPlan, plan_workers

_URBAN_HOUSEHOLDS, _FULL_HOUSEHOLDS, _RURAL_HOUSEHOLDS = (300, 500), (390, 500), (120, 420)
_URBAN_CLASS, _RURAL_CLASS = "111", "220"

Progress = Callable[[str], None]


@dataclass(frozen=True)
class AreaPlan:
    """An area to be, parents before children; shape in degrees."""

    code: str
    name: str
    name_en: str
    level: str
    parent_code: str | None
    households: int
    urban_rural: str
    shape: shapely.Geometry


@dataclass(frozen=True)
class CityPlan:
    """Everything that the generator makes, before anything is written."""

    scale: float
    seed: int
    figures: ArticleFigures
    areas: tuple[AreaPlan, ...]
    compounds: tuple[CompoundPlan, ...]
    ground: GroundPlan
    bodies: tuple[BodyPlan, ...]
    workers: tuple[WorkerPlan, ...]

    def digest(self) -> str:
        """A hash of the whole content."""
        state = hashlib.sha256()
        rows: Sequence[object]
        for rows in (self.areas, self.compounds, self.bodies, self.workers):
            for row in rows:
                for value in vars(row).values():
                    is_shape = isinstance(value, shapely.Geometry)
                    state.update(shapely.to_wkb(value, byte_order=1) if is_shape else repr(value).encode())
        self.ground.add_to(state)
        return state.hexdigest()


def _silent(_: str) -> None:
    return None


def plan_city(*, scale: float, seed: int, progress: Progress = _silent) -> CityPlan:
    """Make the city. Raises ``ValueError`` for a scale outside 0.01 to 1.

    Each part has a random stream of its own, so that a change to one leaves the others as they were.
    """
    figures = ARTICLE.at(scale)
    progress("divisions")
    counties = plan_divisions(scale)
    progress("borders")
    cells = gather(counties, draw_grids(counties, np.random.default_rng([seed, 1])))
    spelt = speller()
    areas, grids = _areas(counties, cells, seed, spelt)
    by_code = {area.code: area for area in areas}
    urban = {community.code for county in counties for community in county.communities if community.urban}
    progress("rivers and streets")
    outlines = {county.code: by_code[county.code].shape for county in counties}
    in_town = [grid for grid in grids if grid.parent_code in urban]
    land = plan_land(counties, outlines, [_site(grid) for grid in in_town], seed)
    progress("compounds")
    placed: list[tuple[Shapes, Floats, Blocks]] = []

    def place(sizes: Sequence[Sequence[int]]) -> Shapes:
        placed.append(compound_shapes(land, sizes, seed))
        return np.asarray(PLANE.to_degrees(placed[0][0]))

    hosts = [UrbanGrid(grid.code, str(grid.parent_code), grid.households) for grid in in_town]
    compounds = plan_compounds(
        hosts,
        _neighbours(areas, urban),
        figures,
        place,
        np.random.default_rng([seed, 2]),
        english=lambda name: compound_in_english(name, spelt),
    )
    shapes, turns, left = placed[0]
    ground = plan_ground(
        land,
        Compounds(
            shapes,
            turns,
            [one.name for one in compounds],
            [one.name_en for one in compounds],
            np.array([one.households for one in compounds]),
            left,
        ),
        rural=[_site(grid) for grid in grids if grid.parent_code not in urban],
        area_names={area.code: area.name for area in areas},
        area_names_en={area.code: area.name_en for area in areas},
        streets_middle=_street_middles(areas, urban),
        seed=seed,
        progress=progress,
    )
    progress("people")
    bodies = plan_bodies(counties, {area.code: area.name_en for area in areas})
    workers = plan_workers(counties, [grid.code for grid in grids], bodies, figures, np.random.default_rng([seed, 4]))
    return CityPlan(scale, seed, figures, tuple(areas), tuple(compounds), ground, tuple(bodies), tuple(workers))


def _site(grid: AreaPlan) -> Site:
    return Site(grid.code, grid.households, grid.shape)


def _street_middles(areas: Sequence[AreaPlan], urban: set[str]) -> dict[str, Floats]:
    """Where the middle of each street or town is (metres): of its urban grids, where it has some, else of all its grids."""
    grids = [area for area in areas if area.level == "grid"]
    middles = xy(shapely.centroid(PLANE.to_metres(np.array([grid.shape for grid in grids], dtype=object))))
    own: dict[str, list[int]] = defaultdict(list)
    for position, grid in enumerate(grids):
        own[grid.code[:9]].append(position)
    in_town = np.array([grid.parent_code in urban for grid in grids])
    return {
        code: np.median(middles[[i for i in rows if in_town[i]] or rows], axis=0) for code, rows in sorted(own.items())
    }


def _neighbours(areas: Sequence[AreaPlan], urban: set[str]) -> dict[str, list[str]]:
    """The urban neighbours of each urban community in its district; where it has none, all its neighbours there."""
    shapes = {area.code: area.shape for area in areas if area.level == "community"}
    found: dict[str, list[str]] = defaultdict(list)
    for a, b, _ in common_borders(shapes):
        if a[:6] == b[:6]:
            found[a].append(b)
            found[b].append(a)
    return {code: [other for other in found[code] if other in urban] or found[code] for code in sorted(urban)}


def _areas(
    counties: Sequence[County], cells: GridCells, seed: int, spelt: Callable[[str], str]
) -> tuple[list[AreaPlan], list[AreaPlan]]:
    """All areas, city first, and the grids among them."""
    rng = np.random.default_rng([seed, 5])
    members: dict[str, list[shapely.Geometry]] = defaultdict(list)
    for code, shape in zip(cells.community_codes, cells.shapes, strict=True):
        members[code].append(shape)
    grids: list[AreaPlan] = []
    upper: list[AreaPlan] = []
    districts: list[AreaPlan] = []
    for county in counties:
        streets: list[AreaPlan] = []
        for street in county.streets:
            communities: list[AreaPlan] = []
            for community in street.communities:
                english = area_in_english(community.name, spelt)
                own = _grids(community, members[community.code], rng, english)
                grids += own
                kind = _URBAN_CLASS if community.urban else _RURAL_CLASS
                communities.append(
                    _union(own, community.code, community.name, "community", name_en=english, urban_rural=kind)
                )
            english = area_in_english(street.name, spelt)
            streets.append(_union(communities, street.code, street.name, "street", name_en=english))
            upper += communities
        districts.append(_union(streets, county.code, county.name, "district", name_en=county.name_en))
        upper += streets
    city = _union(districts, CITY_CODE, CITY_NAME, "city", name_en=CITY_NAME_EN)
    rank = {"street": 0, "community": 1}
    upper.sort(key=lambda area: (rank[area.level], area.code))
    return [city, *districts, *upper, *grids], grids


def _grids(
    community: Community, shapes: list[shapely.Geometry], rng: np.random.Generator, english: str
) -> list[AreaPlan]:
    """Numbered from west to east, then from north to south, as the rule for grid codes has it."""
    west_to_east = sorted(shapes, key=lambda shape: (round(shape.centroid.x, 6), -shape.centroid.y))
    low, high = _RURAL_HOUSEHOLDS
    if community.urban:
        low, high = _FULL_HOUSEHOLDS if community.super_large else _URBAN_HOUSEHOLDS
    kind = _URBAN_CLASS if community.urban else _RURAL_CLASS
    return [
        AreaPlan(
            code=f"{community.code}{number:03d}",
            name=f"{community.name}第{number}网格",
            name_en=f"{english} Grid {number}",
            level="grid",
            parent_code=community.code,
            households=int(rng.integers(low, high + 1)),
            urban_rural=kind,
            shape=shape,
        )
        for number, shape in enumerate(west_to_east, start=1)
    ]


def _union(
    parts: Sequence[AreaPlan], code: str, name: str, level: str, *, name_en: str = "", urban_rural: str = ""
) -> AreaPlan:
    """The area that its parts make up. Its parent's code is the next shorter prefix of its own."""
    pieces = shapely.get_parts(shapely.coverage_union_all([part.shape for part in parts]))
    shape = pieces[0] if len(pieces) == 1 else shapely.MultiPolygon(list(pieces))
    digits = list(CODE_DIGITS.values())
    above = digits.index(len(code))
    parent = code[: digits[above - 1]] if above else None
    return AreaPlan(code, name, name_en, level, parent, sum(part.households for part in parts), urban_rural, shape)
