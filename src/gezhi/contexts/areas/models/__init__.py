"""Tables of the areas context."""

from gezhi.contexts.areas.models.area import Area, AreaShape
from gezhi.contexts.areas.models.compound import Compound
from gezhi.contexts.areas.models.version import AreaVersion

__all__ = ["Area", "AreaShape", "AreaVersion", "Compound"]
