"""A bound of the shortest borders by a semidefinite relaxation with cutting planes, for parts of up to some hundred nodes.

X[a, b] = 1 when a and b share a grid, w[a, b] is what a cut between them counts, h the households, k the grids, J the
matrix of ones. Every plan keeps

    X − J ÷ k positive semidefinite, because X is the sum of k squares x xᵀ and the x sum to one everywhere;
    X[a, a] = 1, 0 ≤ X ≤ 1;   L ≤ Σ_b h[b] X[a, b] ≤ U: what shares a grid with a is that grid;
    X[a, b] = 0 where every way from a to b holds more than U;   X[a, b] + X[a, c] − X[b, c] ≤ 1: to share is transitive.

The bound is Σ w less the most that Σ w X can be. Nodes that must share a grid are one node: those of a group, and what lies
behind a gate and is too small for a grid (see ``dead_ends``).

Method: alternating directions between the cone and the polyhedron, one eigendecomposition a step; onto the polyhedron by one
sweep of Hildreth's over its rows with the multipliers of the step before, the triangles that are violated most joining every
few steps and those without a multiplier leaving. The multipliers of any step prove a bound: with S positive semidefinite and
y the multipliers of the rows A X ≤ b, Σ w X ≤ … is at most what the box 0 ≤ X ≤ 1 allows entry by entry.
So it needs no convergence, only more or less of it. Safe against rounding: S is shifted by its least eigenvalue and more than
the error of that; households and lengths are scaled by powers of two, which rounds nothing; and the sum is lowered by more
than it can have been rounded.

References: Donath, Hoffman 1973 and Lisser, Rendl 2003 (graph partition by eigenvalues and semidefinite programming);
Sotirov 2014 (the relaxation); Povh, Rendl, Wiegele 2006 and Wen, Goldfarb, Yin 2010 (the method); de Meijer, Sotirov, Wiegele,
Zhao 2023 (with cutting planes). Measured beside Clarabel, an interior-point method: the same bounds in a hundredth of its time.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numba import njit
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from gezhi.solvers.certificate import ShouldStop
from gezhi.solvers.partition.graph import Graph, components, one_thread, totals
from gezhi.solvers.partition.task import Bools, Floats, Ints

# Atoms beyond which the matrices would take hundreds of megabytes and a step more than a second.
MOST_ATOMS = 1_200
# Steps between two looks at the bound and the triangles; steps below which a budget is not worth beginning.
_LOOK, _LEAST_STEPS = 20, 60
# Over-relaxation, the first price of a difference between cone and polyhedron (in mean lengths), and its changes: where one
# side is behind the other by more than a factor.
_OVER, _PRICE, _BEHIND, _CHANGE = 1.6, 0.5, 2.5, 1.4
# A triangle joins when it is violated by so much; so many for each node at a time.
_VIOLATED, _JOIN = 0.02, 3
# Steps are over when what is left to gain is below this share of the bound.
_CLOSE = 2e-4
# Households above which sums over a way are no longer exact.
_EXACT = 2.0**40


@dataclass(frozen=True)
class Relaxed:
    """``bound``: no plan's borders are shorter; infinite where there is no plan at all. ``over``: more steps would add nothing."""

    bound: float
    over: bool


@dataclass(frozen=True)
class _Model:
    """Atoms with their ``households`` and band, both scaled; ``weight`` float64[n, n], scaled; ``free`` says which pairs are
    undecided; ``scale`` turns scaled lengths into lengths."""

    households: Floats
    low: float
    high: float
    grids: int
    weight: Floats
    free: Bools
    scale: float

    @property
    def size(self) -> int:
        return len(self.households)


@dataclass
class _State:
    """Where the steps stand: X = ``shared``, the point of the cone ``inside`` (of X − J ÷ k), the scaled multiplier ``dual`` of
    their difference (negative semidefinite), multipliers of the rows and the triangles, ``price``."""

    shared: Floats
    inside: Floats
    dual: Floats
    of_rows: Floats
    triangles: Ints
    of_triangles: Floats
    price: float


