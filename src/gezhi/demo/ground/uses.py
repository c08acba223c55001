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
    Ints,
    Shapes,
    blobs,
    rank_within,
    rectangles,
    shapes_of,
    touched,
    turned_shapes,
    widths_of,
    xy,
)
from gezhi.demo.ground.housing import at_least_one, rows_on
from gezhi.demo.ground.words import Unique, stem


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
OLD_HOUSES = Use("", ("residential", 34.0, 10.5, 24.0, 11), (1_500.0, 90_000.0))
GRASS = Use("", None, (900.0, 90_000.0), green="grass")

# In the middle of every county's seat; {} is the county's name without its last sign.
_SEAT = (
    (OFFICE, "人民政府"), (SQUARE, "人民广场"), (HOSPITAL, "人民医院"), (MIDDLE, "第一中学"), (HOSPITAL, "中医医院"),
    (MALL, "购物中心"), (LIBRARY, "图书馆"), (MUSEUM, "博物馆"), (COACHES, "客运站"), (STADIUM, "体育中心"),
    (PARK, "人民公园"), (FIRE, "消防救援站"), (MIDDLE, "实验中学"), (PRIMARY, "实验小学"), (HOSPITAL, "妇幼保健院"),
)  # fmt: skip
_CITY = {
    "420602": ((OFFICE, "襄阳市人民政府"), (HOSPITAL, "襄阳市第一人民医院"), (MIDDLE, "襄阳市第五中学"), (MUSEUM, "襄阳市博物馆"),
               (UNIVERSITY, "襄阳文理学院"), (PARK, "昭明公园"), (PARK, "岘首公园")),
    "420606": ((HOSPITAL, "襄阳市中心医院"), (MIDDLE, "襄阳市第四中学"), (LIBRARY, "襄阳市图书馆"), (THEATRE, "襄阳大剧院"),
               (STADIUM, "襄阳市体育中心"), (UNIVERSITY, "襄阳职业技术学院"), (PARK, "米公公园"), (MALL, "长虹广场")),
    "420607": ((MIDDLE, "襄阳市第三中学"), (UNIVERSITY, "襄阳汽车职业学院"), (HOSPITAL, "襄阳市东津医院"), (PARK, "东津公园")),
}  # fmt: skip
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
    (KINDERGARTEN, "幼儿园", 0.75), (PRIMARY, "小学", 0.3), (MIDDLE, "中学", 0.1), (PARK, "游园", 0.2), (CLINIC, "社区卫生服务站", 0.25),
    (MARKET, "菜市场", 0.12), (ELDERLY, "养老服务中心", 0.1), (HOSPITAL, "医院", 0.03), (MALL, "商场", 0.04), (WORSHIP, "寺", 0.03),
    (STADIUM, "体育公园", 0.03), (FIRE, "消防救援站", 0.03),
)  # fmt: skip
_ENGLISH = {
    "小学": "Primary School", "中学": "Middle School", "幼儿园": "Kindergarten", "公园": "Park", "游园": "Garden", "派出所": "Police Station",
    "农贸市场": "Market", "菜市场": "Market", "社区卫生服务中心": "Health Centre", "社区卫生服务站": "Health Station", "医院": "Hospital",
    "商场": "Mall", "养老服务中心": "Centre for the Elderly", "寺": "Temple", "体育公园": "Sports Park", "消防救援站": "Fire Station",
    "人民政府": "People's Government", "人民广场": "People's Square", "人民医院": "People's Hospital", "第一中学": "No. 1 Middle School",
    "中医医院": "Hospital of Chinese Medicine", "购物中心": "Shopping Centre", "图书馆": "Library", "博物馆": "Museum",
    "客运站": "Coach Station", "体育中心": "Sports Centre", "人民公园": "People's Park", "实验中学": "Experimental Middle School",
    "实验小学": "Experimental Primary School", "妇幼保健院": "Maternity Hospital", "街道办事处": "Subdistrict Office", "卫生院": "Health Centre",
    "居民委员会": "Residents' Committee",
}  # fmt: skip


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


def plan_uses(
    blocks: Blocks,
    grid_codes: Sequence[str],
    area_names: dict[str, str],
    seats: dict[str, Floats],
    street_lines: Shapes,
    street_names: Sequence[str],
    spelt: Callable[[str], str],
    rng: Generator,
) -> Grounds:
    """Give the blocks their uses. ``grid_codes``: of all urban grids; ``area_names``: of counties, streets, communities."""
    chosen = _choose(blocks, grid_codes, area_names, seats, street_lines, street_names, spelt, rng)
    return _built(blocks, chosen, grid_codes, rng)


