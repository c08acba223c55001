"""Names of roads and places as a city of Hubei has them, each with its English."""

from __future__ import annotations

from collections.abc import Callable

from numpy.random import Generator

from gezhi.demo.divisions import COUNTIES
from gezhi.demo.names import COMPOUND_WORDS, PLACE_WORDS

_ROAD_WORDS = """
    檀溪 长虹 人民 大庆 解放 前进 建设 丹江 中原 春园 七里河 邓城 航空 江华 环山 胜利 荆州 闸口 米公 沿江 铁佛 庞公 隆中 卧龙
    岘山 习家池 鹿门 孟浩然 杜甫 诸葛 关羽 羊祜 宋玉 张衡 伯牙 凤雏 司马 仲宣 昭明 夫人城 谢公 虎头山 真武山 羊侯 琵琶山 白马
    清河 汉水 襄水 唐白河 鱼梁洲 月亮湾 长征 红星 东风 新华 光彩 振华 劳动 民主 和平 友谊 团结 幸福 文化 学府 书院 科技 创新
    高新 开发 车城 汽车 纺织 铁路 站前 工业 兴业 富强 永安 平安 康宁 新民 永丰 丰收 金桥 银桥 玉泉 龙泉 桃园 梅园 柳林 桂花
    樱花 香樟 银杏 梧桐 紫薇 玉兰 石榴 牡丹 芙蓉 菊花 松鹤 云湾 东津 余岗 牛首 太平 施营 乔营 余家 王寨 柿铺 米庄 肖湾 张湾
    内环 外环 中环 江山 钻石 追日 佳海 深圳 珠海 苏州 武汉 宜昌 荆门 十堰 随州 黄冈 孝感 襄南 宜城 枣阳 谷城 保康 南漳
"""
_SUFFIXES = {
    "arterial": ("大道", "路"),
    "collector": ("路", "街", "东路", "西路", "南路", "北路"),
    "local": (
        "巷",
        "街",
        "路",
        "一路",
        "二路",
        "东街",
        "西街",
        "南街",
        "北街",
        "三路",
        "东路",
        "西路",
        "一巷",
        "二巷",
        "四路",
        "五路",
    ),
}
_SUFFIX_EN = {"大道": "Avenue", "公路": "Highway", "路": "Road", "街": "Street", "巷": "Lane", "线": "Road"}
_PREFIX_EN = {
    "东": "East",
    "西": "West",
    "南": "South",
    "北": "North",
    "一": "1st",
    "二": "2nd",
    "三": "3rd",
    "四": "4th",
    "五": "5th",
}
_RING = {
    "edge": ("环城路", "外环路", "环城东路", "环城西路", "环城南路", "环城北路", "绕城路"),
    "bank": ("沿江大道", "滨江路", "滨河路", "沿河路", "滨江东路", "滨江西路", "河堤路", "江堤路"),
}


def speller() -> Callable[[str], str]:
    """Reads Chinese signs as one word of pinyin, each word once."""
    # 59 MB: only whoever makes a city reads it.
    from pypinyin import lazy_pinyin

    known: dict[str, str] = {}

    def spelt(word: str) -> str:
        if word not in known:
            known[word] = "".join(lazy_pinyin(word)).capitalize()
        return known[word]

    return spelt


def road_in_english(name: str, spelt: Callable[[str], str]) -> str:
    """Tanxi Road, Renmin East Road, Tanxi 2nd Road."""
    for suffix, english in _SUFFIX_EN.items():
        if name.endswith(suffix) and len(name) > len(suffix):
            word = name[: -len(suffix)]
            towards = _PREFIX_EN.get(word[-1]) if len(word) > 2 and suffix != "公路" else None
            return f"{spelt(word[:-1])} {towards} {english}" if towards else f"{spelt(word)} {english}"
    return spelt(name)


# What the name of an area ends in, what holds another before it.
_AREA_EN = {
    "街道": "Subdistrict",
    "社区": "Community",
    "经济开发区管理委员会": "Economic Development Zone",
    "经济开发区": "Economic Development Zone",
    "开发区": "Development Zone",
    "高新技术创业服务中心": "High-tech Business Park",
    "高新技术产业园": "High-tech Industrial Park",
    "汽车工业园": "Automobile Industrial Park",
    "工业园区": "Industrial Park",
    "工业园": "Industrial Park",
    "风景名胜区": "Scenic Area",
    "管理区": "Administrative Zone",
    "经济区": "Economic Zone",
    "生活区": "Living Quarters",
    "畜牧良种场": "Livestock Farm",
    "良种场": "Seed Farm",
    "蔬菜原种场": "Vegetable Seed Farm",
    "原种场": "Seed Farm",
    "蔬菜原种": "Vegetable Seed Farm",
    "林场": "Forest Farm",
    "农场": "Farm",
    "监狱": "Prison",
    "劳教所": "Correctional Centre",
    "水泥厂": "Cement Works",
    "回族": "Hui",
    "虚拟": "Virtual",
    "镇": "Town",
    "乡": "Township",
    "村": "Village",
}
# What stands before all that, and is a word of its own.
_BEFORE_EN = {
    "高新区": "High-tech Zone",
    "经开区": "Development Zone",
    "鱼梁洲": "Yuliangzhou",
    "湖北": "Hubei",
    "襄阳市": "Xiangyang",
    **{name: english for name, english, _ in COUNTIES.values()},
}
# Single signs that end the name of a village are part of what is before another ending: 古镇社区 is no town.
_ONLY_LAST = frozenset({"镇", "乡", "村", "街道", "社区"})


