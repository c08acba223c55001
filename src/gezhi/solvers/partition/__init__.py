"""Cut units (compounds, buildings) into service grids.

Formulation. Variables: the grid of each unit. Hard: every unit in one grid; L ≤ Σ households ≤ U in each grid; each
grid connected over edges that are no barrier; grids inside one community; a group in one grid, unless it alone exceeds
U; locked grids as they are; k grids where k is given. Objective ``grid``, lexicographic: grids out of band (if need be),
groups cut, neighbours across a barrier in one grid, workload beyond ±15 % of its mean, cut border (within 5 % counts as
equal), households that change grid. Objective ``cut_edges``: pairs of neighbours in different grids.
Method: groups contracted (those whose units do not touch over one way, for the search only); communities and what barriers
separate solved one by one; k near today's or the middle of the band, spread over the parts by dynamic programming; starts
by METIS, random trees and from today's plan; annealing with flips, exchanges and merge-splits, in as many rounds as there
is effort; mixed-integer programming with connection cuts for proofs on small parts, elsewhere a semidefinite relaxation or
the spectrum. Proofs are led on the units as they are: 'optimal' and 'impossible' rest on no heuristic. NP-hard; each move is
O(size of two grids).
References: DeFord, Duchin, Solomon 2021 (ReCom); Validi, Buchanan 2022 (cut edges); Oehrlein, Haunert 2017 (cuts).
"""

from gezhi.solvers.partition.report import PartitionFigures
from gezhi.solvers.partition.solve import PartitionResult, solve_partition
from gezhi.solvers.partition.task import Edge, PartitionTask, Unit

__all__ = ["Edge", "PartitionFigures", "PartitionResult", "PartitionTask", "Unit", "solve_partition"]