def _choose(
    blocks: Blocks,
    grid_codes: Sequence[str],
    area_names: dict[str, str],
    seats: dict[str, Floats],
    street_lines: Shapes,
    street_names: Sequence[str],
    spelt: Callable[[str], str],
    rng: Generator,
) -> _Chosen:
    chosen, unique = _Chosen(), Unique()
    size = shapely.area(blocks.pieces)
    thick = widths_of(blocks.pieces) > 18.0
    middles = xy(shapely.centroid(blocks.pieces))
    roads = [
        street_names[i]
        for i in shapely.STRtree(street_lines).query_nearest(shapely.points(middles), all_matches=False)[1]
    ]
    code = [grid_codes[grid] for grid in blocks.grid.tolist()]
    free = dict.fromkeys(np.flatnonzero(thick).tolist())

    def take(own: Sequence[int], use: Use) -> int | None:
        low, high = use.land
        found = next((i for i in own if i in free and low <= size[i] <= high), None)
        if found is not None:
            del free[found]
        return found

    def by(digits: int) -> dict[str, list[int]]:
        groups: dict[str, list[int]] = {}
        for i in range(len(code)):
            groups.setdefault(code[i][:digits], []).append(i)
        return dict(sorted(groups.items()))

    def english(place: str, kind: str) -> str:
        return f"{spelt(place)} {_ENGLISH[kind]}" if kind in _ENGLISH else ""

    far = np.hypot(*(middles - np.array([seats[one[:6]] for one in code]).reshape(-1, 2)).T)
    for county, own in by(6).items():
        near = sorted(own, key=lambda i: float(far[i]))
        place = area_names[county]
        for use, name in _CITY.get(county, ()):
            piece = take(near, use)
            if piece is not None:
                chosen.add(piece, use, name)
        for use, name in _SEAT:
            piece = take(near, use)
            if piece is not None:
                short = place if use in (OFFICE, HOSPITAL, COACHES, STADIUM, FIRE) else place[:-1]
                chosen.add(piece, use, f"{short}{name}", english(place[:-1], name))
    for street, own in by(9).items():
        place = area_names[street]
        short = place.removesuffix("街道").removesuffix("镇").removesuffix("乡")
        for use, name in _STREET:
            piece = take(own, use)
            if piece is None:
                continue
            kind, before = name, short
            if use is OFFICE:
                kind = "街道办事处" if place.endswith("街道") else "人民政府"
                before = short if place.endswith("街道") else place
            elif use is CLINIC and not place.endswith("街道"):
                kind, before = "卫生院", place
            chosen.add(piece, use, unique.name(before, kind), english(short, kind))
    for community, own in by(12).items():
        place = area_names[community]
        piece = take(own, COMMUNITY)
        if piece is not None:
            chosen.add(piece, COMMUNITY, f"{place}居民委员会", english(place.removesuffix("社区"), "居民委员会"))
        for use, kind, often in _COMMUNITY:
            if rng.random() < often:
                piece = take(own, use)
                if piece is not None:
                    word = roads[piece] if use is PRIMARY else stem(roads[piece])
                    chosen.add(piece, use, unique.name(word, kind), english(stem(roads[piece]), kind))
    edge = {county: float(np.quantile(far[own], 0.6)) for county, own in by(6).items()}
    for i in sorted(free):
        draw = rng.random()
        if far[i] > edge[code[i][:6]] and size[i] > WORKS.land[0] and draw < 0.34:
            chosen.add(i, WORKS)
        elif draw < 0.72:
            chosen.add(i, OLD_HOUSES)
        elif draw < 0.77:
            chosen.add(i, GRASS)
    return chosen


def _built(blocks: Blocks, chosen: _Chosen, grid_codes: Sequence[str], rng: Generator) -> Grounds:
    at = np.array(chosen.pieces, dtype=np.int64)
    used = blocks.only(at)
    sizes = np.array([use.building[1:] if use.building else (0.0, 0.0, 0.0, 0.0) for use in chosen.uses]).reshape(-1, 4)
    building = np.flatnonzero(sizes[:, 3] > 0)
    lengths, depths, pitches, most = sizes[building].T
    land, turns = used.pieces[building], used.turns[building]
    rows = rows_on(land, turns, lengths, depths, pitches, alley=10.0)
    rows = at_least_one(rows, land, turns)
    # With a pitch in the south, houses begin in the north.
    pitched = np.array([use.pitch for use in chosen.uses], dtype=bool)
    priority = np.where(pitched[building][rows.owner], -rows.row.astype(np.float64), rows.priority)
    rows = rows.only(rank_within(rows.owner, priority) < most[rows.owner])
    owner = building[rows.owner]
    kinds = [use.building[0] if use.building else "" for use in chosen.uses]

    fields, of = _pitches(used, np.flatnonzero(pitched), rows.shapes)
    green = [i for i, use in enumerate(chosen.uses) if use.green]
    parks = [i for i in green if chosen.uses[i] is PARK]
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
        green_names=[*(chosen.names[i] for i in green), *[""] * len(of)],
        green_names_en=[*(chosen.names_en[i] for i in green), *[""] * len(of)],
        ponds=ponds,
        landmarks=shapely.points(spots[marked]),
        landmark_kinds=[chosen.uses[i].landmark for i in marked],
        landmark_names=[chosen.names[i] for i in marked],
        landmark_names_en=[chosen.names_en[i] for i in marked],
        communities_with_centre=centres,
    )


def _pitches(used: Blocks, wanted: Ints, buildings: Shapes) -> tuple[Shapes, Ints]:
    """A running track on the southern side of blocks, where it does not meet a building."""
    level = turned_shapes(used.pieces[wanted], -used.turns[wanted])
    box = shapely.bounds(level)
    ovals: list[Shapes] = []
    owners: list[Ints] = []
    left = np.arange(len(wanted))
    for straight, half in ((64.0, 25.0), (44.0, 19.0), (24.0, 13.0)):
        middle = np.column_stack([(box[left, 0] + box[left, 2]) / 2.0, box[left, 1] + half + 7.0])
        core = rectangles(middle, straight, 0.5)
        made = turned_shapes(shapely.buffer(core, half), used.turns[wanted[left]])
        fits = shapely.covers(used.pieces[wanted[left]], made) & ~touched(made, buildings, within=4.0)
        ovals.append(made[fits])
        owners.append(wanted[left[fits]])
        left = left[~fits]
    return np.concatenate(ovals), np.concatenate(owners)


def _ponds(parks: Shapes, rng: Generator) -> Shapes:
    if not len(parks):
        return shapes_of([])
    circles = shapely.maximum_inscribed_circle(parks)
    reach = shapely.length(circles)
    some = (reach > 34.0) & (rng.random(len(parks)) < 0.6)
    return blobs(xy(shapely.get_point(circles[some], 0)), 0.42 * reach[some], rng, corners=24)
