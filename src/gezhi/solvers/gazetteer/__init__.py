"""Places found by name: typed in Chinese, pinyin or initials, in part, with a fault, in another order, or by what they are."""

from gezhi.solvers.gazetteer.index import Entry, KindWord, PlaceIndex, build_index
from gezhi.solvers.gazetteer.search import Hit, Match, find

__all__ = ["Entry", "Hit", "KindWord", "Match", "PlaceIndex", "build_index", "find"]