def relax(
    graph: Graph, atom: Ints, households: Floats, grids: int, band: tuple[int, int], *,
    known: float, work: float, stop: ShouldStop,
) -> Relaxed:  # fmt: skip
    """The bound for ``grids`` grids within ``work`` multiplications of matrix entries, or until it reaches ``known``.

    ``atom``: nodes of one number share a grid. ``households`` must hold whole numbers, and the graph must be connected over
    open edges. Deterministic unless stopped.
    """
    steps = _steps_within(work, int(atom.max()) + 1)
    if grids <= 1 or not steps:
        return Relaxed(0.0, grids <= 1 or int(atom.max()) >= MOST_ATOMS)
    atom = _joined(graph, atom, households, band[0])
    atoms = int(atom.max()) + 1
    load = totals(atom, households, atoms)
    if grids > atoms or load.max() > band[1]:
        return Relaxed(np.inf, True)
    model = _make_model(graph, atom, load, grids, band)
    total = float(np.triu(model.weight).sum()) * model.scale
    if grids == atoms:
        return Relaxed(total, True)
    if total <= 0:
        return Relaxed(0.0, True)
    steps = _steps_within(work, atoms)
    whole = bool((graph.border % 1 == 0).all())
    with one_thread():
        bound, over = _climb(model, known, whole=whole, steps=steps, stop=stop)
    # More than all borders together: then there is no plan.
    return Relaxed(np.inf if bound > total * (1.0 + 1e-9) else max(0.0, bound), over)


def _steps_within(work: float, atoms: int) -> int:
    """Steps that the work allows; 0 where they are too few or too large to begin."""
    steps = int(work / (float(atoms) ** 3 + 200.0 * atoms**2 + 3e5))
    return steps if steps >= _LEAST_STEPS and atoms <= MOST_ATOMS else 0


def _joined(graph: Graph, atom: Ints, households: Floats, low: int) -> Ints:
    """Atoms, with what lies behind a gate and holds fewer than ``low`` households joined to it."""
    atoms = int(atom.max()) + 1
    ends = atom[graph.ends[graph.open]]
    load = totals(atom, households, atoms)
    pairs = []
    for gate in range(atoms):
        _, piece = components(atoms, ends[(ends != gate).all(axis=1)])
        held = totals(piece, load, atoms)
        behind = np.flatnonzero((held[piece] < low) & (np.arange(atoms) != gate))
        pairs.append(np.column_stack([behind, np.full(len(behind), gate)]))
    _, joined = components(atoms, np.concatenate(pairs))
    return joined[atom]


def _make_model(graph: Graph, atom: Ints, load: Floats, grids: int, band: tuple[int, int]) -> _Model:
    n = len(load)
    weight = np.zeros((n, n))
    ends = atom[graph.ends]
    between = (ends[:, 0] != ends[:, 1]) & (graph.border > 0)
    for a, b in ((0, 1), (1, 0)):
        np.add.at(weight, (ends[between, a], ends[between, b]), graph.border[between])
    free = _may_share(load, ends[graph.open & (ends[:, 0] != ends[:, 1])], band[1])
    people = 2.0 ** np.ceil(np.log2(max(float(band[1]), 1.0)))
    some = weight[weight > 0]
    scale = float(2.0 ** np.round(np.log2(some.mean()))) if len(some) else 1.0
    return _Model(load / people, band[0] / people, band[1] / people, grids, weight / scale, free, scale)


def _may_share(load: Floats, ends: Ints, high: int) -> Bools:
    """Pairs of atoms that some way joins with at most ``high`` households on it."""
    n = len(load)
    free = ~np.eye(n, dtype=bool)
    if high > _EXACT or not len(ends):
        return free
    # Each step costs a little, so that no edge costs nothing; all of them together less than one household.
    weight = np.minimum(load, high + 1.0) + 0.25 / n
    rows, columns = np.concatenate([ends, ends[:, ::-1]]).T
    # An edge given twice would count twice.
    rows, columns = np.unique(np.column_stack([rows, columns]), axis=0).T
    ways = coo_array((weight[columns], (rows, columns)), shape=(n, n)).tocsr()
    far = dijkstra(ways) + weight[:, None] > high + 0.5
    return np.asarray(free & ~(far | far.T))


