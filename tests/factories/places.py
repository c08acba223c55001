"""Places to be found by name: a small town, and a city in which people typed in vain."""

from __future__ import annotations

from gezhi.solvers.gazetteer import Entry

MIDDLE = (112.14, 32.02)


def place(name: str, *more: str, kind: str = "place", at=MIDDLE, inside: int = -1, area=False, crossing=False) -> Entry:
    return Entry((name, *more), kind, name, *at, inside, area, crossing)


TOWN = [
    place("襄城区", kind="district", area=True),
    place("檀溪街道", kind="street", inside=0, area=True),
    place("檀溪社区", kind="community", inside=1, area=True),
    place("王府街道", kind="street", inside=0, area=True),
    place("第3网格", kind="grid", inside=2),
    place("长虹花苑", "棉纺厂宿舍", kind="compound", inside=2),
    place("长虹花苑8栋", kind="building", inside=2),
    place("长虹花苑18栋", kind="building", inside=2),
    place("长虹路", "Changhong Road", kind="road", inside=1),
    place("檀溪路", kind="road", inside=1),
    place("长虹路与檀溪路路口", kind="crossing", inside=1, crossing=True),
    place("建设小学", kind="landmark", inside=2),
    place("建设小学", kind="landmark", inside=3, at=(112.2, 32.1)),
    place("重庆火锅", kind="landmark", inside=3),
    place("Mannerheimintie 3", "Mannerheimvägen 3", kind="address"),
    place("Mannerheimintie 13", kind="address"),
]

# What people typed in vain: areas of one name, kinds of places, names in part, in English, with a number that is none.
CITY = [
    place("襄阳市", kind="city", area=True),
    place("谷城县", kind="district", inside=0, area=True, at=(111.6, 32.2)),
    place("宜城市", kind="district", inside=0, area=True, at=(112.2, 31.7)),
    place("南漳县", kind="district", inside=0, area=True, at=(111.8, 31.7)),
    place("长虹路社区", kind="community", inside=0, area=True),
    place("长虹路", "Changhong Road", kind="road", inside=1, at=(111.6, 32.2)),
    place("长虹路", "Changhong Road", kind="road", inside=2, at=(112.2, 31.7)),
    place("长虹路", "Changhong Road", kind="road", inside=3, at=(111.8, 31.7)),
    place("襄阳市第一人民医院", kind="hospital", inside=0, at=(112.3, 32.2)),
    place("施营游园", kind="park", inside=0),
    place("帝豪医院", kind="hospital", inside=0, at=(112.141, 32.02)),
    place("襄阳市人民政府", kind="government", inside=0, at=(112.3, 32.2)),
    place("郑付路", kind="road", inside=0),
    place("檀溪花园", kind="compound", inside=0),
    place("檀溪花园8栋", kind="building", inside=0),
    place("檀溪花园北门", kind="entrance", inside=0),
    place("檀溪公园", kind="park", inside=0),
    place("星河街", kind="road", inside=0),
    place("檀溪路", kind="road", inside=0),
    place("檀溪路与星河街路口", kind="crossing", inside=0, crossing=True),
    place("襄阳站", kind="station", inside=0, at=(112.16, 32.05)),
    place("襄阳东站", kind="station", inside=0, at=(112.26, 32.05)),
    place("樊城区客运站", kind="coach_station", inside=0, at=(112.14, 32.021)),
    place("站前路", kind="road", inside=0),
    place("富春花园1栋", kind="building", inside=0),
    place("富春花园2栋", kind="building", inside=0),
    place("富春花园", kind="compound", inside=0),
    place("富春雅苑", kind="bus_stop", inside=0, at=(112.1403, 32.02)),
    place("富春雅苑", kind="compound", inside=0, at=(112.1410, 32.02)),
    place("何长路", kind="road", inside=0),
    place("工业巷", kind="road", inside=0),
    place("张西村", kind="community", inside=0, area=True),
    place("Dienst der NÖGKK Ärztlicher Notdienst", kind="clinic", inside=0),
    place("Caisleain Óir Irish Pub", kind="restaurant", inside=0),
    place("檀溪小学", kind="school", inside=0, at=(112.3, 32.2)),
    place("建设中学", kind="school", inside=0, at=(112.2, 32.02)),
    place("城关镇", kind="street", inside=1, area=True, at=(111.6, 32.2)),
    place("冷集镇", kind="street", inside=1, area=True, at=(111.6, 32.2)),
    place("汉江路社区", kind="community", inside=0, area=True),
    place("人民路", kind="road", inside=1),
    place("汉江路", kind="road", inside=0),
    place("真武山路", kind="road", inside=0),
    place("人民路与江堤路路口", kind="crossing", inside=1, crossing=True),
    place("真武山路与隆中路路口", kind="crossing", inside=0, crossing=True, at=(112.16, 32.05)),
    *(
        place(f"{name}人民广场", f"{english} People's Square", kind="square", inside=0, at=at)
        for name, english, at in (
            ("宜城", "Yicheng", (112.2, 31.7)),
            ("襄城", "Xiangcheng", (112.142, 32.021)),
            ("南漳", "Nanzhang", (111.8, 31.7)),
        )
    ),
]
