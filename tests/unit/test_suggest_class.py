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
        ("马路塌了一个大坑", "路面塌陷"),
        ("路口的红绿灯坏了", "交通信号灯"),
        ("楼下垃圾桶爆满了", "垃圾满溢"),
        ("有人在桥洞底下睡", "桥下空间管理"),
        ("消防栓被人撞歪了一直滋水", "供水管道破裂"),
        ("两口子打架打得好凶", "家庭矛盾"),
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


def test_every_class_that_is_reported_has_everyday_words_in_both_languages() -> None:
    # Of a group (its code is shorter) nobody says anything.
    missing = [
        row.name for row in shipped_classes() if len(row.code) > 3 and not all(everyday_words().get(row.name, ("", "")))
    ]
    assert missing == ["其他诉求"]


SENTENCES = {
    "楼下烧烤摊每天半夜还在冒烟": "E0129",
    "我家门口的路灯三天没亮了": "C0137",
    "小区里有条大狗没有牵绳，孩子害怕": "E0184",
    "马路中间的井盖不见了，太危险": "C0123 C0101 C0102 C0103 C0106",
    "电梯又把人关在里面了": "S0302",
    "隔壁装修晚上十点还在敲墙": "S0101 E0301",
    "广场舞的音箱太响，老人睡不着": "E0128",
    "垃圾房满得都堆到地上了": "E0192 E0110",
    "厨房下水返味，水下不去": "S0305 E0503",
    "楼上漏水把我家天花板泡了": "S0304 S0101",
    "人行道的地砖翘起来绊倒人": "C0284",
    "共享单车把盲道全占了": "E0493 E0410 C0181",
    "有人在河里倒油漆，水都变色了": "E0126 E0130",
    "树枝压到电线上了，随时会断": "C0402 E0508",
    "公交站的玻璃碎了一地": "C0204",
    "公厕没有水，臭得进不去": "C0301",
    "楼道里堆满纸箱子，走路都困难": "E0136 S0401",
    "有人从楼上往下扔酒瓶": "E0596",
    "我妈走丢了，穿红色棉袄": "S0204",
    "红绿灯一直是红灯不变": "C0213",
    "消防车通道停满了私家车": "E0496",
    "今天早上家里没水了，什么时候来": "S0301",
    "墙上贴满办证的小纸条": "E0201",
    "工地半夜打桩，没法休息": "E0301",
    "渣土车一路掉土": "E0114 E0311 E0312",
    "路边摊把路都堵住了": "E0406 E0401",
    "水果店把货摆到人行道上": "E0405 E0406",
    "有人在楼顶养了几十只鸽子": "E0138",
    "死猫躺在绿化带里好几天": "E0137",
    "旧沙发扔在路边没人要": "E0135",
    "暖气片一点都不热，屋里十二度": "S0301 E0504",
    "煤气味很重，怕要爆炸": "E0502",
    "一下雨这条路就成河了": "E0506",
    "雪化了结冰，老人摔了一跤": "E0507",
    "马路突然陷下去一个大洞": "E0505 E0113",
    "自己在小区车位装了地锁": "E0196",
    "有人把绿地铲了种菜": "E0191",
    "邻居在阳台外面搭了个铁皮棚": "E0101 E0105",
    "电瓶车推进电梯上楼充电": "S0403",
    "灭火器都过期三年了": "S0401",
    "物业费涨了一倍也不说原因": "S0102",
    "楼上夫妻天天吵架打架": "S0103 S0101",
    "隔壁独居老大爷几天没出门了": "S0201",
    "低保怎么申请": "S0203 S0501",
    "想问一下怎么开居住证明": "S0502 S0501",
    "建议在路口加一个斑马线": "S0503",
    "健身器材的踏板断了": "C0146",
    "长椅的木条断了两根": "C0407",
    "桥栏杆被车撞断了": "C0217 C0507 C0209 C0208",
    "广告牌被风吹得要掉下来": "E0203 C0306 E0205",
    "店招牌的字掉了一半": "E0206 C0307",
    "地铁口有人发传单": "E0202",
    "有人在路边烧纸钱和树叶": "E0120",
    "树上全是毛毛虫掉到人身上": "E0121",
    "街上有人收旧家电占了半条路": "E0404 E0406",
    "大灯箱整夜照进卧室": "E0187",
    "医院后门扔了一袋用过的针头": "E0133",
    "饭店把泔水倒在路边": "E0131 E0130",
    "光缆掉下来垂到路面": "E0508 E0180",
    "外墙裂了一条大缝": "E0183 S0404",
}


@pytest.mark.parametrize("words", SENTENCES)
def test_sentences_as_people_write_them_find_their_class_among_three(words: str) -> None:
    assert set(suggest(words, shipped(), limit=3)) & set(SENTENCES[words].split())
