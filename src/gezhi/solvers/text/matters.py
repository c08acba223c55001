"""Which topics are one matter? People write of it in several ways, and each way becomes a topic of its own.

Likeness of centres alone would not tell: who ends every letter with the same call for action makes letters on a museum and on a
clinic alike. Nor would a name: one estate has lifts and a nursery, which are two matters. So two topics are put together when

* their heads (``HEAD`` words) name no different places: what half of a topic's messages name there is its place, and a
  name within another's ('东六路', '星沙东六路') is the same place;
* they have two *signs* in common: the place, unless it is a wide one, and *phrases*. A phrase is made of *core words* that stand
  side by side, so that '滨江 花园 二期' is one sign and not three. A core word stands in half of both topics and hardly anywhere
  else (``FEW``). It tells neither how somebody asks, nor a place: words of the place that both name are left out, and what
  begins the name of a place of either. What two messages share may be chance: topics of less than ``LEAST`` are left alone;
* a phrase *leads*: a word of it stands in half of the titles (``TITLE`` words) of both, and ``THEIRS`` of all titles with it
  are theirs;
* the cosine of their centres is at least ``ALIKE``. It counts ``TOGETHER`` times where both name a place that is not wide, or
  two phrases lead and stand mostly (``MOSTLY``) in their titles.

The two that are most alike become one topic, and this goes on with what they became, until none are left. Deterministic; the
order of messages does not matter. For k topics, c pairs of which are near enough to be looked at, with w words each, and m
mergers: O(non-zeros of the product of the centres + c · w + m · (c + non-zeros of the centres)).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from functools import cached_property

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from gezhi.solvers.certificate import Cancelled, ShouldStop, never
from gezhi.solvers.text.message import Message
from gezhi.solvers.text.similar import like_pairs
from gezhi.solvers.text.words import ASKING_WORDS, EMPTY_WORDS

ALIKE = 1 / 3
TOGETHER = 1.3
TITLE, HEAD = 10, 20
LEAST = 3
FEW, FEW_AT_LEAST = 0.01, 2  # messages besides: part of all, and in a small set
THEIRS, MOSTLY = 1 / 3, 2 / 3
# A road, a street office, a town or a metro line is a place, but too wide a one to be a sign.
_WIDE = ("路", "大道", "街", "街道", "镇", "乡", "号线")
# Empty words of one character are no part of a message's words; in a place's name they may stand.
_EMPTY = str.maketrans(dict.fromkeys((word for word in EMPTY_WORDS if len(word) == 1), ""))
_CUT = "\n\n"  # stands where a place's name stood, so that the words beside it do not touch


class _Corpus:
    """In how many messages, and in how many titles, each word stands."""

    def __init__(self, told: Sequence[Message]) -> None:
        self.told = told
        self.often = Counter(word for one in told for word in set(one.words))
        self.often_in_titles = Counter(word for one in told for word in set(one.words[:TITLE]))
        self.few = max(FEW_AT_LEAST, FEW * len(told))


class _Matter:
    """A topic: the numbers of its messages, and what most of them share."""

    def __init__(self, members: Iterable[int], corpus: _Corpus) -> None:
        self.members = tuple(sorted(members))
        self._told = [corpus.told[place] for place in self.members]

    @cached_property
    def texts(self) -> list[str]:
        return ["".join(one.words) for one in self._told]

    @cached_property
    def titles(self) -> list[str]:
        return ["".join(one.words[:TITLE]) for one in self._told]

    @cached_property
    def heads(self) -> list[str]:
        return ["".join(one.words[:HEAD]) for one in self._told]

    @cached_property
    def often(self) -> Counter[str]:
        return Counter(word for one in self._told for word in set(one.words))

    @cached_property
    def often_in_titles(self) -> Counter[str]:
        return Counter(word for one in self._told for word in set(one.words[:TITLE]))

    @cached_property
    def names(self) -> frozenset[str]:
        """Places that half of the messages name, and name at their heads."""
        named: Counter[str] = Counter()
        for one, head in zip(self._told, self.heads, strict=True):
            written = {form for name in one.places for form in (name.lower(), name.lower().translate(_EMPTY))}
            named.update(form for form in written if form in head)
        return frozenset(name for name, number in named.items() if 2 * number >= len(self.members))


def one_matter(
    topics: Sequence[Sequence[int]],
    messages: Sequence[Message],
    unit: sparse.csr_matrix,
    *,
    should_stop: ShouldStop = never,
) -> list[list[int]]:
    """Topics (places in ``messages``, no place twice), those of one matter put together: each ascending, and by their first.

    ``unit``: features of the messages, shape (messages, features), rows not longer than 1. Raises ``Cancelled``.
    """
    corpus = _Corpus(messages)
    small = [sorted(topic) for topic in topics if len(topic) < LEAST]
    large = sorted(sorted(topic) for topic in topics if len(topic) >= LEAST)
    if not large:
        return sorted(small)
    there = {number: _Matter(topic, corpus) for number, topic in enumerate(large)}
    centres = _centres(there.values(), unit)
    alike: dict[tuple[int, int], float] = {}
    near = like_pairs(centres, ALIKE / TOGETHER, should_stop=should_stop)
    for a, b, cosine in zip(*(column.tolist() for column in near), strict=True):
        if should_stop():
            raise Cancelled
        alike[a, b] = _likeness(there[a], there[b], cosine, corpus)
    while alike:
        (a, b), likeness = min(alike.items(), key=lambda item: (-round(item[1], 9), item[0]))
        if likeness < ALIKE:
            break
        merged, number = _Matter([*there.pop(a).members, *there.pop(b).members], corpus), centres.shape[0]
        alike = {pair: value for pair, value in alike.items() if not {a, b} & set(pair)}
        centre = _centres([merged], unit)
        cosines = np.asarray((centres @ centre.T).todense()).ravel()
        for other in np.flatnonzero(cosines >= ALIKE / TOGETHER).tolist():
            if should_stop():
                raise Cancelled
            if other in there:
                alike[other, number] = _likeness(there[other], merged, float(cosines[other]), corpus)
        centres = sparse.vstack([centres, centre], format="csr")
        there[number] = merged
    return sorted([*small, *(list(matter.members) for matter in there.values())])


def _centres(matters: Collection[_Matter], unit: sparse.csr_matrix) -> sparse.csr_matrix:
    """The mean of each topic's rows, scaled to length 1: shape (topics, features)."""
    row = np.repeat(np.arange(len(matters)), [len(matter.members) for matter in matters])
    column = np.concatenate([matter.members for matter in matters])
    chosen = sparse.csr_matrix((np.ones(len(row)), (row, column)), shape=(len(matters), unit.shape[0]))
    total = (chosen @ unit).tocsr()
    norm = np.sqrt(np.asarray(total.multiply(total).sum(axis=1)).ravel())
    return sparse.diags(np.divide(1.0, norm, out=np.zeros_like(norm), where=norm > 0)).dot(total).tocsr()


