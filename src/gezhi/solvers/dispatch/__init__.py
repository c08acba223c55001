"""Dispatch: a policy that decides at every event, travel times, and a day simulated in arrays to judge policies by.

Formulation. Cases i appear at t_i at a place and need a skill; workers j are idle, under way, or at work. At each event
(a case appears, a worker becomes free) the policy 'gezhi' solves one snapshot: open cases (waiting or not yet reached)
× workers who are idle or under way, x_ij ∈ {0, 1}, at most one of each. Hard: skills; at most ``most_swaps`` changes of
aim of a worker within an hour and ``most_case_swaps`` of the person on the way to a case. Least Σ x_ij (minutes of way
+ swap − owner + rush · (scarcity of the skills that the worker has and the case does not need + what the worker is worth
where they are − what they are worth where the case is + how much longer than others they have been used today)) + Σ over
cases left waiting (minutes until somebody nearer should become free + ageing · minutes waited); rush grows from 0 to 1
with the share of the fleet that is needed now. Method: shortest augmenting paths over short lists that widen where they
must (:mod:`gezhi.solvers.dispatch.pairing`), exact for each snapshot; where thousands wait, workers look at the cells around
them and no table of n × m is made. The policy knows what has happened and the mean minutes of work, never those of a case, nor an
arrival or a place that lies ahead; idle workers stay where they are. The ground (extent, cells, speed) is an argument;
``decide`` solves one snapshot of a real city, from any travel times.
The measure is the response: from a case's appearance until somebody is there, or until the end of the shift. The best
plan of each snapshot is no proof for the day: no bound for that is known, and none is claimed.
References: Gendreau, Laporte and Semet, Parallel Computing 27 (2001), on re-assignment under way; Castillo, Knoepfle
and Weyl, ACM EC (2017), on far pick-ups that eat up a fleet; common random numbers: Glasserman and Yao, Management
Science 38 (1992).
"""

from gezhi.solvers.dispatch.compare import Comparison, PolicyFigures, compare_policies
from gezhi.solvers.dispatch.day import DayResult, simulate_day
from gezhi.solvers.dispatch.decide import Decision, Demand, Order, decide
from gezhi.solvers.dispatch.ground import SQUARE, Ground
from gezhi.solvers.dispatch.metric_travel import Rectilinear, Straight, Travel
from gezhi.solvers.dispatch.policy import Policy, Rules
from gezhi.solvers.dispatch.scenario import Day, DayShape, make_day
from gezhi.solvers.dispatch.situation import DispatchState, OnDuty, OpenCase
from gezhi.solvers.dispatch.travel import RoadTravel

__all__ = [
    "SQUARE",
    "Comparison",
    "Day",
    "DayResult",
    "DayShape",
    "Decision",
    "Demand",
    "DispatchState",
    "Ground",
    "OnDuty",
    "OpenCase",
    "Order",
    "Policy",
    "PolicyFigures",
    "Rectilinear",
    "RoadTravel",
    "Rules",
    "Straight",
    "Travel",
    "compare_policies",
    "decide",
    "make_day",
    "simulate_day",
]
