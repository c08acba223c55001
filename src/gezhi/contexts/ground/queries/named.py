"""What of the ground has a name, with a point where it lies: roads and where two meet, rivers, landmarks, buildings, addresses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import cos, hypot, radians
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from gezhi.contexts.areas.queries import Located, NamedThing, Outline, compound_outlines, located_many
from gezhi.contexts.ground.domain.layers import Layer
from gezhi.contexts.ground.domain.words import (
    AT_THE_FENCE_M,
    address,
    found_as,
    in_compound,
    in_compound_english,
    in_one_order,
)
from gezhi.contexts.ground.models import GroundFeature
from gezhi.kernel.batches import in_batches

# Meetings of two roads that are closer to each other are one crossing: the lanes of a wide road meet another twice.
_ONE_CROSSING_DEGREES = 0.0008
_FIELDS = ("layer", "id", "kind", "name", "name_en", "also", "street", "house_number", "geometry")
# What is found as what: a layer → the kind of a place, where the feature's own kind does not say it.
_WAYS = {Layer.ROAD: "road", Layer.WATERWAY: "river"}
_KIND = {Layer.BUILDING: "building", Layer.ENTRANCE: "entrance", Layer.GREEN: "park", Layer.WATER: "water"}
_IN_TURN = ((Layer.BUILDING, Layer.ENTRANCE), (Layer.LANDMARK,), (Layer.GREEN, Layer.WATER))
# Landmarks that are the green itself, and say better what it is.
_ARE_GREEN = frozenset({"park", "square", "sports"})
_CHUNK = 5_000
# Parts of one thing are no farther from each other: the two halves of a park, the two stops at a road.
_ONE_PLACE_M = 120.0
_DEGREE_M = 111_320.0


def named_things() -> Iterator[NamedThing]:
    """All of them as they are now. A building in a compound has the compound's name before its own."""
    yield from _roads_and_crossings()
    yield from _features(_Compounds(compound_outlines()))


class _Compounds:
    """Which compound a point lies in."""

    def __init__(self, outlines: Sequence[Outline]) -> None:
        self._outlines = outlines
        self._tree = shapely.STRtree([one.shape for one in outlines])

    def at(self, points: Any, at_the_fence: NDArray[np.bool_]) -> list[Outline | None]:
        """The compound that holds each point, or none; of those ``at_the_fence`` also the nearest close by."""
        found: list[Outline | None] = [None] * len(points)
        gates = np.flatnonzero(at_the_fence)
        nearest, reach = (self._tree.query_nearest, AT_THE_FENCE_M / _DEGREE_M)
        for gate, compound in nearest(points[gates], max_distance=reach, all_matches=False).T.tolist():
            found[gates[gate]] = self._outlines[compound]
        for point, compound in self._tree.query(points, predicate="intersects").T.tolist():
            found[point] = self._outlines[compound]
        return found


class _Once:
    """Knows again what has the name and kind of something close by: parts of one place, which nobody can tell apart."""

    def __init__(self) -> None:
        self._boxes: dict[tuple[str, str], list[tuple[float, float, float, float]]] = defaultdict(list)

    def is_new(self, name: str, kind: str, box: tuple[float, float, float, float]) -> bool:
        """Whether none of the boxes of that name and kind (west, south, east, north) is close to this one; keeps it.

        A park and the square that it is are one.
        """
        kind = "park" if kind in _ARE_GREEN else kind
        west, south, east, north = box
        per_degree = _DEGREE_M * cos(radians(south))
        known = self._boxes[name, kind]
        alone = all(
            hypot(per_degree * max(0.0, w - east, west - e), _DEGREE_M * max(0.0, s - north, south - n)) > _ONE_PLACE_M
            for w, s, e, n in known
        )
        known.append(box)
        return alone


def _features(compounds: _Compounds) -> Iterator[NamedThing]:
    """An address once in a district, however many doors and shops have it: where its building or door is, if there is one."""
    known: set[tuple[str, int | None]] = set()
    once = _Once()
    for layers in _IN_TURN:
        named = GroundFeature.objects.filter(layer__in=[layer.value for layer in layers])
        told = named.exclude(name="", house_number="").order_by("id")
        rows = told.values_list(*_FIELDS).iterator(chunk_size=_CHUNK)
        for chunk in in_batches(rows, _CHUNK):
            for thing, district_id in _things(chunk, compounds, once):
                if thing.kind == "address":
                    if (thing.names[0], district_id) in known:
                        continue
                    known.add((thing.names[0], district_id))
                yield thing


