"""From a point to the words that people use for it: in which building or compound, at which crossing, on which road."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from itertools import chain, combinations

import numpy as np
import shapely

from gezhi.contexts.ground.domain.layers import Layer
from gezhi.contexts.ground.domain.words import AT_THE_FENCE_M, address, in_compound, in_compound_english, in_one_order
from gezhi.contexts.ground.queries.layers import NOTHING, Found, Held, Shapes
from gezhi.contexts.ground.queries.tiles import city_ground
from gezhi.kernel.mercator import to_degrees, to_square
from gezhi.kernel.vector_tile import Properties

_ROUND_THE_EARTH_M = 40_075_016.686
# Metres up to which a point is in a building whose wall was drawn a little off, on a road, at a crossing, and beside something.
_IN_M, _ON_M, _CROSSING_M, _DOOR_M, _NEAR_M = 3.0, 15.0, 25.0, 30.0, 80.0
# Where nothing is so near, the nearest road up to here is told: people walk no farther to find a place.
_FAR_M = 300.0
# Distances are told in steps of so many metres: a position is no surer; from ``_LONG_M`` on in longer ones.
_STEP_M, _LONG_M, _LONG_STEP_M = 5, 50, 10
# Who stands so near the middle of a road is on it, and has nothing beyond it.
_UNDERFOOT_M = 8.0
# What one does not see across; ways through a compound are crossed without a thought.
_PARTING = (Layer.ROAD, Layer.RAIL, Layer.WATERWAY)
_NOT_PARTING = frozenset({"service", "path", "subway"})
# What is told of something, how far it is in parts of the square, and its shape.
_Told = tuple[Properties, float, shapely.Geometry]


class Relation(StrEnum):
    """How a point lies to what it is named after."""

    IN = "in"
    CROSSING = "crossing"
    ON = "on"
    AT = "at"
    NEAR = "near"


@dataclass(frozen=True, slots=True)
class Beside:
    """What a point is named after: one name, of a crossing two. ``metres`` and ``towards`` (0 north, 1 north-east … 7 north-west)
    say how far and where from it the point lies, where it is near. ``names_en``: the same for those who read English, empty
    where none has an English name. ``kind``: of the green or water without a name that the point lies in, and is told with what
    it is near, or by itself: then ``names`` is empty."""

    relation: Relation
    names: tuple[str, ...]
    metres: int = 0
    towards: int = 0
    names_en: tuple[str, ...] = ()
    kind: str = ""


@dataclass(frozen=True, slots=True)
class _Near:
    name: str
    metres: float
    shape: shapely.Geometry
    name_en: str = ""


@dataclass(frozen=True, slots=True)
class Door:
    """A named entrance, with its compound's name before its own, in degrees (WGS84)."""

    name: str
    name_en: str
    lon: float
    lat: float
    metres: float


