"""Made-up names of people and compounds, from words that are common all over China."""

from __future__ import annotations

from numpy.random import Generator

_SURNAMES = (
    "王李张刘陈杨黄赵周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
    "苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史"
    "顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
_GIVEN_FIRST = "志建国文明晓海永春秀玉红丽华云德成家俊子思雨佳欣雅诗嘉梓浩宇泽一博天立庆宏学敏慧静淑桂兰冬东金新少小"
_GIVEN_SECOND = (
    "明华强军平勇杰伟涛超磊波辉刚峰鹏斌龙飞宇轩然涵怡婷娟芳艳霞燕玲丹萍红梅琴云洁莉敏静慧颖雪琳萱瑶悦宁安康民生林森"
)
_PLACE_WORDS = """
    檀溪 隆中 岘山 鹿门 古城 昭明 荆州 汉水 汉江 樊城 米公 夫人城 铁佛 庞公 卧龙 紫薇 丹桂 春晓 阳光 金域 翰林 书香
    学府 锦绣 滨江 江畔 江南 江北 东湖 西苑 南湖 北苑 星河 银河 世纪 中央 和谐 幸福 安居 安泰 康乐 康居 民生 民主
    人民 建设 建国 胜利 长虹 长征 前进 前锋 光彩 光明 红星 红光 东风 春园 秋实 夏荷 梅园 兰亭 竹苑 菊香 松柏 桃源
    杏林 梧桐 银杏 香樟 桂花 玉兰 牡丹 碧水 清河 清泉 青山 翠竹 翡翠 明珠 珠江 华府 华庭 名都 名门 御景 帝豪 富康
    富春 财富 新天 新城 新华 新街 新园
"""
_COMPOUND_KINDS = "小区 花园 家园 苑 雅苑 佳苑 新村 公寓 华庭 名城 国际城 家属院 花苑 一品 首府 里 嘉园 新居"
PLACE_WORDS = _PLACE_WORDS.split()
COMPOUND_WORDS = _COMPOUND_KINDS.split()


def person(rng: Generator) -> str:
    """A person's name of two or three signs."""
    surname = _SURNAMES[rng.integers(len(_SURNAMES))]
    second = _GIVEN_SECOND[rng.integers(len(_GIVEN_SECOND))]
    if rng.random() < 0.2:
        return surname + second
    return surname + _GIVEN_FIRST[rng.integers(len(_GIVEN_FIRST))] + second


def people(rng: Generator, count: int) -> list[str]:
    """Names of ``count`` people; some have the same name, as in life."""
    return [person(rng) for _ in range(count)]


def compounds(rng: Generator, count: int) -> list[str]:
    """Names of ``count`` compounds, no two alike."""
    base = [f"{place}{kind}" for place in PLACE_WORDS for kind in COMPOUND_WORDS]
    order = rng.permutation(len(base))
    names: list[str] = []
    stage = 0
    while len(names) < count:
        suffix = "" if stage == 0 else f"{stage + 1}期"
        names += [base[i] + suffix for i in order[: count - len(names)]]
        stage += 1
    return names


def work_phone(number: int) -> str:
    """A work telephone number that no one has: the city's area code and a block that begins with zeros."""
    return f"0710-00{number:05d}"
