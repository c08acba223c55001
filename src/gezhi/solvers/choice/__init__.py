"""Participatory budgets and elections: methods whose ties and whose completion are fixed before the vote.

Budget: projects p with cost c_p, voters i with additive satisfaction u_ip ≥ 0; choose a set W with Σ c_p ≤ B and no two
that exclude each other. Equal shares: every voter owns B ÷ n, supporters pay for what they want, least price per
satisfaction first; it leaves money over, so a completion is part of the rule (purses raised step by step until the
outcome would cost too much, then greedy). Greedy: Σ u_ip ÷ c_p. Phragmén: money flows in time. Greatest welfare: an
integer program, proven by HiGHS. Elections: instant run-off, single transferable vote (Droop quota, weighted
inclusive Gregory), approval. All in exact integers and fractions; ties by a published order or a committed seed.
References: Peters, Pierczyński, Skowron 2021 (equal shares); Brill et al. 2017 (Phragmén). The outcomes are
compared with those of an independent library on public elections in the benchmarks.
"""

from gezhi.solvers.choice.budget import Project, Task, build_task
from gezhi.solvers.choice.decide import RULES, Completion, Outcome, decide_budget
from gezhi.solvers.choice.ranked import Elected, Round, approval, instant_runoff, transferable_vote
from gezhi.solvers.choice.ties import tie_order

__all__ = [
    "RULES",
    "Completion",
    "Elected",
    "Outcome",
    "Project",
    "Round",
    "Task",
    "approval",
    "build_task",
    "decide_budget",
    "instant_runoff",
    "tie_order",
    "transferable_vote",
]