class Surroundings:
    """What lies round a point (WGS84), the nearest of each kind first: read once, whatever is asked of it."""

    def __init__(self, lon: float, lat: float) -> None:
        self._city = city_ground()
        self.point = shapely.Point(to_square(np.array([[lon, lat]]))[0])
        self._metre = 1.0 / (_ROUND_THE_EARTH_M * math.cos(math.radians(lat)))
        self._close = self._read(_NEAR_M)

    @cached_property
    def compounds(self) -> list[_Near]:
        """Compounds with a name."""
        return self._near(
            _called(words, far, shape) for words, far, shape in _with_words(self._held(self._city.compounds))
        )

    def compound(self) -> str:
        """The compound that the point lies in; empty outside all."""
        return self.compounds[0].name if self.compounds and self.compounds[0].metres == 0.0 else ""

    def of(self, layer: Layer) -> list[_Near]:
        """What of a layer has a name of its own."""
        return self._near(_called(words, far, shape) for words, far, shape in self._told(layer))

    @cached_property
    def buildings(self) -> list[_Near]:
        """Buildings that have a name or an address."""
        return self._houses(Layer.BUILDING)

    @cached_property
    def doors(self) -> list[_Near]:
        """Entrances that have a name or an address."""
        return self._houses(Layer.ENTRANCE)

    def in_another_building(self) -> bool:
        """Whether the point lies in a building of which nothing is known."""
        return any(not far and not _is_told(words) for words, far, _ in self._told(Layer.BUILDING))

    def road(self) -> _Near | None:
        """The nearest road with a name, looked for farther off than all else."""
        near = self.of(Layer.ROAD)
        if not near:
            told = self._told(Layer.ROAD, within=_FAR_M)
            near = self._near((_called(words, far, shape) for words, far, shape in told), within=_FAR_M)
        return near[0] if near else None

    def kind_of_land(self) -> str:
        """What green or water without a name the point lies in, the smallest of more; empty where it lies in none."""
        there = [
            (shape.area, words["class"])
            for layer in (Layer.GREEN, Layer.WATER)
            for words, far, shape in self._told(layer)
            if not far and "name" not in words
        ]
        return min(there, default=(0.0, ""))[1]

    def is_cut_off(self, one: _Near) -> bool:
        """Whether a road, a railway or a river lies between the point and something; one that only begins there does not."""
        return bool(shapely.crosses(self._parting, shapely.shortest_line(self.point, one.shape)).any())

    @cached_property
    def _parting(self) -> Shapes:
        lines = [
            shape
            for layer in _PARTING
            for words, far, shape in self._told(layer)
            if words.get("class") not in _NOT_PARTING and far > _UNDERFOOT_M * self._metre
        ]
        return np.array(lines, dtype=object)

    def metres(self, shape: shapely.Geometry) -> float:
        """How far a shape is from the point."""
        return float(shapely.distance(shape, self.point)) / self._metre

    def named(self) -> Beside | None:
        """What the point is named after; None where nothing with a name is near."""
        return _in_block(self) or _on_way(self) or _by_something(self)

    def door(self) -> Door | None:
        """The nearest named entrance that is close enough to be meant; None where none is."""
        if not self.doors or self.doors[0].metres > _DOOR_M:
            return None
        nearest = self.doors[0]
        ((lon, lat),) = to_degrees(shapely.get_coordinates(nearest.shape)[:1])
        return Door(nearest.name, nearest.name_en, float(lon), float(lat), nearest.metres)

    def _houses(self, layer: Layer) -> list[_Near]:
        """By the name of each, with that of the compound that it stands in before it, as the index of places has it."""
        told = [(words, far, shape) for words, far, shape in self._told(layer) if _is_told(words)]
        reach = AT_THE_FENCE_M * self._metre if layer is Layer.ENTRANCE else 0.0
        inside = self._compounds_of([shape for *_, shape in told], reach)
        return self._near(
            (_house_name(words, compound), _house_in_english(words, compound), far, shape)
            for (words, far, shape), compound in zip(told, inside, strict=True)
        )

    def _compounds_of(self, shapes: Sequence[shapely.Geometry], reach: float) -> list[_Near | None]:
        """The compound that each shape stands in, or is at most so far from, or none."""
        found: list[_Near | None] = [None] * len(shapes)
        if shapes:
            within = shapely.point_on_surface(np.array(shapes, dtype=object))
            nearest = np.full(len(shapes), np.inf)
            for compound in self.compounds:
                far = shapely.distance(compound.shape, within)
                for place in np.flatnonzero((far <= reach) & (far < nearest)).tolist():
                    found[place], nearest[place] = compound, far[place]
        return found

    def _read(self, reach: float) -> dict[Layer, Found]:
        return self._city.close.round(self.point.x, self.point.y, reach * self._metre)

    def _told(
        self, layer: Layer, *, within: float = _NEAR_M
    ) -> list[tuple[Mapping[str, str], float, shapely.Geometry]]:
        """What is told of each thing of a layer, how far it is in parts of the square, and its shape."""
        close = (self._close if within <= _NEAR_M else self._read(within)).get(layer, NOTHING)
        far = shapely.distance(close.shapes, self.point).tolist()
        here = zip(close.properties, far, close.shapes, strict=True)
        return list(_with_words(chain(self._held(self._city.afar(layer), within), here)))

    def _held(self, held: Held, within: float = _NEAR_M) -> Iterator[_Told]:
        for at, far in held.near(self.point, within * self._metre):
            yield held.properties[at], far, held.shapes[at]

    def _near(
        self, named: Iterable[tuple[str, str, float, shapely.Geometry]], *, within: float = _NEAR_M
    ) -> list[_Near]:
        """What has a name and is near, the nearest first."""
        reach = within * self._metre
        near = [
            _Near(name, far / self._metre, shape, english)
            for name, english, far, shape in named
            if name and far <= reach
        ]
        return sorted(near, key=lambda one: one.metres)


def _with_words(told: Iterable[_Told]) -> Iterator[tuple[Mapping[str, str], float, shapely.Geometry]]:
    for properties, far, shape in told:
        words = dict(properties)
        # An address that stands on a plot is no house, and its number alone says nothing.
        if words.get("class") != "address":
            yield words, far, shape


def _is_told(words: Mapping[str, str]) -> bool:
    return bool(words.get("name") or words.get("number"))


