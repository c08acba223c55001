"""From what somebody types to the places that may be meant, the likeliest first.

Names that share rare grams with the text are compared with it as a whole: what stands there, how it is read, its initials. Other
orders of its words are tried, and, where it begins or ends with the name of an area, the rest inside that area. A place near the
point of interest comes before one far off, where both fit alike. Where no name fits, English words are taken for the Chinese ones
that they stand for, and a number that nobody knows is left out. A word for a kind of place finds those of the kind.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from gezhi.solvers.gazetteer.crossings import is_of, roads_typed
from gezhi.solvers.gazetteer.english import in_chinese
from gezhi.solvers.gazetteer.index import SPANS, PlaceIndex, grams_of
from gezhi.solvers.gazetteer.kinds import OfKind, metres, nearest, of_kind
from gezhi.solvers.gazetteer.likeness import LETTERS, SIGNS, Typed, is_called, shared_signs
from gezhi.solvers.gazetteer.readings import Wanted, readings, without_number
from gezhi.solvers.gazetteer.words import Spelling, folded, has_han, spelled

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Point = tuple[float, float]

# What a match is worth by the spelling that it is in.
_WORTH = (1.0, 0.94, 0.9)
# Names of each spelling that are compared as a whole, and the least share of the text's grams, weighed by rarity, that they have.
_COMPARED, _LEAST_SHARE = 160, 0.25
# A gram that this share of the names have, and so many, says nothing where there are rarer ones.
_USUAL, _MANY = 0.04, 400
# The longest text that is looked at.
_LONGEST = 60
# Worth of nearness at most, and the metres at which a little more than a third of it is left.
_NEAR, _NEAR_M = 0.06, 3_000.0
# Worth of nearness where it decides which names are compared at all, beside the share of grams.
_NEAR_FIRST = 0.35
_INSIDE, _OUTSIDE, _ASIDE = 0.02, -0.25, -0.01
# A bus stop has the name of what it stands at.
_LESSER = -0.015
# Below this, what was found has little to do with what was typed; from ``SURE`` on it may be taken for what was meant.
_LEAST, SURE = 0.55, 0.78
# What Chinese signs share at least with a name that is read otherwise, for it to be taken; what it is worth if they don't.
_SHARED, _UNSURE = 0.5, SURE - 0.01
# What it must be worth that a name sounds like signs of which it has none.
_SOUNDS = 0.77
# From here on a name is what was typed, whatever that is made of.
_JUST_SO = 0.97
# From here on a name is as good as the very one: nothing further is tried.
_VERY = 0.9
# Numbers that are left out one after another (8栋2单元301), and what each costs.
_NUMBERS, _LEFT_OUT = 3, -0.05
# Places of a kind that was named alone, with a name that they bear, and with a place or an area that they are near.
_BY_KIND, _KIND_NAMED, _KIND_NAMED_SHARE, _KIND_BESIDE = 0.9, 0.76, 0.18, 0.79
_BEARS_NAME = 0.8


class Match(StrEnum):
    """In which way a place is what was typed."""

    NAME = "name"
    # Its name is only similar.
    LIKE = "like"
    # The name without the number that was typed: nobody knows that.
    NUMBER = "number"
    # It is of the kind that was typed.
    KIND = "kind"


@dataclass(frozen=True, slots=True)
class Hit:
    """A place found: its number in the index, how well it fits (1: the very name, close by), and in which way.

    ``unknown``: the numbers that were left out, as typed.
    """

    place: int
    fits: float
    match: Match = Match.NAME
    unknown: str = ""


@dataclass(slots=True)
class _Best:
    """The best of each place so far, without nearness."""

    hits: dict[int, Hit]

    def add(self, place: int, fits: float, match: Match, unknown: str = "") -> None:
        if place not in self.hits or fits > self.hits[place].fits:
            self.hits[place] = Hit(place, fits, match, unknown)

    @property
    def top(self) -> float:
        return max((hit.fits for hit in self.hits.values()), default=0.0)


def find(index: PlaceIndex, text: str, *, near: Point | None = None, limit: int = 10) -> list[Hit]:
    """At most ``limit`` places whose names are like ``text``, the likeliest first; none for a text without letters or signs.

    ``near``: longitude and latitude of the point of interest.
    """
    plain = folded(text[:_LONGEST])
    best = _Best({})
    _by_name(index, plain, near, best)
    asked = of_kind(index, plain)
    is_kind = asked is not None and not asked.rest
    chinese = plain if is_kind or best.top >= _VERY else in_chinese(plain)
    if chinese != plain:
        _by_name(index, chinese, near, best, aside=_ASIDE)
    if asked is not None and not asked.rest:
        _add_of_kind(index, asked, near, best, worth=_BY_KIND)
    elif asked is not None and best.top < _VERY:
        _of_kind_beside(index, asked, near, best)
    _without_numbers(index, chinese, near, best)
    likely = [hit for hit in best.hits.values() if hit.fits >= _LEAST]
    if is_kind:
        # Who asks for a hospital wants no road that sounds like one, even where there is no hospital.
        likely = [hit for hit in likely if hit.match is not Match.LIKE]
    closeness = _NEAR * _nearness(index, np.array([hit.place for hit in likely], dtype=np.int64), near)
    lesser = np.array([index.kinds[index.kind[hit.place]] in index.lesser for hit in likely], dtype=bool)
    for number, more in enumerate((closeness + _LESSER * lesser).tolist()):
        hit = likely[number]
        if hit.match is not Match.KIND:
            likely[number] = Hit(hit.place, hit.fits + more, hit.match, hit.unknown)
    if roads := roads_typed(index, chinese):
        likely = [_of_roads(index, roads, hit) for hit in likely]
    return sorted(likely, key=lambda hit: (-hit.fits, hit.place))[:limit]


def _of_roads(index: PlaceIndex, roads: tuple[Spelling, ...], hit: Hit) -> Hit:
    """What was found for the crossing of two roads: only similar, unless it is that, or is called just so."""
    if hit.match is not Match.NAME or hit.fits >= _JUST_SO or is_of(index, roads, hit.place):
        return hit
    return Hit(hit.place, hit.fits, Match.LIKE)


def _by_name(
    index: PlaceIndex,
    plain: str,
    near: Point | None,
    best: _Best,
    *,
    aside: float = 0.0,
    match: Match = Match.NAME,
    unknown: str = "",
) -> None:
    """Add what the readings of a folded text find."""
    for number, wanted in enumerate(readings(index, plain)):
        # The rest of a text whose whole has been found is not asked for.
        if number and best.top > 1.0 + _ASIDE + aside:
            break
        less = aside + (_ASIDE if number else 0.0)
        # The rest that a name of an area leaves may only say what kind of place is meant.
        called = (
            Match.KIND if wanted.areas and match is Match.NAME and wanted.spelling.signs in index.kind_words else match
        )
        for place, fits, is_it in _found(index, wanted, near):
            best.add(place, fits + less, called if fits >= SURE and is_it else Match.LIKE, unknown)


def _without_numbers(index: PlaceIndex, plain: str, near: Point | None, best: _Best) -> None:
    """Where no name is sure, that without its numbers may be: the compound of a building that is not known."""
    left: list[str] = []
    rest = plain
    while best.top < SURE and len(left) < _NUMBERS and (shorter := without_number(rest)) is not None:
        rest, number = shorter
        left.insert(0, number)
        _by_name(index, rest, near, best, aside=_LEFT_OUT, match=Match.NUMBER, unknown=", ".join(left))


def _of_kind_beside(index: PlaceIndex, asked: OfKind, near: Point | None, best: _Best) -> None:
    """Places of a kind with a name or an area: those that bear the name, and those inside the area, or near the place."""
    rest = spelled(asked.rest, index.read)
    if len(rest.signs) < 2:
        return
    named = _Best({})
    _by_name(index, asked.rest, near, named)
    for hit in [*named.hits.values(), *best.hits.values()]:
        known = best.hits.get(hit.place)
        sure = known is not None and known.match is Match.NAME
        # How long the rest of a name is says nothing where it has the word for the kind too.
        if (sure or hit.fits >= _BEARS_NAME) and _is_meant(index, asked, hit.place):
            best.add(hit.place, _KIND_NAMED + _KIND_NAMED_SHARE * hit.fits, Match.NAME if sure else Match.KIND)
    within = frozenset(index.areas.get(rest.signs, ()))
    if within:
        _add_of_kind(index, asked, near, best, worth=_BY_KIND, within=within)
    elif named.top >= _VERY:
        first = max(named.hits.values(), key=lambda hit: hit.fits)
        at = (float(index.lon[first.place]), float(index.lat[first.place]))
        _add_of_kind(index, asked, at, best, worth=_KIND_BESIDE)


def _is_meant(index: PlaceIndex, asked: OfKind, place: int) -> bool:
    kind, name = index.kinds[index.kind[place]], index.shown[place]
    return any(word.kind == kind and word.means(name) for word in asked.words)


def _add_of_kind(
    index: PlaceIndex,
    asked: OfKind,
    near: Point | None,
    best: _Best,
    *,
    worth: float,
    within: frozenset[int] = frozenset(),
) -> None:
    for place, off in nearest(index, asked.words, near, within=within):
        # One that is far off is still before one that is farther.
        best.add(place, worth + _NEAR / (1.0 + off / _NEAR_M), Match.KIND)


def _found(index: PlaceIndex, wanted: Wanted, near: Point | None) -> Iterator[tuple[int, float, bool]]:
    """Places, how well they fit, without nearness, and whether they may be called what was typed; a place may come more than
    once."""
    spelling = wanted.spelling
    # Latin letters may be a word, a reading, or the first letters of one.
    texts = (spelling.signs, spelling.letters, "") if spelling.has_han else ("", spelling.letters, spelling.letters)
    for kind, text in enumerate(texts):
        if not text:
            continue
        typed = Typed(spelling, kind)
        for number in _like(index, kind, text, near).tolist():
            place = int(index.place[number])
            name = index.spellings[kind][number]
            if kind == SIGNS and not has_han(name):
                # Letters are many for what one sign says: English beside Chinese is compared as it is read.
                continue
            fits = _WORTH[kind] * typed.like(name)
            if fits >= _LEAST and kind == LETTERS and spelling.has_han and text not in name:
                # Other signs that only sound somewhat alike are another name.
                shared = shared_signs(spelling.signs, index.spellings[SIGNS][number])
                fits = fits if shared >= _SHARED else min(fits, _UNSURE)
                if not shared and fits < _SOUNDS:
                    continue
            if fits > 0.0 and wanted.areas:
                within = wanted.areas.intersection((place, *index.around(place)))
                fits += _INSIDE if within else _OUTSIDE
            yield place, fits, fits < SURE or _may_be(index, spelling, number)


def _may_be(index: PlaceIndex, spelling: Spelling, number: int) -> bool:
    """Whether the name of a spelling may be what was typed; of letters, and of names in letters, how alike they are says it."""
    name = index.spellings[SIGNS][number]
    if not spelling.has_han or not has_han(name):
        return True
    # Half in letters, the signs that are missing may be among them.
    if any(sign.isascii() and sign.isalpha() for sign in spelling.signs):
        return True
    # An input method leaves other signs of the same sound.
    one_word = len(spelling.words) == 1
    return is_called(spelling.signs, name, in_order=one_word) or spelling.letters in index.spellings[LETTERS][number]


def _like(index: PlaceIndex, kind: int, text: str, near: Point | None) -> Ints:
    """The spellings that share most with the text, by grams weighed by their rarity; those nearby first."""
    grams, many = index.grams[kind], len(index.spellings[kind])
    lists = sorted((grams.of(gram) for gram in grams_of(text, SPANS[kind])), key=len)
    lists = [one for one in lists if len(one)]
    rare = [one for one in lists if len(one) <= max(_USUAL * many, _MANY)] or lists[:2]
    if not rare:
        return np.empty(0, dtype=np.int64)
    weight = [math.log1p(many / len(one)) for one in rare]
    shared = np.bincount(np.concatenate(rare), weights=np.repeat(weight, [len(one) for one in rare]), minlength=1)
    likely = np.flatnonzero(shared >= max(_LEAST_SHARE * sum(weight), 1e-9))
    if len(likely) > _COMPARED:
        # Of those that share as much, the short ones have less besides.
        score = shared[likely] / sum(weight) * (1.0 + 1.0 / (1.0 + grams.count[likely]))
        score += _NEAR_FIRST * _nearness(index, index.place[likely], near)
        likely = likely[np.argpartition(-score, _COMPARED)[:_COMPARED]]
    return likely


def _nearness(index: PlaceIndex, places: NDArray[np.integer], near: Point | None) -> Floats:
    """Between 1, at the point of interest, and 0; 0 for all where there is none."""
    if near is None:
        return np.zeros(len(places))
    return np.asarray(np.exp(-metres(index, places, near) / _NEAR_M))
