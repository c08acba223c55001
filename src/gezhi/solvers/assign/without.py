"""What the best plan would cost more if one of its pairs were forbidden: exactly, by two short searches each.

Formulation. In the residual network of an optimal plan (row → column → sink; row → its own 'left out' → sink) the pair
(i, j) is taken away, and its unit must find another way from i to j. With prices u, v every residual arc has a reduced
cost ≥ 0, so that Dijkstra applies: row → column costs c − u − v, a used column → its row 0, a free column → sink −v = 0,
row → sink (left out) l − u, sink → a used column −v, sink → a row that is left out 0. The rise of the least cost is the
distance from i to j, infinite where there is no way. A way through the sink is the best way from i to the sink (who
else could serve i, or who could be left out) and the best from the sink to j (who would be glad to get j): the second
is searched backwards from j, where −v_j limits it. Both searches touch few nodes.
Complexity O((n + m) · settled) for each pair, memory O(n + m).
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from gezhi.solvers.assign.shortest_paths import NOBODY, Floats, Ints


@njit(cache=True)
def _nearest(open_nodes: Ints, count: int, dist: Floats) -> int:
    """Position of the nearest of the open nodes."""
    best = 0
    for place in range(1, count):
        if dist[open_nodes[place]] < dist[open_nodes[best]]:
            best = place
    return best


@njit(cache=True)
def _from_sink(
    goal: int, cost: Floats, u: Floats, v: Floats, column_of: Ints, barred: NDArray[np.bool_], dist: Floats
) -> float:
    """Distance from the sink to the column ``goal`` while no barred row may have it; ``dist`` (n) is scratch, all infinite."""
    n = cost.shape[0]
    best = max(0.0, -v[goal])
    open_rows = np.empty(n, np.int64)
    touched = np.empty(n, np.int64)
    count, seen = 0, 0
    column, depth = goal, 0.0
    while True:
        for row in range(n):
            reach = depth + max(0.0, cost[row, column] - u[row] - v[column])
            if reach < best and reach < dist[row] and not barred[row]:
                if dist[row] == np.inf:
                    open_rows[count] = row
                    count += 1
                    touched[seen] = row
                    seen += 1
                dist[row] = reach
        column = NOBODY
        while count and column == NOBODY:
            place = _nearest(open_rows, count, dist)
            row = open_rows[place]
            count -= 1
            open_rows[place] = open_rows[count]
            depth = dist[row]
            if depth >= best:
                count = 0
            elif column_of[row] == NOBODY:
                best = depth
            else:
                column = column_of[row]
                best = min(best, depth + max(0.0, -v[column]))
        if column == NOBODY:
            break
    for row in touched[:seen]:
        dist[row] = np.inf
    return float(best)


@njit(cache=True)
def rises(cost: Floats, leave: Floats, u: Floats, v: Floats, column_of: Ints, group: Ints) -> Floats:
    """For each row of an optimal plan (``column_of``, n) the rise of the least cost without its pair (n).

    Rows of one ``group`` (n) are places of one team: without its pair, a column may go to none of them. 0 for a row that
    is left out.
    """
    n, m = cost.shape
    row_of = np.full(m, NOBODY, np.int64)
    for row in range(n):
        if column_of[row] != NOBODY:
            row_of[column_of[row]] = row
    rise = np.zeros(n)
    row_dist, dist = np.full(n, np.inf), np.full(m, np.inf)
    open_columns, touched = np.empty(m, np.int64), np.empty(m, np.int64)
    for start in range(n):
        goal = column_of[start]
        if goal == NOBODY:
            continue
        barred = group == group[start]
        back = _from_sink(goal, cost, u, v, column_of, barred, row_dist)
        best = np.inf
        count, seen = 0, 0
        row, depth = start, 0.0
        while True:
            best = min(best, depth + max(0.0, leave[row] - u[row]) + back)
            for column in range(m):
                reach = depth + max(0.0, cost[row, column] - u[row] - v[column])
                if reach >= best or reach >= dist[column] or (column == goal and barred[row]):
                    continue
                if column == goal:
                    best = reach
                elif row_of[column] == NOBODY:
                    best = min(best, reach + max(0.0, -v[column]) + back)
                else:
                    if dist[column] == np.inf:
                        open_columns[count] = column
                        count += 1
                        touched[seen] = column
                        seen += 1
                    dist[column] = reach
            if not count:
                break
            place = _nearest(open_columns, count, dist)
            column = open_columns[place]
            count -= 1
            open_columns[place] = open_columns[count]
            row, depth = row_of[column], dist[column]
            if depth >= best:
                break
        for column in touched[:seen]:
            dist[column] = np.inf
        rise[start] = best
    return rise
