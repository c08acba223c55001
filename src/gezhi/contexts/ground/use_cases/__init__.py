"""What is done with the ground."""

from gezhi.contexts.ground.use_cases.lay_archive import lay_archive
from gezhi.contexts.ground.use_cases.lay_ground import NewFeature, NewSource, clear_ground, lay_ground

__all__ = ["NewFeature", "NewSource", "clear_ground", "lay_archive", "lay_ground"]
