"""What is done with the ground."""

from gezhi.contexts.ground.use_cases.lay_ground import NewFeature, NewSource, clear_ground, lay_ground

__all__ = ["NewFeature", "NewSource", "clear_ground", "lay_ground"]
