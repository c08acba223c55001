"""What two messages say alike: by pairs of Chinese characters and by English words, each weighing as much as it is rare.

That both say 'please deal with it' tells nothing, that both name the same shop tells much. A term weighs −ln of the share of
messages that have it, counted in some messages of the same city, of the same class (all who report a heap of waste call it a
heap) and of other matters at the same place (all who live there name the same street), whichever say it most. The likeness of
two messages is the cosine of their terms so weighed (0 … 1). A number of a house is no word: building 3 and building 5 differ
in one character and are two places.

Linear in the length of the texts, without a dictionary: some 20 µs a message.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Set
from dataclasses import dataclass, field
from math import log, sqrt

from gezhi.contexts.cases.domain.suggest import pairs_of, words_of

_HAN_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"〇": 0}
_TENS = {"十": 10, "百": 100}
_NUMBER = r"(\d{1,4}|[零〇一二三四五六七八九十百]{1,5})"
# A number, and what it is a number of. A day of a month is none, nor is a line of the underground.
_CHINESE = re.compile(rf"(?<![\d.月年]){_NUMBER}\s*(号楼|号院|#楼|栋|幢|座|单元|楼|层|室)")
# Block A, and the eastern of two entrances.
_LETTERED = re.compile(r"(?<![A-Za-z])([A-Za-z])\s*(座|栋|幢|号楼|单元)|([东南西北中])(单元)")
_HASHED = re.compile(r"(?<![\d.-])(\d{1,3})#(?!楼)")
# 3-2-501: building, entrance, flat; 3-501 without the entrance.
_DASHED = re.compile(r"(?<![\d-])(\d{1,2})-(?:(\d{1,2})-)?(\d{3,4})(?![\d-])")
_ENGLISH = re.compile(r"\b(building|block|unit|floor|room)\s*#?(\d{1,5})\b", re.IGNORECASE)
_ONE_NAME = {"号楼": "栋", "#楼": "栋", "幢": "栋", "座": "栋", "楼": "层"}
_CHINESE_STREET = re.compile(rf"([\u4e00-\u9fff]{{2}}(?:路|街|巷|弄|道)){_NUMBER}号(?![楼院线])")
_ENGLISH_STREET = re.compile(
    r"\b(\d{1,5})(?:-\d+)?\s+((?:[A-Z][\w'.]*\s+){1,3}?)"
    r"(?i:st|street|ave|avenue|rd|road|blvd|ln|lane|dr|drive|pl|place|ter|ct|pkwy|sq|way)\b"
)
# The end of what a message names itself by, before a word that leads there from it.
_SPOT = re.compile(
    r"([\u4e00-\u9fff]{2})(?:正门|大门|门口|门前|门外|旁边|旁|对面|后面|后头|前面|那边|附近|入口|出口|外面|外|口)"
)
# Doors of a street that differ by no more are a few steps apart.
_NEXT_DOORS = 6
# The messages of a class, and those of other matters at the place, count fully where they are many beside these.
_AS_MANY, _AS_MANY_HERE = 20, 5
# Messages without the term that are counted beside those there are.
_UNSEEN = 50
# What more than one in so many says is no phrase to show as a reason.
_SELDOM = 12
# At the edges of a run that two messages share: particles and auxiliary signs, and a count with its measure word. At the head
# stays what begins names as well (过街天桥, 有限公司, 一中); at the end, what leads on to a next word goes only where the sentence
# goes on: before a comma 永和 is a shop.
_HEAD = re.compile(r"(?:[了的在是被把就也都还又很]|有(?![限色轨线机])|[一两几二三](?:个(?![体人])|处|条|块|堆))+")
_END = re.compile(r"[了的着过吗呢吧啊]+$")
_TORN_END = re.compile(r"[了的着过一个在是有和与被把就也都还又很两几这那不没]+$")
# What says nothing of any matter by itself.
_EMPTY = re.compile("[这那][里个边]|没有|已经|非常|一直|现在|[今昨]天|[我他]们|里面|旁边|附近|边上|有人|[起出]来")
LATIN_WORD = re.compile(r"[A-Za-z][A-Za-z-]+[A-Za-z]")
HAN_RUN = re.compile(r"[\u4e00-\u9fff]{2,}")


@dataclass(slots=True)
class Told:
    """How many messages of some sort there are, and how many of them have each term."""

    texts: int = 0
    times: Counter[str] = field(default_factory=Counter)

    def add(self, terms: Set[str]) -> None:
        """Count one more message."""
        self.texts += 1
        self.times.update(terms)


@dataclass(frozen=True, slots=True)
class Rarity:
    """How rare terms are: in the messages of the whole city, in those of each class, and in what is said of other matters here."""

    everywhere: Told
    of_classes: tuple[Told, ...] = ()
    here: Told = field(default_factory=Told)

    def share(self, term: str) -> float:
        """The part of the messages that have the term, of the sort that says it most; a small sort counts in part."""
        everywhere = self.share_everywhere(term)
        here = self.here
        around = (here.times[term] + _AS_MANY_HERE * everywhere) / (here.texts + _AS_MANY_HERE)
        in_classes = [(told.times[term] + _AS_MANY * everywhere) / (told.texts + _AS_MANY) for told in self.of_classes]
        return min(1.0, max(everywhere, around, *in_classes))

    def share_everywhere(self, term: str) -> float:
        """The part of the messages of the whole city that have the term; where there are few yet, it is taken to be rare."""
        return (1 + self.everywhere.times[term]) / (_UNSEEN + self.everywhere.texts)

    def of(self, term: str) -> float:
        """What the term weighs, from nothing (each message has it) to some 6 (no message has)."""
        return -log(self.share(term))


def terms_of(text: str) -> frozenset[str]:
    """The terms of a message."""
    return frozenset(pairs_of(text) | words_of(text))


@dataclass(frozen=True, slots=True)
class Alike:
    """How alike two messages are: ``cosine`` 0 … 1, and the weight of the terms of the one that says less."""

    cosine: float
    weight: float


def alike(one: Set[str], other: Set[str], rarity: Rarity, *, without: Set[str] = frozenset()) -> Alike:
    """How alike two sets of terms are, the terms of ``without`` left out of both."""
    sizes = [sum(rarity.of(term) ** 2 for term in terms - without) for terms in (one, other)]
    shared = sum(rarity.of(term) ** 2 for term in (one & other) - without)
    longer = sqrt(sizes[0] * sizes[1])
    return Alike(shared / longer if longer else 0.0, sqrt(min(sizes)))


def shared_phrases(
    text: str, other: str, rarity: Rarity, *, without: Set[str] = frozenset(), most: int = 3
) -> list[str]:
    """What both messages say, in their own signs: the longest Chinese runs and the English words, the rarest first."""
    both = terms_of(text) & terms_of(other)
    wanted = both - without
    found: dict[str, float] = {}
    for run in HAN_RUN.findall(text):
        start = 0
        while start < len(run) - 1:
            end = start + 2
            if run[start:end] not in both:
                start += 1
                continue
            while end < len(run) and run[start : end + 1] in other:
                end += 1
            phrase = _without_edges(run[start:end], goes_on=end < len(run))
            terms = pairs_of(phrase) & wanted
            if any(_SELDOM * rarity.share_everywhere(term) < 1 for term in terms):
                found[phrase] = sum(rarity.of(term) for term in terms)
            start = end
    for word in dict.fromkeys(LATIN_WORD.findall(text)):
        terms = words_of(word) & wanted
        if any(_SELDOM * rarity.share_everywhere(term) < 1 for term in terms):
            found[word] = sum(rarity.of(term) for term in terms)
    chosen: list[str] = []
    for phrase in sorted(found, key=lambda phrase: (-found[phrase], phrase)):
        if len(chosen) < most and not any(phrase in longer for longer in chosen):
            chosen.append(phrase)
    return chosen


def _without_edges(phrase: str, *, goes_on: bool) -> str:
    """A shared run without the signs that only lead to it or on from it; empty where nothing is left that says anything.
    ``goes_on``: whether the sentence goes on after it."""
    begun = _HEAD.match(phrase)
    inner = phrase[begun.end() :] if begun else phrase
    inner = (_TORN_END if goes_on else _END).sub("", inner)
    return "" if len(inner) < 2 or _EMPTY.fullmatch(inner) else inner


@dataclass(frozen=True, slots=True)
class Doors:
    """The numbers of houses in a message. ``units``: of a building, an entrance, a floor, a letter as a number below nothing;
    ``streets``: on a street."""

    units: dict[str, frozenset[int]]
    streets: dict[str, frozenset[int]]


def doors_of(text: str) -> Doors:
    """The numbers of houses in a message, by what they are numbers of."""
    units: defaultdict[str, set[int]] = defaultdict(set)
    streets: defaultdict[str, set[int]] = defaultdict(set)
    for number, unit in _CHINESE.findall(text):
        units[_ONE_NAME.get(unit, unit)].update(_values(number))
    for letter, lettered, side, entrance in _LETTERED.findall(text):
        unit = lettered or entrance
        units[_ONE_NAME.get(unit, unit)].add(-ord((letter or side).upper()))
    for number in _HASHED.findall(text):
        units["栋"].add(int(number))
    for building, entrance, flat in _DASHED.findall(text):
        for unit, number in (("栋", building), ("单元", entrance), ("室", flat)):
            if number:
                units[unit].add(int(number))
    for unit, number in _ENGLISH.findall(text):
        units[unit.lower()].add(int(number))
    for street, number in _CHINESE_STREET.findall(text):
        streets[street].update(_values(number))
    for number, street in _ENGLISH_STREET.findall(text):
        streets[" ".join(street.lower().split())].add(int(number))
    return Doors(*({name: frozenset(numbers) for name, numbers in found.items()} for found in (units, streets)))


def units_clash(one: Doors, other: Doors) -> bool:
    """Whether two messages give different numbers to the same sort of thing."""
    return any(not (one.units[unit] & other.units[unit]) for unit in one.units.keys() & other.units.keys())


def spots_clash(one: str, other: str) -> bool:
    """Whether two messages name each a spot of its own: by the pharmacy, opposite the kindergarten."""
    spots, others = set(_SPOT.findall(one)), set(_SPOT.findall(other))
    return bool(spots and others and not spots & others)


def streets_clash(one: Doors, other: Doors) -> bool:
    """Whether two messages name houses on different streets, or some doors apart on one."""
    if not one.streets or not other.streets:
        return False
    return not any(
        abs(number - another) <= _NEXT_DOORS
        for street in one.streets.keys() & other.streets.keys()
        for number in one.streets[street]
        for another in other.streets[street]
    )


def _values(number: str) -> tuple[int, ...]:
    """What a number in digits or in Chinese signs means: 二十一, 一百零五, sign by sign in 一〇一; 一二号楼 are two."""
    if number.isdigit():
        return (int(number),)
    if not _TENS.keys() & set(number):
        signs = [_HAN_DIGITS[sign] for sign in number]
        side_by_side = len(signs) == 2 and signs[1] == signs[0] + 1
        return tuple(signs) if side_by_side else (int("".join(map(str, signs))),)
    total, digit = 0, 0
    for sign in number:
        if sign in _TENS:
            # 十二 begins with its ten.
            total, digit = total + max(digit, 1) * _TENS[sign], 0
        else:
            digit = _HAN_DIGITS[sign]
    return (total + digit,)
