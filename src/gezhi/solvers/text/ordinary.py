"""The pairs of characters of a text that belong to ordinary language, and not to the name of a person or a place.

A pair counts where it lies inside one word of the dictionary that is no proper name. What follows a surname that stands by
itself counts as a given name, and what stands before 'road' or 'estate' as the name of one: better some words are lost than a
name is kept. A name that is an ordinary word as well (高峰, 建设) is known by its surname only; what remains is the word.
Some 3 ms for 100 characters.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from gezhi.solvers.text.words import ASKING_WORDS, EMPTY_WORDS, dictionary

_HAN = re.compile(r"[\u4e00-\u9fff]+")
# Persons, places, bodies and other proper names, as the dictionary marks them.
_NAMES = ("nr", "ns", "nt", "nz")
_SURNAMES = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石"
    "姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂焦向柳"
    "邢岳齐梅莫庄辛管祝左涂谷祁时舒于耿牟卜路詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋甘景薄单包司柏宁柯阮桂闵解强柴华车冉房"
) | {"欧阳", "上官", "司马", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "司徒", "令狐", "夏侯", "独孤", "南宫"}
_GIVEN = 2
# Whoever asks says these, whatever about.
_SAID_OF_ALL = EMPTY_WORDS | ASKING_WORDS | {"谢谢", "感谢", "业主", "住户", "小区", "您好", "你好", "师傅"}
_DIGITS = frozenset("零〇一二两三四五六七八九十百千万幺号")
# What the name of a street, an estate or a village ends with.
_NAMED = frozenset("路街巷弄里道村苑园府城镇乡号栋幢座") | frozenset(
    {"大道", "大街", "胡同", "小区", "花园", "家园", "公寓", "广场", "社区", "街道", "号楼"}
)


@cache
def _tagger() -> Any:
    from jieba.posseg import POSTokenizer

    return POSTokenizer(dictionary())


def ordinary_pairs(text: str) -> frozenset[str]:
    """The pairs of Chinese characters of a text that lie inside words of ordinary language."""
    found: set[str] = set()
    for run in _HAN.findall(text):
        found.update(_pairs_of_run(run))
    return frozenset(found)


def _pairs_of_run(run: str) -> set[str]:
    words = [(one.word, one.flag) for one in _tagger().cut(run, HMM=True)]
    known = dictionary().FREQ
    found: set[str] = set()
    # How many characters may still belong to a given name.
    given = 0
    for place, (word, flag) in enumerate(words):
        before_a_place = place + 1 < len(words) and words[place + 1][0] in _NAMED
        if (
            word in _SURNAMES
            or (word[-1] in _SURNAMES and not known.get(word))
            or (len(word) == 1 and flag[:2] == "nr")
        ):
            given = _GIVEN
        elif given:
            given -= min(len(word), given)
        elif (
            known.get(word)
            and word not in _SAID_OF_ALL
            and not (flag.startswith(_NAMES) or before_a_place or _DIGITS.issuperset(word))
        ):
            found.update(word[at : at + 2] for at in range(len(word) - 1))
    return found
