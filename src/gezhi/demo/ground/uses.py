"""What blocks without compounds are for: schools, hospitals, parks, markets, offices, works, and houses of no compound."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.random import Generator

from gezhi.demo.ground.blocks import Blocks
from gezhi.demo.ground.figures import (
    Floats,
    Shapes,
    blobs,
    rank_within,
    shapes_of,
    widths_of,
    xy,
)
from gezhi.demo.ground.housing import at_least_one, rows_on
from gezhi.demo.ground.schools import tracks, with_small_buildings
from gezhi.demo.ground.words import Unique, area_in_english, ordinal_in_english, road_in_english, stem


@dataclass(frozen=True, slots=True)
class Use:
    """What a block is for. ``landmark``: its kind; ``building``: kind, length, depth, from row to row, how many; ``land``:
    from how many square metres; ``green``: the kind of its ground."""

    landmark: str = ""
    building: tuple[str, float, float, float, int] | None = None
    land: tuple[float, float] = (2_500.0, 40_000.0)
    green: str = ""
    pitch: bool = False


_SCHOOL = ("school", 54.0, 14.0, 34.0, 3)
PRIMARY = Use("school", _SCHOOL, (8_000.0, 30_000.0), pitch=True)
MIDDLE = Use("school", ("school", 60.0, 15.0, 36.0, 5), (12_000.0, 45_000.0), pitch=True)
KINDERGARTEN = Use("kindergarten", ("school", 36.0, 15.0, 30.0, 1), (1_200.0, 9_000.0))
HOSPITAL = Use("hospital", ("hospital", 62.0, 20.0, 42.0, 4), (8_000.0, 45_000.0))
CLINIC = Use("clinic", ("hospital", 40.0, 16.0, 34.0, 2), (1_500.0, 12_000.0))
OFFICE = Use("government", ("public", 58.0, 17.0, 46.0, 2), (2_500.0, 30_000.0))
POLICE = Use("police", ("public", 40.0, 15.0, 34.0, 1), (1_200.0, 12_000.0))
FIRE = Use("fire", ("public", 46.0, 18.0, 40.0, 1), (2_000.0, 12_000.0))
MARKET = Use("market", ("commercial", 62.0, 34.0, 46.0, 1), (3_000.0, 15_000.0))
MALL = Use("mall", ("commercial", 96.0, 62.0, 80.0, 1), (10_000.0, 40_000.0))
PARK = Use("park", None, (5_000.0, 80_000.0), green="park")
SQUARE = Use("square", None, (5_000.0, 50_000.0), green="grass")
COMMUNITY = Use("community", ("public", 30.0, 13.0, 28.0, 1), (1_000.0, 8_000.0))
ELDERLY = Use("elderly", ("public", 44.0, 14.0, 32.0, 2), (2_000.0, 12_000.0), green="grass")
WORSHIP = Use("worship", ("worship", 26.0, 18.0, 30.0, 2), (1_500.0, 9_000.0))
STADIUM = Use("sports", ("public", 70.0, 46.0, 60.0, 1), (14_000.0, 60_000.0), pitch=True)
MUSEUM = Use("museum", ("public", 70.0, 42.0, 60.0, 1), (8_000.0, 40_000.0))
LIBRARY = Use("library", ("public", 58.0, 36.0, 50.0, 1), (6_000.0, 30_000.0))
THEATRE = Use("theatre", ("public", 60.0, 46.0, 60.0, 1), (6_000.0, 30_000.0))
COACHES = Use("station", ("public", 70.0, 26.0, 60.0, 1), (8_000.0, 40_000.0))
UNIVERSITY = Use("university", ("school", 66.0, 16.0, 42.0, 8), (18_000.0, 90_000.0), pitch=True)
WORKS = Use("", ("industrial", 78.0, 30.0, 42.0, 6), (6_000.0, 90_000.0))
OLD_HOUSES = Use("", ("residential", 34.0, 10.5, 24.0, 9), (1_500.0, 90_000.0))
GRASS = Use("", None, (900.0, 90_000.0), green="grass")

_WIDE_ENOUGH_M, _WORKS_SHARE, _HOUSES_SHARE, _GRASS_SHARE = 18.0, 0.34, 0.72, 0.77

# In the middle of every county's seat; {} is the county's name without its last sign.
_SEAT = (
    (OFFICE, "人民政府"),
    (SQUARE, "人民广场"),
    (HOSPITAL, "人民医院"),
    (MIDDLE, "第一中学"),
    (HOSPITAL, "中医医院"),
    (MALL, "购物中心"),
    (LIBRARY, "图书馆"),
    (MUSEUM, "博物馆"),
    (COACHES, "客运站"),
    (STADIUM, "体育中心"),
    (PARK, "人民公园"),
    (FIRE, "消防救援站"),
    (MIDDLE, "实验中学"),
    (PRIMARY, "实验小学"),
    (HOSPITAL, "妇幼保健院"),
)
_CITY = {
    "420602": (
        (OFFICE, "襄阳市人民政府", "Xiangyang People's Government"),
        (HOSPITAL, "襄阳市第一人民医院", "Xiangyang No. 1 People's Hospital"),
        (MIDDLE, "襄阳市第五中学", "Xiangyang No. 5 Middle School"),
        (MUSEUM, "襄阳市博物馆", "Xiangyang Museum"),
        (UNIVERSITY, "襄阳文理学院", "Xiangyang College of Arts and Science"),
        (PARK, "昭明公园", "Zhaoming Park"),
        (PARK, "岘首公园", "Xianshou Park"),
    ),
    "420606": (
        (HOSPITAL, "襄阳市中心医院", "Xiangyang Central Hospital"),
        (MIDDLE, "襄阳市第四中学", "Xiangyang No. 4 Middle School"),
        (LIBRARY, "襄阳市图书馆", "Xiangyang Library"),
        (THEATRE, "襄阳大剧院", "Xiangyang Grand Theatre"),
        (STADIUM, "襄阳市体育中心", "Xiangyang Sports Centre"),
        (UNIVERSITY, "襄阳职业技术学院", "Xiangyang Vocational College"),
        (PARK, "米公公园", "Migong Park"),
        (MALL, "长虹广场", "Changhong Plaza"),
    ),
    "420607": (
        (MIDDLE, "襄阳市第三中学", "Xiangyang No. 3 Middle School"),
        (UNIVERSITY, "襄阳汽车职业学院", "Xiangyang Automobile College"),
        (HOSPITAL, "襄阳市东津医院", "Xiangyang Dongjin Hospital"),
        (PARK, "东津公园", "Dongjin Park"),
    ),
}
# Of each street's office.
_STREET = (
    (OFFICE, ""),
    (POLICE, "派出所"),
    (CLINIC, "社区卫生服务中心"),
    (MARKET, "农贸市场"),
    (KINDERGARTEN, "中心幼儿园"),
    (PARK, "公园"),
)
# Of each community: how often.
_COMMUNITY = (
    (KINDERGARTEN, "幼儿园", 0.75),
    (PRIMARY, "小学", 0.3),
    (MIDDLE, "中学", 0.1),
    (PARK, "游园", 0.2),
    (CLINIC, "社区卫生服务站", 0.25),
    (MARKET, "菜市场", 0.12),
    (ELDERLY, "养老服务中心", 0.1),
    (HOSPITAL, "医院", 0.03),
    (MALL, "商场", 0.04),
    (WORSHIP, "寺", 0.03),
    (STADIUM, "体育公园", 0.03),
    (FIRE, "消防救援站", 0.03),
)
_ENGLISH = {
    "小学": "Primary School",
    "中学": "Middle School",
    "幼儿园": "Kindergarten",
    "中心幼儿园": "Central Kindergarten",
    "公园": "Park",
    "游园": "Garden",
    "派出所": "Police Station",
    "农贸市场": "Market",
    "菜市场": "Market",
    "社区卫生服务中心": "Health Centre",
    "社区卫生服务站": "Health Station",
    "医院": "Hospital",
    "商场": "Mall",
    "养老服务中心": "Centre for the Elderly",
    "寺": "Temple",
    "体育公园": "Sports Park",
    "消防救援站": "Fire Station",
    "人民政府": "People's Government",
    "人民广场": "People's Square",
    "人民医院": "People's Hospital",
    "第一中学": "No. 1 Middle School",
    "中医医院": "Hospital of Chinese Medicine",
    "购物中心": "Shopping Centre",
    "图书馆": "Library",
    "博物馆": "Museum",
    "客运站": "Coach Station",
    "体育中心": "Sports Centre",
    "人民公园": "People's Park",
    "实验中学": "Experimental Middle School",
    "实验小学": "Experimental Primary School",
    "妇幼保健院": "Maternity Hospital",
    "街道办事处": "Subdistrict Office",
    "卫生院": "Health Centre",
    "居民委员会": "Residents' Committee",
}


@dataclass
class _Chosen:
    pieces: list[int] = field(default_factory=list)
    uses: list[Use] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    names_en: list[str] = field(default_factory=list)

    def add(self, piece: int, use: Use, name: str = "", name_en: str = "") -> None:
        self.pieces.append(piece)
        self.uses.append(use)
        self.names.append(name)
        self.names_en.append(name_en)


@dataclass(frozen=True, slots=True)
class Names:
    """What the uses of blocks are named after: areas by code, streets (metres), and how these are spelt; ``grid_codes``: of
    all urban grids; ``seats``: of the counties."""

    grid_codes: Sequence[str]
    areas: dict[str, str]
    seats: dict[str, Floats]
    street_lines: Shapes
    street_names: Sequence[str]
    spelt: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Grounds:
    """Blocks in use, in metres: what they are covered with, what stands there, and what is found there."""

    taken: Shapes
    buildings: Shapes
    building_kinds: list[str]
    greens: Shapes
    green_kinds: list[str]
    green_names: list[str]
    green_names_en: list[str]
    ponds: Shapes
    landmarks: Shapes
    landmark_kinds: list[str]
    landmark_names: list[str]
    landmark_names_en: list[str]
    communities_with_centre: set[str]


def plan_uses(blocks: Blocks, city: Names, rng: Generator) -> Grounds:
    """Give the blocks their uses."""
    choice = _Choice(blocks, city)
    choice.for_counties()
    choice.for_streets()
    choice.for_communities(rng)
    choice.for_the_rest(rng)
    return _built(blocks, choice.chosen, city.grid_codes, rng)


class _Choice:
    """Which block is given to what: what a county has one of first, what is everywhere last."""

    def __init__(self, blocks: Blocks, city: Names) -> None:
        self.chosen = _Chosen()
        self._names, self._spelt = city.areas, city.spelt
        self._unique = Unique()
        self._size = shapely.area(blocks.pieces)
        middles = xy(shapely.centroid(blocks.pieces))
        nearest = shapely.STRtree(city.street_lines).query_nearest(shapely.points(middles), all_matches=False)[1]
        self._roads = [city.street_names[i] for i in nearest.tolist()]
        self._code = [city.grid_codes[grid] for grid in blocks.grid.tolist()]
        self._far = np.hypot(*(middles - np.array([city.seats[one[:6]] for one in self._code]).reshape(-1, 2)).T)
        self._free = dict.fromkeys(np.flatnonzero(widths_of(blocks.pieces) > _WIDE_ENOUGH_M).tolist())

    def for_counties(self) -> None:
        """Near each county's seat."""
        for county, own in self._by(6).items():
            near = sorted(own, key=lambda i: float(self._far[i]))
            place = self._names[county]
            for use, name, english in _CITY.get(county, ()):
                piece = self._take(near, use)
                if piece is not None:
                    self.chosen.add(piece, use, name, english)
            for use, name in _SEAT:
                piece = self._take(near, use)
                if piece is not None:
                    short = place if use in (OFFICE, HOSPITAL, COACHES, STADIUM, FIRE) else place[:-1]
                    self.chosen.add(piece, use, f"{short}{name}", _english(self._spelt(place[:-1]), name))

    def for_streets(self) -> None:
        """One of each for every street's office."""
        for street, own in self._by(9).items():
            for use, name in _STREET:
                piece = self._take(own, use)
                if piece is not None:
                    before, kind = _named_for(self._names[street], use, name)
                    place = area_in_english(before.removesuffix("镇").removesuffix("乡"), self._spelt)
                    called = self._unique.name(before, kind)
                    self.chosen.add(piece, use, called, _english(place, kind, ordinal_in_english(called, before, kind)))

    def for_communities(self, rng: Generator) -> None:
        """The committee of each community, and what only some have."""
        for community, own in self._by(12).items():
            place = self._names[community]
            piece = self._take(own, COMMUNITY)
            if piece is not None:
                english = _english(area_in_english(place, self._spelt).removesuffix(" Community"), "居民委员会")
                self.chosen.add(piece, COMMUNITY, f"{place}居民委员会", english)
            for use, kind, often in _COMMUNITY:
                piece = self._take(own, use) if rng.random() < often else None
                if piece is not None:
                    road = self._roads[piece]
                    word = road if use is PRIMARY else stem(road)
                    spelt = road_in_english(road, self._spelt) if use is PRIMARY else self._spelt(word)
                    name = self._unique.name(word, kind)
                    self.chosen.add(piece, use, name, _english(spelt, kind, ordinal_in_english(name, word, kind)))

    def for_the_rest(self, rng: Generator) -> None:
        """Works at the edge of the towns, houses, grass; some land lies idle."""
        edge = {county: float(np.quantile(self._far[own], 0.6)) for county, own in self._by(6).items()}
        for i in sorted(self._free):
            draw = rng.random()
            if self._far[i] > edge[self._code[i][:6]] and self._size[i] > WORKS.land[0] and draw < _WORKS_SHARE:
                self.chosen.add(i, WORKS)
            elif draw < _HOUSES_SHARE:
                self.chosen.add(i, OLD_HOUSES)
            elif draw < _GRASS_SHARE:
                self.chosen.add(i, GRASS)

    def _take(self, own: Sequence[int], use: Use) -> int | None:
        low, high = use.land
        found = next((i for i in own if i in self._free and low <= self._size[i] <= high), None)
        if found is not None:
            del self._free[found]
        return found

    def _by(self, digits: int) -> dict[str, list[int]]:
        groups: dict[str, list[int]] = {}
        for i, code in enumerate(self._code):
            groups.setdefault(code[:digits], []).append(i)
        return dict(sorted(groups.items()))


