"""Places asked for by what they are: 医院, "bus stop", 长虹路公交站. The nearest come first."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from gezhi.solvers.gazetteer.index import KindWord, PlaceIndex
from gezhi.solvers.gazetteer.words import spelled

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Point = tuple[float, float]

_DEGREE_M = 111_320.0
_LONGEST_WORD = 12
# So many of the nearest are found.
_LOOKED_AT = 60
# "The nearest hospital" is a hospital.
_NEAR_BY = re.compile(
    r"^(?:附近的?|最近的?|周边的?|离我最近的?|(?:the )?nearest |nearby )|\s*(?:附近|周边| near me| near by| nearby)$"
)


@dataclass(frozen=True, slots=True)
class OfKind:
    """What was typed as a kind of place: the words for it that fit, and what stood before or behind them (empty: nothing)."""

    words: tuple[KindWord, ...]
    rest: str


def of_kind(index: PlaceIndex, plain: str) -> OfKind | None:
    """A folded text as one that asks for a kind of place, by the longest word for one at its ends; None where there is none."""
    plain = _NEAR_BY.sub("", plain).strip()
    if words := _named(index, plain):
        return OfKind(words, "")
    parts = plain.split()
    for count in range(len(parts) - 1, 0, -1):
        for some, rest in ((parts[-count:], parts[:-count]), (parts[:count], parts[count:])):
            if words := _beside_others(_named(index, " ".join(some))):
                return OfKind(words, " ".join(rest))
    for size in range(min(_LONGEST_WORD, len(plain) - 2), 1, -1):
        if words := _beside_others(index.kind_words.get(plain[-size:], ())):
            return OfKind(words, plain[:-size].strip().removesuffix("的"))
    return None


def _beside_others(words: Iterable[KindWord]) -> tuple[KindWord, ...]:
    return tuple(word for word in words if not word.is_alone)


def _named(index: PlaceIndex, plain: str) -> tuple[KindWord, ...]:
    return tuple(index.kind_words.get(spelled(plain, index.read).signs, ()))


def nearest(
    index: PlaceIndex, words: Iterable[KindWord], near: Point | None, *, within: frozenset[int] = frozenset()
) -> list[tuple[int, float]]:
    """The places of some kinds and how many metres they are off, the nearest first; in turn where there is no point of interest.

    ``within``: only those inside one of these areas.
    """
    found: dict[int, float] = {}
    for word in words:
        if word.kind not in index.kinds:
            continue
        places = np.flatnonzero(index.kind == index.kinds.index(word.kind))
        if within:
            inside = [bool(within.intersection(index.around(place))) for place in places.tolist()]
            places = places[np.array(inside, dtype=bool)]
        far = metres(index, places, near) if near is not None else np.zeros(len(places))
        order = np.argsort(far, kind="stable")
        meant = (at for at in order.tolist() if word.means(index.shown[places[at]]))
        for at in islice(meant, _LOOKED_AT):
            found.setdefault(int(places[at]), float(far[at]))
    return sorted(found.items(), key=lambda pair: pair[1])


def metres(index: PlaceIndex, places: NDArray[np.integer], near: Point) -> Floats:
    """How far places are from a point of interest."""
    lon, lat = near
    north = _DEGREE_M * (index.lat[places] - lat)
    east = _DEGREE_M * math.cos(math.radians(lat)) * (index.lon[places] - lon)
    return np.asarray(np.hypot(north, east))
