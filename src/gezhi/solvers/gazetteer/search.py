"""From what somebody types to the places that may be meant, the likeliest first.

Names that share rare grams with the text are compared with it as a whole: what stands there, how it is read, its initials. Other
orders of its words are tried, and, where it begins or ends with the name of an area, the rest inside that area. A place near the
point of interest comes before one far off, where both fit alike.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA, Indel

from gezhi.solvers.gazetteer.index import SPANS, PlaceIndex, grams_of
from gezhi.solvers.gazetteer.words import Spelling, folded, is_number, spelled, without_crossing

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Point = tuple[float, float]

SIGNS, LETTERS, INITIALS = range(3)
# What a match is worth by the spelling that it is in.
_WORTH = (1.0, 0.94, 0.9)
# Names of each spelling that are compared as a whole, and the least share of the text's grams, weighed by rarity, that they have.
_COMPARED, _LEAST_SHARE = 160, 0.25
# A gram that this share of the names have says nothing where there are rarer ones.
_USUAL = 0.04
# The longest text that is looked at, and the most words that are put into other orders.
_LONGEST, _TURNED = 60, 3
# Worth of nearness at most, and the metres at which a little more than a third of it is left.
_NEAR, _NEAR_M = 0.06, 3_000.0
# Worth of nearness where it decides which names are compared at all, beside the share of grams.
_NEAR_FIRST = 0.35
_DEGREE_M = 111_320.0
_INSIDE, _OUTSIDE, _ASIDE = 0.02, -0.25, -0.01
_OTHER_NUMBER, _NO_NUMBER = -0.2, -0.04
# Below this, what was found has little to do with what was typed.
_LEAST = 0.55


@dataclass(frozen=True, slots=True)
class Hit:
    """A place found: its number in the index, and how well it fits (1: the very name, close by)."""

    place: int
    fits: float


@dataclass(frozen=True, slots=True)
class _Wanted:
    """One reading of what was typed: the spelling looked for, inside which areas (empty: anywhere)."""

    spelling: Spelling
    areas: frozenset[int]


def find(index: PlaceIndex, text: str, *, near: Point | None = None, limit: int = 10) -> list[Hit]:
    """At most ``limit`` places whose names are like ``text``, the likeliest first; none for a text without letters or signs.

    ``near``: longitude and latitude of the point of interest.
    """
    best: dict[int, float] = {}
    for number, wanted in enumerate(_readings(index, folded(text[:_LONGEST]))):
        # The rest of a text whose whole has been found is not asked for.
        if number and best and max(best.values()) > 1.0 + _ASIDE:
            break
        aside = _ASIDE if number else 0.0
        for place, fits in _found(index, wanted, near):
            best[place] = max(fits + aside, best.get(place, 0.0))
    likely = {place: fits for place, fits in best.items() if fits >= _LEAST}
    closeness = _NEAR * _nearness(index, np.fromiter(likely, dtype=np.int64), near)
    hits = [Hit(place, fits + more) for (place, fits), more in zip(likely.items(), closeness.tolist(), strict=True)]
    return sorted(hits, key=lambda hit: (-hit.fits, hit.place))[:limit]


def _readings(index: PlaceIndex, plain: str) -> Iterator[_Wanted]:
    """The text as it stands, then without names of areas before or behind the rest."""
    whole = spelled(without_crossing(plain), index.read)
    if not whole.signs:
        return
    yield _Wanted(whole, frozenset())
    rest, areas = plain, frozenset[int]()
    while (found := _area_at_an_end(index, rest)) is not None:
        rest, named = found
        areas = (
            named if not areas else frozenset(area for area in named if areas.intersection(index.around(area))) or areas
        )
        yield _Wanted(spelled(without_crossing(rest), index.read), areas)


def _area_at_an_end(index: PlaceIndex, plain: str) -> tuple[str, frozenset[int]] | None:
    """The text without the longest name of an area that it begins or ends with, and the areas of the name."""
    words = plain.split()
    if len(words) > 1:
        # Between blanks: whole words, whichever script they are in.
        for count in range(len(words) - 1, 0, -1):
            for some, others in ((words[:count], words[count:]), (words[-count:], words[:-count])):
                if named := index.areas.get(spelled(" ".join(some), index.read).signs):
                    return " ".join(others), frozenset(named)
    joined = plain.strip()
    for size in range(min(12, len(joined) - 2), 1, -1):
        for part, rest in ((joined[:size], joined[size:]), (joined[-size:], joined[:-size])):
            if (named := index.areas.get(part)) and len(spelled(rest, index.read).signs) > 1:
                return rest, frozenset(named)
    return None


def _found(index: PlaceIndex, wanted: _Wanted, near: Point | None) -> Iterator[tuple[int, float]]:
    """Places and how well they fit, without nearness; a place may come more than once."""
    spelling = wanted.spelling
    # Latin letters may be a word, a reading, or the first letters of one.
    texts = (spelling.signs, spelling.letters, "") if spelling.has_han else ("", spelling.letters, spelling.letters)
    for kind, text in enumerate(texts):
        if not text:
            continue
        turned = _orders(spelling, kind)
        for number in _like(index, kind, text, near).tolist():
            place = int(index.place[number])
            fits = _WORTH[kind] * _alike(turned, index.spellings[kind][number], kind)
            if fits > 0.0 and wanted.areas:
                within = wanted.areas.intersection((place, *index.around(place)))
                fits += _INSIDE if within else _OUTSIDE
            yield place, fits


def _like(index: PlaceIndex, kind: int, text: str, near: Point | None) -> Ints:
    """The spellings that share most with the text, by grams weighed by their rarity; those nearby first."""
    grams, many = index.grams[kind], len(index.spellings[kind])
    lists = sorted((grams.of(gram) for gram in grams_of(text, SPANS[kind])), key=len)
    lists = [one for one in lists if len(one)]
    rare = [one for one in lists if len(one) <= _USUAL * many] or lists[:2]
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


def _orders(spelling: Spelling, kind: int) -> list[str]:
    """The text with its words in every order, the typed one first."""
    if kind == INITIALS:
        return [spelling.letters]
    words = [pair[kind] for pair in spelling.words]
    if 1 < len(words) <= _TURNED:
        return list(dict.fromkeys("".join(order) for order in permutations(words)))
    return ["".join(words)]


def _alike(texts: Sequence[str], name: str, kind: int) -> float:
    """How alike the texts (the typed order first) and a name are, between 0 and 1."""
    best = max(_ends_alike(text, name) - (0.04 if place else 0.0) for place, text in enumerate(texts))
    if kind == SIGNS and best < 0.9:
        best = max(best, 0.9 * _same_signs(texts[0], name))
    typed = {sign for sign in texts[0] if is_number(sign)}
    there = {sign for sign in name if is_number(sign)}
    return best + _OTHER_NUMBER * len(typed - there) + (_NO_NUMBER if there - typed else 0.0)


def _ends_alike(text: str, name: str) -> float:
    if text == name:
        return 1.0
    if text in name:
        return (0.84 if name.startswith(text) else 0.8) + 0.15 * len(text) / len(name)
    like = max(Indel.normalized_similarity(text, name), OSA.normalized_similarity(text, name))
    if name in text:
        return max(like, 0.6 + 0.35 * len(name) / len(text))
    return like


def _same_signs(text: str, name: str) -> float:
    """The share of signs that both have, in whatever order."""
    rest = list(name)
    shared = 0
    for sign in text:
        if sign in rest:
            rest.remove(sign)
            shared += 1
    return 2.0 * shared / (len(text) + len(name))


def _nearness(index: PlaceIndex, places: NDArray[np.integer], near: Point | None) -> Floats:
    """Between 1, at the point of interest, and 0; 0 for all where there is none."""
    if near is None:
        return np.zeros(len(places))
    lon, lat = near
    north = _DEGREE_M * (index.lat[places] - lat)
    east = _DEGREE_M * math.cos(math.radians(lat)) * (index.lon[places] - lon)
    return np.asarray(np.exp(-np.hypot(north, east) / _NEAR_M))
