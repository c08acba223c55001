"""Dispatch: a policy that decides at every event, travel times, and a day simulated in arrays to judge policies by.

Formulation. Cases i appear at t_i at a place and need a skill; workers j are idle, under way, or at work. At each event
(a case appears, a worker becomes free) the policy 'gezhi' solves one snapshot: open cases (waiting or not yet reached)
× workers who are idle or under way, x_ij ∈ {0, 1}, at most one of each. Hard: skills; a worker taken off the way
``most_swaps`` times keeps the case. Least Σ x_ij (minutes of way + scarcity of the skills that the worker has and the
case does not need + swap − owner) + Σ over cases left waiting (leave + ageing · minutes waited). Method: shortest
augmenting paths (:mod:`gezhi.solvers.assign`), exact for each snapshot, O(n·t·m). The policy knows what has happened
and the mean service time, never a service time, an arrival or a place that lies ahead; idle workers stay where they are.
The measure is the response: from a case's appearance until somebody is there, or until the end of the shift.
References: Gendreau, Laporte and Semet, Parallel Computing 27 (2001), on re-assignment under way; common random numbers:
Glasserman and Yao, Management Science 38 (1992).
"""

from gezhi.solvers.dispatch.compare import Comparison, PolicyFigures, compare_policies
from gezhi.solvers.dispatch.day import DayResult, simulate_day
from gezhi.solvers.dispatch.policy import Policy, Rules
from gezhi.solvers.dispatch.scenario import Day, DayShape, make_day
from gezhi.solvers.dispatch.travel import RoadTravel

__all__ = [
    "Comparison",
    "Day",
    "DayResult",
    "DayShape",
    "Policy",
    "PolicyFigures",
    "RoadTravel",
    "Rules",
    "compare_policies",
    "make_day",
    "simulate_day",
]
