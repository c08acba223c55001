"""From a point to the words that people use for it: in which building or compound, at which crossing, on which road."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import chain, combinations

import numpy as np
import shapely

from gezhi.contexts.ground.domain.layers import Layer
from gezhi.contexts.ground.domain.words import address, in_compound
from gezhi.contexts.ground.queries.layers import NOTHING, Held
from gezhi.contexts.ground.queries.tiles import city_ground
from gezhi.kernel.mercator import to_degrees, to_square
from gezhi.kernel.vector_tile import Properties

_ROUND_THE_EARTH_M = 40_075_016.686
# Metres up to which a point is in a building whose wall was drawn a little off, on a road, at a crossing, and beside something.
_IN_M, _ON_M, _CROSSING_M, _DOOR_M, _NEAR_M = 3.0, 15.0, 25.0, 30.0, 80.0
# Distances are told in steps of so many metres: a position is no surer.
_STEP_M = 5
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
    where none has an English name."""

    relation: Relation
    names: tuple[str, ...]
    metres: int = 0
    towards: int = 0
    names_en: tuple[str, ...] = ()


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
    lon: float
    lat: float
    metres: float


class Surroundings:
    """What lies round a point (WGS84), the nearest of each kind first: read once, whatever is asked of it."""

    def __init__(self, lon: float, lat: float) -> None:
        self._city = city_ground()
        self.point = shapely.Point(to_square(np.array([[lon, lat]]))[0])
        self._metre = 1.0 / (_ROUND_THE_EARTH_M * math.cos(math.radians(lat)))
        self._close = self._city.close.round(self.point.x, self.point.y, _NEAR_M * self._metre)

    @cached_property
    def compounds(self) -> list[_Near]:
        """Compounds with a name."""
        return self._near(
            (words.get("name", ""), "", far, shape)
            for words, far, shape in _with_words(self._held(self._city.compounds))
        )

    def compound(self) -> str:
        """The compound that the point lies in; empty outside all."""
        return self.compounds[0].name if self.compounds and self.compounds[0].metres == 0.0 else ""

    def of(self, layer: Layer) -> list[_Near]:
        """What of a layer has a name of its own."""
        return self._near(
            (words.get("name", ""), words.get("name_en", ""), far, shape) for words, far, shape in self._told(layer)
        )

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
        return Door(nearest.name, float(lon), float(lat), nearest.metres)

    def _houses(self, layer: Layer) -> list[_Near]:
        """By the name of each, with that of the compound that it stands in before it, as the index of places has it."""
        told = [(words, far, shape) for words, far, shape in self._told(layer) if _is_told(words)]
        inside = self._compounds_of([shape for *_, shape in told])
        return self._near(
            (_house_name(words, compound), "" if compound else words.get("name_en", ""), far, shape)
            for (words, far, shape), compound in zip(told, inside, strict=True)
        )

    def _compounds_of(self, shapes: Sequence[shapely.Geometry]) -> list[str]:
        """The name of the compound that each shape stands in, or none."""
        names = [""] * len(shapes)
        if shapes:
            within = shapely.point_on_surface(np.array(shapes, dtype=object))
            for compound in reversed(self.compounds):
                for place in np.flatnonzero(shapely.intersects(compound.shape, within)).tolist():
                    names[place] = compound.name
        return names

    def _told(self, layer: Layer) -> list[tuple[Mapping[str, str], float, shapely.Geometry]]:
        """What is told of each thing of a layer, how far it is in parts of the square, and its shape."""
        close = self._close.get(layer, NOTHING)
        far = shapely.distance(close.shapes, self.point).tolist()
        here = zip(close.properties, far, close.shapes, strict=True)
        return list(_with_words(chain(self._held(self._city.afar(layer)), here)))

    def _held(self, held: Held) -> Iterator[_Told]:
        for at, far in held.near(self.point, _NEAR_M * self._metre):
            yield held.properties[at], far, held.shapes[at]

    def _near(self, named: Iterable[tuple[str, str, float, shapely.Geometry]]) -> list[_Near]:
        """What has a name and is near, the nearest first."""
        reach = _NEAR_M * self._metre
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


def _house_name(words: Mapping[str, str], compound: str) -> str:
    """By its name; else by its address; else by its number, which in a compound is enough, and elsewhere says nothing."""
    name, street, number = (words.get(key, "") for key in ("name", "street", "number"))
    if name:
        return in_compound(compound, name)
    if street and number:
        return address(street, number)
    return in_compound(compound, number) if compound else ""


def beside(lon: float, lat: float) -> Beside | None:
    """What a point (WGS84) is named after; None where nothing with a name is near."""
    return Surroundings(lon, lat).named()


def _in_block(around: Surroundings) -> Beside | None:
    """In a building, by its door, or in a compound beside one of its buildings."""
    compound, buildings, doors = around.compound(), around.buildings, around.doors
    # Beyond its wall: drawn a little off, unless another house stands there.
    if buildings and buildings[0].metres <= _IN_M and not (buildings[0].metres and around.in_another_building()):
        return Beside(Relation.IN, (buildings[0].name,), names_en=_english(buildings[:1]))
    nearest = doors[0] if doors and doors[0].metres <= _DOOR_M else buildings[0] if compound and buildings else None
    if nearest is not None:
        return _by(nearest, around.point)
    return Beside(Relation.IN, (compound,)) if compound else None


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
            near = [one[0], other[0]]
            return Beside(Relation.CROSSING, tuple(road.name for road in near), names_en=_english(near))
    nearest = next(iter(roads.values()), None)
    if nearest is None or nearest[0].metres > _ON_M:
        return None
    return Beside(Relation.ON, (nearest[0].name,), names_en=_english(nearest[:1]))


def _english(near: Sequence[_Near]) -> tuple[str, ...]:
    return tuple(one.name_en or one.name for one in near) if any(one.name_en for one in near) else ()


def _by_something(around: Surroundings) -> Beside | None:
    """In a park or a lake, or near whatever is the nearest."""
    for layer in (Layer.GREEN, Layer.WATER):
        here = around.of(layer)
        if here and here[0].metres == 0.0:
            return Beside(Relation.IN, (here[0].name,), names_en=_english(here[:1]))
    rest = [*around.of(Layer.LANDMARK), *around.buildings, *around.compounds]
    nearest = min(rest, key=lambda one: one.metres, default=None)
    return None if nearest is None else _by(nearest, around.point)


def _by(one: _Near, point: shapely.Point) -> Beside:
    """At something, or near it: so close no direction is sure."""
    if one.metres < _STEP_M / 2:
        return Beside(Relation.AT, (one.name,), names_en=_english([one]))
    edge, _ = shapely.shortest_line(one.shape, point).coords
    # The square's y counts to the south.
    turn = math.atan2(point.x - edge[0], edge[1] - point.y)
    metres = max(_STEP_M, _STEP_M * round(one.metres / _STEP_M))
    return Beside(Relation.NEAR, (one.name,), metres, round(turn / (math.pi / 4)) % 8, _english([one]))
