"""The graph of one part of the task: compressed rows for the compiled search, and what is asked about connection."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from threadpoolctl import ThreadpoolController

from gezhi.solvers.partition.task import Bools, Floats, Ints


@dataclass(frozen=True)
class Graph:
    """n nodes, m edges (parallel ones allowed where only one of them is passable).

    ``starts`` int64[n + 1], ``far``, ``source``, ``edge`` int64[2m] and ``passable`` bool[2m] are half-edges in
    compressed rows; ``ends`` int64[m, 2], ``length`` float64[m] (what the search pays for a cut), ``border`` float64[m]
    (what a cut counts in the answer) and ``open`` bool[m] are the edges.
    """

    ends: Ints
    length: Floats
    border: Floats
    open: Bools
    starts: Ints
    far: Ints
    source: Ints
    edge: Ints
    passable: Bools

    @property
    def size(self) -> int:
        return len(self.starts) - 1


def make_graph(size: int, ends: Ints, length: Floats, passable: Bools, border: Floats | None = None) -> Graph:
    """A graph from its edges; ``length`` is what a cut of the edge costs, and counts unless ``border`` says otherwise."""
    source = np.concatenate([ends[:, 0], ends[:, 1]])
    far = np.concatenate([ends[:, 1], ends[:, 0]])
    edge = np.tile(np.arange(len(ends)), 2)
    order = np.lexsort((far, source))
    starts = np.zeros(size + 1, np.int64)
    np.add.at(starts, source + 1, 1)
    return Graph(
        ends=np.ascontiguousarray(ends, dtype=np.int64),
        length=np.ascontiguousarray(length, dtype=np.float64),
        border=np.ascontiguousarray(length if border is None else border, dtype=np.float64),
        open=np.ascontiguousarray(passable, dtype=bool),
        starts=np.cumsum(starts),
        far=far[order].astype(np.int64),
        source=source[order].astype(np.int64),
        edge=edge[order].astype(np.int64),
        passable=passable[edge[order]].astype(bool),
    )


def totals(label: Ints, values: Floats | Ints, count: int) -> Floats:
    """Sum of ``values`` for each label 0 … ``count`` − 1."""
    return np.asarray(np.bincount(label, weights=values, minlength=count), np.float64)


def components(size: int, ends: Ints) -> tuple[int, Ints]:
    """Number of connected components and the component of each node, numbered by their smallest node."""
    matrix = coo_array((np.ones(len(ends), np.int8), (ends[:, 0], ends[:, 1])), shape=(size, size))
    count, label = connected_components(matrix, directed=False)
    first = np.full(count, size, np.int64)
    np.minimum.at(first, label, np.arange(size))
    rank = np.empty(count, np.int64)
    rank[np.argsort(first)] = np.arange(count)
    return int(count), rank[label]


def pieces(size: int, ends: Ints, passable: Bools, label: Ints) -> tuple[int, Ints]:
    """Connected components of the grids themselves: over passable edges inside one grid."""
    inside = passable & (label[ends[:, 0]] == label[ends[:, 1]])
    return components(size, ends[inside])


def one_thread() -> AbstractContextManager[Any]:
    """Linear algebra in one thread: on matrices of some hundred rows several take many times the processor's time, and sum in
    another order."""
    limited: AbstractContextManager[Any] = _controller().limit(limits=1, user_api="blas")
    return limited


@cache
def _controller() -> ThreadpoolController:
    return ThreadpoolController()
