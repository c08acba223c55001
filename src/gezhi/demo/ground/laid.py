"""The ground of the whole city: what is planned part by part, in the order in which one part makes room for the next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from gezhi.contexts.ground.domain.layers import Layer
from gezhi.demo.divisions import County
from gezhi.demo.geometry import PLANE
from gezhi.demo.ground import landmarks as marks
from gezhi.demo.ground.blocks import Blocks, blocks_of, place_compounds
from gezhi.demo.ground.country import bridges, plan_country, village_middles
from gezhi.demo.ground.figures import Floats, Ints, Shapes, polygons_of, shapes_of, xy
from gezhi.demo.ground.greens import plan_greens
from gezhi.demo.ground.housing import gates_of, house
from gezhi.demo.ground.network import Network, plan_network
from gezhi.demo.ground.rails import Rails, plan_rails
from gezhi.demo.ground.streets import Frontage, Streets, bridge_streets, country_roads, frontage, town_streets
from gezhi.demo.ground.things import GroundPlan, Things, things
from gezhi.demo.ground.town import Town, middle_of_each, plan_town, site_of
from gezhi.demo.ground.uses import Names, plan_uses
from gezhi.demo.ground.villages import plan_villages
from gezhi.demo.ground.waters import Waters, plan_rivers, with_small_waters
from gezhi.demo.ground.words import RoadNames, speller

_RAIL_M, _STREAM_M, _STRAIGHT_DEGREES = 22.0, 16.0, 0.01


@dataclass(frozen=True, slots=True)
class Site:
    """A grid to build on: code, households, shape in degrees."""

    code: str
    households: int
    shape: shapely.Geometry


@dataclass(frozen=True, slots=True)
class Land:
    """The land of the towns before anything is built: in metres. ``turns``: how the streets of each urban grid are turned."""

    urban: list[Site]
    grids: Shapes
    town: Town
    network: Network
    waters: Waters
    rails: Rails
    blocks: Blocks
    turns: Floats
    seats: dict[str, Floats]
    counties: dict[str, shapely.Geometry]


def plan_land(counties: Sequence[County], outlines: dict[str, shapely.Geometry], urban: list[Site], seed: int) -> Land:
    """Water, rails, streets and the blocks between them. ``outlines``: of the counties, in degrees."""
    rng = [np.random.default_rng([seed, 6, part]) for part in range(3)]
    seats = {county.code: xy(PLANE.to_metres(shapely.points([county.seat])))[0] for county in counties}
    core = {street.code: seats[county.code] for county in counties for street in county.streets if street.core}
    grids = PLANE.to_metres(shapes_of(site.shape for site in urban))
    codes = [site.code for site in urban]
    followed = _followed(shapes_of(site.shape for site in urban))
    sites = site_of(followed, middle_of_each(grids, [code[:9] for code in codes], core))
    waters = plan_rivers(outlines, sites, rng[0])
    shapes = _followed(shapes_of(outlines.values()))
    town = plan_town(sites, [code[:6] for code in codes], waters.areas, shapes, list(outlines))
    network = plan_network(town, codes, grids, seats, rng[1])
    rails = plan_rails(dict(zip(outlines, shapes, strict=True)), seats, town.land, waters.areas)
    turns = np.array([network.turns[code[:6]] for code in codes])
    obstacles = np.concatenate([polygons_of(shapely.buffer(rails.lines, _RAIL_M, quad_segs=3)), _lone_streams(waters)])
    blocks = blocks_of(network, town.plots, turns, obstacles)
    named = dict(zip(outlines, shapes, strict=True))
    return Land(urban, grids, town, network, waters, rails, blocks, turns, seats, named)


def _followed(degrees: Shapes) -> Shapes:
    """Shapes in metres whose long edges keep to what is straight in degrees, to the centimetre."""
    return np.asarray(PLANE.to_metres(shapely.segmentize(degrees, _STRAIGHT_DEGREES)))


def _lone_streams(waters: Waters) -> Shapes:
    return polygons_of(shapely.buffer(waters.lines, _STREAM_M, quad_segs=3))


def compound_shapes(land: Land, sizes: Sequence[Sequence[int]], seed: int) -> tuple[Shapes, Floats, Blocks]:
    """The compounds of each urban grid by their households, in metres; how they are turned; and the blocks left."""
    return place_compounds(land.blocks, land.town.plots, land.turns, sizes, np.random.default_rng([seed, 7]))


@dataclass(frozen=True, slots=True)
class Compounds:
    """The compounds as they lie: metres."""

    shapes: Shapes
    turns: Floats
    names: list[str]
    names_en: list[str]
    households: Ints
    left: Blocks


def plan_ground(
    land: Land,
    compounds: Compounds,
    *,
    rural: list[Site],
    area_names: dict[str, str],
    area_names_en: dict[str, str],
    streets_middle: dict[str, Floats],
    seed: int,
    progress: Callable[[str], None],
) -> GroundPlan:
    """Everything that lies on the ground. ``area_names`` and ``area_names_en``: by code; ``streets_middle``: metres."""
    rng = [np.random.default_rng([seed, 8, part]) for part in range(12)]
    spelt, names = speller(), RoadNames(rng[0])
    city = shapely.union_all(list(land.counties.values()))
    dry_city = shapely.buffer(city, -60.0)

    progress("roads of the country")
    grids = _followed(shapes_of(site.shape for site in rural))
    codes = [site.code for site in rural]
    middles = village_middles(grids, np.concatenate([land.waters.wide, land.town.parts]), rng[1])
    waters = with_small_waters(land.waters, middles, dry_city, land.town.land, rng[2])
    country = plan_country(
        land.network,
        land.town,
        villages=middles,
        streets_centres=streets_middle,
        wide=waters.wide,
        city=dry_city,
        rng=rng[3],
    )
    in_town = town_streets(land.network, names, spelt)
    spans = bridges(land.waters.han, land.network)
    small = [bridges(line, land.network, apart_m=700.0, reach_m=260.0) for line in land.waters.lines[1:]]
    over = bridge_streets(spans, np.concatenate(small), names, spelt)
    villages = [area_names[code[:12]] for code in codes]
    towns = [area_names[code] for code in sorted(streets_middle)]
    outside = country_roads(
        country, villages=villages, districts=[code[:6] for code in codes], towns=towns, names=names, spelt=spelt
    )

    progress("buildings of compounds")
    housing = house(compounds.shapes, compounds.turns, compounds.households, rng[4])
    gates = gates_of(compounds.shapes, compounds.turns, compounds.households, land.network.edges, housing.buildings)

    progress("schools, parks and works")
    urban_codes = [site.code for site in land.urban]
    called = Names(urban_codes, area_names, land.seats, in_town.lines, in_town.names, spelt)
    grounds = plan_uses(compounds.left, called, rng[5])
    progress("buildings along streets")
    rails_room = shapely.buffer(land.rails.lines, _RAIL_M, quad_segs=3)
    taken = [compounds.shapes, grounds.taken, gates.ways, waters.areas, waters.lines, polygons_of(rails_room)]
    fronts = frontage(in_town, land.network.faces, taken, rng[6])

    progress("villages and fields")
    households = np.array([site.households for site in rural])
    obstacles = np.concatenate([waters.areas, waters.lines, land.rails.lines, land.town.parts])
    hamlets = plan_villages(
        middles, households=households, grids=grids, roads=outside.lines, obstacles=obstacles, rng=rng[7]
    )
    fields, field_kinds = plan_greens(
        grids,
        codes=codes,
        villages=middles,
        towns_grids=land.grids,
        towns_codes=urban_codes,
        town=land.town,
        roads=outside.lines,
        water=waters.areas,
        rng=rng[8],
    )
    fields, field_kinds = _in_city(fields, field_kinds, city)

    progress("landmarks")
    found = marks.Landmarks()
    found.add(grounds.landmarks, grounds.landmark_kinds, grounds.landmark_names, grounds.landmark_names_en)
    rails = land.rails
    found.add(rails.stations, "station", rails.station_names, rails.station_names_en)
    near = marks.Named(
        np.concatenate([grounds.landmarks, shapely.centroid(compounds.shapes)]),
        [*grounds.landmark_names, *compounds.names],
        [*grounds.landmark_names_en, *compounds.names_en],
    )
    marks.add_stops(found, in_town, near)
    hamlet = marks.Named(shapely.points(middles), villages, [area_names_en[code[:12]] for code in codes])
    marks.add_stops(found, outside, hamlet, wider=4.0)
    marks.add_shops(found, fronts, spelt, rng[9])
    every_building = np.concatenate([housing.buildings, grounds.buildings, fronts.shapes])
    marks.add_toilets(found, in_town, every_building, spelt)
    hamlet_kinds = marks.add_villages(
        found,
        houses=hamlets.houses,
        owner=hamlets.owner,
        named=hamlet,
        communities=[c[:12] for c in codes],
        rng=rng[10],
    )

    progress("putting the ground together")
    ponds = grounds.ponds
    return GroundPlan(
        (
            things(
                Layer.WATER,
                [*waters.area_kinds, *["lake"] * len(ponds)],
                np.concatenate([waters.areas, ponds]),
                [*waters.area_names, *[""] * len(ponds)],
                [*(_water_en(name, spelt) for name in waters.area_names), *[""] * len(ponds)],
            ),
            things(Layer.GREEN, field_kinds, fields),
            things(Layer.GREEN, grounds.green_kinds, grounds.greens, grounds.green_names, grounds.green_names_en),
            things(Layer.GREEN, "grass", housing.gardens),
            things(
                Layer.WATERWAY,
                waters.line_kinds,
                waters.lines,
                waters.line_names,
                [_water_en(name, spelt) for name in waters.line_names],
            ),
            things(Layer.RAIL, "rail", rails.lines, rails.names, rails.names_en),
            *(_road_things(one) for one in (in_town, over, outside)),
            things(Layer.ROAD, "service", gates.ways),
            _compound_buildings(housing.buildings, housing.number),
            things(Layer.BUILDING, grounds.building_kinds, grounds.buildings),
            _fronts(fronts),
            things(Layer.BUILDING, hamlet_kinds, hamlets.houses),
            things(Layer.ENTRANCE, "main", gates.points, gates.names, gates.names_en),
            things(Layer.LANDMARK, found.kinds, shapes_of(found.points), found.names, found.names_en),
        )
    )


def _in_city(fields: Shapes, kinds: list[str], city: shapely.Geometry) -> tuple[Shapes, list[str]]:
    """Polygons inside the city, with their kinds."""
    inside = shapely.covers(city, fields)
    fields[~inside] = shapely.intersection(fields[~inside], city)
    # To five centimetres: what is thinner would cross itself once it is in degrees.
    parts, of = shapely.get_parts(shapely.set_precision(fields, 0.05), return_index=True)
    solid = (shapely.get_type_id(parts) == 3) & ~shapely.is_empty(parts)
    return parts[solid], [kinds[i] for i in of[solid].tolist()]


def _road_things(streets: Streets) -> Things:
    return things(Layer.ROAD, streets.kinds, streets.lines, streets.names, streets.names_en)


def _compound_buildings(shapes: Shapes, numbers: Ints) -> Things:
    names = [f"{number}栋" for number in numbers.tolist()]
    return things(Layer.BUILDING, "residential", shapes, names, [f"Building {number}" for number in numbers.tolist()])


def _fronts(fronts: Frontage) -> Things:
    return things(Layer.BUILDING, fronts.kinds, fronts.shapes, streets=fronts.streets, numbers=fronts.numbers)


def _water_en(name: str, spelt: Callable[[str], str]) -> str:
    for suffix, english in (("水库", "Reservoir"), ("江", "River"), ("河", "River"), ("沟", "Brook")):
        if name.endswith(suffix):
            return "Han River" if name == "汉江" else f"{spelt(name.removesuffix(suffix))} {english}"
    return ""
