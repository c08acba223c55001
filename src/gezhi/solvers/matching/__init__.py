"""Needs × resources → projects: who helps whom, when, and why not another.

Given needs n (place, time, skills, quantity, urgency, consent, grid), resources r (radius, skills, clearance, units u_rp
in each period p). Variables: q_nrp ≥ 0 whole units, only for pairs that pass the hard filters (consent, clearance, kind,
skills, place, time). Constraints: Σ_rp q_nrp ≤ quantity_n; Σ_n q_nrp ≤ u_rp; accepted matches stay. Objective, in this order:
the vector of served shares of the grids, lexicographically from the worst (leximin); then Σ s_nr q_nrp with the score s = distance
+ text + past success + urgency + a bonus for what was proposed before. Method: maximum flows for the shares (the vectors
that can be served are an integral polymatroid), one linear program on a totally unimodular matrix for the plan: proven
optimal, some seconds for 50,000 arcs. Teams (several at once, all or none) make it an integer program, with its bound.
References: Megiddo 1974 (lexicographically optimal flows); Ahuja, Magnanti, Orlin 1993 (network flows).
"""

from gezhi.solvers.matching.lists import Accepted, Need, Past, Period, Resource, Role, Weights
from gezhi.solvers.matching.match import MatchFigures, Plan, Proposal, match
from gezhi.solvers.matching.score import Score, barrier, score

__all__ = [
    "Accepted",
    "MatchFigures",
    "Need",
    "Past",
    "Period",
    "Plan",
    "Proposal",
    "Resource",
    "Role",
    "Score",
    "Weights",
    "barrier",
    "match",
    "score",
]
