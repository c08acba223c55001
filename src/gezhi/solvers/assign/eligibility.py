"""Which worker may go to which case, and what forbids the others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gezhi.solvers.assign.task import Cases, Floats, Workers


@dataclass(frozen=True, slots=True)
class Eligibility:
    """``pairs`` (n × m): may go. ``arrival_s`` (n × m): seconds from now, infinite where forbidden.

    ``skilled``, ``reachable``, ``in_time``: of each case, the number of workers left after each of the three tests
    (has the skills; can get there, not farther than allowed; would be done before the shift ends).
    """

    pairs: NDArray[np.bool_]
    arrival_s: Floats
    skilled: NDArray[np.int64]
    reachable: NDArray[np.int64]
    in_time: NDArray[np.int64]


def eligible_pairs(cases: Cases, workers: Workers, travel_s: Floats, *, most_travel_s: float = np.inf) -> Eligibility:
    """Test every pair; ``travel_s`` (n × m) is infinite where there is no way."""
    n, m = travel_s.shape
    pairs = np.isfinite(travel_s)
    if np.isfinite(most_travel_s):
        pairs &= travel_s <= most_travel_s
    skilled = np.full(n, m)
    able_of: dict[frozenset[str], NDArray[np.bool_] | None] = {}
    for place, needs in enumerate(cases.needs):
        if needs not in able_of:
            able_of[needs] = np.array([needs <= has for has in workers.skills], dtype=bool) if needs else None
        able = able_of[needs]
        if able is not None:
            pairs[place] &= able
            skilled[place] = int(able.sum())
    reachable = pairs.sum(axis=1)
    arrival = travel_s + workers.free_at_s if workers.free_at_s.any() else travel_s.copy()
    if np.isfinite(workers.break_from_s).any():
        # A case that would not be done before the break begins is done after it; the way is made in the break's place.
        cut = (arrival + cases.service_s[:, None] > workers.break_from_s) & (workers.free_at_s < workers.break_to_s)
        arrival = np.where(cut, np.maximum(workers.break_to_s + travel_s, arrival), arrival)
    if np.isfinite(workers.shift_end_s).any():
        pairs &= arrival + cases.service_s[:, None] <= workers.shift_end_s
    if not pairs.all():
        arrival[~pairs] = np.inf
    return Eligibility(pairs, arrival, skilled, reachable, pairs.sum(axis=1))
