"""Point location: which area of a coverage holds a point."""

from gezhi.solvers.locate.answers import NOWHERE
from gezhi.solvers.locate.area_index import AreaIndex

__all__ = ["NOWHERE", "AreaIndex"]
