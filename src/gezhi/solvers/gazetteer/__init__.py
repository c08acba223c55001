"""Places found by name: typed in Chinese, pinyin or initials, in part, with a fault, or in another order."""

from gezhi.solvers.gazetteer.index import Entry, PlaceIndex, build_index
from gezhi.solvers.gazetteer.search import Hit, find

__all__ = ["Entry", "Hit", "PlaceIndex", "build_index", "find"]
