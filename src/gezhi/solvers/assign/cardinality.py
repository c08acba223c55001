"""Where not all cases can be served: which part of the cases is fought over, and by how many too many.

The cases that alternating paths reach from an unserved case, and the workers eligible for them, form the horizontal
Dulmage–Mendelsohn part: in every plan with the most cases served, all these workers serve these cases and none other,
and every case outside is served. The part is its own proof (König, Hall): its cases know no other workers.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from gezhi.solvers.assign.shortest_paths import NOBODY

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]


@njit(cache=True)
def maximum_matching(pairs: Mask) -> tuple[Ints, Mask, Mask]:
    """The column of each row in a matching of most pairs, and the rows and columns that are over-demanded.

    Complexity O(n · pairs) at worst, O(pairs) for all failed searches together: a failed search's columns are closed
    to all later ones.
    """
    n, m = pairs.shape
    column_of = np.full(n, NOBODY, np.int64)
    row_of = np.full(m, NOBODY, np.int64)
    closed_rows, closed = np.zeros(n, np.bool_), np.zeros(m, np.bool_)
    stamp, via = np.full(m, NOBODY, np.int64), np.zeros(m, np.int64)
    queue = np.zeros(n, np.int64)
    for start in range(n):
        queue[0] = start
        head, tail, end = 0, 1, NOBODY
        while head < tail and end == NOBODY:
            row = queue[head]
            head += 1
            for column in range(m):
                if pairs[row, column] and stamp[column] != start and not closed[column]:
                    stamp[column] = start
                    via[column] = row
                    if row_of[column] == NOBODY:
                        end = column
                        break
                    queue[tail] = row_of[column]
                    tail += 1
        if end == NOBODY:
            for row in queue[:tail]:
                closed_rows[row] = True
            for column in range(m):
                if stamp[column] == start:
                    closed[column] = True
            continue
        while end != NOBODY:
            row = via[end]
            before = column_of[row]
            column_of[row] = end
            row_of[end] = row
            end = before
    # A row whose columns were all closed by earlier searches is over-demanded too, and was marked when its own failed;
    # a served row that took a column before it was closed belongs to the part as well.
    for column in range(m):
        if closed[column]:
            closed_rows[row_of[column]] = True
    return column_of, closed_rows, closed
