"""Tables of the powers context."""

from gezhi.contexts.powers.models.holding import Holding, HoldingStep
from gezhi.contexts.powers.models.power import Power

__all__ = ["Holding", "HoldingStep", "Power"]
