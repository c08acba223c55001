"""Point location: which area of a coverage holds a point."""

from gezhi.solvers.locate.area_index import NOWHERE, AreaIndex

__all__ = ["NOWHERE", "AreaIndex"]
