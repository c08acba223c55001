"""Least-cost assignment of rows to columns, exactly, over short candidate lists that widen where they must.

Formulation. Rows i, columns j, costs c_ij (infinite where the pair is forbidden), and for each row the cost l_i of
leaving it out (infinite where it may not be left out). Choose x_ij, z_i ∈ {0, 1} to minimise Σ c_ij x_ij + Σ l_i z_i
with Σ_j x_ij + z_i = 1 for every row and Σ_i x_ij ≤ 1 for every column. The linear programme has integral corners; its
dual is: maximise Σ u_i + Σ v_j with u_i + v_j ≤ c_ij, u_i ≤ l_i, v_j ≤ 0.

Method. Rows enter one at a time along a shortest augmenting path in reduced costs c_ij − u_i − v_j ≥ 0 (Jonker and
Volgenant 1987). A path sees of each row only its k nearest columns, in a heap. Because v ≤ 0, no column outside the
list is nearer than (distance of the row) + (cost of the k-th nearest) − u_i; where a path reaches that limit, the row
is widened to all its columns before the path goes on. So the answer is exact, never 'exact but for the lists', and
:func:`proven_bound` proves it once more from the final prices over all pairs.
Complexity: O(n · (t · k · log(t k))) for trees of t rows, O(n · t · m) where every row is widened; memory n · m costs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

NOBODY = -1
SETTLED = -2
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Nearest columns held per row. Rows with hardly more columns than that hold all of them.
NEAREST = 24
INFINITE = np.inf


@dataclass(frozen=True, slots=True)
class Matched:
    """One solved task: worker of each row (n), the proven bound, and the rise of the cost without each pair (n)."""

    worker_of: Ints
    bound: float
    rise: Floats


@njit(cache=True)
def sift_up(heap: Ints, at: Ints, dist: Floats, place: int) -> None:
    """Move the column at ``place`` of the heap up to where its distance belongs; ``at`` follows."""
    column = heap[place]
    while place > 0:
        above = (place - 1) >> 1
        if dist[heap[above]] <= dist[column]:
            break
        heap[place] = heap[above]
        at[heap[place]] = place
        place = above
    heap[place] = column
    at[column] = place


@njit(cache=True)
def sift_down(heap: Ints, at: Ints, dist: Floats, size: int) -> None:
    """Move the column at the top of the heap down to where its distance belongs."""
    column = heap[0]
    place = 0
    while True:
        below = 2 * place + 1
        if below >= size:
            break
        if below + 1 < size and dist[heap[below + 1]] < dist[heap[below]]:
            below += 1
        if dist[heap[below]] >= dist[column]:
            break
        heap[place] = heap[below]
        at[heap[place]] = place
        place = below
    heap[place] = column
    at[column] = place


@njit(cache=True)
def _relax(
    row: int,
    depth: float,
    columns: Ints,
    prices: tuple[Floats, Floats, Floats],
    row_of: Ints,
    search: tuple[Floats, Ints, Ints, Ints, Ints],
    size: int,
    seen: int,
    best: float,
    best_column: int,
) -> tuple[int, int, float, int]:
    """Extend the search from ``row`` at ``depth`` to ``columns``; returns heap size, columns seen, best free column."""
    cost, u, v = prices
    dist, via, heap, at, touched = search
    base = depth - u[row]
    for column in columns:
        reach = base + cost[row, column] - v[column]
        # A settled column is final; rounding must not bring it back.
        if reach >= best or reach >= dist[column] or at[column] == SETTLED:
            continue
        if dist[column] == INFINITE:
            touched[seen] = column
            seen += 1
        dist[column] = reach
        via[column] = row
        if row_of[column] == NOBODY:
            best, best_column = reach, column
            continue
        if at[column] == NOBODY:
            at[column] = size
            heap[size] = column
            size += 1
        sift_up(heap, at, dist, at[column])
    return size, seen, best, best_column


@njit(cache=True)
def augment_all(cost: Floats, leave: Floats, near: Ints, farther: Floats) -> tuple[Ints, Floats, Floats, int]:
    """Assign every row of ``cost`` (n × m); ``near`` (n × k) are its k least columns, ``farther`` the k-th cost.

    Returns the column of each row (``NOBODY`` where it is left out), the prices u and v, and the number of the first
    row that can neither be placed nor left out (``NOBODY`` if all went well; the rest is then incomplete).
    """
    n, m = cost.shape
    column_of = np.full(n, NOBODY, np.int64)
    row_of = np.full(m, NOBODY, np.int64)
    u, v = np.zeros(n), np.zeros(m)
    wide = np.full(n, near.shape[1] == m)
    everywhere = np.arange(m)
    # The search of one row: distance, row before, heap of columns, place in it, columns to reset afterwards.
    dist = np.full(m, INFINITE)
    via, heap, at, touched = np.zeros(m, np.int64), np.zeros(m, np.int64), np.full(m, NOBODY), np.zeros(m, np.int64)
    prices, search = (cost, u, v), (dist, via, heap, at, touched)
    tree = np.zeros(m, np.int64)
    hiding = np.zeros(n, np.int64)
    for start in range(n):
        # The dearest price that leaves every reduced cost of the row ≥ 0.
        least = leave[start]
        for column in near[start]:
            least = min(least, cost[start, column] - v[column])
        if least > farther[start] and not wide[start]:
            wide[start] = True
            for column in range(m):
                least = min(least, cost[start, column] - v[column])
        if least == INFINITE:
            return column_of, u, v, start
        u[start] = least
        size, seen, grown, narrow = 0, 0, 0, 0
        best, best_column, best_row = INFINITE, NOBODY, NOBODY
        row, depth = start, 0.0
        while True:
            if depth + leave[row] - u[row] < best:
                best, best_column, best_row = depth + leave[row] - u[row], NOBODY, row
            if not wide[row]:
                hiding[narrow] = row
                narrow += 1
            size, seen, nearer, best_column = _relax(
                row,
                depth,
                everywhere if wide[row] else near[row],
                prices,
                row_of,
                search,
                size,
                seen,
                best,
                best_column,
            )
            if nearer < best:
                best, best_row = nearer, NOBODY
            # A column that no list shows may be nearer than all that is known: widen the rows that hide it.
            place = 0
            while place < narrow:
                other = hiding[place]
                limit = min(best, dist[heap[0]] if size else INFINITE)
                other_depth = 0.0 if other == start else dist[column_of[other]]
                if other_depth - u[other] + farther[other] >= limit:
                    place += 1
                    continue
                wide[other] = True
                narrow -= 1
                hiding[place] = hiding[narrow]
                size, seen, nearer, best_column = _relax(
                    other, other_depth, everywhere, prices, row_of, search, size, seen, best, best_column
                )
                if nearer < best:
                    best, best_row = nearer, NOBODY
            if size == 0 or dist[heap[0]] >= best:
                break
            column = heap[0]
            depth = dist[column]
            at[column] = SETTLED
            size -= 1
            if size:
                heap[0] = heap[size]
                sift_down(heap, at, dist, size)
            tree[grown] = column
            grown += 1
            row = row_of[column]
        if best < INFINITE:
            u[start] += best
            for column in tree[:grown]:
                v[column] += dist[column] - best
                u[row_of[column]] += best - dist[column]
            # Walk back: everybody on the path takes the column behind them; at a left-out row, it loses its own.
            row = best_row
            column = best_column if best_row == NOBODY else column_of[best_row]
            if best_row != NOBODY:
                column_of[best_row] = NOBODY
            while row != start:
                row = via[column]
                before = column_of[row]
                column_of[row] = column
                row_of[column] = row
                column = before
        for column in touched[:seen]:
            dist[column] = INFINITE
            at[column] = NOBODY
        if best == INFINITE:
            return column_of, u, v, start
    return column_of, u, v, NOBODY


def nearest_columns(cost: Floats, count: int = NEAREST) -> tuple[Ints, Floats]:
    """The ``count`` cheapest columns of each row (n × k), and the cost of the dearest of them (n)."""
    n, m = cost.shape
    if m <= 2 * count:
        near = np.broadcast_to(np.arange(m, dtype=np.int64), (n, m)).copy()
        return near, np.full(n, INFINITE)
    near = np.argpartition(cost, count - 1, axis=1)[:, :count].astype(np.int64)
    return near, np.take_along_axis(cost, near, axis=1).max(axis=1)


@njit(cache=True)
def worst_reduced_cost(cost: Floats, u: Floats, v: Floats) -> float:
    """The least c_ij − u_i − v_j over all pairs (n × m); below zero by more than rounding, the prices prove nothing."""
    worst = 0.0
    for row in range(cost.shape[0]):
        for column in range(cost.shape[1]):
            worst = min(worst, cost[row, column] - u[row] - v[column])
    return worst


def proven_bound(cost: Floats, leave: Floats, u: Floats, v: Floats) -> float:
    """A value that no assignment can undercut: the dual objective, made feasible over all pairs first.

    Rounding may leave a reduced cost a little below zero: that amount is taken off every row's price.
    """
    if not cost.shape[0]:
        return 0.0
    slack = min(worst_reduced_cost(cost, u, v), float(np.min(leave - u, initial=0.0)), 0.0)
    return float(u.sum() + v.sum() + slack * len(u))
