"""Where to put service centres and stations.

Formulation. y_j: site j is open; x_ij: demand i (weight w_i) is served by site j at d_ij metres. Hard: Σ y = p, fixed sites
open, at least least_d open sites in district d, d_ij ≤ limit, Σ_i w_i x_ij ≤ capacity_j with each demand at one site.
'p_median': everybody served, min Σ w d x; with equity λ: min (1 − λ) · mean + λ · mean of the worst share of the demand.
'max_cover': max Σ w of demands within the radius of an open site. 'set_cover': everybody within the radius, min Σ y.
Method: interchange (Resende, Werneck 2007), kicked, and annealing for plans; Lagrangian relaxation, settled sites, best-first
branch and bound and, on what is left, HiGHS for the proof. Both are NP-hard; a swap costs the length of its lists.
References: Beasley, EJOR 1985 (relaxation); Avella, Sassano, Vasil'ev, Math. Prog. 2007 (cores); Church, ReVelle 1974
(maximal covering); Toregas et al. 1971 (set covering). Metric: plane, globe, roads, or given.
"""

from gezhi.solvers.siting.measure import SitingFigures
from gezhi.solvers.siting.solve import SitingResult, solve_siting
from gezhi.solvers.siting.task import Demand, Equity, Site, SitingTask

__all__ = ["Demand", "Equity", "Site", "SitingFigures", "SitingResult", "SitingTask", "solve_siting"]
