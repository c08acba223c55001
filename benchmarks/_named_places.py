"""A made-up province of names, and questions that people ask for them in ten ways, each with the place that is meant."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from pypinyin import Style, lazy_pinyin

from gezhi.solvers.gazetteer import Entry

_STEMS = tuple(
    "长虹檀溪襄城樊鱼梁洲隆中庞公王府昭明凤雏岘山汉江建设人民解放中原前进胜利春园丹江柿铺清河米芾航空大庆和平友谊光彩万达民发"
    "盛世锦绣江南水岸名都翠竹金桂银杏紫薇玉兰东湖西苑南天北辰阳光月亮星海云峰丽景华庭秀水碧波青松红叶黄鹤白鹭双龙九州五岳三元"
    "诸葛孔明仲宣古隆夫人城习家池承恩寺真武鹿门唐白滨河学府育才文昌武当卧牛台子湾团山余岗肖湾贾洼刘集张湾伙牌太平店欧庙卧龙尹集"
)
_ENDS = (
    "花苑",
    "小区",
    "家园",
    "新村",
    "公寓",
    "雅居",
    "国际城",
    "广场",
    "名邸",
    "华府",
    "嘉园",
    "佳苑",
    "城",
    "里",
    "苑",
    "庭",
    "府",
)
_ROAD_ENDS = ("路", "路", "路", "大道", "街", "巷")
_LANDMARKS = (
    "小学",
    "中学",
    "医院",
    "幼儿园",
    "农贸市场",
    "公园",
    "派出所",
    "卫生服务中心",
    "社区党群服务中心",
    "超市",
    "药店",
    "加油站",
)
# Signs of one sound, which an input method offers for each other.
_SOUNDS: dict[str, str] = {}
for _sign in dict.fromkeys(
    "".join(_STEMS) + "元园圆苑院路鹿录公宫功工小晓校城诚成呈花华化家佳加广光名明铭府福富药要店电殿"
):
    _SOUNDS[lazy_pinyin(_sign)[0]] = _SOUNDS.get(lazy_pinyin(_sign)[0], "") + _sign
_MIDDLE = (112.14, 32.02)


@dataclass(frozen=True)
class Question:
    """What is typed where the map's middle is ``near``, and the place meant."""

    kind: str
    text: str
    near: tuple[float, float]
    place: int


def read(signs: str) -> list[str]:
    """The syllables of Chinese signs."""
    return list(lazy_pinyin(signs))


def make_province(count: int, *, seed: int) -> list[Entry]:
    """``count`` places: areas, roads, crossings, compounds with their buildings, landmarks."""
    rng = np.random.default_rng(seed)
    entries: list[Entry] = []
    leaves = _areas(entries, rng)
    roads: list[int] = []
    while len(entries) < count:
        area = leaves[int(rng.integers(len(leaves)))]
        lon, lat = entries[area].lon + rng.normal(0, 0.004), entries[area].lat + rng.normal(0, 0.004)
        number = len(entries)
        pick = rng.random()

        def add(
            names: tuple[str, ...],
            kind: str,
            *,
            crossing: bool = False,
            at: tuple[float, float] = (lon, lat),
            inside: int = area,
        ) -> None:
            entries.append(Entry(names, kind, f"{kind}:{len(entries)}", *at, inside, False, crossing))

        if pick < 0.3:
            name = _stem(rng, 2) + _ENDS[int(rng.integers(len(_ENDS)))]
            older = (_stem(rng, 2) + "厂宿舍",) if rng.random() < 0.15 else ()
            add((name, *older), "compound")
            for building in range(1, int(rng.integers(1, 16))):
                at = (lon + rng.normal(0, 0.0005), lat + rng.normal(0, 0.0005))
                add((f"{name}{building}栋",), "building", at=at)
        elif pick < 0.5:
            stem = _stem(rng, 2)
            english = " ".join(part.capitalize() for part in ("".join(read(stem)), "road"))
            add((stem + _ROAD_ENDS[int(rng.integers(len(_ROAD_ENDS)))], english), "road")
            roads.append(number)
        elif pick < 0.65 and len(roads) > 10:
            one, other = (entries[roads[int(rng.integers(max(0, len(roads) - 60), len(roads)))]] for _ in range(2))
            if one.names[0] != other.names[0]:
                add((f"{one.names[0]}与{other.names[0]}路口",), "crossing", crossing=True)
        else:
            stem, what = _stem(rng, 2 + int(rng.random() < 0.3)), _LANDMARKS[int(rng.integers(len(_LANDMARKS)))]
            add((stem + what,), "landmark")
    return entries[:count]


