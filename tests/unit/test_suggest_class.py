"""Guessing the class of a description."""

from __future__ import annotations

import pytest

from gezhi.contexts.cases.domain.suggest import Named, suggest
from gezhi.contexts.cases.everyday import everyday_words
from gezhi.contexts.cases.use_cases.install_classes import shipped_classes

CLASSES = [
    Named("E0113", "道路破损", "Road damage"),
    Named("E0110", "暴露生活垃圾", "Exposed household waste"),
    Named("E0129", "露天烧烤", "Open-air barbecue"),
    Named("S0303", "楼道照明损坏", "Broken stairwell light"),
]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("小区北门道路破损一大块", "E0113"),
        ("夜里有人烧烤，烟很大", "E0129"),
        ("楼道照明坏了", "S0303"),
        ("the stairwell light is broken", "S0303"),
        ("Household WASTE everywhere", "E0110"),
    ],
)
def test_the_class_that_shares_most_comes_first(words: str, code: str) -> None:
    assert suggest(words, CLASSES)[0] == code


@pytest.mark.parametrize("words", ["", "嗯", "！！！", "a b c", "12345"])
def test_words_that_say_nothing_suggest_nothing(words: str) -> None:
    assert suggest(words, CLASSES) == []


@pytest.mark.parametrize(
    "words",
    [
        "积水潭医院怎么走",
        "停电动车的地方太少",
        "没有噪音，很满意",
        "房东不退押金，漏了很多费用",
        "想表扬路灯维修师傅",
        "谢谢",
        "总收到垃圾短信",
        "我们非常感谢清理垃圾的环卫工人",
        "I want to praise the street lamp crew",
    ],
)
def test_a_word_inside_another_and_praise_say_nothing(words: str) -> None:
    assert suggest(words, shipped()) == []


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("车位装了地锁", "私设地桩、地锁、停车杆"),
        ("外墙裂了一条大缝", "外立面裂缝"),
        ("感谢街道，但是路灯又坏了", "路灯"),
        ("垃圾没人清理，请处理，感谢", "暴露生活垃圾"),
        ("停电了一整天", "停水停电停气"),
        ("路上积水很深", "道路积水"),
        ("房子漏水", "房屋渗漏"),
        ("顶楼漏雨", "房屋渗漏"),
        ("我家天花板在漏", "房屋渗漏"),
        ("门口的雪没扫，路滑", "道路积雪、积冰"),
        ("楼下有人养鸡", "擅自饲养家禽家畜"),
        ("充电桩坏了", "充电站（桩）"),
        ("路灯不亮", "路灯"),
    ],
)
def test_everyday_words_find_their_class(words: str, name: str) -> None:
    found = suggest(words, shipped())
    assert next(row.name for row in shipped_classes() if row.code == found[0]) == name


def test_no_more_than_asked_for() -> None:
    assert len(suggest("道路烧烤垃圾照明", CLASSES, limit=2)) == 2


def shipped() -> list[Named]:
    everyday = everyday_words()
    return [
        Named(row.code, row.name, row.name_en, *everyday.get(row.name, ("", "")))
        for row in shipped_classes()
        if len(row.code) > 3
    ]


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        ("Broken street lamp at the gate, dark at night", {"C0137"}),
        ("Garbage is piling up next to the bins", {"E0110", "E0192"}),
        ("The bins are overflowing", {"E0192"}),
        ("Water pipe burst", {"E0501"}),
        ("The drain in front of our house is blocked", {"E0503"}),
        ("Pothole on the road", {"E0113"}),
        ("The lift has been out of order since Monday", {"S0302"}),
        ("路灯坏了", {"C0137"}),
        ("垃圾没有清理", {"E0110"}),
        ("下水道堵了", {"E0503"}),
        ("路边垃圾满溢", {"E0192"}),
        ("夜里有人烧烤，烟很大", {"E0129"}),
        ("楼道的灯坏了", {"S0303"}),
        ("马路上有个大坑", {"E0113"}),
    ],
)
def test_everyday_words_lead_to_the_class_that_ships(words: str, codes: set[str]) -> None:
    assert suggest(words, shipped())[0] in codes


@pytest.mark.parametrize(
    "words",
    [
        "Somebody is shouting in the street",
        "A car is parked on the pavement",
        "There was a problem at the gate last night",
        "I would like to thank the team",
        "门口有点问题，请来看看",
        "道路",
    ],
)
def test_what_shares_a_common_word_alone_suggests_nothing(words: str) -> None:
    assert suggest(words, shipped()) == []


def test_the_everyday_words_belong_to_classes_that_ship() -> None:
    names = {row.name for row in shipped_classes()}
    assert set(everyday_words()) - names == set()
