"""Tables of the ground."""

from gezhi.contexts.ground.models.feature import GroundFeature, GroundSource

__all__ = ["GroundFeature", "GroundSource"]
