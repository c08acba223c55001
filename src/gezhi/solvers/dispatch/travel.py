"""Travel times on a road graph: Dijkstra from the cases, stopped at a limit, and remembered.

Formulation. A graph of nodes (places in metres) and arcs (seconds); the time from a worker to a case is the walk from
the worker to the nearest node, the shortest path to the case's nearest node, and the walk from there. Cases are fewer
and stand still, workers move: so the search runs backwards from the cases' nodes (one row for each distinct node, kept
for as long as it is among the ``remember`` rows used last), and each new snapshot only looks the workers up.
Complexity O(nodes reached · log) for each new case, O(n · m) look-ups for a snapshot. Beyond the limit: infinite.
"""

from __future__ import annotations

from collections import OrderedDict

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree

from gezhi.kernel.errors import InvalidInput

Floats = NDArray[np.float64]


class RoadTravel:
    """Travel times from many moving workers to cases that stand; not safe to share between threads."""

    def __init__(
        self,
        *,
        x: ArrayLike,
        y: ArrayLike,
        arcs: ArrayLike,
        seconds: ArrayLike,
        walk_mps: float = 1.2,
        limit_s: float = 1_800.0,
        both_ways: bool = True,
        remember: int = 5_000,
    ) -> None:
        """``x``, ``y``: nodes in metres. ``arcs`` (k × 2): from, to. ``seconds`` (k). ``limit_s``: farther is never.

        ``both_ways``: each arc may be gone backwards in the same time. Where an arc stands twice the quicker counts.
        Raises ``InvalidInput`` for unknown nodes, times that are negative or not finite, an empty graph.
        """
        nodes = np.column_stack([np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)])
        ends = np.asarray(arcs, dtype=np.int64).reshape(-1, 2)
        times = np.asarray(seconds, dtype=np.float64)
        if not len(nodes) or not np.isfinite(nodes).all():
            raise InvalidInput("travel.bad_nodes", "must be finite places in metres, at least one", field="x, y")
        if ends.size and not (ends.min() >= 0 and ends.max() < len(nodes)):
            raise InvalidInput("travel.unknown_id", "names a node that is not there", field="arcs")
        if times.shape != (len(ends),) or not ((times >= 0) & np.isfinite(times)).all():
            raise InvalidInput("travel.bad_number", "must be one number ≥ 0 for each arc", field="seconds")
        if not (np.isfinite(walk_mps) and walk_mps > 0 and limit_s > 0 and remember > 0):
            raise InvalidInput("travel.bad_number", "must be > 0", field="walk_mps, limit_s, remember")
        # Kept turned round, since the search starts at the cases. An arc of no time must not vanish from the matrix.
        from_node, to_node, times = ends[:, 1], ends[:, 0], np.maximum(times, 1e-6)
        if both_ways:
            from_node, to_node, times = np.r_[from_node, to_node], np.r_[to_node, from_node], np.r_[times, times]
        order = np.lexsort((times, to_node, from_node))
        pairs = np.column_stack([from_node, to_node])[order]
        first = np.ones(len(pairs), dtype=bool)
        first[1:] = (pairs[1:] != pairs[:-1]).any(axis=1)
        shape = (len(nodes), len(nodes))
        self._graph = coo_matrix((times[order][first], (pairs[first, 0], pairs[first, 1])), shape=shape).tocsr()
        self._tree = cKDTree(nodes)
        self._walk_mps, self._limit_s, self._remember = walk_mps, limit_s, remember
        self._rows: OrderedDict[int, NDArray[np.float32]] = OrderedDict()
        self.searches = 0

    def _reach(self, wanted: NDArray[np.int64]) -> None:
        """Search from those of the ``wanted`` nodes whose row is not remembered."""
        new = [int(node) for node in wanted if int(node) not in self._rows]
        if new:
            # One backward search each; 4 bytes a node are exact to a millisecond within the limit.
            rows = dijkstra(self._graph, directed=True, indices=new, limit=self._limit_s).astype(np.float32)
            self.searches += len(new)
            self._rows.update(zip(new, rows, strict=True))
        for node in wanted:
            self._rows.move_to_end(int(node))

    def seconds(self, *, case_x: ArrayLike, case_y: ArrayLike, worker_x: ArrayLike, worker_y: ArrayLike) -> Floats:
        """Seconds from each worker to each case (n × m); infinite beyond the limit."""
        cases = np.column_stack([np.asarray(case_x, dtype=np.float64), np.asarray(case_y, dtype=np.float64)])
        workers = np.column_stack([np.asarray(worker_x, dtype=np.float64), np.asarray(worker_y, dtype=np.float64)])
        if not len(cases) or not len(workers):
            return np.empty((len(cases), len(workers)))
        off_case, case_node = self._tree.query(cases)
        off_worker, worker_node = self._tree.query(workers)
        wanted = np.unique(case_node)
        self._reach(wanted)
        found = np.empty((len(cases), len(workers)))
        for row, node in enumerate(case_node.tolist()):
            found[row] = self._rows[node][worker_node]
        found += (off_case[:, None] + off_worker[None, :]) / self._walk_mps
        while len(self._rows) > max(self._remember, len(wanted)):
            self._rows.popitem(last=False)
        found[found > self._limit_s] = np.inf
        return found
