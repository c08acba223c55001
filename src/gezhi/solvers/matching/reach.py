"""Which grids could be served at all: a grid that nobody reaches must not hold the floor of all others at nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import maximum_bipartite_matching

from gezhi.solvers.matching.flow import Network
from gezhi.solvers.matching.teams import TeamArc


def reached_grids(network: Network, arcs: Sequence[TeamArc], counts: Mapping[str, Sequence[int]]) -> set[str]:
    """Grids with a need that could be served further if it were the only one, beside all that was accepted.

    A team is within reach when different resources can fill all of its roles in one period, those accepted among them:
    a matching of the roles and one of the accepted are enough, for then one matching has both (Mendelsohn, Dulmage 1958).
    """
    held = {(arc.need, arc.slot): arc for arc in arcs if arc.fixed}
    taken = Counter(slot for _, slot in held)
    found = {
        network.grid[need] for need, slot in network.arcs if network.units[need] and network.room[slot] > taken[slot]
    }
    by_team: dict[tuple[str, str], list[TeamArc]] = {}
    for arc in arcs:
        if arc.fixed or network.room[arc.slot] > taken[arc.slot]:
            by_team.setdefault((arc.need, arc.period), []).append(arc)
    for (need, period), some in by_team.items():
        fixed = {arc.slot for (name, _), arc in held.items() if name == need}
        elsewhere = any(name == need and arc.period != period for (name, _), arc in held.items())
        places = sum(counts[need])
        if some[0].grid in found or elsewhere:
            continue
        if _matched(some, counts[need]) == places and _matched((arc for arc in some if arc.fixed), counts[need]) == len(
            fixed
        ):
            found.add(some[0].grid)
    return found


def _matched(arcs: Iterable[TeamArc], counts: Sequence[int]) -> int:
    """How many places of a team can be filled at once."""
    first = np.concatenate([[0], np.cumsum(counts)])
    slots: dict[int, int] = {}
    pairs = [
        (place, slots.setdefault(arc.slot, len(slots)))
        for arc in arcs
        for place in range(first[arc.role], first[arc.role + 1])
    ]
    if not pairs:
        return 0
    rows, columns = zip(*pairs, strict=True)
    table = csr_matrix((np.ones(len(pairs)), (rows, columns)), shape=(int(first[-1]), len(slots)))
    return int((maximum_bipartite_matching(table, perm_type="column") >= 0).sum())
