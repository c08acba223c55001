"""From a point to the words that people use for it: in which building or compound, at which crossing, on which road."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain

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

    def compounds(self) -> list[_Near]:
        return self._named(self._held(self._city.compounds))

    def compound(self) -> str:
        """The compound that the point lies in; empty outside all."""
        near = self.compounds()
        return near[0].name if near and near[0].metres == 0.0 else ""

    def of(self, layer: Layer) -> list[_Near]:
        close = self._close.get(layer, NOTHING)
        far = shapely.distance(close.shapes, self.point).tolist()
        return self._named(
            chain(self._held(self._city.afar(layer)), zip(close.properties, far, close.shapes, strict=True))
        )

    def named(self) -> Beside | None:
        """What the point is named after; None where nothing with a name is near."""
        return _in_block(self) or _on_way(self) or _by_something(self)

    def door(self) -> Door | None:
        """The nearest named entrance that is close enough to be meant; None where none is."""
        doors = self.of(Layer.ENTRANCE)
        if not doors or doors[0].metres > _DOOR_M:
            return None
        ((lon, lat),) = to_degrees(shapely.get_coordinates(doors[0].shape)[:1])
        return Door(in_compound(self.compound(), doors[0].name), float(lon), float(lat), doors[0].metres)

    def _held(self, held: Held) -> Iterator[_Told]:
        for at, far in held.near(self.point, _NEAR_M * self._metre):
            yield held.properties[at], far, held.shapes[at]

    def _named(self, told: Iterable[_Told]) -> list[_Near]:
        """What has a name or a number and is near."""
        near = []
        for properties, far, shape in told:
            words = dict(properties)
            # An address that stands on a plot is no door, and its number alone says nothing.
            name = "" if words.get("class") == "address" else words.get("name") or _numbered(words)
            if name and far <= _NEAR_M * self._metre:
                english = words.get("name_en", "") if "name" in words else ""
                near.append(_Near(name, far / self._metre, shape, english))
        return sorted(near, key=lambda one: one.metres)


def _numbered(words: Mapping[str, str]) -> str:
    """A house without a name by its number: in a compound that is enough, along a street it has the street before it."""
    street, number = words.get("street"), words.get("number", "")
    return address(street, number) if street and number else number


def beside(lon: float, lat: float) -> Beside | None:
    """What a point (WGS84) is named after; None where nothing with a name is near."""
    return Surroundings(lon, lat).named()


def _in_block(around: Surroundings) -> Beside | None:
    """In a building, by its door, or in a compound beside one of its buildings."""
    compound, buildings = around.compound(), around.of(Layer.BUILDING)
    if buildings and buildings[0].metres <= _IN_M:
        return Beside(Relation.IN, (in_compound(compound, buildings[0].name),))
    doors = around.of(Layer.ENTRANCE)
    nearest = doors[0] if doors and doors[0].metres <= _DOOR_M else buildings[0] if compound and buildings else None
    if nearest is not None:
        return _near(nearest, around.point, in_compound(compound, nearest.name))
    return Beside(Relation.IN, (compound,)) if compound else None


def _on_way(around: Surroundings) -> Beside | None:
    """At a crossing, or on a road; rivers have no crossings and nobody stands on them."""
    roads = [road for road in around.of(Layer.ROAD) if road.metres <= _CROSSING_M]
    nearest: dict[str, _Near] = {}
    for road in roads:
        nearest.setdefault(road.name, road)
    met = list(nearest.values())[:2]
    names, english = tuple(road.name for road in met), _english(met)
    if len(names) > 1:
        return Beside(Relation.CROSSING, names, names_en=english)
    return Beside(Relation.ON, names, names_en=english) if roads and roads[0].metres <= _ON_M else None


def _english(near: Sequence[_Near]) -> tuple[str, ...]:
    return tuple(one.name_en or one.name for one in near) if any(one.name_en for one in near) else ()


def _by_something(around: Surroundings) -> Beside | None:
    """In a park or a lake, or near whatever is the nearest."""
    for layer in (Layer.GREEN, Layer.WATER):
        here = around.of(layer)
        if here and here[0].metres == 0.0:
            return Beside(Relation.IN, (here[0].name,), names_en=_english(here[:1]))
    rest = [*around.of(Layer.LANDMARK), *around.of(Layer.BUILDING), *around.compounds()]
    nearest = min(rest, key=lambda one: one.metres, default=None)
    return None if nearest is None else _near(nearest, around.point, nearest.name, _english([nearest]))


def _near(one: _Near, point: shapely.Point, name: str, english: tuple[str, ...] = ()) -> Beside:
    edge, _ = shapely.shortest_line(one.shape, point).coords
    # The square's y counts to the south.
    turn = math.atan2(point.x - edge[0], edge[1] - point.y)
    metres = max(_STEP_M, _STEP_M * round(one.metres / _STEP_M))
    return Beside(Relation.NEAR, (name,), metres, round(turn / (math.pi / 4)) % 8, english)