def area_in_english(name: str, spelt: Callable[[str], str]) -> str:
    """Gucheng Subdistrict, Tanxi Community, High-tech Zone Tuanshan Town, Hubei Baokang Economic Development Zone."""
    return _area_in_english(name, spelt, is_whole=True)


def _area_in_english(name: str, spelt: Callable[[str], str], *, is_whole: bool) -> str:
    for before, english in _BEFORE_EN.items():
        if name.startswith(before) and name != before:
            return f"{english} {_area_in_english(name.removeprefix(before), spelt, is_whole=is_whole)}"
    for suffix, english in _AREA_EN.items():
        if name.endswith(suffix) and (is_whole or suffix not in _ONLY_LAST):
            rest = name.removesuffix(suffix)
            return f"{_area_in_english(rest, spelt, is_whole=False)} {english}" if rest else english
    if not is_whole and len(name) > 2 and name.endswith(("路", "大道", "街")):
        return road_in_english(name, spelt)
    return spelt(name)


def compound_in_english(name: str, spelt: Callable[[str], str]) -> str:
    """Hanlin Jiayuan, Tanxi Huayuan Phase 2."""
    named = name.rstrip("期0123456789")
    kind = max((kind for kind in COMPOUND_WORDS if named.endswith(kind)), key=len, default="")
    place = named.removesuffix(kind)
    english = f"{spelt(place)} {spelt(kind)}" if kind and place else spelt(named)
    number = name.removeprefix(named).removesuffix("期")
    return f"{english} Phase {number}" if number else english


class RoadNames:
    """Gives out names of roads, each once in a district as far as there are names."""

    def __init__(self, rng: Generator) -> None:
        self._rng = rng
        words = list(dict.fromkeys([*_ROAD_WORDS.split(), *PLACE_WORDS]))
        self._words = words
        self._ready: dict[tuple[str, str], list[str]] = {}
        self._used: dict[str, set[str]] = {}

    def take(self, district: str, kind: str) -> str:
        """A name for a road of this kind."""
        ready = self._ready.get((district, kind))
        if ready is None:
            ready = self._ready[district, kind] = self._list(kind)
        used = self._used.setdefault(district, set())
        while ready:
            name = ready.pop()
            if name not in used:
                used.add(name)
                return name
        self._ready[district, kind] = self._list(kind)
        return self._ready[district, kind].pop()

    def ring(self, district: str, side: str) -> str:
        """A name for a road round a town: on its ``edge``, or on a river's ``bank``."""
        used = self._used.setdefault(district, set())
        for name in _RING[side]:
            if name not in used:
                used.add(name)
                return name
        return self.take(district, "collector")

    def first_free(self, district: str, wanted: list[str]) -> str:
        """The first of some names that is free, at worst the last."""
        used = self._used.setdefault(district, set())
        name = next((one for one in wanted if one not in used), wanted[-1])
        used.add(name)
        return name

    def _list(self, kind: str) -> list[str]:
        """Names of a kind, those that are liked best at the end."""
        names: list[str] = []
        for suffix in _SUFFIXES[kind]:
            order = self._rng.permutation(len(self._words)).tolist()
            names += [self._words[i] + suffix for i in order]
        half = len(self._words) * 3
        first = names[:half]
        mixed = [first[i] for i in self._rng.permutation(len(first)).tolist()]
        return [*mixed, *names[half:]][::-1]


class Unique:
    """Gives names out once each: a second one of the same name has a number before its kind."""

    def __init__(self) -> None:
        self._given: dict[tuple[str, str], int] = {}

    def name(self, place: str, kind: str) -> str:
        """檀溪路小学, 檀溪路第二小学."""
        times = self._given[place, kind] = self._given.get((place, kind), 0) + 1
        if times == 1:
            return f"{place}{kind}"
        return f"{place}第{'一二三四五六七八九'[times - 1] if times < 10 else times}{kind}"


def ordinal_in_english(name: str, place: str, kind: str) -> str:
    """' No. 2' for a name that ``Unique`` gave out as the second; empty for the first."""
    number = name.removeprefix(place).removesuffix(kind).removeprefix("第")
    return f" No. {'一二三四五六七八九'.find(number) + 1 or number}" if number else ""


def stem(road: str) -> str:
    """The word of a road's name, without what kind of road it is."""
    for suffix in ("大道", "公路", "东路", "西路", "南路", "北路", "东街", "西街", "南街", "北街"):
        if road.endswith(suffix) and len(road) > len(suffix) + 1:
            return road[: -len(suffix)]
    cut = road[:-1]
    return cut[:-1] if len(cut) > 2 and cut[-1] in _PREFIX_EN else cut
