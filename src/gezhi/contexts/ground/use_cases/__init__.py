"""What is done with the ground."""

from gezhi.contexts.ground.sources import NewSource, code_from
from gezhi.contexts.ground.use_cases.lay_archive import lay_archive
from gezhi.contexts.ground.use_cases.lay_ground import NewFeature, clear_ground, lay_ground

__all__ = ["NewFeature", "NewSource", "clear_ground", "code_from", "lay_archive", "lay_ground"]