def _likeness(one: _Matter, other: _Matter, cosine: float, corpus: _Corpus) -> float:
    """The cosine as it counts; 0 where a place or the words speak against one matter."""
    # The shorter of two names of one place.
    shared = {min(a, b, key=len) for a in one.names for b in other.names if a in b or b in a}
    if one.names and other.names and not shared:
        return 0.0
    phrases = _phrases(one, other, shared, corpus)
    placed = any(not name.endswith(_WIDE) for name in shared)
    if max(phrases, default=0.0) < THEIRS or len(phrases) + placed < 2:
        return 0.0
    return cosine * TOGETHER if placed or sum(part >= MOSTLY for part in phrases) > 1 else cosine


def _phrases(one: _Matter, other: _Matter, shared: set[str], corpus: _Corpus) -> list[float]:
    """The phrases of core words of two topics: of each, the part of all titles with its word that is theirs, 0 if none leads."""
    texts = [_without(matter.texts, shared) for matter in (one, other)]
    titles = [_without(matter.titles, shared) for matter in (one, other)]
    core: dict[str, float] = {}
    for word in sorted((one.often.keys() & other.often.keys()) - ASKING_WORDS):
        # A word with a digit is a number, a house or a code.
        if len(word) < 2 or not word.isalpha() or any(name.startswith(word) for name in one.names | other.names):
            continue
        in_titles = one.often_in_titles[word] + other.often_in_titles[word]
        theirs = in_titles / max(1, corpus.often_in_titles[word])
        if theirs >= THEIRS and _in_half(word, titles):
            core[word] = theirs
        elif corpus.often[word] - one.often[word] - other.often[word] <= corpus.few and _in_half(word, texts):
            core[word] = 0.0
    if not core:
        return []
    number, phrase = connected_components(_beside(list(core), [*texts[0], *texts[1]]), directed=False)
    return [max(theirs for theirs, own in zip(core.values(), phrase, strict=True) if own == k) for k in range(number)]


def _in_half(word: str, texts_of_each: Sequence[Sequence[str]]) -> bool:
    """Whether half of the texts of each have the word, be it within a longer one: a text is not always cut the same way."""
    return all(2 * sum(word in text for text in texts) >= len(texts) for texts in texts_of_each)


def _without(texts: Sequence[str], names: set[str]) -> list[str]:
    found = list(texts)
    for name in sorted(names, key=lambda name: (-len(name), name)):
        found = [text.replace(name, _CUT) for text in found]
    return found


def _beside(words: Sequence[str], texts: Sequence[str]) -> sparse.coo_matrix:
    """Which words overlap, touch, or have one character between them in half of the texts that have the rarer of the two."""
    with_word: Counter[int] = Counter()
    with_both: Counter[tuple[int, int]] = Counter()
    for text in texts:
        spans = sorted(
            (at, at + len(word), number) for number, word in enumerate(words) for at in _all_places(word, text)
        )
        touching = set()
        for place, (_, end, number) in enumerate(spans):
            for start, _, later in spans[place + 1 :]:
                if start > end + 1:
                    break
                if later != number:
                    touching.add((min(number, later), max(number, later)))
        with_word.update({number for _, _, number in spans})
        with_both.update(touching)
    pairs = [(a, b) for (a, b), often in sorted(with_both.items()) if 2 * often >= min(with_word[a], with_word[b])]
    i, j = ([pair[k] for pair in pairs] for k in (0, 1))
    return sparse.coo_matrix((np.ones(len(pairs)), (i, j)), shape=(len(words), len(words)))


def _all_places(word: str, text: str) -> list[int]:
    found, at = [], text.find(word)
    while at >= 0:
        found.append(at)
        at = text.find(word, at + 1)
    return found
