"""The table of cells behind the index: what it holds, and how it is made. Arrays in, arrays out; no geometry library.

A table of nx × ny cells lies over all polygons. A cell that no edge comes near belongs to one polygon or to none. Any
other is mixed: it lists the polygons that come near it, and the crossing test settles them. That test reads only the
edges which a polygon has in the cell's row of the table (a *bucket*), so its cost does not grow with the polygon.

Every cell is taken a little larger than it is (``MARGIN`` of its side), so that no rounding of a point's row or column
matters. The crossing test says ``UNSURE`` wherever rounding could decide it. Two programs ask the table: ``one_point`` in
plain Python, ``many_points`` compiled. They do the same arithmetic in the same order, so their answers are the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gezhi.solvers.locate.answers import NOWHERE

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Cells = NDArray[np.int32]

# In the table a mixed cell is kept as −3 − its place in the list of mixed cells.
FIRST_MIXED = -3

MARGIN = 1e-6
# Buckets that are worked on together.
AT_ONCE = 8_192
# J. R. Shewchuk, Adaptive Precision Floating-Point Arithmetic (1997): bound of the rounding error of the sign of a
# 2 × 2 determinant of differences, relative to the sum of its two terms' sizes.
_EPSILON = 2.0**-53
DETERMINANT_ERROR = (3.0 + 16.0 * _EPSILON) * _EPSILON


@dataclass(frozen=True, slots=True)
class Frame:
    """Where the table lies: its corner, columns and rows a unit, columns and rows in all."""

    x0: float
    y0: float
    per_x: float
    per_y: float
    nx: int
    ny: int


@dataclass(frozen=True, slots=True)
class Buckets:
    """Edges by polygon and row. The edges of a bucket lie side by side, once for each row that they come near.

    ``low``: a polygon's first row; ``base``: its first bucket, and one more at the end; ``start``: where a bucket starts
    in ``edges``, and one more at the end. One row of ``edges`` an edge: x and y of its first end, x and y of its second.
    """

    low: Ints
    base: Ints
    start: Ints
    edges: Floats


@dataclass(frozen=True, slots=True)
class CellTable:
    """``table``: a cell's polygon, ``NOWHERE``, or a mixed cell, row by row. The polygons near mixed cell k, ascending,
    are ``lists[begins[k]:begins[k + 1]]``."""

    table: Cells
    begins: Cells
    lists: Cells
    buckets: Buckets
    frame: Frame


def cell_table(ends: Floats, polygon: Ints, polygons: int, frame: Frame) -> CellTable:
    """The table of ``polygons`` polygons with edges ``ends``; ``polygon`` says whose each edge is, in ascending order."""
    buckets = _bucket(ends, polygon, polygons, frame)
    table = np.full(frame.nx * frame.ny, NOWHERE, np.int32)

    # A cell and a polygon as one number: in order of cells, then of polygons.
    met = [_near_edges(run, frame) for run in _runs(buckets)]
    near = _distinct(np.concatenate([one.cell * polygons + one.owner for one in met]))
    mixed = _distinct(near // polygons)
    table[mixed] = FIRST_MIXED - np.arange(len(mixed), dtype=np.int32)

    also = [near]
    for run in _runs(buckets):
        inner = _inside(run, frame)
        held = table[inner.cell]
        plain = held == NOWHERE
        # Backwards, so that the smallest of several polygons stays.
        table[inner.cell[plain][::-1]] = inner.owner[plain][::-1]
        shared = held <= FIRST_MIXED
        also.append(inner.cell[shared] * polygons + inner.owner[shared])
    near = _distinct(np.concatenate(also))
    begins = np.searchsorted(near, np.append(mixed, frame.nx * frame.ny) * polygons).astype(np.int32)
    return CellTable(table, begins, (near % polygons).astype(np.int32), buckets, frame)


@dataclass(frozen=True, slots=True)
class _Run:
    """Some buckets that lie side by side: the row and the polygon of each, and their edges with the bucket (of the run)
    of each."""

    rows: Ints
    owners: Ints
    edges: Floats
    bucket: Ints


def _runs(buckets: Buckets) -> Iterator[_Run]:
    """All buckets, ``AT_ONCE`` at a time: what is worked out of them together stays small."""
    owners = np.repeat(np.arange(len(buckets.low)), np.diff(buckets.base))
    rows = np.arange(len(owners)) - (buckets.base[:-1] - buckets.low)[owners]
    for first in range(0, len(rows), AT_ONCE):
        start = buckets.start[first : first + AT_ONCE + 1]
        yield _Run(
            rows[first : first + AT_ONCE],
            owners[first : first + AT_ONCE],
            buckets.edges[start[0] : start[-1]],
            np.repeat(np.arange(len(start) - 1), np.diff(start)),
        )


@dataclass(frozen=True, slots=True)
class _Met:
    """Cells, and the polygon by which each is met; both in the order of the polygons."""

    cell: Ints
    owner: Ints


def _distinct(numbers: Ints) -> Ints:
    """Each number once, ascending. (``np.unique`` hashes first, which takes four times as long here.)"""
    numbers = np.sort(numbers)
    return numbers[np.append(True, numbers[1:] != numbers[:-1])] if len(numbers) else numbers


def _ranges(first: Ints, last: Ints) -> tuple[Ints, Ints]:
    """The numbers of each range, both ends among them, and the range that each is of; a range may be empty."""
    counts = np.maximum(last - first + 1, 0)
    source = np.repeat(np.arange(len(counts)), counts)
    numbers = np.arange(len(source)) + np.repeat(first - (np.cumsum(counts) - counts), counts)
    return source, numbers


def _bucket(ends: Floats, polygon: Ints, polygons: int, frame: Frame) -> Buckets:
    lower, upper = np.minimum(ends[:, 1], ends[:, 3]), np.maximum(ends[:, 1], ends[:, 3])
    first = np.maximum(0, np.floor((lower - frame.y0) * frame.per_y - MARGIN)).astype(np.int64)
    last = np.minimum(frame.ny - 1, np.floor((upper - frame.y0) * frame.per_y + MARGIN)).astype(np.int64)
    low = np.full(polygons, np.iinfo(np.int64).max, np.int64)
    high = np.full(polygons, -1, np.int64)
    np.minimum.at(low, polygon, first)
    np.maximum.at(high, polygon, last)
    base = np.zeros(polygons + 1, np.int64)
    np.cumsum(high - low + 1, out=base[1:])
    source, row = _ranges(first, last)
    bucket = (base[:-1] - low)[polygon[source]] + row
    start = np.zeros(base[-1] + 1, np.int64)
    np.cumsum(np.bincount(bucket, minlength=int(base[-1])), out=start[1:])
    return Buckets(low, base, start, ends[source[np.argsort(bucket, kind="stable")]])


def _near_edges(run: _Run, frame: Frame) -> _Met:
    """The cells that some edge of a bucket comes near."""
    x1, y1, x2, y2 = run.edges.T
    bottom = (frame.y0 + (run.rows - MARGIN) / frame.per_y)[run.bucket]
    top = (frame.y0 + (run.rows + 1 + MARGIN) / frame.per_y)[run.bucket]
    lower, upper, level = np.minimum(y1, y2), np.maximum(y1, y2), y1 == y2
    slope = (x2 - x1) / np.where(level, 1.0, y2 - y1)
    at_bottom = np.where(level, x1, x1 + (np.minimum(np.maximum(bottom, lower), upper) - y1) * slope)
    at_top = np.where(level, x2, x1 + (np.minimum(np.maximum(top, lower), upper) - y1) * slope)
    left, right = np.minimum(at_bottom, at_top), np.maximum(at_bottom, at_top)
    edge, column = _ranges(
        np.maximum(0, np.floor((left - frame.x0) * frame.per_x - MARGIN)).astype(np.int64),
        np.minimum(frame.nx - 1, np.floor((right - frame.x0) * frame.per_x + MARGIN)).astype(np.int64),
    )
    bucket = run.bucket[edge]
    return _Met(run.rows[bucket] * frame.nx + column, run.owners[bucket])


def _inside(run: _Run, frame: Frame) -> _Met:
    """The cells whose middle lies in a polygon: between the first and the second crossing of the row's middle, and so on."""
    middle = (frame.y0 + (run.rows + 0.5) / frame.per_y)[run.bucket]
    crosses = np.flatnonzero((run.edges[:, 1] > middle) != (run.edges[:, 3] > middle))
    (x1, y1, x2, y2), middle, bucket = run.edges[crosses].T, middle[crosses], run.bucket[crosses]
    crossing = x1 + (middle - y1) / (y2 - y1) * (x2 - x1)
    order = np.lexsort((crossing, bucket))
    crossing, bucket = crossing[order], bucket[order]
    counts = np.bincount(bucket, minlength=len(run.rows))
    rank = np.arange(len(bucket)) - (np.cumsum(counts) - counts)[bucket]
    enter = np.flatnonzero((rank % 2 == 0) & (rank + 1 < counts[bucket]))
    pair, column = _ranges(
        np.maximum(0, np.ceil((crossing[enter] - frame.x0) * frame.per_x - 0.5)).astype(np.int64),
        np.minimum(frame.nx - 1, np.floor((crossing[enter + 1] - frame.x0) * frame.per_x - 0.5)).astype(np.int64),
    )
    bucket = bucket[enter][pair]
    return _Met(run.rows[bucket] * frame.nx + column, run.owners[bucket])
