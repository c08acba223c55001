"""Streets and roads with their names, and the buildings that stand along them with house numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.random import Generator

from gezhi.demo.ground.country import Country
from gezhi.demo.ground.figures import Ints, Shapes, apart, rectangles, shapes_of, touched, xy
from gezhi.demo.ground.network import Network
from gezhi.demo.ground.words import RoadNames, road_in_english

_BRIDGES = [
    "长虹大桥",
    "卧龙大桥",
    "凤雏大桥",
    "月亮湾大桥",
    "庞公大桥",
    "东津大桥",
    "牛首大桥",
    "米公大桥",
    "汉江大桥",
    "鹿门大桥",
]
# From one building along a street to the next, how many stand there, and how far from its middle their fronts are.
_STEP_M = {"arterial": 42.0, "collector": 42.0, "local": 46.0}
_BUILT = {"arterial": 0.9, "collector": 0.34, "local": 0.07}
_COMMERCIAL = {"arterial": 0.85, "collector": 0.65, "local": 0.18}
_FRONT_M = {"arterial": 15.0, "collector": 13.0, "local": 11.0}
# A house number is so many metres of a street.
_NUMBER_M = 12.0


@dataclass(frozen=True, slots=True)
class Streets:
    """Named lines in metres. ``way``: the number of the street that each is a part of."""

    lines: Shapes
    kinds: list[str]
    names: list[str]
    names_en: list[str]
    way: Ints


def town_streets(network: Network, names: RoadNames, spelt: Callable[[str], str]) -> Streets:
    """The streets of the towns: the edges of each way as lines, named after the way."""
    order = np.argsort(network.way, kind="stable")
    ways, compact = np.unique(network.way[order], return_inverse=True)
    merged = shapely.line_merge(shapely.multilinestrings(network.edges[order], indices=compact))
    lines, owner = shapely.get_parts(merged, return_index=True)
    called = [
        names.ring(network.counties[way], network.ring[way])
        if network.ring[way]
        else names.take(network.counties[way], network.kinds[way])
        for way in ways.tolist()
    ]
    own = [called[i] for i in owner.tolist()]
    kinds = [network.kinds[way] for way in ways[owner].tolist()]
    return Streets(lines, kinds, own, [road_in_english(name, spelt) for name in own], ways[owner])


def bridge_streets(spans: Shapes, small: Shapes, names: RoadNames, spelt: Callable[[str], str]) -> Streets:
    """Bridges over the Han, each with its name, and over smaller rivers."""
    called = [_BRIDGES[i] if i < len(_BRIDGES) else f"汉江{i + 1}桥" for i in range(len(spans))]
    called += [names.take("", "collector")[:-1] + "桥" for _ in small]
    lines = np.concatenate([spans, small])
    english = [f"{spelt(name[:-2] if name.endswith('大桥') else name[:-1])} Bridge" for name in called]
    kinds = ["arterial"] * len(spans) + ["collector"] * len(small)
    return Streets(lines, kinds, called, english, np.full(len(lines), -1))


def country_roads(
    country: Country,
    *,
    villages: Sequence[str],
    districts: Sequence[str],
    towns: Sequence[str],
    names: RoadNames,
    spelt: Callable[[str], str],
) -> Streets:
    """Roads of the country: those between towns named after both, 襄南公路, those between villages after these."""
    pairs: dict[tuple[int, int], list[shapely.Geometry]] = {}
    lines: list[shapely.Geometry] = []
    called: list[str] = []
    kinds: list[str] = []
    for line, kind, start, end, pair in zip(
        country.lines, country.kinds, country.starts, country.ends, country.towns, strict=True
    ):
        if kind == "arterial":
            pairs.setdefault(pair, []).append(line)
            continue
        there = [i for i in (start, end) if i >= 0]
        if not there:
            lines.append(line)
            called.append(names.take("", "collector"))
            kinds.append("local")
            continue
        district = districts[there[0]]
        own = [villages[i].removesuffix("村") for i in there]
        first, last = own[0], own[-1]
        wanted = [
            first[0] + last[0] + "路",
            first[:2] + last[0] + "路",
            first[:2] + last[:2] + "路",
            f"{first}{last}路",
        ]
        if first == last:
            wanted = [f"{first}路", f"{first}东路", f"{first}西路", f"{first}南路", f"{first}北路"]
        lines.append(line)
        called.append(names.first_free(district, wanted))
        kinds.append("local")
    for (a, b), parts in pairs.items():
        for part in shapely.get_parts(shapely.line_merge(shapely.multilinestrings(parts))):
            lines.append(part)
            kinds.append("arterial")
            first, last = towns[a], towns[b]
            called.append(f"{first[0]}{last[0] if first[0] != last[0] else last[1]}公路")
    return Streets(
        shapes_of(lines), kinds, called, [road_in_english(n, spelt) for n in called], np.full(len(lines), -1)
    )


@dataclass(frozen=True, slots=True)
class Frontage:
    """Buildings along streets in metres, each with the street and its number there."""

    shapes: Shapes
    kinds: list[str]
    streets: list[str]
    numbers: list[str]


def frontage(streets: Streets, faces: Shapes, taken: Sequence[Shapes], rng: Generator) -> Frontage:
    """Buildings on both sides of streets, inside the blocks and apart from everything that is ``taken``."""
    length = shapely.length(streets.lines)
    step = np.array([_STEP_M[kind] for kind in streets.kinds])
    each = np.floor(length / step).astype(np.int64)
    line = np.repeat(np.arange(len(length)), 2 * each)
    nth = np.arange(len(line)) - np.repeat(np.cumsum(2 * each) - 2 * each, 2 * each)
    side = np.where(nth % 2, 1.0, -1.0)
    at = (nth // 2 + 0.5) * (length / np.maximum(each, 1))[line] + rng.uniform(-4.0, 4.0, len(line))
    built = rng.random(len(line)) < np.array([_BUILT[kind] for kind in streets.kinds])[line]
    line, side, at = line[built], side[built], at[built]
    here = xy(shapely.line_interpolate_point(streets.lines[line], at))
    there = xy(shapely.line_interpolate_point(streets.lines[line], at + 0.5))
    along = there - here
    turn = np.arctan2(along[:, 1], along[:, 0])
    wide, deep = rng.uniform(17.0, 34.0, len(line)), rng.uniform(11.0, 19.0, len(line))
    off = side * (np.array([_FRONT_M[kind] for kind in streets.kinds])[line] + deep / 2.0)
    middles = here + off[:, None] * np.column_stack([-np.sin(turn), np.cos(turn)])
    # A number counts from the start of the whole street.
    before = np.zeros(len(length))
    for way in np.unique(streets.way).tolist():
        own = np.flatnonzero(streets.way == way) if way >= 0 else np.empty(0, np.int64)
        before[own] = np.cumsum(length[own]) - length[own]
    number = 2 * np.floor((before[line] + at) / _NUMBER_M).astype(np.int64) + np.where(side > 0, 1, 2)
    shapes = rectangles(middles, wide, deep, turn)
    inner = shapely.buffer(faces, -8.0, join_style="mitre")
    shapely.prepare(inner)
    shape = shapely.STRtree(shapes).query(inner, predicate="contains")[1]
    free = np.zeros(len(shapes), dtype=bool)
    free[shape] = True
    kept = np.flatnonzero(free)
    for others in taken:
        kept = kept[~touched(shapes[kept], others, within=4.0)]
    # Those on wide streets stand before those round the corner.
    rank = np.array([("arterial", "collector", "local").index(kind) for kind in streets.kinds])[line[kept]]
    kept = kept[np.lexsort((kept, rank))]
    kept = kept[apart(shapes[kept], by=4.0)]
    share = np.array([_COMMERCIAL[kind] for kind in streets.kinds])[line[kept]]
    draw = rng.random(len(kept))
    kinds = np.where(draw < share, "commercial", np.where(draw < 0.985, "residential", "other")).tolist()
    return Frontage(
        shapes[kept],
        kinds,
        [streets.names[i] for i in line[kept].tolist()],
        [f"{n}号" for n in number[kept].tolist()],
    )
