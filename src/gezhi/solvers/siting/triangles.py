"""A covering's bound beyond its linear program: of three demands that no one site serves, one site serves at most two.

The linear program lets three sites, each half open and each serving two of the three, serve all. For three demands T let
c_j count those that site j serves. Whatever is opened, Σ_{i in T} z_i ≤ 1 + Σ_j ⌊(c_j + 1) ÷ 2⌋ y_j: half the sum of the
three rows z_i ≤ Σ_{j serves i} y_j and of Σ_T z ≤ 3, rounded (a Chvátal-Gomory inequality with halves: Caprara and
Fischetti 1996). Triples that the relaxed plan breaks are added to the program, and it is solved again.

Of the new duals only this is believed: with prices u ≥ 0 of the rows and v ≥ 0 of the triples,
Σ_i (w_i − max(0, w_i − u_i − Σ_{T with i} v_T)) − Σ_T v_T − the greatest Σ_j (Σ_{i served by j} u_i + Σ_T ⌊(c_j + 1) ÷ 2⌋ v_T)
over p sites with the districts' least is a bound, computed here from the numbers.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from gezhi.solvers.certificate import ShouldStop
from gezhi.solvers.siting.core_program import LinearCovering
from gezhi.solvers.siting.location import Location
from gezhi.solvers.siting.program import Relaxed
from gezhi.solvers.siting.relax import Prices, cheapest_set

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

# Demands looked at (the heaviest), partners of each (those that share most), triples added at most and with one demand.
_DEMANDS, _PARTNERS, _TRIPLES, _OF_ONE = 2_500, 100, 1_500, 6
# Shares of sites and demands, and breaches, that are too small to count.
_SHARE, _SERVED, _SHARED, _BREACH = 1e-4, 0.3, 0.15, 0.05


@dataclass(frozen=True, slots=True)
class _Triples:
    """``demands`` (k × 3), and for each site and triple ⌊(c + 1) ÷ 2⌋ (k × m)."""

    demands: Ints
    counts: sparse.csr_array


def with_triangles(
    location: Location, linear: LinearCovering, root: Prices, *, rounds: int, stop: ShouldStop
) -> Prices:
    """The root's prices, with a bound and worths that heed triples where these prove more. Their rows join the program."""
    serves = sparse.csr_array(
        (np.ones(len(location.site)), location.site, location.start), shape=(location.n, location.m)
    )
    program, served_at = linear.program, linear.serves
    best, triples = root, _Triples(np.empty((0, 3), np.int64), sparse.csr_array((0, location.m)))
    answer: Relaxed | None = linear.answer
    for _ in range(rounds):
        if answer is None:
            break
        shares, served = answer.x[: location.m], np.where(served_at < 0, 0.0, answer.x[served_at])
        fresh = _broken(location, serves, shares, served, known=triples)
        if not len(fresh.demands):
            break
        count = len(fresh.demands)
        wide = fresh.counts.tocoo()
        program.add(
            count,
            np.concatenate([np.repeat(np.arange(count), 3), wide.row]),
            np.concatenate([served_at[fresh.demands].ravel(), wide.col]),
            np.concatenate([np.ones(3 * count), -wide.data]),
            -np.inf,
            1.0,
        )
        triples = _Triples(
            np.concatenate([triples.demands, fresh.demands]),
            sparse.csr_array(sparse.vstack([triples.counts, fresh.counts])),
        )
        answer = program.relaxed(stop=stop)
        if answer is not None:
            best = max(best, _proven(location, serves, triples, np.abs(answer.duals), root), key=lambda one: one.bound)
    return best


def _broken(
    location: Location, serves: sparse.csr_array, shares: Floats, served: Floats, *, known: _Triples
) -> _Triples:
    """Triples that the relaxed plan breaks, the worst first."""
    support = np.flatnonzero(shares > _SHARE)
    heavy = np.lexsort((np.arange(location.n), -location.unserved))
    looked_at = heavy[served[heavy] > _SERVED][:_DEMANDS]
    inside = sparse.csr_array(serves[looked_at][:, support])
    open_ = shares[support]
    dense = inside.toarray()
    together = (dense * open_) @ dense.T
    total, z = inside @ open_, served[looked_at]
    breaches: list[tuple[float, tuple[int, int, int]]] = []
    for one in range(len(looked_at)):
        near = one + 1 + np.flatnonzero(together[one, one + 1 :] > _SHARED)
        both = together[one, near]
        order = np.lexsort((near, -both))[:_PARTNERS]
        near, both = near[order], both[order]
        if len(near) < 2:
            continue
        mine = inside.indices[inside.indptr[one] : inside.indptr[one + 1]]
        with_me = dense[np.ix_(near, mine)]
        all_three = (with_me * open_[mine]) @ with_me.T
        pair = together[np.ix_(near, near)]
        union = total[one] + total[near][:, None] + total[near] - both[:, None] - both - pair + all_three
        breach = z[one] + z[near][:, None] + z[near] - 1.0 - union - all_three
        for first, second in zip(*np.nonzero(np.triu(breach > _BREACH, 1)), strict=True):
            demands = sorted(looked_at[[one, near[first], near[second]]].tolist())
            breaches.append((-float(breach[first, second]), (demands[0], demands[1], demands[2])))
    taken: Counter[int] = Counter()
    there = {(one, two, three) for one, two, three in known.demands.tolist()}
    chosen: list[tuple[int, int, int]] = []
    for _, triple in sorted(breaches):
        if len(chosen) < _TRIPLES and triple not in there and max(taken[i] for i in triple) < _OF_ONE:
            chosen.append(triple)
            taken.update(triple)
    members = np.array(chosen, dtype=np.int64).reshape(-1, 3)
    belongs = sparse.csr_array(
        (np.ones(members.size), (np.repeat(np.arange(len(members)), 3), members.ravel())),
        shape=(len(members), location.n),
    )
    counts = sparse.csr_array(belongs @ serves)
    counts.data = np.floor((counts.data + 1.0) / 2.0)
    return _Triples(members, counts)


def _proven(location: Location, serves: sparse.csr_array, triples: _Triples, duals: Floats, root: Prices) -> Prices:
    """What the duals of the program with its triples prove."""
    count = len(triples.demands)
    v, at_most_one = duals[-count:], duals[-count - location.n : -count]
    more = np.bincount(triples.demands.ravel(), weights=np.repeat(v, 3), minlength=location.n)
    u = np.maximum(0.0, location.unserved - at_most_one - more)
    worth = -(serves.T @ u + triples.counts.T @ v)
    picked = cheapest_set(location, worth)
    chosen = np.zeros(location.m, dtype=bool)
    chosen[picked] = True
    left = np.maximum(0.0, location.unserved - u - more)
    bound = float((location.unserved - left).sum() - v.sum() + worth[picked].sum())
    return replace(root, bound=bound, worth=worth, chosen=chosen)
