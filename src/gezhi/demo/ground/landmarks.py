"""What people look for: stops, shops, banks, toilets; committees and clinics of villages; stations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.random import Generator

from gezhi.demo.ground.figures import Floats, Ints, Shapes, shapes_of, touched, xy
from gezhi.demo.ground.streets import Frontage, Streets
from gezhi.demo.ground.words import stem

_STOP_EVERY_M, _STOP_ASIDE_M, _NAMED_WITHIN_M = 800.0, 9.0, 320.0
_TOILET_EVERY_M, _TOILET_ASIDE_M = 2_600.0, 12.5
# How many of a thousand commercial buildings hold each, what follows the word of the street in its name, and in English.
_SHOPS = (
    ("bank", "农商银行{}支行", 38, "Rural Commercial Bank"), ("bank", "邮政储蓄银行{}支行", 14, "Postal Savings Bank"),
    ("post", "{}邮政所", 9, "Post Office"), ("pharmacy", "{}大药房", 42, "Pharmacy"), ("shop", "{}超市", 62, "Supermarket"),
    ("restaurant", "{}牛肉面馆", 40, "Noodle House"), ("restaurant", "{}酒楼", 26, "Restaurant"), ("hotel", "{}宾馆", 22, "Hotel"),
    ("fuel", "{}加油站", 8, "Filling Station"), ("parking", "{}停车场", 16, "Car Park"),
)  # fmt: skip


@dataclass
class Landmarks:
    """Points in metres with kinds and names."""

    points: list[shapely.Geometry] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    names_en: list[str] = field(default_factory=list)

    def add(self, points: Shapes, kinds: str | Sequence[str], names: Sequence[str], names_en: Sequence[str]) -> None:
        self.points += points.tolist()
        self.kinds += [kinds] * len(points) if isinstance(kinds, str) else kinds
        self.names += names
        self.names_en += names_en


def add_shops(landmarks: Landmarks, fronts: Frontage, spelt: Callable[[str], str], rng: Generator) -> None:
    """Shops and the like in commercial buildings along streets."""
    where = [i for i, kind in enumerate(fronts.kinds) if kind == "commercial"]
    draw = rng.random(len(where)) * 1_000.0
    limits = np.cumsum([often for _, _, often, _ in _SHOPS])
    which = np.searchsorted(limits, draw, side="right")
    kept = [(i, int(shop)) for i, shop in zip(where, which, strict=True) if shop < len(_SHOPS)]
    words = [stem(fronts.streets[i]) for i, _ in kept]
    landmarks.add(
        shapely.centroid(fronts.shapes[[i for i, _ in kept]]),
        [_SHOPS[shop][0] for _, shop in kept],
        [_SHOPS[shop][1].format(word) for word, (_, shop) in zip(words, kept, strict=True)],
        [f"{spelt(word)} {_SHOPS[shop][3]}" for word, (_, shop) in zip(words, kept, strict=True)],
    )


def _along(streets: Streets, wanted: Ints, every: float, aside: float) -> tuple[Floats, Ints]:
    """Places beside lines, so far from each other, on one side and the other; and the line of each."""
    length = shapely.length(streets.lines[wanted])
    each = np.floor(length / every + 0.4).astype(np.int64)
    line = np.repeat(wanted, each)
    nth = np.arange(len(line)) - np.repeat(np.cumsum(each) - each, each)
    at = (nth + 0.5) * np.repeat(length / np.maximum(each, 1), each)
    here, there = (xy(shapely.line_interpolate_point(streets.lines[line], at + more)) for more in (0.0, 0.5))
    turn = np.arctan2(*(there - here).T[::-1])
    side = np.where((nth + line) % 2, 1.0, -1.0)
    return here + aside * side[:, None] * np.column_stack([-np.sin(turn), np.cos(turn)]), line


@dataclass(frozen=True, slots=True)
class Named:
    """Places in metres that stops are named after."""

    shapes: Shapes
    names: Sequence[str]
    names_en: Sequence[str]


def add_stops(landmarks: Landmarks, streets: Streets, near: Named, *, wider: float = 1.0) -> None:
    """Bus stops along wide streets, named after what is near or the street; so many times farther from each other."""
    wide = np.flatnonzero([kind != "local" for kind in streets.kinds])
    at, line = _along(streets, wide, wider * _STOP_EVERY_M, _STOP_ASIDE_M)
    points = shapely.points(at)
    if len(near.shapes):
        nearest = shapely.STRtree(near.shapes).query_nearest(points, all_matches=False)[1]
        far = shapely.distance(points, near.shapes[nearest])
    else:
        nearest, far = np.zeros(len(at), int), np.full(len(at), np.inf)
    names, names_en = [], []
    for place, gap, i in zip(nearest.tolist(), far.tolist(), line.tolist(), strict=True):
        by_place = gap < wider * _NAMED_WITHIN_M
        names.append(near.names[place] if by_place else f"{streets.names[i]}口")
        names_en.append(near.names_en[place] if by_place else streets.names_en[i])
    landmarks.add(points, "bus_stop", names, names_en)


def add_toilets(landmarks: Landmarks, streets: Streets, buildings: Shapes, spelt: Callable[[str], str]) -> None:
    """Public toilets here and there."""
    at, line = _along(streets, np.arange(len(streets.kinds)), _TOILET_EVERY_M, _TOILET_ASIDE_M)
    points = shapely.points(at)
    kept = np.flatnonzero(~touched(points, buildings, within=1.0))
    words = [stem(streets.names[i]) for i in line[kept].tolist()]
    names, names_en = [f"{word}公共厕所" for word in words], [f"{spelt(word)} Public Toilet" for word in words]
    landmarks.add(points[kept], "toilet", names, names_en)


def add_villages(
    landmarks: Landmarks,
    *,
    houses: Shapes,
    owner: Ints,
    named: Named,
    communities: Sequence[str],
    rng: Generator,
) -> list[str]:
    """The committee of each village in its first house, often a clinic and a school in the next ones; the kinds of all houses."""
    kinds = np.full(len(houses), "residential", dtype=object)
    seen: set[str] = set()
    points: list[int] = []
    marks: list[tuple[str, str, str]] = []
    names = list(zip(named.names, named.names_en, communities, strict=True))
    first = np.searchsorted(owner, np.arange(len(names)))
    count = np.bincount(owner, minlength=len(names))
    for village, (name, english, community) in enumerate(names):
        if community in seen or not count[village]:
            continue
        seen.add(community)
        found = [
            ("community", "村民委员会", "Committee", "public", 1.0),
            ("clinic", "卫生室", "Clinic", "public", 0.5),
            ("school", "小学", "Primary School", "school", 0.22),
        ]
        for place, (kind, after, after_en, building, often) in enumerate(found):
            if place < count[village] and rng.random() < often:
                house = int(first[village]) + place
                kinds[house] = building
                points.append(house)
                if kind == "school":
                    marks.append(
                        (kind, f"{name.removesuffix('村')}{after}", f"{english.removesuffix(' Village')} {after_en}")
                    )
                else:
                    marks.append((kind, f"{name}{after}", f"{english} {after_en}"))
    spots = shapely.centroid(houses[points]) if points else shapes_of([])
    landmarks.add(spots, [mark[0] for mark in marks], [mark[1] for mark in marks], [mark[2] for mark in marks])
    return kinds.tolist()
