"""Two roads typed for where they meet: both must be the crossing's own, or it is only a similar one."""

from __future__ import annotations

import re

from rapidfuzz.distance import Indel

from gezhi.solvers.gazetteer.index import PlaceIndex
from gezhi.solvers.gazetteer.words import Spelling, folded, spelled, without_crossing

_ENDS = ("大道", "路", "街", "巷", "弄", "dadao", "lu", "jie", "xiang")
# Two roads one behind the other without a blank.
_TWO = re.compile(r"(\S{2,}?(?:大道|路|街|巷|弄))(\S{2,}?(?:大道|路|街|巷|弄))")
# How alike two readings are for one to be the other with a slip of the finger; 路 and 街 are less.
_SLIP = 0.9


def roads_typed(index: PlaceIndex, plain: str) -> tuple[Spelling, ...]:
    """The two roads whose crossing a folded text asks for; none where it asks for something else."""
    words = without_crossing(plain).split()
    if len(words) == 1 and (two := _TWO.fullmatch(words[0])):
        words = list(two.groups())
    if len(words) != 2 or not all(word.endswith(_ENDS) for word in words):
        return ()
    return tuple(spelled(word, index.read) for word in words)


def is_of(index: PlaceIndex, roads: tuple[Spelling, ...], place: int) -> bool:
    """Whether a place is the crossing of these roads."""
    own = [spelled(word, index.read) for word in without_crossing(folded(index.shown[place])).split()]
    return all(any(_is_called(road, other) for other in own) for road in roads)


def _is_called(typed: Spelling, road: Spelling) -> bool:
    if road.letters in typed.letters and (not typed.has_han or len(typed.signs) >= len(road.signs)):
        return True
    return Indel.normalized_similarity(typed.letters, road.letters) >= _SLIP