def _climb(model: _Model, known: float, *, whole: bool, steps: int, stop: ShouldStop) -> tuple[float, bool]:
    """The best bound that is proven within ``steps`` steps, and whether more would add to it."""
    n, share = model.size, 1.0 / model.grids
    norm = (model.free * model.households**2).sum(axis=1)
    fixed = np.eye(n)
    state = _State(
        shared=np.where(model.free, share, fixed), inside=np.where(model.free, 0.0, fixed - share), dual=np.zeros((n, n)),
        of_rows=np.zeros(n), triangles=np.empty((0, 3), np.int64), of_triangles=np.empty(0), price=_PRICE,
    )  # fmt: skip
    pull = np.zeros((n, n))
    best, best_bound, over = state, -np.inf, False
    # A bound that is rounded up reaches a whole number when it passes the one before it.
    enough = known - 1.0 + 1e-4 if whole else known
    for step in range(1, steps + 1):
        before = state.inside
        target = before + share - state.dual + model.weight / (2.0 * state.price) - pull
        shared = np.where(model.free, np.clip(target, 0.0, 1.0), fixed)
        _sweep(
            target, shared, pull, model.free, model.households, norm, model.low, model.high,
            state.of_rows, state.triangles, state.of_triangles,
        )  # fmt: skip
        state.shared = shared
        mixed = _OVER * shared + (1.0 - _OVER) * (before + share) - share + state.dual
        state.inside, state.dual = _halves(mixed)
        if step % _LOOK and step < steps:
            continue
        bound = _bound(model, state, pull, 0.0)[0] * model.scale
        if bound > best_bound:
            best_bound = bound
            best = replace(state, of_rows=state.of_rows.copy(), of_triangles=state.of_triangles.copy())
        reached = float(np.triu(model.weight * (1.0 - shared)).sum()) * model.scale
        joined = _exchange(state)
        if best_bound >= enough:
            over = best_bound >= known
            break
        if not joined and _is_close(best_bound, reached, whole=whole):
            over = True
            break
        if stop():
            break
        _reprice(state, before)
        pull = _pull(model.free, model.households, state.of_rows, state.triangles, state.of_triangles)
    return _safe_bound(model, best) * model.scale, over


def _is_close(bound: float, reached: float, *, whole: bool) -> bool:
    """Whether the point ``reached`` leaves nothing to gain; where lengths are whole, no further whole number."""
    if whole and np.ceil(bound - 1e-4) >= np.ceil(reached + 0.02):
        return True
    return abs(reached - bound) <= _CLOSE * max(abs(bound), 1.0)


def _halves(mixed: Floats) -> tuple[Floats, Floats]:
    """The nearest positive semidefinite matrix, and what is left of ``mixed``: negative semidefinite."""
    n = len(mixed)
    values, vectors = np.linalg.eigh(mixed)
    positive = int((values > 0).sum())
    if positive <= n // 2:
        part = vectors[:, n - positive :]
        inside = (part * values[n - positive :]) @ part.T
        return inside, mixed - inside
    part = vectors[:, : n - positive]
    dual = (part * values[: n - positive]) @ part.T
    return mixed - dual, dual


def _reprice(state: _State, before: Floats) -> None:
    """Raise the price of a difference where the two points lie far apart, lower it where they hardly move."""
    difference = state.shared - state.inside
    apart = float(np.linalg.norm(difference - difference.mean())) / max(float(np.linalg.norm(state.shared)), 1e-12)
    moved = float(np.linalg.norm(state.inside - before)) / max(float(np.linalg.norm(state.dual)), 1e-12)
    change = _CHANGE if apart > _BEHIND * moved else 1.0 / _CHANGE if moved > _BEHIND * apart else 1.0
    state.price *= change
    state.dual = state.dual / change
    state.of_rows = state.of_rows / change
    state.of_triangles = state.of_triangles / change


def _exchange(state: _State) -> int:
    """Let triangles without a multiplier go and those that are violated most join; how many joined."""
    n = len(state.shared)
    kept = state.of_triangles > 1e-9
    first, violation = _violated(state.shared)
    low, high = np.nonzero(np.triu(violation > _VIOLATED))
    order = np.argsort(-violation[low, high], kind="stable")
    found = np.column_stack([first[low, high], low, high])[order]
    old = state.triangles[kept]
    code = np.array([n * n, n, 1])
    new = found[~np.isin(found @ code, old @ code)][: _JOIN * n]
    state.triangles = np.concatenate([old, new])
    state.of_triangles = np.concatenate([state.of_triangles[kept], np.zeros(len(new))])
    return len(new)


def _bound(model: _Model, state: _State, pull: Floats, shift: float) -> tuple[float, float]:
    """The bound (scaled) that the multipliers prove, given that S, the dual matrix with ``shift`` on its diagonal, is positive
    semidefinite; and the sum of the sizes of all terms.

    Σ over pairs w (1 − X) ≥ Σ w + ⟨S, J⟩ ÷ k + min ⟨−w ÷ 2 − S + pull, X⟩ − multipliers · right sides.
    """
    n, price = model.size, state.price
    rest = price * (state.dual + pull) - model.weight / 2.0
    boxed = np.where(model.free, np.minimum(rest, 0.0), 0.0)
    diagonal = price * np.diagonal(state.dual) - shift
    cone = (-price * state.dual.sum(axis=1) + shift) / model.grids
    limits = np.where(state.of_rows > 0, model.high - model.households, model.low - model.households)
    rows = -2.0 * price * state.of_rows * limits
    corners = -2.0 * price * state.of_triangles
    weights = model.weight.sum(axis=1) / 2.0
    terms = (weights, cone, boxed, diagonal, rows, corners)
    size = float(np.abs(price * state.dual).sum()) / model.grids + float(np.abs(rest).sum()) + n * abs(shift)
    size += float(np.abs(price * pull).sum()) + 2.0 * price * float(np.abs(state.of_rows).sum())
    return float(sum(float(term.sum()) for term in terms)), size + sum(float(np.abs(term).sum()) for term in terms)


