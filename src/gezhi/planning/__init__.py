"""From the city to the solvers' tasks, and from their answers back to areas, workers and cases.

A builder reads through the doors of the contexts, as its actor sees them, and gives a task together with what its ids
mean. It decides nothing and writes nothing: who carries a plan out goes through the use cases of a context.
"""

from gezhi.planning.dispatch import PlannedDispatch, plan_dispatch
from gezhi.planning.partition import PlannedPartition, plan_partition
from gezhi.planning.siting import PlannedSiting, plan_siting
from gezhi.planning.weights import Measure, Span

__all__ = [
    "Measure",
    "PlannedDispatch",
    "PlannedPartition",
    "PlannedSiting",
    "Span",
    "plan_dispatch",
    "plan_partition",
    "plan_siting",
]
