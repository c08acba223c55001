"""The tables of the escalation context."""

from gezhi.contexts.escalation.models.rules import EscalationRule, EscalationTable
from gezhi.contexts.escalation.models.watch import Firing, Follower, Watch

__all__ = ["EscalationRule", "EscalationTable", "Firing", "Follower", "Watch"]
