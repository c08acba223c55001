"""Which class do these words speak of? A first guess by words that are shared, for the reporter to confirm.

Two things are compared with a text, and the better of the two counts.

* **The names of a class.** Chinese has no blanks between words, and a pair of characters is most often a word: so Chinese
  is compared by pairs, English by words of three letters and more. A term weighs ``1 / names that have it``; the share of
  a name's weight that the text has is how much of the name it says. A street bench is not meant by whoever says 'street'.
* **Everyday words**, since nobody reports an 'overflowing waste container'. A phrase has parts, each a choice of words,
  and counts where every part is in the text: ``bin full/overflowing``.

What says less of a name than ``ENOUGH`` is not suggested: no suggestion is better than a wrong one. Linear in the length of
the text for each class; some hundred classes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

_HAN = re.compile(r"[\u4e00-\u9fff]+")
_WORD = re.compile(r"[a-z][a-z-]+[a-z]")
# Words that stand in names and say nothing of a matter.
_EMPTY = frozenset({"and", "for", "from", "not", "other", "out", "problem", "the", "with", "without"}) | frozenset(
    {"其他", "问题", "管理", "设施"}
)
# A thing that many matters have says nothing of which one it is.
_THINGS = frozenset({"电动", "动车"})
# How much of a name must be said. Half the pairs of a Chinese name straddle two words, and are shared by accident only.
ENOUGH_ENGLISH, ENOUGH_CHINESE = 0.6, 0.3
# Phrases were written for this; a name that is shared as a whole may stand for something else.
_PHRASE = 1.05
_EACH = 0.1

# Words that hold another word by accident, and where that has to be cut (|) for what is meant: 停电动车 is no 停电.
_CUTS = (
    "积水|潭",
    "停|电动",
    "停|电瓶",
    "停|电车",
    "路灯|师傅",
    "路灯|维修师傅",
    "开路|灯",
    "地|漏斗",
    "垃圾|短信",
    "垃圾|邮件",
    "垃圾|食品",
)
_APART = {word.replace("|", ""): word.replace("|", " ") for word in _CUTS}
_HIDDEN = re.compile("|".join(sorted(_APART, key=len, reverse=True)))
# Places and jobs that are called so: the first part of the word says nothing either.
_NO_MATTER = re.compile(r"积水(?= 潭)|路灯(?= (?:维修)?师傅)|垃圾(?= (?:短信|邮件|食品))")
# Praise reports nothing, unless something follows that is asked for.
_PRAISE = re.compile(
    r"表扬|点赞|锦旗|(?<!不)(?:很|非常|十分|挺|特别)满意|^\W*(?:我们?)?(?:想|要|非常|特别|十分|衷心)*(?:感谢|谢谢)"
    r"|\b(?:praise|compliment|well done|great job|very satisfied)\b",
    re.IGNORECASE,
)
_ASKED = re.compile(
    r"但|可是|不过|然而|希望|建议|请|投诉|举报|反映|没人|不满|坏|漏|堵|\b(?:but|however|please|complain|still|broken)\b",
    re.IGNORECASE,
)

Part = frozenset[str]


@dataclass(frozen=True, slots=True)
class Named:
    """A class as the guess sees it. ``chinese`` and ``english``: everyday phrases, apart by ``;``, their parts by a blank,
    the choices of a part by ``/``."""

    code: str
    name: str
    name_en: str
    chinese: str = ""
    english: str = ""


def _stem(word: str) -> str:
    return word if word.endswith("ss") else word.rstrip("s")


def praises(text: str) -> bool:
    """Whether a text praises and asks for nothing."""
    return _PRAISE.search(text) is not None and _ASKED.search(text) is None


def _apart(text: str) -> str:
    """A text in which no word stands by accident of its neighbours."""
    return _NO_MATTER.sub(" ", _HIDDEN.sub(lambda found: _APART[found[0]], text))


def pairs_of(text: str) -> set[str]:
    """The pairs of Chinese characters that stand side by side in a text."""
    return {run[i : i + 2] for run in _HAN.findall(text) for i in range(len(run) - 1)} - _EMPTY


def words_of(text: str) -> set[str]:
    """The English words of three letters and more, in small letters and without the s of a plural."""
    found = {word for whole in _WORD.findall(text.lower()) for word in (whole, *whole.split("-")) if len(word) > 2}
    return {_stem(word) for word in found - _EMPTY}


@cache
def _phrases(text: str) -> tuple[tuple[Part, ...], ...]:
    return tuple(
        tuple(frozenset(_stem(word) for word in part.split("/")) for part in phrase.split())
        for phrase in text.split(";")
        if phrase.strip()
    )


@lru_cache(maxsize=4)
def _vocabulary(classes: tuple[Named, ...]) -> tuple[list[tuple[set[str], set[str]]], Counter[str]]:
    """The Chinese and English terms of each name, and how many names have each."""
    names = [(pairs_of(entry.name) - _THINGS, words_of(entry.name_en)) for entry in classes]
    return names, Counter(term for chinese, english in names for term in chinese | english)


@lru_cache(maxsize=4)
def words_of_table(classes: tuple[Named, ...]) -> frozenset[str]:
    """The terms of all names and everyday phrases of a table."""
    names, _ = _vocabulary(classes)
    found = {term for chinese, english in names for term in chinese | english}
    for entry in classes:
        for phrase in (*_phrases(entry.chinese), *_phrases(entry.english)):
            for choice in frozenset().union(*phrase):
                found |= pairs_of(choice) | words_of(choice)
    return frozenset(found)


def share_that_says(entry: Named, other: Named) -> float:
    """Of the sentences that one everyday phrase of a class stands for, the share that speaks of another class too: that of the
    phrase with the most. 0 where no sentence does both."""
    pairs = (
        (_phrases(mine), _phrases(theirs))
        for mine, theirs in ((entry.chinese, other.chinese), (entry.english, other.english))
    )
    return max((_share(one, another) for own, its in pairs for one in own for another in its), default=0.0)


def _share(phrase: tuple[Part, ...], other: tuple[Part, ...]) -> float:
    """Of all choices of a phrase, the share in which each part of another is said, as if its parts were chosen apart."""
    share = 1.0
    for wanted in other:
        share *= max(sum(any(word in choice for word in wanted) for choice in part) / len(part) for part in phrase)
        if not share:
            break
    return share


@dataclass(frozen=True, slots=True)
class Said:
    """A class that a text speaks of. ``terms``: those of its name; ``phrase``: an everyday phrase, as it stands there."""

    code: str
    score: float
    terms: frozenset[str] = frozenset()
    phrase: tuple[str, ...] = ()


def _weighed(share: float, parts: int) -> float:
    """The more was said, the surer."""
    return share * (1 + _EACH * parts)


def _of_name(code: str, own: set[str], wanted: set[str], spread: Counter[str], enough: float) -> Said:
    shared = own & wanted
    if not shared:
        return Said(code, 0.0)
    share = sum(1 / spread[term] for term in shared) / sum(1 / spread[term] for term in own)
    return Said(code, _weighed(share, len(shared)) if share >= enough else 0.0, frozenset(shared))


def said_of(text: str, classes: Sequence[Named], *, limit: int = 4) -> list[Said]:
    """The classes that the text speaks of, best first; empty where too little of each is said."""
    text = _apart(text)
    pairs, words = pairs_of(text), words_of(text)
    if praises(text) or not (pairs or words):
        return []
    names, spread = _vocabulary(tuple(classes))
    found = []
    for place, (entry, (chinese, english)) in enumerate(zip(classes, names, strict=True)):
        code = entry.code
        best = max(
            _of_name(code, chinese, pairs, spread, ENOUGH_CHINESE),
            _of_name(code, english, words, spread, ENOUGH_ENGLISH),
            *(
                Said(code, _weighed(_PHRASE, len(phrase)), phrase=_choices(phrase, text))
                for phrase in _phrases(entry.chinese)
                if all(any(choice in text for choice in part) for part in phrase)
            ),
            *(
                Said(code, _weighed(_PHRASE, len(phrase)), terms=frozenset().union(*phrase) & words)
                for phrase in _phrases(entry.english)
                if all(part & words for part in phrase)
            ),
            key=lambda one: one.score,
        )
        if best.score > 0:
            # Of two that say as much, whichever accounts for more of the text: 垃圾桶 and not only 垃圾.
            found.append((-best.score, -sum(map(len, best.phrase or best.terms)), place, best))
    return [best for *_, best in sorted(found, key=lambda one: one[:3])[:limit]]


def _choices(phrase: tuple[Part, ...], text: str) -> tuple[str, ...]:
    """What the text says of each part of a phrase."""
    return tuple(
        max((choice for choice in part if choice in text), key=lambda choice: (len(choice), choice)) for part in phrase
    )


def suggest(text: str, classes: Sequence[Named], *, limit: int = 4) -> list[str]:
    """Codes of the classes that the text speaks of, best first; empty where too little of each is said."""
    return [one.code for one in said_of(text, classes, limit=limit)]
