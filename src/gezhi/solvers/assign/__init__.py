"""Snapshot assignment: which worker goes to which case, now.

Formulation. Cases i with people_i slots each, workers j, x_ij ∈ {0, 1}: j goes to i. Hard: Σ_i x_ij ≤ 1; Σ_j x_ij ≤ people_i;
x_ij = 0 where the worker lacks a needed skill, cannot reach the case, or would work past the end of the shift.
Objective 'travel': lexicographic, first the most cases served, then the least Σ travel_ij x_ij. Where not all can be
served, the Dulmage–Mendelsohn parts of the eligibility graph split the task exactly: in the one part every case is
served, in the other every worker is used (transposed), so no large number stands for 'unserved'.
Objective 'dispatch': least Σ cost_ij x_ij + Σ leave_i (slots left open); the terms of both are in :class:`DispatchCost`.
Method: shortest augmenting paths over k-nearest lists that widen where the prices ask for it
(:mod:`gezhi.solvers.assign.shortest_paths`), O(n·t·k·log) for search trees of t cases. Bound: the dual prices, checked
over all pairs. Teams: a case gets all its people or none, by branching on torn teams (:mod:`gezhi.solvers.assign.teams`),
exact where the search ends, else within the bound of the branches left.
References: R. Jonker and A. Volgenant, Computing 38 (1987); A. Dulmage and N. Mendelsohn (1958).
"""

from gezhi.solvers.assign.eligibility import Eligibility, eligible_pairs
from gezhi.solvers.assign.plan import Alternative, Assignment, Explanation
from gezhi.solvers.assign.solve import solve_assignment
from gezhi.solvers.assign.task import Cases, DispatchCost, Objective, Workers, straight_travel

__all__ = [
    "Alternative",
    "Assignment",
    "Cases",
    "DispatchCost",
    "Eligibility",
    "Explanation",
    "Objective",
    "Workers",
    "eligible_pairs",
    "solve_assignment",
    "straight_travel",
]