def _english(place: str, kind: str, number: str = "") -> str:
    return f"{place}{number} {_ENGLISH[kind]}"


def _named_for(street: str, use: Use, name: str) -> tuple[str, str]:
    """The place and the kind in the name of what a street's office or a town has."""
    is_town = not street.endswith("街道")
    short = street.removesuffix("街道").removesuffix("镇").removesuffix("乡")
    if use is OFFICE:
        return (street, "人民政府") if is_town else (short, "街道办事处")
    return (street, "卫生院") if use is CLINIC and is_town else (short, name)


def _built(blocks: Blocks, chosen: _Chosen, grid_codes: Sequence[str], rng: Generator) -> Grounds:
    at = np.array(chosen.pieces, dtype=np.int64)
    used = blocks.only(at)
    sizes = np.array([use.building[1:] if use.building else (0.0, 0.0, 0.0, 0.0) for use in chosen.uses]).reshape(-1, 4)
    building = np.flatnonzero(sizes[:, 3] > 0)
    lengths, depths, pitches, most = sizes[building].T
    land, turns = used.pieces[building], used.turns[building]
    rows = rows_on(land, turns, lengths, depths, pitches, alley=10.0)
    rows = with_small_buildings(rows, land, turns, np.array([chosen.uses[i].pitch for i in building], dtype=bool))
    rows = at_least_one(rows, land, turns)
    # With a pitch in the south, houses begin in the north.
    pitched = np.array([use.pitch for use in chosen.uses], dtype=bool)
    priority = np.where(pitched[building][rows.owner], -rows.row.astype(np.float64), rows.priority)
    rows = rows.only(rank_within(rows.owner, priority) < most[rows.owner])
    owner = building[rows.owner]
    kinds = [use.building[0] if use.building else "" for use in chosen.uses]

    fields, of = tracks(used, np.flatnonzero(pitched), rows.shapes)
    green = [i for i, use in enumerate(chosen.uses) if use.green]
    parks = [i for i in green if chosen.uses[i] is PARK]
    # The lawn of a house has not the name of the house.
    own = {i for i in green if not chosen.uses[i].building}
    ponds = _ponds(used.pieces[parks], rng)
    marked = [i for i, use in enumerate(chosen.uses) if use.landmark]
    spots = xy(shapely.point_on_surface(used.pieces))
    # Where there are buildings, the first of them is meant.
    first, where = np.unique(owner, return_index=True)
    spots[first] = xy(shapely.centroid(rows.shapes[where]))
    centres = {grid_codes[used.grid[i]][:12] for i, use in enumerate(chosen.uses) if use is COMMUNITY}
    return Grounds(
        taken=np.concatenate(
            [used.pieces[[i for i, use in enumerate(chosen.uses) if use not in (WORKS, OLD_HOUSES)]], rows.shapes]
        ),
        buildings=rows.shapes,
        building_kinds=[kinds[i] for i in owner.tolist()],
        greens=np.concatenate([used.pieces[green], fields]),
        green_kinds=[*(chosen.uses[i].green for i in green), *["sports"] * len(of)],
        green_names=[*(chosen.names[i] if i in own else "" for i in green), *[""] * len(of)],
        green_names_en=[*(chosen.names_en[i] if i in own else "" for i in green), *[""] * len(of)],
        ponds=ponds,
        landmarks=shapely.points(spots[marked]),
        landmark_kinds=[chosen.uses[i].landmark for i in marked],
        landmark_names=[chosen.names[i] for i in marked],
        landmark_names_en=[chosen.names_en[i] for i in marked],
        communities_with_centre=centres,
    )


def _ponds(parks: Shapes, rng: Generator) -> Shapes:
    if not len(parks):
        return shapes_of([])
    circles = shapely.maximum_inscribed_circle(parks)
    reach = shapely.length(circles)
    some = (reach > 34.0) & (rng.random(len(parks)) < 0.6)
    return blobs(xy(shapely.get_point(circles[some], 0)), 0.42 * reach[some], rng, corners=24)
