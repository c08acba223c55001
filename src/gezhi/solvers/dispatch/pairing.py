"""The pairs of least cost, exactly, from short lists of the best partners of each row.

Formulation. Rows and columns are cases and workers, the fewer of them rows. r_ij is what a pair costs more than leaving
the case waiting: only pairs below zero can help, so only those are listed, and of them the ``k`` cheapest of a row.
Minimise Σ r_ij x_ij, at most one of each. Dual: u_i ≤ 0, v_j ≤ 0, u_i + v_j ≤ r_ij. Rows enter one at a time along a
shortest augmenting path over the lists. No price v_j is above zero, so a pair that no list shows can help only where the
last listed pair of its row is below u_i: :func:`too_short` names such rows, their lists are made longer, and the plan is made
anew. Where none is named the plan is the best over all pairs.
Complexity: O(rows · t · k · log(t k)) for search trees of t rows; no table of rows × columns is made.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from gezhi.solvers.assign.shortest_paths import SETTLED, sift_down, sift_up
from gezhi.solvers.dispatch.state import NOBODY, Bools, Floats, Ints

# Partners that a row begins with, and how many times as many it gets where that was too few.
FIRST, GROWTH = 8, 4


class Lists(NamedTuple):
    """Of each row its ``length`` cheapest columns (rows × k) and what each pair costs, the cheapest first.

    ``farther``: no pair that is not listed costs less; a pair that costs as much is of no use to the list.
    """

    near: Ints
    cost: Floats
    length: Ints
    farther: Floats


@njit(cache=True)
def begin_lists(rows: int, most: int) -> Lists:
    """Empty lists of up to ``most`` columns."""
    return Lists(np.empty((rows, most), np.int64), np.empty((rows, most)), np.zeros(rows, np.int64), np.zeros(rows))


@njit(cache=True)
def enlist(row: int, column: int, cost: float, lists: Lists) -> None:
    """Put a pair that costs less than ``farther`` into the list of its row; of equals the first stays in front."""
    most = lists.cost.shape[1]
    place = min(lists.length[row], most - 1)
    lists.length[row] = place + 1
    while place > 0 and lists.cost[row, place - 1] > cost:
        lists.cost[row, place] = lists.cost[row, place - 1]
        lists.near[row, place] = lists.near[row, place - 1]
        place -= 1
    lists.cost[row, place] = cost
    lists.near[row, place] = column
    if lists.length[row] == most:
        lists.farther[row] = lists.cost[row, most - 1]


@njit(cache=True)
def too_short(lists: Lists, u: Floats) -> Bools:
    """Whether, for each row, a pair outside its list may be better, given the rows' prices ``u``."""
    # A price above zero is rounding, and a list that ends at zero hides nothing.
    return lists.farther < np.minimum(u, 0.0)


@njit(cache=True)
def longer(lists: Lists, rows: Bools) -> Lists:
    """The lists with room for more, those of the marked ``rows`` empty, to be made anew."""
    most = lists.cost.shape[1]
    grown = begin_lists(lists.length.size, most * GROWTH)
    grown.near[:, :most] = lists.near
    grown.cost[:, :most] = lists.cost
    grown.length[:] = np.where(rows, 0, lists.length)
    grown.farther[:] = np.where(rows, 0.0, lists.farther)
    return grown


@njit(cache=True)
def _numbered(lists: Lists, slot: Ints) -> tuple[Ints, Ints]:
    """The lists with their columns numbered from 0, and the columns by number. ``slot``: NOBODY for each column."""
    rows, most = lists.near.shape
    near, names = np.empty((rows, most), np.int64), np.empty(int(lists.length.sum()), np.int64)
    size = 0
    for row in range(rows):
        for place in range(lists.length[row]):
            column = lists.near[row, place]
            if slot[column] == NOBODY:
                slot[column] = size
                names[size] = column
                size += 1
            near[row, place] = slot[column]
    for number in range(size):
        slot[names[number]] = NOBODY
    return near, names[:size]


@njit(cache=True)
def best_pairs(lists: Lists, slot: Ints) -> tuple[Ints, Floats]:
    """The column of each row in the plan of least cost over the listed pairs (NOBODY: none), and the rows' prices.

    ``slot``: NOBODY for each column, and so again afterwards.
    """
    near, names = _numbered(lists, slot)
    rows, columns = lists.length.size, names.size
    column_of, row_of = np.full(rows, NOBODY), np.full(columns, NOBODY)
    u, v = np.zeros(rows), np.zeros(columns)
    # The search of one row: distance, row before, heap of columns, place in it, columns to reset, columns settled.
    dist, via = np.full(columns, np.inf), np.zeros(columns, np.int64)
    heap, at = np.zeros(columns, np.int64), np.full(columns, NOBODY)
    touched, tree = np.zeros(columns, np.int64), np.zeros(columns, np.int64)
    for start in range(rows):
        for place in range(lists.length[start]):
            u[start] = min(u[start], lists.cost[start, place] - v[near[start, place]])
        size, seen, grown = 0, 0, 0
        best, best_column, best_row = np.inf, NOBODY, NOBODY
        row, depth = start, 0.0
        while True:
            if depth - u[row] < best:
                best, best_column, best_row = depth - u[row], NOBODY, row
            for place in range(lists.length[row]):
                column = near[row, place]
                reach = depth - u[row] + lists.cost[row, place] - v[column]
                # A settled column is final; rounding must not bring it back.
                if reach >= best or reach >= dist[column] or at[column] == SETTLED:
                    continue
                if dist[column] == np.inf:
                    touched[seen] = column
                    seen += 1
                dist[column], via[column] = reach, row
                if row_of[column] == NOBODY:
                    best, best_column, best_row = reach, column, NOBODY
                    continue
                if at[column] == NOBODY:
                    at[column] = size
                    heap[size] = column
                    size += 1
                sift_up(heap, at, dist, at[column])
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
        u[start] += best
        for column in tree[:grown]:
            v[column] += dist[column] - best
            u[row_of[column]] += best - dist[column]
        # Walk back: everybody on the path takes the column behind them; a row that is left out loses its own.
        row, column = best_row, best_column
        if best_row != NOBODY:
            column = column_of[best_row]
            column_of[best_row] = NOBODY
        while row != start:
            row = via[column]
            before = column_of[row]
            column_of[row], row_of[column] = column, row
            column = before
        for column in touched[:seen]:
            dist[column] = np.inf
            at[column] = NOBODY
    named = np.full(rows, NOBODY)
    for row in range(rows):
        if column_of[row] != NOBODY:
            named[row] = names[column_of[row]]
    return named, u