def _called(words: Mapping[str, str], far: float, shape: shapely.Geometry) -> tuple[str, str, float, shapely.Geometry]:
    """What has a name of its own."""
    return words.get("name", ""), words.get("name_en", ""), far, shape


def _house_name(words: Mapping[str, str], compound: _Near | None) -> str:
    """By its name; else by its address; else by its number, which in a compound is enough, and elsewhere says nothing."""
    name, street, number = (words.get(key, "") for key in ("name", "street", "number"))
    if name:
        return in_compound(compound.name if compound else "", name)
    if street and number:
        return address(street, number)
    return in_compound(compound.name, number) if compound else ""


def _house_in_english(words: Mapping[str, str], compound: _Near | None) -> str:
    english = words.get("name_en", "")
    return in_compound_english(compound.name_en, english) if compound else english


def beside(lon: float, lat: float) -> Beside | None:
    """What a point (WGS84) is named after; None where nothing with a name is near."""
    return Surroundings(lon, lat).named()


def _in_block(around: Surroundings) -> Beside | None:
    """In a building, by its door, or in a compound beside one of its buildings."""
    compound, buildings, doors = around.compound(), around.buildings, around.doors
    # Beyond its wall: drawn a little off, unless another house stands there.
    if buildings and buildings[0].metres <= _IN_M and not (buildings[0].metres and around.in_another_building()):
        return Beside(Relation.IN, (buildings[0].name,), names_en=_english(buildings[:1]))
    door = next((one for one in doors if one.metres <= _DOOR_M and (compound or not around.is_cut_off(one))), None)
    nearest = door or (buildings[0] if compound and buildings else None)
    if nearest is not None:
        return _by(nearest, around.point)
    return Beside(Relation.IN, (compound,), names_en=_english(around.compounds[:1])) if compound else None


def _on_way(around: Surroundings) -> Beside | None:
    """At a crossing, or on a road; rivers have no crossings and nobody stands on them."""
    roads: dict[str, list[_Near]] = defaultdict(list)
    for road in around.of(Layer.ROAD):
        if road.metres <= _CROSSING_M:
            roads[road.name].append(road)
    for one, other in combinations(roads.values(), 2):
        met = shapely.intersection(*(shapely.union_all([road.shape for road in way]) for way in (one, other)))
        # Two roads beside each other are no crossing.
        if not met.is_empty and around.metres(met) <= _CROSSING_M:
            near = in_one_order([one[0], other[0]], name=lambda road: road.name)
            return Beside(Relation.CROSSING, tuple(road.name for road in near), names_en=_english(near))
    nearest = next(iter(roads.values()), None)
    if nearest is None or nearest[0].metres > _ON_M:
        return None
    return Beside(Relation.ON, (nearest[0].name,), names_en=_english(nearest[:1]))


def _english(near: Sequence[_Near]) -> tuple[str, ...]:
    return tuple(one.name_en or one.name for one in near) if any(one.name_en for one in near) else ()


def _by_something(around: Surroundings) -> Beside | None:
    """In a park or a lake, or near whatever is the nearest on this side of the road; else by the road itself."""
    for layer in (Layer.GREEN, Layer.WATER):
        here = around.of(layer)
        if here and here[0].metres == 0.0:
            return Beside(Relation.IN, (here[0].name,), names_en=_english(here[:1]))
    rest = sorted([*around.of(Layer.LANDMARK), *around.buildings, *around.compounds], key=lambda one: one.metres)
    nearest = next((one for one in rest if not around.is_cut_off(one)), None)
    land = around.kind_of_land()
    if nearest is None:
        road, beyond = around.road(), next(iter(rest), None)
        # What lies beyond a road without a name is still better than a road that is farther.
        nearest = beyond if beyond and not land and (road is None or road.metres > beyond.metres) else road
    if nearest is None:
        return Beside(Relation.IN, (), kind=land) if land else None
    return replace(_by(nearest, around.point), kind=land)


def _by(one: _Near, point: shapely.Point) -> Beside:
    """At something, or near it: so close no direction is sure."""
    if one.metres < _STEP_M / 2:
        return Beside(Relation.AT, (one.name,), names_en=_english([one]))
    edge, _ = shapely.shortest_line(one.shape, point).coords
    # The square's y counts to the south.
    turn = math.atan2(point.x - edge[0], edge[1] - point.y)
    step = _STEP_M if one.metres < _LONG_M else _LONG_STEP_M
    metres = max(step, step * round(one.metres / step))
    return Beside(Relation.NEAR, (one.name,), metres, round(turn / (math.pi / 4)) % 8, _english([one]))
