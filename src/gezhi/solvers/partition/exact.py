"""Exact answers on small parts by CP-SAT, and a bound for parts of any size.

x[v, g] = 1 when node v is in grid g. Σ_g x[v, g] = 1, the band on every grid, and the v-th most populous node only in
grids 0 … v (the grids have no names, so nothing is lost). Connection is left out at first; while the answer has a grid
in several pieces, the cuts x[a, g] + x[b, g] ≤ 1 + Σ_{c ∈ C} x[c, g] are added for every g, where C is the border of
the piece of a, towards b (Oehrlein and Haunert, J. Spatial Information Science 2017). What the relaxation proves,
that there is no plan or that none is shorter, holds for the whole task.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import coo_array, diags_array
from scipy.sparse.linalg import ArpackNoConvergence, eigsh

from gezhi.solvers.certificate import ShouldStop
from gezhi.solvers.partition.graph import Graph, pieces
from gezhi.solvers.partition.task import Floats, Ints

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

# Lengths are whole numbers in CP-SAT: thousandths, rounded down, so that the bound stays a bound.
_SCALE = 1_000
_MOST_ROUNDS = 400


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


def answer_exactly(
    graph: Graph, households: Floats, grids: int, band: tuple[int, int], *,
    hint: Ints | None, shortest: bool, effort: float, stop: ShouldStop,
) -> Answer:  # fmt: skip
    """A plan in band, the shortest one if ``shortest``; ``effort`` is CP-SAT's deterministic time, about seconds.

    ``households`` must hold whole numbers.
    """
    model, x = _make_model(graph, households, grids, band, hint=hint, shortest=shortest)
    # Imported here because it costs two seconds, which most tasks need not pay.
    from ortools.sat.python import cp_model

    bound = None
    left = effort
    for round_number in range(_MOST_ROUNDS):
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = round_number
        solver.parameters.max_deterministic_time = left
        outcome = solver.solve(model)
        left -= solver.response_proto.deterministic_time
        if outcome == cp_model.INFEASIBLE:
            return Answer(None, True, None)
        if shortest and outcome in {cp_model.OPTIMAL, cp_model.FEASIBLE, cp_model.UNKNOWN}:
            proven = float(np.ceil(solver.best_objective_bound - 1e-6)) / _SCALE
            bound = proven if bound is None else max(bound, proven)
        if outcome not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
            break
        label = np.array([[solver.boolean_value(variable) for variable in row] for row in x]).argmax(axis=1)
        cuts = _separate(graph, label)
        if not cuts:
            return Answer(label, False, bound)
        if left <= 0 or stop():
            break
        for a, b, border in cuts:
            for g in range(grids):
                model.add(x[a][g] + x[b][g] <= 1 + sum(x[c][g] for c in border))
    return Answer(None, False, bound)


def _make_model(
    graph: Graph, households: Floats, grids: int, band: tuple[int, int], *, hint: Ints | None, shortest: bool
) -> tuple[cp_model.CpModel, list[list[Any]]]:
    """The model without connection."""
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    order = np.argsort(-households, kind="stable")
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    x = [
        [model.new_bool_var("") if g <= rank[v] else model.new_constant(0) for g in range(grids)]
        for v in range(graph.size)
    ]
    weights = [int(value) for value in households]
    for row in x:
        model.add_exactly_one(row)
    for g in range(grids):
        model.add_linear_constraint(sum(w * row[g] for w, row in zip(weights, x, strict=True)), *band)
        model.add_at_least_one(row[g] for row in x)
    if shortest:
        _minimise(model, graph, x, hint)
    if hint is not None:
        for v, g in enumerate(_ranked(hint, order, grids).tolist()):
            for other, variable in enumerate(x[v]):
                if other <= rank[v]:
                    model.add_hint(variable, other == g)
    return model, x


def _minimise(
    model: cp_model.CpModel, graph: Graph, x: Sequence[Sequence[cp_model.IntVar]], known: Ints | None
) -> None:
    terms, most = [], 0
    for (a, b), length in zip(graph.ends[graph.open].tolist(), graph.length[graph.open].tolist(), strict=True):
        cut = model.new_bool_var("")
        for of_a, of_b in zip(x[a], x[b], strict=True):
            model.add(cut >= of_a - of_b)
            model.add(cut >= of_b - of_a)
        cost = int(np.floor(length * _SCALE + 1e-6))
        terms.append(cost * cut)
        most += cost * int(known is not None and known[a] != known[b])
    if known is not None:
        # What is no better than the plan at hand need not be looked at.
        model.add(sum(terms) <= most)
    model.minimize(sum(terms))


def _ranked(label: Ints, order: Ints, grids: int) -> Ints:
    """The same plan with its grids numbered by their most populous node."""
    number = np.full(grids, -1, np.int64)
    count = 0
    for v in order.tolist():
        if number[label[v]] < 0:
            number[label[v]] = count
            count += 1
    return number[label]


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
    ends, length = graph.ends[graph.open], graph.length[graph.open]
    trivial = float(np.sort(length)[: grids - 1].sum()) if len(length) else 0.0
    n = graph.size
    if n < 3 or grids >= n - 1 or grids > 32:
        return trivial
    rows, columns = np.concatenate([ends, ends[:, ::-1]]).T
    adjacency = coo_array((np.concatenate([length, length]), (rows, columns)), shape=(n, n)).tocsr()
    degree = np.asarray(adjacency.sum(axis=1)).ravel()
    scale = 1.0 / np.sqrt(np.maximum(households, 1.0) / max(low, 1))
    matrix = diags_array(scale) @ (diags_array(degree) - adjacency) @ diags_array(scale)
    if n <= 1_200:
        values = np.linalg.eigvalsh(matrix.toarray())[:grids]
    else:
        try:
            values = eigsh(
                matrix.tocsc(), k=grids, sigma=-1e-3, which="LM", return_eigenvectors=False, v0=np.ones(n), tol=1e-9
            )
        except ArpackNoConvergence:
            return trivial
    return max(trivial, 0.5 * float(np.maximum(values, 0.0).sum()) * (1.0 - 1e-7))
