"""Exact answers on small parts by mixed-integer programming (HiGHS through scipy), and a bound for parts of any size.

x[v, g] = 1 when node v is in grid g. Σ_g x[v, g] = 1, the band on every grid, and the v-th most populous node only in
grids 0 … v (the grids have no names, so nothing is lost). Nodes that must share a grid, a group whose units do not touch,
have one variable. Connection is left out at first; while the answer has a grid in several pieces, the cuts
x[a, g] + x[b, g] ≤ 1 + Σ_{c ∈ C} x[c, g] are added for every g, where C is the border of the piece of a, towards b (Oehrlein
and Haunert, J. Spatial Information Science 2017). What the relaxation proves, that there is no plan or that none is
shorter, holds for the whole task.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, csr_array, diags_array, vstack
from scipy.sparse.linalg import ArpackNoConvergence, eigsh

from gezhi.solvers.certificate import ShouldStop
from gezhi.solvers.partition.graph import Graph, one_thread, pieces, totals
from gezhi.solvers.partition.task import Bools, Floats, Ints

_MOST_ROUNDS = 200
# The spectrum of a larger graph takes more than a few seconds, in which nobody is heard who wants to stop.
_MOST_SPECTRAL = 50_000
_OPTIMAL, _INFEASIBLE = 0, 2


@dataclass(frozen=True)
class Answer:
    """What was proven: ``label`` is a plan (None: none found), ``impossible`` that there is none, ``bound`` that no
    plan's borders are shorter (None: not asked or not known)."""

    label: Ints | None
    impossible: bool
    bound: float | None


def small_enough(nodes: int, grids: int) -> bool:
    """Whether an exact answer is likely within a few seconds."""
    return grids > 1 and nodes * grids <= 100


@dataclass
class _Model:
    """Rows of least ≤ A z ≤ most over z = (x by node, then the cuts of the open edges)."""

    graph: Graph
    atom: Ints
    grids: int
    rows: list[csr_array]
    least: list[float]
    most: list[float]
    free: Bools
    cost: Floats

    def add(self, row: Ints, column: Ints, value: Floats | Ints, least: float, most: float) -> None:
        """Rows with the same limits; ``row`` counts from 0."""
        count = int(row.max()) + 1
        self.rows.append(coo_array((value, (row, column)), shape=(count, len(self.cost))).tocsr())
        self.least += [least] * count
        self.most += [most] * count


def _make_model(
    graph: Graph, atom: Ints, households: Floats, grids: int, band: tuple[int, int], *, shortest: bool
) -> _Model:
    """The model without connection. ``households`` are those of the atoms."""
    between = atom[graph.ends[:, 0]] != atom[graph.ends[:, 1]]
    n, edges = len(households), np.flatnonzero(between & (graph.border > 0)) if shortest else np.empty(0, np.int64)
    cost = np.concatenate([np.zeros(n * grids), graph.border[edges]])
    rank = np.empty(n, np.int64)
    rank[np.argsort(-households, kind="stable")] = np.arange(n)
    free = np.concatenate([(np.arange(grids) <= rank[:, None]).ravel(), np.ones(len(edges), dtype=bool)])
    model = _Model(graph, atom, grids, [], [], [], free, cost)
    x = np.arange(n * grids).reshape(n, grids)
    model.add(np.repeat(np.arange(n), grids), x.ravel(), np.ones(n * grids), 1.0, 1.0)
    of_grid = np.tile(np.arange(grids), n)
    model.add(of_grid, x.ravel(), np.repeat(households, grids), float(band[0]), float(band[1]))
    model.add(of_grid, x.ravel(), np.ones(n * grids), 1.0, np.inf)
    if len(edges):
        # cut ≥ |x[a, g] − x[b, g]| for every g.
        a, b = (x[atom[graph.ends[edges, side]]].ravel() for side in (0, 1))
        row = np.arange(len(edges) * grids)
        cut = np.repeat(n * grids + np.arange(len(edges)), grids)
        value = np.repeat([1.0, -1.0, 1.0], len(row))
        for first, second in ((a, b), (b, a)):
            model.add(np.tile(row, 3), np.concatenate([cut, first, second]), value, 0.0, np.inf)
    return model