def _things(
    rows: Sequence[tuple[Any, ...]], compounds: _Compounds, once: _Once
) -> Iterator[tuple[NamedThing, int | None]]:
    """What each row is found as, with the district that it lies in. A landmark and its address are two."""
    shapes = shapely.from_wkb([bytes(row[-1]) for row in rows])
    points, boxes = shapely.point_on_surface(shapes), shapely.bounds(shapes).tolist()
    gates = np.array([row[0] == Layer.ENTRANCE.value and bool(row[3]) for row in rows])
    inside = compounds.at(points, gates)
    for row, point, compound, there, box in zip(rows, points, inside, _located(points), boxes, strict=True):
        layer, pk, kind, name, name_en, also, street, number, _ = row
        of_house = layer in {Layer.BUILDING.value, Layer.ENTRANCE.value}
        within = compound.name if of_house and compound else ""
        own = [in_compound(within, text) for text in (name, number if of_house and not street else "") if text]
        numbers = [address(street, number)] if street and number else []
        area_id, district_id = (there.area_id, there.district_id) if there else (None, None)
        if layer == Layer.LANDMARK.value:
            shown = found_as(kind, name)
            if numbers and own:
                told = NamedThing(tuple(numbers), "address", f"address:{pk}", point.x, point.y, area_id)
                yield told, district_id
                numbers = []
        else:
            shown = _KIND[Layer(layer)]
        # Doors, and houses that have but a number, are many of one name, and each is a place of its own.
        single = own and layer != Layer.ENTRANCE.value and not any(map(str.isdecimal, own[0]))
        english = in_compound_english(compound.name_en, name_en) if within and compound else name_en
        # The English of a door or a numbered house is found by its words (``gazetteer.english``): kept, it would be kept often.
        spelled = english if single or not within else ""
        names = tuple(dict.fromkeys(filter(None, [*own, *numbers, spelled, *also.split("\n")])))
        if single and not once.is_new(own[0], shown, tuple(box)):
            continue
        if names:
            thing = NamedThing(names, shown if own else "address", f"ground:{pk}", point.x, point.y, area_id, english)
            yield thing, district_id


@dataclass(frozen=True, slots=True)
class _Way:
    """The parts of one name in one district, as one line."""

    id: int
    names: tuple[str, ...]
    kind: str
    line: Any
    name_en: str


def _roads_and_crossings() -> Iterator[NamedThing]:
    ways = _ways()
    middles = [_middle(way.line) for way in ways]
    for way, point, there in zip(ways, middles, _located(middles), strict=True):
        # A river is in no one grid.
        area_id = None if there is None else (there.city_id if way.kind == "river" else there.area_id)
        yield NamedThing(way.names, way.kind, f"{way.kind}:{way.id}", point.x, point.y, area_id, way.name_en)
    yield from _crossings([way for way in ways if way.kind == "road"])


def _ways() -> list[_Way]:
    named = GroundFeature.objects.filter(layer__in=[layer.value for layer in _WAYS]).exclude(name="")
    rows = list(named.order_by("name", "id").values_list("layer", "id", "name", "name_en", "also", "geometry"))
    lines = shapely.from_wkb([bytes(row[-1]) for row in rows])
    places = _located([_middle(line) for line in lines])
    parts: dict[tuple[str, str, int | None], list[tuple[int, Any]]] = defaultdict(list)
    others: dict[tuple[str, str, int | None], dict[str, None]] = defaultdict(dict)
    english: dict[tuple[str, str, int | None], str] = {}
    for (layer, pk, name, name_en, also, _), line, there in zip(rows, lines, places, strict=True):
        kind = _WAYS[Layer(layer)]
        # A river is one in the whole city; two roads of one name in two districts are two.
        key = name, kind, there.district_id if there and kind == "road" else None
        parts[key].append((pk, line))
        others[key] |= dict.fromkeys(filter(None, (name_en, *also.split("\n"))))
        if name_en:
            english.setdefault(key, name_en)
    return [
        _Way(
            id=pieces[0][0],
            names=(key[0], *others[key]),
            kind=key[1],
            line=shapely.union_all([line for _, line in pieces]),
            name_en=english.get(key, ""),
        )
        for key, pieces in parts.items()
    ]


def _crossings(ways: Sequence[_Way]) -> Iterator[NamedThing]:
    lines = np.array([way.line for way in ways], dtype=object)
    one, other = shapely.STRtree(lines).query(lines, predicate="intersects")
    pairs = [
        (a, b)
        for a, b in sorted(zip(one.tolist(), other.tolist(), strict=True))
        if a < b and ways[a].names[0] != ways[b].names[0]
    ]
    first, second = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    parts, of = shapely.get_parts(shapely.intersection(lines[first], lines[second]), return_index=True)
    middles = shapely.centroid(parts)
    spots = np.column_stack([shapely.get_x(middles), shapely.get_y(middles)]).tolist()
    met: list[tuple[int, int, float, float]] = []
    # By their names: a road that goes on in the next district is another way, and its crossing at the border the same.
    kept: dict[frozenset[str], list[tuple[float, float]]] = defaultdict(list)
    for pair, (x, y) in zip(of.tolist(), spots, strict=True):
        before = kept[frozenset(ways[way].names[0] for way in pairs[pair])]
        if all(hypot(x - before_x, y - before_y) > _ONE_CROSSING_DEGREES for before_x, before_y in before):
            before.append((x, y))
            met.append((*pairs[pair], x, y))
    places = located_many([x for _, _, x, _ in met], [y for *_, y in met]) if met else []
    for number, ((a, b, x, y), there) in enumerate(zip(met, places, strict=True)):
        met_here = in_one_order((ways[a], ways[b]), name=lambda way: way.names[0])
        name = f"{met_here[0].names[0]}与{met_here[1].names[0]}路口"
        english = " & ".join(way.name_en or way.names[0] for way in met_here)
        key = f"crossing:{ways[a].id}-{ways[b].id}-{number}"
        yield NamedThing((name,), "crossing", key, x, y, there.area_id if there else None, english)


def _middle(line: Any) -> Any:
    """A point half way along the longest part of a line."""
    parts = shapely.get_parts(shapely.line_merge(line))
    return shapely.line_interpolate_point(parts[np.argmax(shapely.length(parts))], 0.5, normalized=True)


def _located(points: Sequence[Any]) -> list[Located | None]:
    array = np.asarray(points, dtype=object)
    return located_many(shapely.get_x(array), shapely.get_y(array)) if len(array) else []