def _areas(entries: list[Entry], rng: Generator) -> list[int]:
    """Ten districts of ten streets of twelve communities; the communities' places."""
    leaves = []
    for _ in range(10):
        lon, lat = _MIDDLE[0] + rng.normal(0, 0.3), _MIDDLE[1] + rng.normal(0, 0.3)
        district = len(entries)
        entries.append(Entry((_stem(rng, 2) + "区",), "district", f"area:{district}", lon, lat, -1, True))
        for _ in range(10):
            there = lon + rng.normal(0, 0.06), lat + rng.normal(0, 0.06)
            street = len(entries)
            entries.append(Entry((_stem(rng, 2) + "街道",), "street", f"area:{street}", *there, district, True))
            for _ in range(12):
                leaves.append(len(entries))
                name = _stem(rng, 2) + "社区"
                at = there[0] + rng.normal(0, 0.015), there[1] + rng.normal(0, 0.015)
                entries.append(Entry((name,), "community", f"area:{len(entries)}", *at, street, True))
    return leaves


def _stem(rng: Generator, signs: int) -> str:
    return "".join(_STEMS[int(at)] for at in rng.integers(len(_STEMS), size=signs))


def make_questions(entries: list[Entry], *, of_each: int, seed: int, guesses: bool = False) -> list[Question]:
    """``of_each`` questions of each of ten kinds, or of one that leaves something to guess. The map's middle lies up to some
    four kilometres off."""
    rng = np.random.default_rng([seed, 1])
    of_kind: dict[str, list[int]] = {}
    for number, entry in enumerate(entries):
        of_kind.setdefault(entry.kind, []).append(number)
    renamed = [number for number in of_kind["compound"] if len(entries[number].names) > 1]
    named = of_kind["compound"] + of_kind["landmark"]
    ways: dict[str, tuple[list[int], Callable[[Entry], str]]] = {
        "full": (named + of_kind["road"], lambda entry: entry.names[0]),
        "pinyin": (named, lambda entry: "".join(read(entry.names[0]))),
        "initials": (named, lambda entry: "".join(lazy_pinyin(entry.names[0], style=Style.FIRST_LETTER))),
        "one letter wrong": (named, lambda entry: _one_wrong(entry.names[0], rng)),
        "swapped": (of_kind["landmark"], lambda entry: f"{entry.names[0][2:]} {entry.names[0][:2]}"),
        "crossing": (of_kind["crossing"], lambda entry: _crossing(entry.names[0], rng)),
        "building": (of_kind["building"], lambda entry: _building(entry.names[0], rng)),
        "old name": (renamed, lambda entry: entry.names[1]),
        "English": (of_kind["road"], lambda entry: entry.names[1].lower()),
        "area in front": (named, lambda entry: _in_front(entries, entry, rng)),
    }
    if guesses:
        ways = {"one sign of another sound": (named, lambda entry: _other_sign(entry.names[0], rng))}
    asked = []
    for kind, (places, way) in ways.items():
        for place in rng.choice(places, of_each, replace=False).tolist():
            entry = entries[place]
            near = (entry.lon + rng.normal(0, 0.012), entry.lat + rng.normal(0, 0.012))
            asked.append(Question(kind, way(entry), near, place))
    return asked


def _one_wrong(name: str, rng: Generator) -> str:
    """As an input method leaves it: another sign of the same sound, or one letter of the reading mistyped."""
    alike = [(at, sign) for at, sound in enumerate(read(name)) for sign in _SOUNDS.get(sound, "") if sign != name[at]]
    if alike and rng.random() < 0.5:
        at, sign = alike[int(rng.integers(len(alike)))]
        return name[:at] + sign + name[at + 1 :]
    letters = "".join(read(name))
    at = int(rng.integers(len(letters)))
    return letters[:at] + chr(ord("a") + int(rng.integers(26))) + letters[at + 1 :]


def _other_sign(name: str, rng: Generator) -> str:
    at = int(rng.integers(len(name)))
    return name[:at] + _STEMS[int(rng.integers(len(_STEMS)))] + name[at + 1 :]


def _crossing(name: str, rng: Generator) -> str:
    roads = name.removesuffix("路口").split("与")
    rng.shuffle(roads)
    forms = ("{}和{}路口", "{}与{}交叉口", "{}{}", "{}/{}", "{} {}")
    return forms[int(rng.integers(len(forms)))].format(*roads)


def _building(name: str, rng: Generator) -> str:
    return name.removesuffix("栋") + ("栋", "号楼", "幢", " 栋")[int(rng.integers(4))]


def _in_front(entries: list[Entry], entry: Entry, rng: Generator) -> str:
    community = entries[entry.inside]
    street = entries[community.inside]
    front = (community, street, entries[street.inside])[int(rng.integers(3))].names[0]
    return front + (" " if rng.random() < 0.3 else "") + entry.names[0]