def answer_exactly(
    graph: Graph, atom: Ints, households: Floats, grids: int, band: tuple[int, int], *,
    known: float | None, nodes: int, stop: ShouldStop,
) -> Answer:  # fmt: skip
    """A plan in band or the proof that there is none; with a ``known`` length of one, the shortest one or a bound of it.

    ``atom``: nodes of one number share a grid. ``nodes``: nodes of the branch-and-bound trees, at most, so that the answer
    does not depend on the machine's speed. ``households`` must hold whole numbers.
    """
    atoms = int(atom.max()) + 1
    model = _make_model(graph, atom, totals(atom, households, atoms), grids, band, shortest=known is not None)
    used = np.flatnonzero(model.cost)
    if known is not None and len(used):
        model.add(np.zeros(len(used), np.int64), used, model.cost[used], -np.inf, known * (1 + 1e-9) + 1e-6)
    bound: float | None = None
    for _ in range(_MOST_ROUNDS):
        done = milp(
            model.cost,
            integrality=np.ones(len(model.cost)),
            bounds=Bounds(0.0, model.free.astype(np.float64)),
            constraints=LinearConstraint(vstack(model.rows).tocsc(), np.array(model.least), np.array(model.most)),
            options={"node_limit": nodes, "mip_rel_gap": 0.0},
        )
        if done.status == _INFEASIBLE:
            return Answer(None, True, None)
        if known is not None and done.mip_dual_bound is not None and np.isfinite(done.mip_dual_bound):
            proven = rounded_up(float(done.mip_dual_bound), graph)
            bound = proven if bound is None else max(bound, proven)
        if done.status != _OPTIMAL:
            break
        label = done.x[: atoms * grids].reshape(atoms, grids).argmax(axis=1)[atom]
        cuts = _separate(graph, label)
        if not cuts:
            return Answer(label, False, bound)
        nodes -= int(done.mip_node_count)
        if nodes <= 0 or stop():
            break
        for a, b, border in cuts:
            # Atoms may stand in it twice: their coefficients add up.
            atoms_of_row = atom[np.array([a, b, *border])]
            for g in range(grids):
                value = np.array([1.0, 1.0, *[-1.0] * len(border)])
                model.add(np.zeros(len(value), np.int64), atoms_of_row * grids + g, value, -np.inf, 1.0)
    return Answer(None, False, bound)


def rounded_up(bound: float, graph: Graph) -> float:
    """A bound with a margin for the tolerances of what proved it. Where all lengths are whole, so is their shortest sum."""
    whole = bool((graph.border % 1 == 0).all())
    return float(np.ceil(bound - 1e-5)) if whole else bound * (1.0 - 1e-7)


def _separate(graph: Graph, label: Ints) -> list[tuple[int, int, list[int]]]:
    """For each piece of a grid that is in several: a node a of it, b of the largest piece, and a border between."""
    count, piece = pieces(graph.size, graph.ends, graph.open, label)
    if count == label.max() + 1:
        return []
    sizes = np.bincount(piece, minlength=count)
    cuts = []
    for g in range(int(label.max()) + 1):
        numbers = np.unique(piece[label == g])
        main = numbers[np.argmax(sizes[numbers])]
        for number in numbers[numbers != main].tolist():
            inside = piece == number
            b = int(np.flatnonzero(piece == main)[0])
            cuts.append((int(np.flatnonzero(inside)[0]), b, _border(graph, inside, b)))
    return cuts


def _border(graph: Graph, inside: Ints, b: int) -> list[int]:
    """Neighbours of the nodes ``inside`` that can be reached from ``b`` without passing another of them."""
    half = graph.passable & inside[graph.source] & ~inside[graph.far]
    rim = np.zeros(graph.size, dtype=bool)
    rim[graph.far[half]] = True
    reached = np.zeros(graph.size, dtype=bool)
    reached[b] = True
    queue = [b]
    while queue:
        node = queue.pop()
        if rim[node]:
            continue
        row = slice(graph.starts[node], graph.starts[node + 1])
        for other in graph.far[row][graph.passable[row]].tolist():
            if not reached[other] and not inside[other]:
                reached[other] = True
                queue.append(other)
    return np.flatnonzero(rim & reached).tolist()


def least_cut(graph: Graph, households: Floats, grids: int, low: int) -> float:
    """A bound that no plan's cut is below, from the graph's spectrum (Donath and Hoffman, IBM J. Res. Dev. 1973).

    With x_g the indicator of grid g, y_g = x_g ÷ √(its households) are orthonormal in the households' inner product, and
    the cut is ½ Σ_g h_g · y_gᵀ L y_g ≥ ½ · low · (sum of the ``grids`` smallest eigenvalues of L y = λ H y). It never
    is below ``grids`` − 1 shortest edges either, because the graph is connected. Nodes without households count as one
    household, which only raises h_g.
    """
    if grids == 1:
        return 0.0
    opened = graph.border[graph.open]
    trivial = float(np.sort(opened)[: grids - 1].sum()) if len(opened) else 0.0
    ends, length = graph.ends, graph.border
    n = graph.size
    if n < 3 or grids >= n - 1 or grids > 32 or n > _MOST_SPECTRAL:
        return trivial
    rows, columns = np.concatenate([ends, ends[:, ::-1]]).T
    adjacency = coo_array((np.concatenate([length, length]), (rows, columns)), shape=(n, n)).tocsr()
    degree = np.asarray(adjacency.sum(axis=1)).ravel()
    scale = 1.0 / np.sqrt(np.maximum(households, 1.0) / max(low, 1))
    matrix = diags_array(scale) @ (diags_array(degree) - adjacency) @ diags_array(scale)
    if n <= 1_200:
        with one_thread():
            values = np.linalg.eigvalsh(matrix.toarray())[:grids]
    else:
        try:
            values = eigsh(
                matrix.tocsc(), k=grids, sigma=-1e-3, which="LM", return_eigenvectors=False, v0=np.ones(n), tol=1e-9
            )
        except ArpackNoConvergence:
            return trivial
    return max(trivial, 0.5 * float(np.maximum(values, 0.0).sum()) * (1.0 - 1e-7))