def _safe_bound(model: _Model, state: _State) -> float:
    """The bound of the state, lowered by more than all rounding can have raised it."""
    state.dual = (state.dual + state.dual.T) / 2.0
    pull = _pull(model.free, model.households, state.of_rows, state.triangles, state.of_triangles)
    dual = -state.price * state.dual
    shift = max(0.0, -float(np.linalg.eigvalsh(dual)[0])) + 1e-12 * model.size * float(np.linalg.norm(dual))
    bound, size = _bound(model, state, pull, shift)
    return bound - 1e-11 * size


@njit(cache=True)
def _sweep(
    target: Any, shared: Any, pull: Any, free: Any, households: Any, norm: Any, low: float, high: float,
    of_rows: Any, triangles: Any, of_triangles: Any,
) -> None:  # fmt: skip
    """One sweep of Hildreth's over the rows and the triangles: each multiplier moves to where its row holds, as far as it stays
    of its sign. ``shared`` is ``target`` within the box; ``pull`` is what the multipliers have taken from ``target``."""
    n = len(households)
    for a in range(n):
        if norm[a] <= 0.0:
            continue
        held = 0.0
        for b in range(n):
            held += households[b] * shared[a, b]
        moved = of_rows[a] + (held - high) / norm[a]
        if moved <= 0.0:
            moved = min(of_rows[a] + (held - low) / norm[a], 0.0)
        step = moved - of_rows[a]
        if step == 0.0:
            continue
        of_rows[a] = moved
        for b in range(n):
            if free[a, b]:
                _take(target, shared, pull, a, b, step * households[b])
    for row in range(len(triangles)):
        a, b, c = triangles[row, 0], triangles[row, 1], triangles[row, 2]
        moved = max(of_triangles[row] + (shared[a, b] + shared[a, c] - shared[b, c] - 1.0) / 3.0, 0.0)
        step = moved - of_triangles[row]
        if step == 0.0:
            continue
        of_triangles[row] = moved
        if free[a, b]:
            _take(target, shared, pull, a, b, step)
        if free[a, c]:
            _take(target, shared, pull, a, c, step)
        if free[b, c]:
            _take(target, shared, pull, b, c, -step)


@njit(cache=True, inline="always")
def _take(target: Any, shared: Any, pull: Any, a: int, b: int, step: float) -> None:
    target[a, b] -= step
    target[b, a] = target[a, b]
    pull[a, b] += step
    pull[b, a] = pull[a, b]
    shared[a, b] = min(max(target[a, b], 0.0), 1.0)
    shared[b, a] = shared[a, b]


@njit(cache=True)
def _pull(free: Any, households: Any, of_rows: Any, triangles: Any, of_triangles: Any) -> Any:
    """What the multipliers take from each free entry."""
    n = len(households)
    pull = np.zeros((n, n))
    for a in range(n):
        for b in range(n):
            pull[a, b] += of_rows[a] * households[b]
            pull[b, a] += of_rows[a] * households[b]
    for row in range(len(triangles)):
        a, b, c = triangles[row, 0], triangles[row, 1], triangles[row, 2]
        step = of_triangles[row]
        pull[a, b] += step
        pull[b, a] += step
        pull[a, c] += step
        pull[c, a] += step
        pull[b, c] -= step
        pull[c, b] -= step
    return np.where(free, pull, 0.0)


@njit(cache=True)
def _violated(shared: Any) -> Any:
    """For each pair b < c the a whose triangle a–b, a–c is violated most, and by how much."""
    n = len(shared)
    first, most = np.zeros((n, n), np.int64), np.zeros((n, n))
    for b in range(n):
        for c in range(b + 1, n):
            bar = 1.0 + shared[b, c]
            for a in range(n):
                over = shared[a, b] + shared[a, c] - bar
                if over > most[b, c] and a not in (b, c):
                    most[b, c] = over
                    first[b, c] = a
    return first, most
