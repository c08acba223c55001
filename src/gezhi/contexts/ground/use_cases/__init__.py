"""What is done with the ground."""

from gezhi.contexts.ground.sources import NewSource, code_from
from gezhi.contexts.ground.use_cases.cut_ahead import cut_ahead
from gezhi.contexts.ground.use_cases.lay_archive import lay_archive
from gezhi.contexts.ground.use_cases.lay_ground import LONGEST, NewFeature, clear_ground, lay_ground

__all__ = ["LONGEST", "NewFeature", "NewSource", "clear_ground", "code_from", "cut_ahead", "lay_archive", "lay_ground"]
